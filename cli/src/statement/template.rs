//! Templates: statement files to fill in. What has to be filled in is marked and never passes a
//! check.

use fairtrail::claim::CohortId;

/// The template of a kind, if there is one.
pub fn template(kind: &str, cohort: CohortId) -> Option<String> {
    let text = match kind {
        "ack" => include_str!("templates/ack.toml"),
        "audit" => include_str!("templates/audit.toml"),
        "audit.status" => include_str!("templates/audit_status.toml"),
        "certificate" => include_str!("templates/certificate.toml"),
        "certificate.status" => include_str!("templates/certificate_status.toml"),
        "contract.attest" => include_str!("templates/attest.toml"),
        "finding" => include_str!("templates/finding.toml"),
        "finding.status" => include_str!("templates/finding_status.toml"),
        "grievance.stat" => include_str!("templates/grievance_stat.toml"),
        "licence" => include_str!("templates/licence.toml"),
        "licence.status" => include_str!("templates/licence_status.toml"),
        "listing" => include_str!("templates/listing.toml"),
        "recruitment.agreement" => include_str!("templates/recruitment_agreement.toml"),
        "remedy" => include_str!("templates/remedy.toml"),
        "reply" => include_str!("templates/reply.toml"),
        "ruleset.adopt" => include_str!("templates/ruleset_adopt.toml"),
        "supply.link" => include_str!("templates/supply_link.toml"),
        "withhold" => include_str!("templates/withhold.toml"),
        _ => return None,
    };
    Some(text.replace("COHORT", &cohort.to_string()))
}

/// Kinds that have a template.
pub const KINDS: [&str; 18] = [
    "ack",
    "audit",
    "audit.status",
    "certificate",
    "certificate.status",
    "contract.attest",
    "finding",
    "finding.status",
    "grievance.stat",
    "licence",
    "licence.status",
    "listing",
    "recruitment.agreement",
    "remedy",
    "reply",
    "ruleset.adopt",
    "supply.link",
    "withhold",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Filled;
    use fairtrail::time::Timestamp;

    fn filled(kind: &str) -> String {
        let author = fairtrail::id::AuthorId::new([1; 32]).to_string();
        let entry = fairtrail::id::EntryId::new([1; 32]).to_string();
        let part = fairtrail::id::PartDigest::new([1; 32]).to_string();
        template(kind, CohortId::new([7; 16]))
            .unwrap()
            .replace("author:FILL-IN", &author)
            .replace("entry:FILL-IN", &entry)
            .replace("part:FILL-IN", &part)
            .replace("DIGEST", &"51".repeat(32))
            .replace("osid:FILL-IN", "osid:XA2026001N0RTHW")
            .replace("lei:FILL-IN", "lei:999900DEMO0000000152")
            .replace("lic:FILL-IN", "lic:EX-REG:17")
            .replace("authority = \"FILL-IN\"", "authority = \"EX-REG\"")
            .replace("FILL-IN", "R-17")
    }

    #[test]
    fn a_filled_template_passes_and_an_empty_one_does_not() {
        let at = Timestamp::new(1_790_000_000).unwrap();
        let subjects = |_| Ok(vec!["lei:999900DEMO0000000152".parse().unwrap()]);
        for kind in KINDS {
            let good = Filled::read(&filled(kind), [1; 32], at, &subjects).unwrap();
            assert_eq!(good.problems, vec![], "{kind}");
            assert_eq!(good.kind, kind);
            let raw = template(kind, CohortId::new([7; 16])).unwrap();
            let bad = Filled::read(&raw, [1; 32], at, &subjects).unwrap();
            assert_ne!(bad.problems, vec![], "{kind}");
        }
    }
}
