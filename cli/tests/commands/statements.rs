//! Statements: checked, signed, submitted, answered, explained.

use super::stage::{AUDIT, SITE, Stage};
use fairtrail_cli::exit::Exit;

#[test]
fn an_audit_is_one_batch_and_is_stated_once() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let file = stage.write("audit.toml", AUDIT);
    let checked = stage
        .line(&["audit", "check", &file, "--as", "auditor"])
        .done();
    assert!(
        checked.out.contains("no problems found in 3 entries"),
        "{}",
        checked.out
    );
    let before = stage.ledger().len();
    let ran = stage
        .line(&["audit", "submit", &file, "--as", "auditor", "--yes"])
        .done();
    assert!(ran.out.contains("promised by"), "{}", ran.out);
    assert_eq!(
        stage.ledger().kinds()[before..],
        ["audit", "finding", "finding"]
    );
    let again = stage.line(&["audit", "submit", &file, "--as", "auditor", "--yes"]);
    again.refused(Exit::Operational, "stated-before");
    again.hinted("supersedes");
    assert_eq!(stage.ledger().len(), before + 3);
    let promises = stage.home().join("promises");
    assert!(fs_err::read_dir(promises).unwrap().count() > 0);
}

#[test]
fn a_person_is_asked_once_and_a_script_says_yes() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let file = stage.write("audit.toml", AUDIT);
    let line = ["audit", "submit", &file, "--as", "auditor"];
    let before = stage.ledger().len();
    let nobody = stage.line(&line);
    assert_eq!(nobody.exit, Exit::Usage);
    nobody.hinted("--yes");
    assert_eq!(stage.typed(&line, Some("n\n")).exit, Exit::Operational);
    assert_eq!(stage.ledger().len(), before);
    let asked = stage.typed(&line, Some("y\n")).done();
    assert!(asked.err.contains("never taken back"), "{}", asked.err);
    assert_eq!(stage.ledger().len(), before + 3);
}

#[test]
fn a_reply_copies_the_subjects_of_what_it_answers() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    stage.author("acme", "company", &["--scope", SITE]);
    let file = stage.write("audit.toml", AUDIT);
    stage
        .line(&["audit", "submit", &file, "--as", "auditor", "--yes"])
        .done();
    let finding = stage.ledger().entry(stage.ledger().len() - 1);
    let reply = format!(
        "kind = \"reply\"\nown_key = \"1\"\nbasis = [\"self_declared\"]\n\
         refs = [{{ type = \"replies\", entry = \"{}\" }}]\n[claim]\nstance = \"disputes\"\n\
         [text]\nlang = \"en\"\nreply = \"The hours were averaged over a month.\"\n",
        finding.id()
    );
    let file = stage.write("reply.toml", &reply);
    stage
        .line(&["reply", "submit", &file, "--as", "acme", "--yes"])
        .done();
    let reply = stage.ledger().entry(stage.ledger().len() - 1);
    assert_eq!(reply.header().subjects, finding.header().subjects);
    let shown = stage
        .line(&["entry", "show", &reply.id().to_string()])
        .done();
    assert!(shown.out.contains("replies"), "{}", shown.out);
    assert!(
        shown.out.contains("verifies under the key it names"),
        "{}",
        shown.out
    );
}

#[test]
fn signed_offline_it_is_offered_later_as_it_is() {
    let mut stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let file = stage.write("audit.toml", AUDIT);
    let ledger = stage.ledger.take();
    let batch = stage.path("audit.batch");
    let batch = batch.to_str().unwrap();
    let line = [
        "sign",
        &file,
        "--as",
        "auditor",
        "-o",
        batch,
        "--offline",
        "--yes",
    ];
    stage.line(&line).done();
    stage.line(&line).refused(Exit::Operational, "file-exists");
    let shown = stage.line(&["entry", "show", batch]).done();
    for part in [
        "manifest",
        "native_grade",
        "Two days on site.",
        "findings_total",
    ] {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    stage.ledger = ledger;
    stage.line(&["submit", batch, "--as", "auditor"]).done();
    assert_eq!(
        stage.ledger().offered().last().unwrap(),
        &fs_err::read(batch).unwrap()
    );
    let shown = stage.line(&["author", "show", "auditor", "--json"]).json();
    assert_eq!(shown["pending"], 0);
    let known = stage.line(&["submit", batch]).done();
    assert!(known.out.contains("known"), "{}", known.out);
}

#[test]
fn licences_and_their_status_have_commands_of_their_own() {
    let stage = Stage::founded();
    stage.author("register", "authority", &[]);
    let licence = "kind = \"licence\"\nown_key = \"17\"\nsubjects = [\"lic:EX-REG:17\"]\n\
                   basis = [\"register_lookup\"]\n[claim]\nauthority = \"EX-REG\"\n\
                   register_kind = \"recruiter\"\nstatus = \"active\"\n";
    let file = stage.write("licence.toml", licence);
    stage
        .line(&["licence", "submit", &file, "--as", "register", "--yes"])
        .done();
    let status = "kind = \"licence.status\"\nown_key = \"17b\"\nsubjects = [\"lic:EX-REG:17\"]\n\
                  basis = [\"register_lookup\"]\n[claim]\nauthority = \"EX-REG\"\n\
                  status = \"suspended\"\neffective = { on = \"2026-03-02\" }\n";
    let file = stage.write("status.toml", status);
    let wrong = stage.line(&["licence", "check", &file]);
    assert_eq!(wrong.exit, Exit::Operational);
    assert!(
        wrong
            .out
            .contains("expected `licence`, found `licence.status`"),
        "{}",
        wrong.out
    );
    stage
        .line(&[
            "licence", "status", "submit", &file, "--as", "register", "--yes",
        ])
        .done();
    assert_eq!(stage.ledger().kinds().last().unwrap(), "licence.status");
}

#[test]
fn templates_are_printed_for_every_kind_and_pass_only_when_filled_in() {
    let stage = Stage::empty();
    for line in [
        &["licence", "new", "--template"][..],
        &["licence", "status", "new", "--template"],
        &["audit", "new", "--template"],
        &["finding", "new", "--template"],
        &["finding", "status", "new", "--template"],
        &["attest", "new", "--template"],
        &["reply", "new", "--template"],
    ] {
        let template = stage.line(line).done().out;
        let file = stage.write("template.toml", &template);
        let mut check = line[..line.len() - 2].to_vec();
        check.extend(["check", &file]);
        let checked = stage.line(&check);
        assert_eq!(checked.exit, Exit::Operational, "{line:?}");
        assert!(
            checked.out.contains("is to be filled in"),
            "{}",
            checked.out
        );
    }
    let unknown = stage.line(&["entry", "template", "nothing"]);
    unknown.refused(Exit::Operational, "kind-unknown");
    unknown.hinted("contract.attest");
}
