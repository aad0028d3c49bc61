//! Findings still open, and R-30 open beyond their date.

use super::gathered::Found;
use super::lines::{carried, counts_against, counts_for, marks};
use super::{Case, Effect, Gathered, OpenFinding, Rule, messages};
use crate::claim::{Claim, Finding, FindingState, FindingStatus, Topic};
use crate::entry::RefType;
use crate::history::HistoryEntry;
use crate::id::{AuthorId, EntryId};
use crate::time::Date;
use std::collections::BTreeMap;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_30];

static R_30: Rule = Rule {
    id: "R-30",
    fields: &[
        ("finding", "due"),
        ("finding", "severity"),
        ("finding.status", "due"),
        ("finding.status", "state"),
    ],
    basis: "the auditor's",
    severity: "that of the finding; at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[],
    source: "the date the finding itself states",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for entry in case.history.own().filter(|entry| counts_against(entry)) {
        let Some(claim @ Claim::Finding(finding)) = entry.claim() else {
            continue;
        };
        if finding.positive || finding.found_on > case.as_of {
            continue;
        }
        let stands = Stands::of(case, entry);
        if stands.state.as_ref().is_some_and(is_closed) {
            continue;
        }
        let due = stands.extended.or(finding.due);
        gathered
            .open_findings
            .push(open_finding(case, entry, claim, finding, &stands, due));
        match due {
            None => gathered.not_evaluated(&R_30, "due"),
            Some(due) => {
                gathered.evaluated(&R_30);
                if due < case.as_of && !stands.is_said_to_be_closed() {
                    gathered.found(case, entry, overdue(finding, due));
                }
            }
        }
    }
}

/// Closed without anybody having verified it is not closed.
pub(super) fn is_closed(state: &FindingState) -> bool {
    matches!(
        state,
        FindingState::ClosedVerified | FindingState::Withdrawn
    )
}

/// Where a finding stood at the date asked about.
#[derive(Default)]
struct Stands {
    state: Option<FindingState>,
    /// The date that was put in place of the first.
    extended: Option<Date>,
}

/// A statement on where a finding stands.
struct Said<'a> {
    status: &'a FindingStatus,
    seq: u64,
    id: EntryId,
}

impl Said<'_> {
    /// Later statements of one author stand; said at once, the worse one does.
    fn order(&self) -> (Date, u64, bool, EntryId) {
        let open = !is_closed(&self.status.state);
        (self.status.on, self.seq, open, self.id)
    }

    /// Of several authors the later stands; of one day, whoever says that it is open.
    fn order_among_authors(&self) -> (Date, bool, EntryId) {
        let (on, _, open, id) = self.order();
        (on, open, id)
    }
}

impl Stands {
    fn of(case: &Case<'_>, finding: &HistoryEntry) -> Self {
        let mut last: BTreeMap<AuthorId, Said<'_>> = BTreeMap::new();
        let mut extended: Option<(Date, EntryId, Date)> = None;
        for incoming in finding.incoming() {
            let Some((by, status)) = case.history.entry(incoming.by).and_then(status_of) else {
                continue;
            };
            if status.on > case.as_of || !has_effect(finding, by, status, incoming.sort) {
                continue;
            }
            if status.state == FindingState::ExtensionGranted && counts_for(by) {
                extended = extended.max(status.due.map(|due| (status.on, by.id(), due)));
            }
            let (seq, id) = (by.entry().header().seq, by.id());
            let said = Said { status, seq, id };
            let author = by.standing().author;
            if last
                .get(&author)
                .is_none_or(|old| old.order() < said.order())
            {
                last.insert(author, said);
            }
        }
        let newest = last.into_values().max_by_key(Said::order_among_authors);
        Self {
            state: newest.map(|said| said.status.state.clone()),
            extended: extended.map(|(_, _, due)| due),
        }
    }

    fn is_said_to_be_closed(&self) -> bool {
        self.state == Some(FindingState::ClosedUnverified)
    }
}

fn status_of(entry: &HistoryEntry) -> Option<(&HistoryEntry, &FindingStatus)> {
    match entry.claim() {
        Some(Claim::FindingStatus(status)) => Some((entry, &**status)),
        _ => None,
    }
}

/// Whether a statement on a finding counts: what closes it in any way needs the reference that
/// closes, which nobody makes about itself; withdrawing is for whoever found it.
fn has_effect(
    finding: &HistoryEntry,
    by: &HistoryEntry,
    status: &FindingStatus,
    sort: RefType,
) -> bool {
    let closes = sort == RefType::Closes && counts_for(by);
    match status.state {
        FindingState::ClosedVerified | FindingState::ClosedUnverified => closes,
        FindingState::Withdrawn => {
            closes && by.standing().principal == finding.standing().principal
        }
        _ => counts_against(by),
    }
}

fn open_finding(
    case: &Case<'_>,
    entry: &HistoryEntry,
    claim: &Claim,
    finding: &Finding,
    stands: &Stands,
    due: Option<Date>,
) -> OpenFinding {
    let replies: Vec<_> = entry.replies().collect();
    let basis = &entry.entry().header().basis;
    OpenFinding {
        entry: entry.id(),
        reported_by: entry.standing().principal,
        topic: finding.topic.to_string(),
        clause: finding.clause.to_string(),
        native_grade: finding.native_grade.to_string(),
        severity: finding.severity.map(|severity| carried(claim, severity)),
        ilo: ilo(&finding.topic),
        basis: basis.iter().map(|basis| basis.as_str()).collect(),
        evidence_standard: claim.common().evidence_standard,
        state: stands.state.clone(),
        found_on: finding.found_on,
        due,
        reply_by: finding.reply_by.filter(|_| replies.is_empty()),
        replies,
        marks: marks(case, entry),
    }
}

/// A finding that its scheme does not grade is weighed by itself: no grade is not a low one.
fn overdue(finding: &Finding, due: Date) -> Found {
    let found = Found::new(&R_30, messages::finding_overdue(finding, due));
    let found = found.bearing_on(ilo(&finding.topic));
    match finding.severity {
        Some(severity) => found.of_severity(severity),
        None => found.case("ungraded"),
    }
}

/// The ILO indicators a topic bears on.
fn ilo(topic: &Topic) -> &'static [u8] {
    match topic {
        Topic::Deception | Topic::Substitution | Topic::Contract => &[2],
        Topic::Movement => &[3],
        Topic::Isolation => &[4],
        Topic::Violence => &[5],
        Topic::Threats | Topic::Retaliation => &[6],
        Topic::Documents => &[7],
        Topic::WagesWithheld | Topic::WagesBelowMin | Topic::Deductions => &[8],
        Topic::Fees | Topic::Debt => &[9],
        Topic::Living | Topic::Safety => &[10],
        Topic::Hours | Topic::Rest => &[11],
        _ => &[],
    }
}
