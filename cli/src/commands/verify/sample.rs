//! A verdict with something of everything, in which every text that comes from outside is hostile.

use fairtrail::claim::{EvidenceStandard, FindingState, LicenceState, Stance};
use fairtrail::entry::{PartRole, RefType};
use fairtrail::history::{
    Alias, Closure, FeedKnown, IgnoredRef, Lacking, Link, LinkLeft, LogNotRead, LogView, WhyLeft,
    WithheldPart, WithheldReason,
};
use fairtrail::id::{AuthorId, EntryId, NetworkId, PartDigest};
use fairtrail::messages::Sentence;
use fairtrail::reason::Reason;
use fairtrail::rules::{
    Counts, EntryLine, Force, ILO_INDICATORS, IloLine, IloState, Indicator, LicenceSegment,
    LicenceView, Mark, Moment, NotEvaluated, OpenFinding, Outcome, RecruitedUnder, ReplyText,
    ReplyView, Stated, Unknown, Verdict,
};
use fairtrail::time::{Date, Month, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Markup, a quotation mark that ends an attribute, direction marks, controls.
pub(super) const HOSTILE: &str =
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}\u{1b}[2J\u{200b}&amp;";

pub(super) fn entry(number: u8) -> EntryId {
    EntryId::new([number; 32])
}

pub(super) fn author(number: u8) -> AuthorId {
    AuthorId::new([number; 32])
}

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn line(number: u8, kind: &str, states: &[(&'static str, &str)]) -> EntryLine {
    let stated = |(field, value): &(&'static str, &str)| Stated {
        field,
        value: (*value).to_owned(),
    };
    EntryLine {
        id: entry(number),
        leaf: number.into(),
        kind: kind.to_owned(),
        author: author(number % 3),
        principal: Some(author(number % 2)),
        role: Some("auditor"),
        subjects: vec!["osid:XA2026001N0RTHW".parse().unwrap()],
        basis: vec!["on_site", "worker_interview"],
        evidence_standard: Some(EvidenceStandard::Observed),
        states: states.iter().map(stated).collect(),
        happened: Some(day("2026-07-15").plus_days(number.into())),
        claimed: "2026-08-18T12:00:00Z".parse().unwrap(),
        not_after: Some("2026-08-20T12:00:00Z".parse().unwrap()),
        counts: Counts::Yes,
        marks: vec![Mark::RecordedLate],
        replies: Vec::new(),
        revoked_by: Vec::new(),
        withheld: Vec::new(),
    }
}

fn entries() -> Vec<EntryLine> {
    let recruited = [("recruited_from", "2026-05"), ("recruited_to", "2026-07")];
    let mut audit = line(2, "audit", &[("report_ref", HOSTILE)]);
    audit.withheld = vec![WithheldPart {
        digest: PartDigest::new([9; 32]),
        role: PartRole::Text,
        reason: WithheldReason::Erased,
        withheld_by: Vec::new(),
    }];
    let mut revoked = line(5, HOSTILE, &[]);
    revoked.counts = Counts::Revoked;
    revoked.revoked_by = vec![entry(8)];
    revoked.happened = None;
    vec![
        line(1, "contract.attest", &recruited),
        audit,
        line(
            3,
            "finding",
            &[("topic", "fees"), ("native_grade", "major")],
        ),
        line(4, "reply", &[("stance", "disputes")]),
        revoked,
    ]
}

fn licence() -> LicenceView {
    let segment = |status, after: Option<&str>, from, until, by: Option<&str>| LicenceSegment {
        status,
        doubtful: false,
        began_after: after.map(day),
        certain_from: day(from),
        seen_until: day(until),
        ended_by: by.map(day),
    };
    let suspended = LicenceState::Suspended;
    let later = Some("2026-06-10");
    LicenceView {
        subject: "lic:XA-LAB:GOODROAD-1".parse().unwrap(),
        source: "authority",
        stated_by: Some(author(7)),
        route: Some(HOSTILE.into()),
        unresolved: false,
        segments: vec![
            segment(
                LicenceState::Active,
                None,
                "2025-01-01",
                "2026-05-20",
                later,
            ),
            segment(
                suspended.clone(),
                Some("2026-05-20"),
                "2026-06-10",
                "9999-12-31",
                None,
            ),
        ],
        as_of: Moment::Lapsed {
            status: suspended,
            entries: BTreeSet::new(),
        },
    }
}

fn recruited_under() -> Vec<RecruitedUnder> {
    let month = |month: &str, now, then, recorded: Option<&str>| {
        let month: Month = month.parse().unwrap();
        RecruitedUnder {
            licence: "lic:XA-LAB:GOODROAD-1".parse().unwrap(),
            month,
            now,
            rests_on: vec![entry(6)],
            recorded: recorded.map(|at| at.parse().unwrap()),
            known_at: month.last(),
            then,
        }
    };
    let recorded = Some("2026-08-20T12:00:00Z");
    vec![
        month("2026-05", Force::Unknown, Force::Unknown, None),
        month("2026-06", Force::Lapsed, Force::InForce, recorded),
    ]
}

fn ilo() -> Vec<IloLine> {
    let line = |(number, name): (u8, &'static str)| IloLine {
        number,
        name,
        state: match number {
            9 => IloState::Reported,
            1 | 2 => IloState::Unknown,
            7 => IloState::NotEvaluated,
            _ => IloState::NothingReported,
        },
        worst_severity: (number == 9).then_some(4),
        rules: if number == 9 {
            vec!["R-08"]
        } else {
            Vec::new()
        },
        findings: if number == 9 {
            vec![entry(3)]
        } else {
            Vec::new()
        },
        not_evaluated: if number == 7 {
            vec!["R-19"]
        } else {
            Vec::new()
        },
        unknowns: if number < 3 {
            vec!["licence-status-unknown"]
        } else {
            Vec::new()
        },
    };
    ILO_INDICATORS.map(line).to_vec()
}

fn findings() -> Vec<OpenFinding> {
    let finding = |number, replies, reply_by: Option<&str>, due: Option<&str>| OpenFinding {
        entry: entry(number),
        reported_by: Some(author(1)),
        topic: "wages_withheld".into(),
        clause: HOSTILE.into(),
        native_grade: "critical".into(),
        severity: Some(4),
        ilo: &[8],
        basis: vec!["on_site"],
        evidence_standard: Some(EvidenceStandard::Observed),
        state: Some(FindingState::CapSubmitted),
        found_on: day("2026-07-18"),
        due: due.map(day),
        replies,
        reply_by: reply_by.map(day),
        marks: vec![Mark::Disputed],
    };
    vec![
        finding(3, vec![entry(4)], None, Some("2026-08-01")),
        finding(2, Vec::new(), Some("2026-09-30"), None),
    ]
}

fn reply() -> ReplyView {
    ReplyView {
        entry: entry(4),
        answers: vec![entry(3)],
        author: author(4),
        principal: None,
        stance: Some(Stance::Disputes),
        not_after: Some("2026-08-20T12:00:00Z".parse().unwrap()),
        texts: vec![ReplyText {
            lang: "en".into(),
            field: "reply".into(),
            text: format!("We paid it back.\n{HOSTILE}"),
        }],
        withheld: 1,
    }
}

fn closure() -> Closure {
    let link = |to: &str| Link {
        from: "osid:XA2026001N0RTHW".parse().unwrap(),
        to: to.parse().unwrap(),
        relation: HOSTILE.into(),
        entry: entry(7),
        said_by: author(2),
    };
    let alias = "lei:999900DEMO0000000152";
    Closure {
        asked: vec!["osid:XA2026001N0RTHW".parse().unwrap()],
        aliases: vec![Alias {
            id: alias.parse().unwrap(),
            path: vec![link(alias)],
            disputed: true,
        }],
        neighbours: vec![link("lic:XA-LAB:GOODROAD-1")],
        left: vec![LinkLeft {
            link: link("lic:XA-LAB:GOODROAD-2"),
            why: WhyLeft::NotAnAsserter,
        }],
    }
}

fn log(heard: Timestamp) -> LogView {
    LogView {
        origin: HOSTILE.into(),
        size: 36,
        root: "7xMragRQjxEmUA4clwUolwS3XYuCdCU0D0FN8znyujo=".into(),
        cosigned_by: vec![(HOSTILE.into(), heard)],
        time: Some(heard),
        not_before: "2026-08-30T12:00:07Z".parse().ok(),
    }
}

/// The verdict.
pub(super) fn verdict() -> Verdict {
    let heard = "2026-08-20T12:00:00Z".parse().unwrap();
    let hostile = |id, gap| Sentence::new(id).with(gap, HOSTILE);
    let feed = FeedKnown {
        seq: 7,
        head: entry(3),
        last_heard: Some(heard),
        forked: true,
    };
    Verdict {
        outcome: Outcome::Findings,
        edition: HOSTILE.into(),
        settings: [3; 32],
        network: NetworkId::new([1; 32]),
        as_of: day("2026-08-31"),
        known_at: Some(day("2026-08-31")),
        asked_at: "2026-09-01T08:00:00Z".parse().unwrap(),
        subjects: vec!["osid:XA2026001N0RTHW".parse().unwrap()],
        closure: closure(),
        related: vec!["lic:XA-LAB:GOODROAD-1".parse().unwrap()],
        logs: vec![log(heard)],
        not_read: vec![LogNotRead {
            origin: HOSTILE.into(),
            reason: Reason::GatewayUnreachable,
        }],
        lacking: vec![Lacking {
            entry: entry(2),
            origin: HOSTILE.into(),
        }],
        feeds: BTreeMap::from([(author(1), feed)]),
        time_is_operators_word: true,
        worst_severity: Some(4),
        ilo: ilo(),
        indicators: vec![Indicator {
            rule: "R-08",
            severity: 4,
            ilo: &[9],
            sentence: hostile("fee-paid", "sorts"),
            rests_on: vec![entry(3)],
            marks: vec![Mark::Disputed],
            adverse: true,
            inquiry: false,
        }],
        open_findings: findings(),
        unknowns: vec![Unknown {
            code: "alias-not-covered",
            sentence: hostile("alias-not-covered", "id"),
            rests_on: vec![entry(1)],
        }],
        not_evaluated: vec![NotEvaluated {
            rule: "R-19",
            statements: 2,
            field: "documents_held_by",
        }],
        evaluated: BTreeMap::from([("R-08", 1)]),
        licences: vec![licence()],
        recruited_under: recruited_under(),
        entries: entries(),
        related_entries: vec![line(6, "licence", &[("status", "suspended")])],
        replies: vec![reply()],
        ignored_refs: vec![IgnoredRef {
            by: entry(5),
            target: entry(3),
            sort: RefType::Retracts,
            reason: Reason::NotAuthorised,
        }],
    }
}
