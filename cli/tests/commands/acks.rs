//! Acknowledgements: public ones are entries, private ones stay here until they are shown.

use super::stage::{AUDIT, SITE, Stage};
use fairtrail_cli::exit::Exit;

/// An auditor's finding, and a buyer whose grant covers the site.
fn reported() -> (Stage, String) {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    stage.author("buyer", "company", &["--scope", "osid:XA*"]);
    let file = stage.write("audit.toml", AUDIT);
    let line = [
        "audit", "submit", &file, "--as", "auditor", "--yes", "--json",
    ];
    let ran = stage.line(&line).done().json();
    let finding = ran["acknowledged"][1]["id"].as_str().unwrap().to_owned();
    (stage, finding)
}

#[test]
fn a_public_one_is_an_entry_about_what_was_seen_and_is_said_once() {
    let (stage, finding) = reported();
    let line = [
        "ack",
        &finding,
        "--as",
        "buyer",
        "--seen-on",
        "2026-09-20",
        "--action",
        "engaged",
        "--yes",
    ];
    stage.line(&line).done();
    let entry = stage.ledger().entry(stage.ledger().len() - 1);
    assert_eq!(entry.header().kind.as_str(), "ack");
    assert_eq!(entry.header().subjects[0].as_str(), SITE);
    assert_eq!(entry.header().refs[0].entry.to_string(), finding);
    let before = stage.ledger().len();
    let again = stage.line(&line).done();
    assert!(again.out.contains("said before"), "{}", again.out);
    assert_eq!(stage.ledger().len(), before);
    let later = stage.line(&[
        "ack",
        &finding,
        "--as",
        "buyer",
        "--seen-on",
        "2036-01-01",
        "--yes",
    ]);
    assert_eq!(later.exit, Exit::Usage);
}

#[test]
fn a_buyer_whose_grant_does_not_cover_the_site_is_refused_before_signing() {
    let (stage, finding) = reported();
    stage.author("stranger", "company", &["--scope", "osid:XB*"]);
    let before = stage.ledger().len();
    let ran = stage.line(&["ack", &finding, "--as", "stranger", "--yes"]);
    ran.refused(Exit::Operational, "out-of-scope");
    assert_eq!(stage.ledger().len(), before);
}

#[test]
fn a_private_one_leaves_nothing_but_a_digest_in_a_sign_of_life() {
    let (stage, finding) = reported();
    let before = stage.ledger().len();
    let line = [
        "ack",
        &finding,
        "--as",
        "buyer",
        "--private",
        "--action",
        "under_review",
    ];
    stage.line(&line).done();
    let again = stage.line(&line).done();
    assert!(again.out.contains("not anchored yet"), "{}", again.out);
    assert_eq!(
        stage
            .line(&["ack", "show", "--as", "buyer", "--json"])
            .json()["acks"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(stage.ledger().len(), before);
    stage.line(&["ack", "anchor", "--as", "buyer"]).done();
    let pulse = stage.ledger().entry(before);
    assert_eq!(pulse.header().kind.as_str(), "author.pulse");
    assert_eq!(pulse.header().parts.len(), 1);
    let shown = stage.line(&["ack", "show", "--as", "buyer"]).done();
    assert!(!shown.out.contains("not anchored"), "{}", shown.out);
    // Nothing that left names the finding, the site, or what the log holds.
    let offered = stage.ledger().offered();
    let last = String::from_utf8_lossy(offered.last().unwrap()).into_owned();
    for word in [SITE, "under_review", "private-acks/v1", &finding] {
        assert!(!last.contains(word), "{word}");
    }
}

#[test]
fn nothing_noted_is_nothing_to_anchor() {
    let (stage, _) = reported();
    stage
        .line(&["ack", "anchor", "--as", "buyer"])
        .refused(Exit::Operational, "not-found");
    let none = stage.line(&["ack", "--as", "buyer"]);
    assert_eq!(none.exit, Exit::Usage);
}
