//! Bad input: each has its reason code, its exit status and a hint, and changes nothing.

use super::stage::{AUDIT, Stage};
use fairtrail_cli::exit::Exit;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_lax_key_file_is_refused_with_the_command_that_helps() {
    let stage = Stage::founded();
    let key = stage.author_dir("root-1").join("signing.key");
    fs_err::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    let before = stage.ledger().offered().len();
    let refused = stage.line(&["author", "pulse", "root-1"]);
    refused.refused(Exit::Operational, "key-file-lax");
    refused.hinted("chmod 600");
    assert_eq!(stage.ledger().offered().len(), before);
}

#[test]
fn files_and_authors_are_never_overwritten() {
    let stage = Stage::empty();
    let path = stage.path("a.key");
    let key = path.to_str().unwrap();
    stage
        .line(&["key", "new", key, "--purpose", "witness"])
        .done();
    let before = fs_err::read(&path).unwrap();
    let again = stage.line(&["key", "new", key, "--purpose", "witness"]);
    again.refused(Exit::Operational, "file-exists");
    again.hinted("nothing is overwritten");
    assert_eq!(fs_err::read(&path).unwrap(), before);
    stage.line(&["author", "new", "acme"]).done();
    stage
        .line(&["author", "new", "acme"])
        .refused(Exit::Operational, "file-exists");
}

#[test]
fn a_key_serves_one_purpose_and_is_shown_by_its_public_half() {
    let stage = Stage::empty();
    let path = stage.path("a.key");
    let key = path.to_str().unwrap();
    stage
        .line(&["key", "new", key, "--purpose", "rotation"])
        .done();
    let wrong = stage.line(&["key", "show", key, "--purpose", "signing"]);
    wrong.refused(Exit::Operational, "key-file-malformed");
    let secret = fs_err::read_to_string(&path).unwrap();
    let secret = secret.trim().rsplit(' ').next().unwrap();
    for line in [
        &["key", "show", key, "--purpose", "rotation"][..],
        &["entry", "show", key],
        &["entry", "show", key, "--json"],
    ] {
        let shown = stage.line(line).done();
        assert!(shown.out.contains("next:"), "{}", shown.out);
        assert!(!shown.out.contains(secret));
    }
}

#[test]
fn a_statement_is_refused_with_all_its_problems_at_once() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let bad = AUDIT
        .replacen("clause = \"A1.2\"", "clause = \"workers paid fees\"", 1)
        .replacen(
            "severity = 2",
            "severity = 2\naffected = 17\nmisspelt = 1",
            1,
        );
    let file = stage.write("bad.toml", &bad);
    let checked = stage.line(&["audit", "check", &file, "--json"]);
    assert_eq!(checked.exit, Exit::Operational);
    let problems = checked.json()["problems"].clone();
    let codes: Vec<_> = problems
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["reason"])
        .collect();
    assert_eq!(
        codes,
        ["text-in-claim", "privacy-raw-count", "unknown-field"]
    );
    let before = stage.ledger().offered().len();
    let refused = stage.line(&["audit", "submit", &file, "--as", "auditor", "--yes"]);
    refused.refused(Exit::Operational, "text-in-claim");
    refused.hinted("[text]");
    for code in ["privacy-raw-count", "unknown-field", "finding 2: misspelt"] {
        assert!(refused.err.contains(code), "{}", refused.err);
    }
    assert_eq!(stage.ledger().offered().len(), before);
    let shown = stage.line(&["author", "show", "auditor", "--json"]).json();
    assert_eq!(
        shown["membership"]["signed"]["seq"], 0,
        "nothing was signed"
    );
}

#[test]
fn a_bad_check_digit_says_what_it_should_be() {
    let stage = Stage::founded();
    let bad = AUDIT.replace("osid:XA2026001N0RTHW", "osid:XA2026001N0RTHX");
    let file = stage.write("bad.toml", &bad);
    let checked = stage.line(&["audit", "check", &file]);
    assert_eq!(checked.exit, Exit::Operational);
    assert!(checked.out.contains("subject-invalid"), "{}", checked.out);
    assert!(checked.out.contains("should be"), "{}", checked.out);
    let mut line = vec![
        "grant", "--as", "root-1", "--to", "root-2", "--role", "company",
    ];
    line.extend(["--scope", "gln:5901234123450", "--yes"]);
    line.extend(["--from", "2026-01-01", "--to-date", "2026-12-31"]);
    let refused = stage.line(&line);
    refused.refused(Exit::Operational, "subject-invalid");
    assert!(refused.err.contains("should be `7`"), "{}", refused.err);
}

#[test]
fn the_door_of_the_gateway_is_asked_before_anything_is_signed() {
    let stage = Stage::founded();
    stage.author("acme", "company", &["--scope", "gln:5901234123457"]);
    let file = stage.write("audit.toml", AUDIT);
    let refused = stage.line(&["audit", "submit", &file, "--as", "acme", "--yes"]);
    assert_eq!(refused.exit, Exit::Operational);
    assert!(refused.err.contains("role-mismatch"), "{}", refused.err);
    assert!(refused.err.contains("out-of-scope"), "{}", refused.err);
    let shown = stage.line(&["author", "show", "acme", "--json"]).json();
    assert_eq!(shown["membership"]["signed"]["seq"], 0);
}

#[test]
fn other_networks_unknown_authors_and_missing_gateways_are_said() {
    let mut stage = Stage::founded();
    let unknown = stage.line(&["author", "show", "nobody"]);
    unknown.refused(Exit::Operational, "not-found");
    unknown.hinted("fairtrail author new nobody");
    let other = Stage::founded();
    stage.ledger.clone_from(&other.ledger);
    let refused = stage.line(&["author", "pulse", "root-1"]);
    refused.refused(Exit::Operational, "network-mismatch");
    stage.ledger = None;
    let missing = stage.line(&["author", "pulse", "root-1"]);
    assert_eq!(missing.exit, Exit::Usage);
    missing.hinted("FAIRTRAIL_GATEWAY");
}

#[test]
fn command_lines_that_are_none_exit_2() {
    let stage = Stage::empty();
    for line in [
        &["nothing"][..],
        &[],
        &["author", "new", "No Name"],
        &["grant", "--as", "a", "--to", "b", "--role", "king"],
        &["submit"],
        &["help", "nothing"],
    ] {
        assert_eq!(stage.line(line).exit, Exit::Usage, "{line:?}");
    }
    for line in [&["--help"][..], &["--version"], &["help", "exit-codes"]] {
        assert_eq!(stage.line(line).exit, Exit::Done, "{line:?}");
    }
}

#[test]
fn errors_are_objects_too() {
    let stage = Stage::empty();
    let ran = stage.line(&["author", "show", "nobody", "--json"]);
    let error = ran.json();
    assert_eq!(error["schema"], "fairtrail/error@v1");
    assert_eq!(error["reason"], "not-found");
    assert_eq!(error["exit"], 1);
    assert!(!error["hints"].as_array().unwrap().is_empty());
}

#[test]
fn tampered_bytes_are_explained_as_invalid() {
    let stage = Stage::founded();
    let mut bytes = stage.ledger().entry(0).bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let path = stage.path("entry");
    fs_err::write(&path, &bytes).unwrap();
    let shown = stage.line(&["entry", "show", path.to_str().unwrap()]);
    assert_eq!(shown.exit, Exit::Invalid);
    let nothing = stage.write("text", "hello");
    let refused = stage.line(&["entry", "show", &nothing]);
    refused.refused(Exit::Operational, "request-malformed");
    refused.hinted("explained are");
}
