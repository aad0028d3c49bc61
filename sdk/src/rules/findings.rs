//! Findings still open, and R-30 open beyond their date.

use super::gathered::Found;
use super::index::{marks_of, said};
use super::lines::{carried, counts_against, counts_for};
use super::severity::SeverityTable;
use super::{Case, Effect, Gathered, OpenFinding, Rule, messages};
use crate::claim::{Claim, Code, Finding, FindingState, FindingStatus, Topic};
use crate::entry::RefType;
use crate::history::HistoryEntry;
use crate::id::{AuthorId, EntryId};
use crate::messages::Sentence;
use crate::time::Date;
use std::collections::BTreeMap;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_30];

static R_30: Rule = Rule {
    id: "R-30",
    fields: &[
        ("finding", "due"),
        ("finding", "native_grade"),
        ("finding", "notified_on"),
        ("finding", "scheme"),
        ("finding", "severity"),
        ("finding.status", "due"),
        ("finding.status", "state"),
    ],
    basis: "the auditor's",
    severity: "that of the finding; at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[],
    source: "the date the finding itself states, else the scheme's clock of the settings",
};

/// An adverse finding up to the date asked about, and how it stood then.
pub(super) struct Reported<'a> {
    pub(super) entry: &'a HistoryEntry,
    pub(super) claim: &'a Claim,
    pub(super) finding: &'a Finding,
    pub(super) stands: Stands,
}

/// Every adverse finding about the subjects that had been made on the date asked about.
pub(super) fn reported<'a>(case: &Case<'a>) -> Vec<Reported<'a>> {
    let entries = said(case, &["finding"]);
    let findings = entries.filter_map(|entry| match entry.claim() {
        Some(claim @ Claim::Finding(finding)) => Some((entry, claim, &**finding)),
        _ => None,
    });
    findings
        .filter(|(_, _, finding)| !finding.positive && finding.found_on <= case.as_of)
        .map(|(entry, claim, finding)| Reported {
            entry,
            claim,
            finding,
            stands: Stands::of(case, entry),
        })
        .collect()
}

impl Reported<'_> {
    /// Nobody closed it with effect.
    pub(super) fn is_open(&self) -> bool {
        !self.stands.state.as_ref().is_some_and(is_closed)
    }

    /// The date it is due, as somebody states it.
    pub(super) fn due(&self) -> Option<Date> {
        self.stands.extended.or(self.finding.due)
    }

    /// The date by which its scheme closes a finding of this grade, where nobody states one.
    pub(super) fn due_by_scheme(&self, case: &Case<'_>) -> Option<Date> {
        let finding = self.finding;
        let scheme = case.policy.settings().scheme(finding.scheme.as_str())?;
        let days = scheme.close_days(finding.native_grade.as_str())?;
        let told = finding.notified_on.unwrap_or(finding.found_on);
        self.due().is_none().then(|| told.plus_days(days))
    }

    /// The severity its author gave it, or what its scheme's grade amounts to.
    pub(super) fn severity(&self) -> Option<u8> {
        severity(self.finding)
    }

    /// Whether it is at least that severe; no grade is not a low grade.
    pub(super) fn is_at_least(&self, severity: u8) -> bool {
        self.severity().is_none_or(|found| found >= severity)
    }

    /// The ILO indicators it bears on.
    pub(super) fn ilo(&self) -> &'static [u8] {
        ilo(&self.finding.topic)
    }
}

/// The severity its author gave a finding, or what its scheme's grade amounts to.
pub(super) fn severity(finding: &Finding) -> Option<u8> {
    let by_grade = || {
        let version = finding.scheme_version.as_ref().map(Code::as_str);
        let (scheme, grade) = (finding.scheme.as_str(), finding.native_grade.as_str());
        let table = SeverityTable::built_in();
        table
            .find(scheme, version, grade, Some(&finding.topic))?
            .severity
    };
    finding.severity.or_else(by_grade)
}

pub(super) fn apply(case: &Case<'_>, reported: &[Reported<'_>], gathered: &mut Gathered) {
    for one in reported.iter().filter(|one| one.is_open()) {
        gathered.open_findings.push(open_finding(case, one));
        let by_scheme = one.due_by_scheme(case);
        let Some(due) = one.due().or(by_scheme) else {
            gathered.not_evaluated(&R_30, "due");
            continue;
        };
        gathered.evaluated(&R_30);
        if due < case.as_of && !one.stands.is_said_to_be_closed() {
            let sentence = messages::finding_overdue(one.finding, due, by_scheme.is_some());
            gathered.found(case, one.entry, overdue(one, sentence));
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
pub(super) struct Stands {
    pub(super) state: Option<FindingState>,
    /// Since when.
    pub(super) on: Option<Date>,
    /// Who says so.
    pub(super) by: Option<EntryId>,
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
            state: newest.as_ref().map(|said| said.status.state.clone()),
            on: newest.as_ref().map(|said| said.status.on),
            by: newest.map(|said| said.id),
            extended: extended.map(|(_, _, due)| due),
        }
    }

    fn is_said_to_be_closed(&self) -> bool {
        self.state == Some(FindingState::ClosedUnverified)
    }
}

pub(super) fn status_of(entry: &HistoryEntry) -> Option<(&HistoryEntry, &FindingStatus)> {
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

fn open_finding(case: &Case<'_>, one: &Reported<'_>) -> OpenFinding {
    let (entry, claim, finding) = (one.entry, one.claim, one.finding);
    let replies: Vec<_> = entry.replies().collect();
    let basis = &entry.entry().header().basis;
    OpenFinding {
        entry: entry.id(),
        reported_by: entry.standing().principal,
        topic: finding.topic.to_string(),
        clause: finding.clause.to_string(),
        native_grade: finding.native_grade.to_string(),
        severity: one.severity().map(|severity| carried(claim, severity)),
        ilo: one.ilo(),
        basis: basis.iter().map(|basis| basis.as_str()).collect(),
        evidence_standard: claim.common().evidence_standard,
        state: one.stands.state.clone(),
        found_on: finding.found_on,
        due: one.due(),
        reply_by: finding.reply_by.filter(|_| replies.is_empty()),
        replies,
        marks: marks_of(case, entry).to_vec(),
    }
}

/// A finding that its scheme does not grade is weighed by itself: no grade is not a low one.
fn overdue(one: &Reported<'_>, sentence: Sentence) -> Found {
    let found = Found::new(&R_30, sentence).bearing_on(one.ilo());
    match one.severity() {
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
