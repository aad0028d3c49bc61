use super::*;

const AUDIT: &str = r#"
kind = "audit"
own_key = "report 17"
subjects = ["osid:XA2026001N0RTHW"]
basis = ["on_site", "worker_interview"]

[claim]
scheme = "EXAMPLE-AUDIT"
audit_type = "initial"
announcement = "unannounced"
started_on = "2026-03-01"
ended_on = "2026-03-02"
report_ref = "R-17"
responsible = "osid:XA2026001N0RTHW"
parties = [{ role = "site", subject = "osid:XA2026001N0RTHW" }]

[text]
lang = "en"
description = "Two days on site."

[[findings]]
own_key = "report 17, 1"
claim = { clause = "A1.2", topic = "fees", native_grade = "Major", found_on = "2026-03-02", severity = 4, evidence_standard = "observed" }

[[findings]]
own_key = "report 17, 2"
claim = { clause = "A3.1", topic = "hours", native_grade = "Minor", found_on = "2026-03-02", severity = 2, evidence_standard = "observed" }
text = { lang = "en", description = "Overtime beyond sixty hours." }
"#;

fn drafts(text: &str) -> Result<Vec<Draft>, StatementError> {
    let mut count = 0;
    let mut salt = || {
        count += 1;
        [count; 16]
    };
    StatementFile::parse(text)?.drafts(&mut Surroundings {
        issued_at: Timestamp::new(1_790_000_000).unwrap(),
        reference_secret: [1; 32],
        salt: &mut salt,
        subjects_of: &|_| Some(vec!["gln:5901234123457".parse().unwrap()]),
    })
}

fn claim(draft: &Draft) -> Claim {
    Claim::decode(draft.kind.as_str(), &draft.parts[0].body.bytes).unwrap()
}

#[test]
fn an_audit_declares_its_findings() {
    let drafts = drafts(AUDIT).unwrap();
    assert_eq!(drafts.len(), 3);
    let Claim::Audit(audit) = claim(&drafts[0]) else {
        panic!("no audit")
    };
    let references = drafts[1..]
        .iter()
        .map(|draft| claim(draft).common().external_ref.unwrap());
    let references: Vec<_> = references.collect();
    assert_eq!(audit.manifest, crate::claim::manifest(&references));
    assert_eq!(
        (audit.findings_total, audit.findings_declared.len()),
        (2, 2)
    );
    assert_eq!(drafts[2].parts.len(), 2);
    assert_eq!(
        StatementFile::problems(&drafts, Some(Role::Auditor)),
        vec![]
    );
}

#[test]
fn an_audit_may_declare_more_than_it_posts() {
    let more = r#"
declares = [
  { own_key = "report 17, 1", grade = "Major" },
  { own_key = "report 17, 2", grade = "Minor" },
  { own_key = "report 17, 3", grade = "Minor" },
]
kind = "audit""#;
    let drafts = drafts(&AUDIT.replacen("kind = \"audit\"", more, 1)).unwrap();
    let Claim::Audit(audit) = claim(&drafts[0]) else {
        panic!("no audit")
    };
    assert_eq!((audit.findings_total, drafts.len()), (3, 3));
}

#[test]
fn subjects_of_what_is_answered_are_copied() {
    let entry = EntryId::new([1; 32]);
    let text = format!(
        "kind = \"reply\"\nrefs = [{{ type = \"replies\", entry = \"{entry}\" }}]\n[claim]\nstance = \"disputes\""
    );
    let drafts = drafts(&text).unwrap();
    assert_eq!(drafts[0].subjects[0].to_string(), "gln:5901234123457");
    assert_eq!(
        drafts[0].refs,
        [Ref {
            sort: RefType::Replies,
            entry
        }]
    );
}

#[test]
fn what_has_no_place_is_refused() {
    let code = |text: &str| drafts(text).unwrap_err().code().as_str();
    assert_eq!(code("kind = \"zz\""), "kind-unknown");
    assert_eq!(code("kind = \"reply\"\nnote = \"x\""), "claim-invalid");
    assert_eq!(
        code("kind = \"reply\"\n[claim]\nstance = \"disputes\"\nnote = \"x\""),
        "claim-invalid"
    );
    assert_eq!(
        code("kind = \"reply\"\n[claim]\n[text]\nreply = \"x\""),
        "claim-invalid"
    );
    let text = "kind = \"reply\"\n[claim]\nstance = \"disputes\"\n[text]\nreply = \"x\"";
    assert_eq!(code(text), "text-invalid");
}

/// A statement of each kind that is about chains, lists, remedies and acts, as a person writes it.
const WRITTEN: &str = r#"
[[statement]]
kind = "recruitment.agreement"
role = "company"
subjects = ["lei:999900DEMO0000000152", "lic:XA-LAB:GOODROAD-1"]
basis = ["document_seen"]
salted = { agreement = "Agreement 7 of 2026" }
[statement.claim]
service_fee_paid_by = "employer"
fee_lowest = { minor_units = 4000000, currency = "NPR" }
workers = "50-99"
licences = ["lic:XA-LAB:GOODROAD-1"]
zero_fee_clause = "yes"
repayment_clause = "not_assessed"
valid_from = "2026-01"
parties = [
  { role = "employer", subject = "lei:999900DEMO0000000152" },
  { role = "recruiter", subject = "lic:XA-LAB:GOODROAD-1" },
]

[[statement]]
kind = "certificate"
role = "scheme"
subjects = ["osid:XA2026001N0RTHW"]
[statement.claim]
scheme = "DEMO-CODE"
number = "C-17"
issued_on = "2025-11-03"
expires_on = "2028-11-02"
goods = ["6109"]
parties = [{ role = "site", subject = "osid:XA2026001N0RTHW" }]

