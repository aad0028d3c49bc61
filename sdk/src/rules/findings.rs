//! Findings still open, and R-30 open beyond their date.

use super::lines::{carried, counts_against, counts_for, marks};
use super::{Case, Gathered, Indicator, OpenFinding, messages};
use crate::claim::{Claim, Finding, FindingState, FindingStatus, Topic};
use crate::entry::RefType;
use crate::history::HistoryEntry;
use crate::time::Date;

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for entry in case.history.own().filter(|entry| counts_against(entry)) {
        let Some(claim @ Claim::Finding(finding)) = entry.claim() else {
            continue;
        };
        if finding.positive || finding.found_on > case.as_of {
            continue;
        }
        let last = last_status(case, entry);
        if last.is_some_and(|(_, status)| is_closed(&status.state)) {
            continue;
        }
        let due = last.and_then(|(_, status)| status.due).or(finding.due);
        gathered
            .open_findings
            .push(open_finding(case, entry, claim, finding, due));
        if let Some(due) = due.filter(|due| *due < case.as_of) {
            gathered
                .indicators
                .push(overdue(case, entry, claim, finding, due));
        }
    }
}

/// Closed without anybody having verified it is not closed.
fn is_closed(state: &FindingState) -> bool {
    matches!(
        state,
        FindingState::ClosedVerified | FindingState::Withdrawn
    )
}

/// Where the finding stood at the date asked about, by the newest statement that has effect.
fn last_status<'a>(
    case: &Case<'a>,
    finding: &HistoryEntry,
) -> Option<(&'a HistoryEntry, &'a FindingStatus)> {
    let statements = finding.incoming().iter().filter_map(|incoming| {
        let by = case
            .history
            .entry(incoming.by)
            .filter(|by| counts_for(by))?;
        let Some(Claim::FindingStatus(status)) = by.claim() else {
            return None;
        };
        // Closing needs the reference that says so; it is refused to the party itself.
        let effective = !is_closed(&status.state) || incoming.sort == RefType::Closes;
        (effective && status.on <= case.as_of).then_some((by, &**status))
    });
    statements.max_by_key(|(by, status)| (status.on, by.leaf()))
}

fn open_finding(
    case: &Case<'_>,
    entry: &HistoryEntry,
    claim: &Claim,
    finding: &Finding,
    due: Option<Date>,
) -> OpenFinding {
    let replies: Vec<_> = entry.replies().collect();
    OpenFinding {
        entry: entry.id(),
        reported_by: entry.standing().principal,
        topic: finding.topic.to_string(),
        clause: finding.clause.to_string(),
        native_grade: finding.native_grade.to_string(),
        severity: finding.severity.map(|severity| carried(claim, severity)),
        found_on: finding.found_on,
        due,
        reply_by: finding.reply_by.filter(|_| replies.is_empty()),
        replies,
        marks: marks(case, entry),
    }
}

///
fn overdue(
    case: &Case<'_>,
    entry: &HistoryEntry,
    claim: &Claim,
    finding: &Finding,
    due: Date,
) -> Indicator {
    let severity = carried(claim, finding.severity.unwrap_or(2));
    Indicator {
        rule: "R-30",
        severity,
        ilo: ilo(&finding.topic),
        sentence: messages::finding_overdue(finding, due),
        rests_on: vec![entry.id()],
        marks: marks(case, entry),
        adverse: severity >= case.policy.settings().adverse_from_severity,
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
