//! What counts as the same, and what as a change.

use super::*;
use crate::id::NetworkId;

fn entry(number: u8) -> EntryId {
    EntryId::new([number; 32])
}

fn snapshot() -> Snapshot {
    Snapshot {
        outcome: Outcome::Unknown,
        edition: "2026-1".into(),
        network: NetworkId::new([0; 32]),
        as_of: "2026-08-20".parse().unwrap(),
        known_at: None,
        asked_at: "2026-08-20T12:00:00Z".parse().unwrap(),
        subjects: vec!["osid:XA2026001N0RTHW".parse().unwrap()],
        worst_severity: None,
        indicators: Vec::new(),
        open_findings: Vec::new(),
        unknowns: Vec::new(),
        not_evaluated: Vec::new(),
        entries: vec![entry(1)],
    }
}

fn indicator(rule: &str, severity: u8, rests_on: &[u8]) -> KnownIndicator {
    KnownIndicator {
        rule: rule.into(),
        severity,
        ilo: vec![9],
        adverse: true,
        sentence: "workers are reported to have paid".into(),
        rests_on: rests_on.iter().copied().map(entry).collect(),
    }
}

fn finding(number: u8, severity: Option<u8>) -> KnownFinding {
    KnownFinding {
        entry: entry(number),
        topic: "wages_withheld".into(),
        clause: "W.1".into(),
        severity,
        due: None,
        replies: Vec::new(),
    }
}

fn unknown(code: &str) -> KnownUnknown {
    KnownUnknown {
        code: code.into(),
        sentence: "something is missing".into(),
        rests_on: Vec::new(),
    }
}

#[test]
fn a_verdict_does_not_differ_from_itself() {
    let difference = Difference::between(&snapshot(), &snapshot());
    assert_eq!(difference, Difference::default());
    assert!(difference.is_empty() && difference.lines(Language::English).is_empty());
}

#[test]
fn another_date_alone_is_no_difference_in_what_is_known() {
    let mut later = snapshot();
    later.as_of = "2026-08-21".parse().unwrap();
    let difference = Difference::between(&snapshot(), &later);
    assert!(difference.is_empty());
    assert_eq!(
        difference.lines(Language::English),
        ["as of: 2026-08-20 before, 2026-08-21 now"]
    );
}

#[test]
fn what_came_and_went_is_told_apart_from_what_changed() {
    let (mut before, mut after) = (snapshot(), snapshot());
    before.indicators = vec![indicator("R-08", 3, &[1]), indicator("R-19", 5, &[2])];
    after.indicators = vec![indicator("R-08", 4, &[1, 3]), indicator("R-02", 5, &[2])];
    before.open_findings = vec![finding(4, None), finding(5, Some(3))];
    after.open_findings = vec![finding(5, Some(4)), finding(6, None)];
    after.outcome = Outcome::Findings;
    after.worst_severity = Some(5);
    let difference = Difference::between(&before, &after);
    assert_eq!(difference.indicators_changed.len(), 1);
    assert_eq!(difference.indicators_changed[0].before.severity, 3);
    assert_eq!(difference.indicators_came, [indicator("R-02", 5, &[2])]);
    assert_eq!(difference.indicators_went, [indicator("R-19", 5, &[2])]);
    assert_eq!(difference.findings_opened, [finding(6, None)]);
    assert_eq!(difference.findings_closed, [finding(4, None)]);
    let lines = difference.lines(Language::English);
    assert_eq!(lines[0], "verdict: unknown before, findings now");
    assert_eq!(lines[1], "worst severity: not graded before, 5 now");
    let changed = "finding changed: wages withheld, clause W.1, severity 4";
    assert!(lines.iter().any(|line| line.starts_with(changed)));
    assert!(!difference.is_empty());
}

#[test]
fn one_of_two_equal_unknowns_that_goes_is_seen() {
    let (mut before, mut after) = (snapshot(), snapshot());
    before.unknowns = vec![unknown("author-silent"), unknown("author-silent")];
    after.unknowns = vec![unknown("author-silent"), unknown("audit-missing")];
    let difference = Difference::between(&before, &after);
    assert_eq!(difference.unknowns_went, [unknown("author-silent")]);
    assert_eq!(difference.unknowns_came, [unknown("audit-missing")]);
}

#[test]
fn other_words_for_the_same_are_no_change() {
    let (mut before, mut after) = (snapshot(), snapshot());
    before.indicators = vec![indicator("R-08", 4, &[1])];
    after.indicators = vec![indicator("R-08", 4, &[1])];
    after.indicators[0].sentence = "in another language".into();
    assert!(Difference::between(&before, &after).is_empty());
}

#[test]
fn a_snapshot_reads_back_as_it_was_written() {
    let mut kept = snapshot();
    kept.indicators = vec![indicator("R-08", 4, &[1])];
    kept.open_findings = vec![finding(5, None)];
    kept.unknowns = vec![unknown("audit-missing")];
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), kept);
}
