//! The author guard: crashes, restored backups, refusals, rotation.

use super::stage::{AUDIT, Stage, copy};
use fairtrail_cli::exit::Exit;

#[test]
fn what_was_signed_before_the_gateway_went_away_is_offered_byte_for_byte() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let before = stage.ledger().len();
    let batch = stage.path("audit.batch");
    let file = stage.write("audit.toml", AUDIT);
    let batch = batch.to_str().unwrap();
    stage
        .line(&[
            "sign",
            &file,
            "--as",
            "auditor",
            "-o",
            batch,
            "--offline",
            "--yes",
        ])
        .done();
    stage.ledger().set_down(true);
    let away = stage.line(&["submit", "--pending", "--as", "auditor"]);
    away.refused(Exit::Operational, "gateway-unreachable");
    stage.ledger().set_down(false);
    stage
        .line(&["submit", "--pending", "--as", "auditor"])
        .done();
    let offered = stage.ledger().offered();
    assert_eq!(offered.last().unwrap(), &fs_err::read(batch).unwrap());
    assert_eq!(stage.ledger().len(), before + 3);
    let nothing = stage
        .line(&["submit", "--pending", "--as", "auditor"])
        .done();
    assert!(nothing.out.contains("nothing waits"), "{}", nothing.out);
}

#[test]
fn a_restored_backup_refuses_to_sign_and_says_what_to_do() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let (dir, backup) = (stage.author_dir("auditor"), stage.path("backup"));
    copy(&dir, &backup);
    stage.line(&["author", "pulse", "auditor"]).done();
    fs_err::remove_dir_all(&dir).unwrap();
    copy(&backup, &dir);
    let before = stage.ledger().offered().len();
    let refused = stage.line(&["author", "pulse", "auditor"]);
    refused.refused(Exit::Operational, "author-behind");
    refused.hinted("author resume");
    let rotation = stage.line(&["author", "rotate", "auditor", "--abandon", "--yes"]);
    rotation.refused(Exit::Operational, "rollback-suspected");
    assert_eq!(
        stage.ledger().offered().len(),
        before,
        "nothing left the directory"
    );
    let resumed = stage.line(&["author", "resume", "auditor", "--yes"]).done();
    assert!(resumed.out.contains("up to seq 1"), "{}", resumed.out);
    stage.line(&["author", "pulse", "auditor"]).done();
}

#[test]
fn a_feed_is_read_a_run_at_a_time() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    for _ in 0..7 {
        stage.line(&["author", "pulse", "auditor"]).done();
    }
    fs_err::remove_dir_all(stage.path("home-guard")).unwrap();
    let before = stage.ledger().asked().len();
    let resumed = stage.line(&["author", "resume", "auditor", "--yes"]).done();
    assert!(resumed.out.contains("up to seq 7"), "{}", resumed.out);
    let asked = stage.ledger().asked().split_off(before);
    let entries = asked.iter().filter(|path| path.starts_with("/v1/entries/"));
    let runs = entries.clone().filter(|path| path.contains("/feed?limit="));
    assert_eq!((entries.count(), runs.count()), (3, 3), "{asked:?}");
}

#[test]
fn with_the_mark_restored_too_the_gateway_stops_a_fork() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let (home, backup) = (stage.home(), stage.path("backup"));
    let (guard, guards) = (stage.path("home-guard"), stage.path("guards"));
    copy(&home, &backup);
    copy(&guard, &guards);
    stage.line(&["author", "pulse", "auditor"]).done();
    for (old, new) in [(&home, &backup), (&guard, &guards)] {
        fs_err::remove_dir_all(old).unwrap();
        copy(new, old);
    }
    let refused = stage.line(&["author", "pulse", "auditor"]);
    refused.refused(Exit::Operational, "author-behind");
    refused.hinted("author resume");
    stage.line(&["author", "resume", "auditor", "--yes"]).done();
    stage.line(&["author", "pulse", "auditor"]).done();
}

#[test]
fn without_its_mark_an_author_signs_nothing_until_it_resumes() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    fs_err::remove_dir_all(stage.path("home-guard")).unwrap();
    let refused = stage.line(&["author", "pulse", "auditor"]);
    refused.refused(Exit::Operational, "guard-missing");
    refused.hinted("author resume");
    let asked = stage.line(&["author", "resume", "auditor"]);
    assert_eq!(asked.exit, Exit::Usage);
    let line = ["author", "resume", "auditor", "--yes", "--json"];
    let resumed = stage.line(&line).done().json();
    assert_eq!(resumed["marked"], false);
    stage.line(&["author", "pulse", "auditor"]).done();
}

#[test]
fn what_no_gateway_has_is_left_behind_by_a_rotation_alone() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let (dir, backup) = (stage.author_dir("auditor"), stage.path("backup"));
    copy(&dir, &backup);
    stage.ledger().set_down(true);
    let file = stage.write("audit.toml", AUDIT);
    let batch = stage.path("audit.batch");
    let batch = batch.to_str().unwrap();
    stage
        .line(&[
            "sign",
            &file,
            "--as",
            "auditor",
            "-o",
            batch,
            "--offline",
            "--yes",
        ])
        .done();
    stage.ledger().set_down(false);
    fs_err::remove_dir_all(&dir).unwrap();
    copy(&backup, &dir);
    let line = ["author", "resume", "auditor", "--yes", "--json"];
    let resumed = stage.line(&line).done().json();
    assert_eq!(resumed["lost"]["seq"], 3);
    let refused = stage.line(&["author", "pulse", "auditor"]);
    refused.refused(Exit::Operational, "rollback-suspected");
    refused.hinted("--abandon");
    stage
        .line(&["author", "rotate", "auditor", "--abandon", "--yes"])
        .done();
    stage.line(&["author", "pulse", "auditor"]).done();
}

#[test]
fn rotation_replaces_the_keys_and_the_feed_goes_on() {
    let stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    let before = stage.line(&["author", "show", "auditor", "--json"]).json();
    stage.line(&["author", "rotate", "auditor", "--yes"]).done();
    let after = stage.line(&["author", "show", "auditor", "--json"]).json();
    assert_ne!(before["pair"], after["pair"]);
    stage.line(&["author", "pulse", "auditor"]).done();
    let cold = stage.path("cold.key");
    fs_err::rename(stage.author_dir("auditor").join("rotation.key"), &cold).unwrap();
    let missing = stage.line(&["author", "rotate", "auditor", "--yes"]);
    missing.refused(Exit::Operational, "not-found");
    let cold = cold.to_str().unwrap();
    let line = [
        "author",
        "rotate",
        "auditor",
        "--rotation-key",
        cold,
        "--yes",
    ];
    stage.line(&line).done().hinted("destroy it");
}

#[test]
fn a_log_that_changes_its_keys_is_not_believed() {
    let stage = Stage::founded();
    stage.ledger().change_keys();
    let refused = stage.line(&["author", "pulse", "root-1"]);
    refused.refused(Exit::Operational, "gateway-answer");
    refused.hinted("ask the operator");
    let shown = stage.line(&["author", "show", "root-1", "--json"]).json();
    assert_eq!(shown["pending"], 1, "it stays in the outbox");
}
