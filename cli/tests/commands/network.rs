//! A network made from an empty directory by the command line alone.

use super::stage::{Ran, SITE, Stage};
use fairtrail_cli::exit::Exit;

/// A new author of the network, not granted yet.
fn stranger(stage: &Stage, name: &str) {
    let charter = stage.path("network.charter");
    let charter = charter.to_str().unwrap();
    stage
        .line(&["author", "new", name, "--charter", charter])
        .done();
}

fn grant(stage: &Stage, by: &str, to: &str, role: &str, more: &[&str]) -> Ran {
    let mut line = vec!["grant", "--as", by, "--to", to, "--role", role, "--yes"];
    line.extend(["--from", "2026-01-01", "--to-date", "2026-12-31"]);
    line.extend(more);
    stage.line(&line)
}

/// An accreditation scheme, an auditor it grants, and the auditor's desk.
fn delegated(stage: &Stage) {
    stranger(stage, "scheme");
    let may = ["--may-delegate", "auditor", "--may-delegate", "desk"];
    for root in ["root-1", "root-2"] {
        grant(stage, root, "scheme", "scheme", &may).done();
    }
    stage.line(&["author", "begin", "scheme"]).done();
    stranger(stage, "auditor");
    let may = ["--may-delegate", "desk"];
    grant(stage, "scheme", "auditor", "auditor", &may).done();
    stage.line(&["author", "begin", "auditor"]).done();
    stranger(stage, "auditor-desk");
    grant(stage, "auditor", "auditor-desk", "desk", &[]).done();
    stage.line(&["author", "begin", "auditor-desk"]).done();
}

#[test]
fn a_grant_of_roots_waits_for_enough_of_them() {
    let stage = Stage::founded();
    stranger(&stage, "auditor");
    let one = grant(&stage, "root-1", "auditor", "auditor", &[]).done();
    assert!(
        one.out.contains("1 of the 2 roots needed have acted"),
        "{}",
        one.out
    );
    one.hinted("other roots run the same command");
    let early = stage.line(&["author", "begin", "auditor"]);
    early.refused(Exit::Operational, "early-begin");
    let two = grant(&stage, "root-2", "auditor", "auditor", &[]).done();
    assert!(
        two.out.contains("2 of the 2 roots needed have acted"),
        "{}",
        two.out
    );
    stage.line(&["author", "begin", "auditor"]).done();
}

#[test]
fn delegates_of_the_second_level_and_their_desks_are_made_from_nothing() {
    let stage = Stage::founded();
    delegated(&stage);
    let shown = stage.line(&["author", "show", "auditor-desk", "--json"]);
    let shown = shown.done().json();
    assert_eq!(shown["gateway"]["grants"].as_array().unwrap().len(), 1);
    assert_eq!(shown["membership"]["standing"], "granted");
    stage.line(&["author", "pulse", "auditor-desk"]).done();
}

#[test]
fn a_reply_desk_serves_whoever_controls_a_subject_without_the_roots() {
    let stage = Stage::founded();
    stranger(&stage, "accused");
    grant(
        &stage,
        "replies",
        "accused",
        "respondent",
        &["--scope", SITE],
    )
    .done();
    stage.line(&["author", "begin", "accused"]).done();
}

#[test]
fn a_stranger_is_refused_and_so_is_a_grant_nobody_may_make() {
    let stage = Stage::founded();
    delegated(&stage);
    stranger(&stage, "stranger");
    let before = stage.ledger().len();
    let refused = stage.line(&["author", "begin", "stranger"]);
    refused.refused(Exit::Operational, "early-begin");
    refused.hinted("fairtrail grant --as GRANTER");
    let refused = grant(&stage, "auditor", "stranger", "auditor", &[]);
    refused.refused(Exit::Operational, "delegation-refused");
    refused.hinted("author rotate NAME --abandon");
    assert_eq!(stage.ledger().len(), before);
    // What was refused for good blocks the feed until a rotation leaves it behind.
    let line = ["author", "rotate", "auditor", "--abandon", "--yes"];
    stage.line(&line).done();
    stage.line(&["author", "pulse", "auditor"]).done();
}

#[test]
fn grants_are_revoked_by_enough_roots() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let grant = stage.line(&["author", "show", "auditor", "--json"]).json();
    let grant = grant["membership"]["grant"].as_str().unwrap().to_owned();
    for root in ["root-1", "root-2"] {
        let mut line = vec![
            "revoke", "--as", root, "--grant", &grant, "--author", "auditor",
        ];
        line.extend(["--kind", "withdrawn", "--since", "2026-06-01", "--yes"]);
        stage.line(&line).done();
    }
    let file = stage.write("audit.toml", super::stage::AUDIT);
    let refused = stage.line(&["audit", "submit", &file, "--as", "auditor", "--yes"]);
    refused.refused(Exit::Operational, "author-revoked");
    let pending = stage.line(&["author", "show", "auditor", "--json"]).json();
    assert_eq!(pending["pending"], 0, "nothing was signed");
}

#[test]
fn charters_show_the_authors_that_follow_from_them() {
    let stage = Stage::founded();
    let charter = stage.path("network.charter");
    let shown = stage.line(&["charter", "show", charter.to_str().unwrap(), "--json"]);
    let shown = shown.done().json();
    assert_eq!(shown["schema"], "fairtrail/charter@v1");
    let root = stage.line(&["author", "show", "root-1", "--json"]).json();
    let roots = shown["roots"].as_array().unwrap();
    assert!(
        roots
            .iter()
            .any(|line| line["author"] == root["membership"]["author"])
    );
    assert!(roots.iter().any(|line| line["pair"] == root["pair"]));
    let list = stage.line(&["author", "list", "--json"]).done().json();
    assert_eq!(list["authors"].as_array().unwrap().len(), 4);
}

#[test]
fn a_starter_policy_is_written_and_says_what_it_lacks() {
    let stage = Stage::founded();
    let (charter, policy) = (stage.path("network.charter"), stage.path("policy.toml"));
    let (charter, policy) = (charter.to_str().unwrap(), policy.to_str().unwrap());
    let line = ["policy", "init", "--charter", charter, "-o", policy];
    stage.line(&line).done().hinted("no independent witness");
    let checked = stage.line(&["policy", "check", policy]).done();
    assert!(checked.out.contains("operator's word"), "{}", checked.out);
    stage.line(&line).refused(Exit::Operational, "file-exists");
    let broken = stage.write("broken.toml", "network = 1");
    stage
        .line(&["policy", "check", &broken])
        .refused(Exit::Operational, "policy-malformed");
}

#[test]
fn the_settings_of_the_rules_are_written_out_and_read_back() {
    let stage = Stage::founded();
    let shown = stage.line(&["policy", "rules"]).done();
    assert!(
        shown.out.contains("adverse_from_severity = 2"),
        "{}",
        shown.out
    );
    let file = stage.path("own.toml");
    let line = ["policy", "rules", "-o", file.to_str().unwrap()];
    stage.line(&line).done();
    let text = fs_err::read_to_string(&file).unwrap();
    assert!(fairtrail::policy::Settings::parse(&text).is_ok());
    stage.line(&line).refused(Exit::Operational, "file-exists");
}
