//! `specs/cddl/answers.cddl` against the answers as the code writes them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail::api::{
    CheckAnswer, DraftProblem, EntryView, FeedView, HaltedNotice, HistoryItem, HistoryPage,
    IndexInfo, LeafNotice, LogInfo, LogNotice, Notice, ProblemDetails, Receipt, ReceiptEntry,
    SizeNotice, WithheldPage, WithheldView, WitnessInfo,
};
use fairtrail::claim::{Ground, LegalBasis};
use fairtrail::id::{AuthorId, EntryId, GrantId, NetworkId, PartDigest};
use fairtrail::merkle::Hash;
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use fairtrail_tests::artefacts;
use serde_json::{Value, json};

const ENTRY: EntryId = EntryId::new([1; 32]);
const AUTHOR: AuthorId = AuthorId::new([2; 32]);

fn matches(rule: &str, value: &Value) -> bool {
    let file = artefacts::directory().join("cddl/answers.cddl");
    let cddl = fs_err::read_to_string(file).unwrap();
    let cddl = format!("start = {rule}\n{cddl}");
    cddl::validate_json_from_str(&cddl, &value.to_string(), None).is_ok()
}

/// The answer matches, and no longer when a member is missing or of another type.
#[track_caller]
fn check(rule: &str, value: &Value, required: &[&str]) {
    assert!(matches(rule, value), "{value}");
    for member in required {
        let mut without = value.clone();
        assert!(without.as_object_mut().unwrap().remove(*member).is_some());
        assert!(!matches(rule, &without), "{rule} without {member}");
        let mut other = value.clone();
        *other.get_mut(*member).unwrap() = json!({"other": 1.5});
        assert!(!matches(rule, &other), "{rule} with another {member}");
    }
}

fn problem() -> DraftProblem {
    DraftProblem {
        reason: Reason::PrivacyBand.to_string(),
        field: "occupation".into(),
        detail: "two digits".into(),
    }
}

#[test]
fn a_log_describes_itself() {
    let info = LogInfo {
        origin: "ledger.example/coast/e1".into(),
        vkey: "v".into(),
        promise_vkey: "p".into(),
        witness_vkey: "w".into(),
        witnesses: vec![WitnessInfo {
            name: "n".into(),
            vkey: "v".into(),
        }],
        index: Some(IndexInfo {
            origin: "ledger.example/coast/e1/index/1".into(),
            vkey: "i".into(),
            witness_vkey: "j".into(),
        }),
        network: NetworkId::new([3; 32]),
        size: 7,
        terms: "t".into(),
        contact: "c".into(),
    };
    check(
        "log-info",
        &json!(info),
        &["origin", "network", "size", "witnesses"],
    );
    check(
        "index-info",
        &json!(info.index),
        &["origin", "vkey", "witness_vkey"],
    );
    let without = LogInfo {
        index: None,
        ..info
    };
    check("log-info", &json!(without), &["origin"]);
}

#[test]
fn submissions_and_drafts_are_answered() {
    let entry = |known| ReceiptEntry {
        id: ENTRY,
        leaf_index: 3,
        known,
        position: (!known).then_some(1),
        path: vec![Hash::from_bytes([0; 32]).to_string(); usize::from(!known)],
        proof: Some("proof".into()),
    };
    let receipt = Receipt {
        entries: vec![entry(true), entry(false)],
        promise: Some("note".into()),
    };
    check("receipt", &json!(receipt), &["entries"]);
    check(
        "receipt-entry",
        &json!(entry(false)),
        &["id", "leaf_index", "known"],
    );
    let answer = CheckAnswer {
        acceptable: false,
        problems: vec![problem()],
    };
    check("check-answer", &json!(answer), &["acceptable", "problems"]);
}

fn withheld() -> WithheldView {
    WithheldView {
        part: PartDigest::new([5; 32]),
        reason: "withheld-by-law".into(),
        ground: Some(Ground {
            basis: LegalBasis::CourtOrder,
            jurisdiction: Some("DE".parse().unwrap()),
            statute: Some("EXAMPLE-ACT-7".parse().unwrap()),
            since: "2026-11-22".parse().unwrap(),
            statement: Some(EntryId::new([6; 32])),
        }),
    }
}

#[test]
fn entries_histories_and_feeds_are_shown() {
    let subject = SubjectId::parse_open("lei:EXAMPLE00FAIRTRAIL92").unwrap();
    let view = EntryView {
        id: ENTRY,
        leaf_index: 3,
        author: AUTHOR,
        seq: 4,
        kind: "finding".into(),
        subjects: vec![subject.clone()],
        claimed_at: "2026-09-22T14:13:20Z".into(),
        grant: Some(GrantId::new([4; 32])),
        parts: vec![PartDigest::new([5; 32])],
        withheld: vec![withheld()],
    };
    check(
        "entry-view",
        &json!(view),
        &["id", "author", "subjects", "claimed_at", "parts"],
    );
    let item = HistoryItem {
        id: ENTRY,
        leaf_index: 3,
        kind: "finding".into(),
        author: AUTHOR,
        withheld: Vec::new(),
    };
    let withheld = WithheldPage {
        first: 0,
        next: 7,
        parts: view.withheld,
    };
    check(
        "withheld-page",
        &json!(withheld),
        &["first", "next", "parts"],
    );
    let page = HistoryPage {
        subject,
        origin: "ledger.example/coast/e1".into(),
        size: 7,
        items: vec![item],
        next: Some(3),
    };
    check(
        "history-page",
        &json!(page),
        &["subject", "origin", "size", "items"],
    );
    let feed = FeedView {
        author: AUTHOR,
        begun: true,
        seq: Some(4),
        head: Some(ENTRY),
        key_state: Some(ENTRY),
        forked: false,
        grants: vec![GrantId::new([4; 32])],
    };
    check(
        "feed-view",
        &json!(feed),
        &["author", "begun", "forked", "grants"],
    );
}

#[test]
fn notices_of_changes() {
    let log = Notice::Log(LogNotice {
        origin: "ledger.example/coast/e1".into(),
        size: 7,
        from: 3,
    });
    check("changes-log", &json!(log), &["origin", "size", "from"]);
    let leaf = Notice::Leaf(LeafNotice {
        leaf_index: 3,
        id: ENTRY,
        kind: "finding".into(),
        author: AUTHOR,
        subjects: vec!["gln:0614141000012".parse().unwrap()],
    });
    let members = ["leaf_index", "id", "kind", "author", "subjects"];
    check("changes-leaf", &json!(leaf), &members);
    let size = Notice::Size(SizeNotice { size: 7 });
    check("changes-size", &json!(size), &["size"]);
    for reason in [None, Some(Reason::QuorumMissing.to_string())] {
        let halted = Notice::Halted(HaltedNotice { reason });
        assert!(matches("changes-halted", &json!(halted)));
    }
}

#[test]
fn every_reason_makes_a_problem() {
    for reason in Reason::ALL {
        let mut refusal = ProblemDetails::new(*reason, 422, "detail");
        refusal.instance = Some("/requests/1".into());
        refusal.position = Some(255);
        refusal.problems = vec![problem()];
        let value = json!(refusal);
        assert!(matches("problem", &value), "{value}");
    }
    let refusal = ProblemDetails::new(Reason::NotFound, 404, "detail");
    check("problem", &json!(refusal), &["type", "status", "reason"]);
    let success = ProblemDetails::new(Reason::NotFound, 200, "detail");
    assert!(!matches("problem", &json!(success)));
}