[[statement]]
kind = "certificate.status"
role = "scheme"
refs = ["about"]
[statement.claim]
scheme = "DEMO-CODE"
number = "C-17"
status = "withdrawn"
effective = { on = "2026-04-10" }
parties = [{ role = "site", subject = "gln:5901234123457" }]

[[statement]]
kind = "audit.status"
role = "scheme"
refs = ["about"]
[statement.claim]
state = "recalled"
on = "2026-05-04"
parties = [{ role = "site", subject = "gln:5901234123457" }]

[[statement]]
kind = "remedy"
role = "company"
refs = ["about"]
basis = ["document_seen"]
[statement.claim]
remedy_type = "fee_repayment"
owed_total = { minor_units = 310000000, currency = "NPR" }
workers_owed = "20-49"
method = "bank"
departed_workers_included = "no"
verified_by = "lei:999900DEMO0000000152"
verification = "desk"
worker_confirmation = "50_to_90_percent"
completed_on = "2026-05"
parties = [{ role = "site", subject = "gln:5901234123457" }]

[[statement]]
kind = "supply.link"
role = "observer"
subjects = ["osid:XA2026001N0RTHW", "lei:999900DEMO0000000152"]
salted = { lot = "L-2231", order = "PO 7" }
[statement.claim]
from = "lei:999900DEMO0000000152"
relation = "produces_at"
to = "osid:XA2026001N0RTHW"
tier = 1
goods = ["610910"]
chain_of_custody = "segregated"

[[statement]]
kind = "listing"
role = "observer"
subjects = ["lei:999900DEMO0000000152"]
basis = ["register_lookup"]
[statement.claim]
list = "XA-BAR"
match_method = "identifier"
listed_on = { on = "2025-10-01" }
delisted_on = { between = { after = "2026-02-01", by = "2026-03-01" } }

[[statement]]
kind = "grievance.stat"
role = "ngo"
subjects = ["osid:XA2026001N0RTHW"]
[statement.claim]
channel = "hotline"
period_from = "2026-01"
period_to = "2026-03"
received = "none"
operator_independent = "yes"
languages = ["ne"]
parties = [{ role = "site", subject = "osid:XA2026001N0RTHW" }]

[[statement]]
kind = "ack"
role = "company"
refs = ["about"]
[statement.claim]
entry = "ENTRY"
seen_on = "2026-03-06"
action = "under_review"

[[statement]]
kind = "withhold"
role = "node"
refs = ["about"]
[statement.claim]
entry = "ENTRY"
part = "PART"
legal_basis = "court_order"
from = "2026-06-01"

[[statement]]
kind = "ruleset.adopt"
role = "scheme"
subjects = ["lei:999900DEMO0000000152"]
[statement.claim]
ruleset = "2026-1"
ruleset_sha256 = "9191919191919191919191919191919191919191919191919191919191919191"
from = "2026-07-01"
"#;

#[test]
fn every_kind_can_be_written_down() {
    let entry = EntryId::new([1; 32]);
    let part = crate::id::PartDigest::new([2; 32]).to_string();
    let text = WRITTEN
        .replace("ENTRY", &entry.to_string())
        .replace("PART", &part);
    let table: Table = text.parse().unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    for statement in table["statement"].as_array().unwrap() {
        let mut statement = statement.as_table().unwrap().clone();
        let role: Role = statement
            .remove("role")
            .unwrap()
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        if statement.contains_key("refs") {
            let about = format!("refs = [{{ type = \"about\", entry = \"{entry}\" }}]");
            statement.extend(about.parse::<Table>().unwrap());
        }
        let drafts = drafts(&statement.to_string()).unwrap();
        assert_eq!(
            StatementFile::problems(&drafts, Some(role)),
            vec![],
            "{statement}"
        );
        // Whoever speaks about one entry takes its subjects.
        if let Some(reference) = drafts[0].refs.first() {
            assert_eq!(reference.entry, entry);
            assert_eq!(drafts[0].subjects[0].to_string(), "gln:5901234123457");
        }
        kinds.insert(drafts[0].kind.as_str().to_owned());
    }
    assert_eq!(kinds.len(), 11);
}

#[test]
fn a_number_of_ones_own_is_salted() {
    let link = WRITTEN
        .split("[[statement]]")
        .find(|text| text.contains("supply.link"));
    let link = link
        .unwrap()
        .replace("role = \"observer\"", "")
        .replace("[statement.claim]", "[claim]");
    let Claim::SupplyLink(link) = claim(&drafts(&link).unwrap()[0]) else {
        panic!("no link")
    };
    let lot = ExternalRef::derive(&[1; 32], b"L-2231");
    assert_eq!(link.lot.unwrap().as_bytes(), lot.as_bytes());
}

#[test]
fn a_severity_left_out_is_that_of_the_table() {
    let severity = |scheme: &str, grade: &str, more: &str| {
        let text = format!(
            "kind = \"finding\"\n[claim]\nscheme = \"{scheme}\"\nclause = \"1\"\ntopic = \"fees\"\n\
             native_grade = \"{grade}\"\nfound_on = \"2026-03-02\"\n{more}"
        );
        let Claim::Finding(finding) = claim(&drafts(&text).unwrap()[0]) else {
            panic!("no finding")
        };
        assert_eq!(finding.native_grade.as_str(), grade);
        finding.severity
    };
    assert_eq!(severity("SMETA", "Critical", ""), Some(4));
    assert_eq!(severity("SMETA", "Critical", "severity = 2"), Some(2));
    assert_eq!(severity("SMETA", "CAR", "scheme_version = \"7\""), None);
    assert_eq!(severity("SMETA", "Good-example", "positive = true"), None);
    assert_eq!(severity("EXAMPLE-AUDIT", "Critical", ""), None);
}
