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
