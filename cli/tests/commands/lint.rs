//! `fairtrail lint`: every refusal at once, and what exact numbers give away over time.

use super::stage::{SITE, Stage};
use fairtrail_cli::exit::Exit;
use serde_json::Value;

const BAD: &str = r#"
kind = "contract.attest"
own_key = "one"
subjects = ["gln:9520123456788", "org:GB-COH-09506232"]
basis = ["self_declared"]

[claim]
cohort = "09090909090909090909090909090909"
size = 7
recruited_from = "2026-02"
recruited_to = "2026-02"
fee_statement = "none_charged"
destination = { country = "GB" }
occupation = "9211"
note = "what a person would read"
parties = [
  { role = "employer", subject = "gln:9520123456788" },
  { role = "recruiter", subject = "org:GB-COH-09506232" },
]

[text]
lang = "en"
description = "Ask ana@example.com"
"#;

fn reasons(found: &Value) -> Vec<&str> {
    let refusals = found["files"][0]["refusals"].as_array().unwrap();
    let reasons = refusals.iter().map(|line| line["reason"].as_str().unwrap());
    reasons.collect()
}

#[test]
fn everything_that_would_be_refused_is_explained_at_once() {
    let stage = Stage::empty();
    let file = stage.write("bad.toml", BAD);
    let ran = stage.line(&["lint", &file]);
    assert_eq!(ran.exit, Exit::Operational);
    for part in ["privacy-raw-count", "write the band", "ana", "privacy-text"] {
        assert_eq!(ran.out.contains(part), part != "ana", "{part}: {}", ran.out);
    }
    let found = stage.line(&["lint", &file, "--json"]).json();
    let reasons = reasons(&found);
    for reason in [
        "privacy-raw-count",
        "unknown-field",
        "privacy-band",
        "privacy-text",
    ] {
        assert!(reasons.contains(&reason), "{reason}: {found}");
    }
    assert_eq!(found["acceptable"], false);
    let nobody = stage.line(&["lint", &file, "--author", "nowhere"]);
    assert_eq!(nobody.exit, Exit::Usage);
    let json = stage.write(
        "reply.json",
        r#"{ "kind": "reply", "claim": { "stance": "shouts" } }"#,
    );
    assert_eq!(
        stage.line(&["lint", "--claims", &json]).exit,
        Exit::Operational
    );
}

fn audit(own_key: &str, total: u64) -> String {
    format!(
        r#"
kind = "audit"
own_key = "{own_key}"
subjects = ["{SITE}"]
basis = ["on_site"]
[claim]
scheme = "EXAMPLE-AUDIT"
audit_type = "initial"
announcement = "unannounced"
started_on = "2026-03-01"
ended_on = "2026-03-02"
report_ref = "R-17"
workforce = {{ total = "{}" }}
parties = [{{ role = "site", subject = "{SITE}" }}]
[[private]]
field = "workforce.total"
count = {total}
"#,
        fairtrail::claim::Band::of(total)
    )
}

#[test]
fn exact_numbers_are_remembered_and_never_leave() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let first = stage.write("first.toml", &audit("first", 120));
    let line = ["audit", "submit", &first, "--as", "auditor", "--yes"];
    stage.line(&line).done();
    let second = stage.write("second.toml", &audit("second", 117));
    let refused = stage.line(&["audit", "submit", &second, "--as", "auditor", "--yes"]);
    refused.refused(Exit::Operational, "privacy-difference");
    let dir = stage.author_dir("auditor");
    let dir = dir.to_str().unwrap();
    let found = stage
        .line(&["lint", &second, "--author", dir, "--json"])
        .json();
    assert_eq!(reasons(&found), ["privacy-difference"]);
    assert_eq!(found["compared_with"], 1);
    // The number itself is in no output.
    assert!(!found.to_string().contains("117"));
    let other = stage.write("other.toml", &audit("other", 140));
    assert_eq!(
        stage.line(&["lint", &other, "--author", dir]).exit,
        Exit::Done
    );
    // Another number than the band says, and files that are looked at together.
    let wrong = audit("wrong", 40).replace("count = 40", "count = 60");
    let wrong = stage.write("wrong.toml", &wrong);
    let found = stage.line(&["lint", &wrong, "--json"]).json();
    assert_eq!(reasons(&found), ["claim-invalid"]);
    let third = stage.write("third.toml", &audit("third", 144));
    assert_eq!(
        stage.line(&["lint", &other, &third]).exit,
        Exit::Operational
    );
}
