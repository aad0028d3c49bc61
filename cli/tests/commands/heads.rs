//! Where a feed stands, asked of several gateways before anything is signed.

use super::stage::{AUDIT, FIRST, OTHER, Stage, copy};
use fairtrail_cli::exit::Exit;

const BOTH: [&str; 4] = ["--gateway", OTHER, "--gateway", FIRST];

/// An author, and a second gateway that follows the first one no more.
fn stage() -> Stage {
    let mut stage = Stage::founded();
    stage.author("auditor", "auditor", &[]);
    stage.open_other();
    stage
}

fn with<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    words.iter().chain(more).copied().collect()
}

/// Puts home and marks back as they were before a pulse that only the first gateway holds.
fn restored(stage: &Stage) {
    let pairs = [
        (stage.home(), stage.path("backup")),
        (stage.path("home-guard"), stage.path("guards")),
    ];
    for (now, backup) in &pairs {
        copy(now, backup);
    }
    stage.line(&["author", "pulse", "auditor"]).done();
    for (now, backup) in &pairs {
        fs_err::remove_dir_all(now).unwrap();
        copy(backup, now);
    }
}

#[test]
fn a_gateway_that_knows_more_stops_what_would_be_written_to_another() {
    let stage = stage();
    restored(&stage);
    let pulse = with(&["author", "pulse", "auditor"], &BOTH);
    let refused = stage.line(&pulse);
    refused.refused(Exit::Operational, "author-behind");
    refused.hinted("author resume");
    let named = refused
        .err
        .contains("note: http://gateway.example knows the feed up to seq 1");
    assert!(named, "{}", refused.err);
    assert_eq!(stage.other().offered().len(), 0);
    // What the second gateway lacks waits until it has it.
    stage
        .line(&with(&["author", "resume", "auditor", "--yes"], &BOTH))
        .done();
    stage.line(&pulse).refused(Exit::Operational, "early-prev");
    stage.other().follow(stage.ledger());
    stage
        .line(&with(&["submit", "--pending", "--as", "auditor"], &BOTH))
        .done();
    assert_eq!(stage.other().len(), stage.ledger().len() + 1);
}

#[test]
fn a_gateway_that_is_away_is_named_and_the_others_decide() {
    let stage = stage();
    stage.ledger().set_down(true);
    let pulse = stage
        .line(&with(&["author", "pulse", "auditor"], &BOTH))
        .done();
    let named = "note: http://gateway.example cannot be reached";
    assert!(pulse.err.contains(named), "{}", pulse.err);
    // The one that is written to has to be there; to sign, one that answers is enough.
    let first = ["--gateway", FIRST, "--gateway", OTHER];
    let away = stage.line(&with(&["author", "pulse", "auditor"], &first));
    away.refused(Exit::Operational, "gateway-unreachable");
    let (file, batch) = (stage.write("audit.toml", AUDIT), stage.path("audit.batch"));
    let sign = ["sign", &file, "--as", "auditor", "--yes", "--json", "-o"];
    let sign = with(&with(&sign, &[batch.to_str().unwrap()]), &first);
    let signed = stage.line(&sign).done();
    assert_eq!(signed.json()["gateways_asked"], 1);
    assert!(signed.err.contains(named), "{}", signed.err);
    stage.other().set_down(true);
    fs_err::remove_file(&batch).unwrap();
    stage
        .line(&sign)
        .refused(Exit::Operational, "gateway-unreachable");
}

#[test]
fn resuming_asks_the_gateways_used_before_and_names_those_that_are_gone() {
    let stage = stage();
    stage
        .line(&["author", "pulse", "auditor", "--gateway", OTHER])
        .done();
    fs_err::remove_dir_all(stage.path("home-guard")).unwrap();
    let resume = [
        "author",
        "resume",
        "auditor",
        "--yes",
        "--json",
        "--gateway",
    ];
    let resumed = stage.line(&with(&resume, &[OTHER])).done().json();
    assert_eq!(resumed["asked"], 2);
    assert_eq!(resumed["signed"]["seq"], 1);
    stage.ledger().set_down(true);
    let resumed = stage.line(&with(&resume, &[OTHER])).done().json();
    assert_eq!(
        (&resumed["asked"], &resumed["unreachable"][0]),
        (&1.into(), &FIRST.into())
    );
    // One that is named must answer.
    let refused = stage.line(&with(&resume, &[FIRST]));
    refused.refused(Exit::Operational, "gateway-unreachable");
}
