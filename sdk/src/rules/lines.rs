//! What each entry counts for, and its marks.

use super::{Case, Counts, EntryLine, Mark};
use crate::claim::{Claim, EvidenceStandard};
use crate::history::{ClaimState, HistoryEntry, Status};
use crate::time::Date;

/// Whether an entry counts, and if not, why.
pub(super) fn counts(entry: &HistoryEntry) -> Counts {
    let standing = entry.standing();
    match entry.claim_state() {
        ClaimState::Network => return Counts::Network,
        ClaimState::Withheld(_) | ClaimState::UnknownKind | ClaimState::Invalid(_) => {
            return Counts::NotReadable;
        }
        ClaimState::Known(_) => {}
    }
    if !standing.accepted {
        Counts::NotAccepted
    } else if !standing.is_authorised() {
        Counts::NotAuthorised
    } else if matches!(standing.status, Status::Revoked { .. }) {
        Counts::Revoked
    } else if entry.is_replaced() {
        Counts::Replaced
    } else if !standing.counts_for() {
        Counts::OffPath
    } else {
        Counts::Yes
    }
}

/// Whether what is adverse in an entry counts: off the path of a forked feed it still does.
pub(super) fn counts_against(entry: &HistoryEntry) -> bool {
    matches!(counts(entry), Counts::Yes | Counts::OffPath)
}

/// Whether what speaks in somebody's favour counts.
pub(super) fn counts_for(entry: &HistoryEntry) -> bool {
    counts(entry) == Counts::Yes
}

/// The marks on an entry.
pub(super) fn marks(case: &Case<'_>, entry: &HistoryEntry) -> Vec<Mark> {
    let standing = entry.standing();
    let backfill = entry.entry().header().is_backfill();
    let days = case.policy.settings().recorded_late_days;
    let late = event_of(entry).is_some_and(|event| !entry.times().contemporaneous(event, days));
    let disputed = entry.replies().next().is_some();
    let weak = entry.claim().is_some_and(is_only_reported);
    let marks = [
        (backfill, Mark::Backfill),
        (disputed, Mark::Disputed),
        (standing.forked, Mark::Forked),
        (late && !backfill, Mark::RecordedLate),
        (weak, Mark::Reported),
        (standing.status == Status::Suspect, Mark::Suspect),
    ];
    marks
        .into_iter()
        .filter_map(|(there, mark)| there.then_some(mark))
        .collect()
}

/// Whether an adverse statement is weaker than observed: its severity is capped.
pub(super) fn is_only_reported(claim: &Claim) -> bool {
    claim
        .common()
        .evidence_standard
        .is_some_and(|standard| standard < EvidenceStandard::Observed)
}

/// The severity as far as the evidence carries it: above 3 needs `observed` or better.
pub(super) fn carried(claim: &Claim, severity: u8) -> u8 {
    let standard = claim.common().evidence_standard;
    let strong = standard.is_some_and(|standard| standard >= EvidenceStandard::Observed);
    if strong { severity } else { severity.min(3) }
}

/// When what an entry states came to its end, for "recorded late".
fn event_of(entry: &HistoryEntry) -> Option<Date> {
    match entry.claim()? {
        Claim::Audit(audit) => Some(audit.ended_on),
        Claim::ContractAttest(attest) => Some(attest.recruited_to.last()),
        Claim::Finding(finding) => Some(finding.found_on),
        Claim::FindingStatus(status) => Some(status.on),
        _ => None,
    }
}

/// The entries about the subjects, as the verdict saw them.
pub(super) fn lines(case: &Case<'_>) -> Vec<EntryLine> {
    case.history.own().map(|entry| line(case, entry)).collect()
}

fn line(case: &Case<'_>, entry: &HistoryEntry) -> EntryLine {
    let standing = entry.standing();
    EntryLine {
        id: entry.id(),
        leaf: entry.leaf(),
        kind: entry.kind().to_owned(),
        author: standing.author,
        principal: standing.principal,
        role: standing.role.map(crate::entry::Role::as_str),
        basis: entry
            .entry()
            .header()
            .basis
            .iter()
            .map(|basis| basis.as_str())
            .collect(),
        not_after: entry.times().not_after,
        counts: counts(entry),
        marks: marks(case, entry),
        replies: entry.replies().collect(),
        withheld: entry.withheld().to_vec(),
    }
}
