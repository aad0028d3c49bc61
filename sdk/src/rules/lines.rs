//! What each entry counts for, and its marks.

use super::index::{fact, marks_of, said_anywhere, with};
use super::marks::Marks;
use super::stated::stated;
use super::{Case, Counts, EntryLine, Gathered};
use crate::claim::{AccessDenied, Claim, EvidenceStandard, FeeCategory, FeeLine, ThreeValued};
use crate::entry::{Basis, Role};
use crate::history::{ClaimState, HistoryEntry, Status};
use std::collections::BTreeSet;

/// Kinds of what registers say.
const LICENCE_KINDS: &[&str] = &["licence", "licence.status"];

/// Whether an entry counts, and if not, why.
pub(super) fn counts(entry: &HistoryEntry) -> Counts {
    let standing = entry.standing();
    if matches!(entry.claim_state(), ClaimState::Network) {
        Counts::Network
    } else if !standing.accepted {
        Counts::NotAccepted
    } else if !standing.is_authorised() {
        Counts::NotAuthorised
    } else if matches!(standing.status, Status::Revoked { .. }) {
        Counts::Revoked
    } else if entry.is_replaced() {
        Counts::Replaced
    } else if entry.claim().is_none() {
        Counts::NotReadable
    } else if standing.status == Status::Suspect {
        Counts::Suspect
    } else if !standing.on_path {
        Counts::OffPath
    } else if !entry.is_sound() {
        Counts::Unsound
    } else {
        Counts::Yes
    }
}

/// Whether what is adverse in an entry counts: of what keeps no good word, it still does.
pub(super) fn counts_against(entry: &HistoryEntry) -> bool {
    is_against(counts(entry))
}

/// Whether what counts so counts where it is adverse.
pub(super) const fn is_against(counts: Counts) -> bool {
    matches!(
        counts,
        Counts::Yes | Counts::OffPath | Counts::Suspect | Counts::Unsound
    )
}

/// Whether what speaks in somebody's favour counts.
pub(super) fn counts_for(entry: &HistoryEntry) -> bool {
    counts(entry) == Counts::Yes
}

/// The marks on an entry.
pub(super) fn marks(case: &Case<'_>, entry: &HistoryEntry) -> Marks {
    let standing = entry.standing();
    let backfill = entry.entry().header().is_backfill();
    let days = case.policy.settings().recorded_late_days;
    let late = entry
        .event()
        .is_some_and(|(_, last)| !entry.times().contemporaneous(last, days));
    let disputed = entry.replies().next().is_some();
    let weak = entry
        .claim()
        .is_some_and(|claim| is_only_reported(case, claim));
    Marks::of([
        backfill,
        disputed,
        standing.forked,
        late && !backfill,
        weak,
        standing.status == Status::Suspect,
    ])
}

/// Whether an adverse statement is weaker than observed: its severity is capped.
fn is_only_reported(case: &Case<'_>, claim: &Claim) -> bool {
    match claim.common().evidence_standard {
        Some(standard) => standard < EvidenceStandard::Observed,
        None => is_adverse(case, claim),
    }
}

/// Whether a claim says something adverse by itself.
pub(super) fn is_adverse(case: &Case<'_>, claim: &Claim) -> bool {
    let adverse = |line: &FeeLine| is_paid_by_worker(line) || is_illegitimate(line);
    let paid = |fees: &[FeeLine]| fees.iter().any(adverse);
    match claim {
        Claim::Finding(finding) => !finding.positive || paid(&finding.fees),
        Claim::ContractAttest(attest) => {
            paid(&attest.fees)
                || super::fees::documents_case(attest).is_some()
                || super::contracts::is_adverse(case, attest)
        }
        Claim::Audit(audit) => matches!(
            audit.access_denied,
            Some(AccessDenied::Full | AccessDenied::Partial)
        ),
        Claim::Remedy(remedy) => {
            super::remedies::shortfall(remedy) == Some(true)
                || remedy.departed_workers_included == Some(ThreeValued::No)
                || remedy.retaliation_seen == Some(ThreeValued::Yes)
        }
        _ => false,
    }
}

/// Whether a worker paid. An amount that is not stated is not nothing.
pub(super) fn is_paid_by_worker(line: &FeeLine) -> bool {
    line.paid_by_worker() && !is_nothing(line)
}

/// Whether it is for something that nobody may charge for, whoever paid.
pub(super) fn is_illegitimate(line: &FeeLine) -> bool {
    use FeeCategory as For;
    let illegitimate = matches!(
        line.category,
        For::BondCollateral | For::BribeKickback | For::IllicitRecovery
    );
    illegitimate && !is_nothing(line)
}

fn is_nothing(line: &FeeLine) -> bool {
    let highest = line.highest.as_ref();
    highest.is_some_and(|money| money.minor_units() == 0)
}

/// The severity as far as the evidence carries it: above 3 needs `observed` or better.
pub(super) fn carried(claim: &Claim, severity: u8) -> u8 {
    let standard = claim.common().evidence_standard;
    let strong = standard.is_some_and(|standard| standard >= EvidenceStandard::Observed);
    if strong { severity } else { severity.min(3) }
}

/// The severity as far as a statement carries it: what is looked up in a register, or an authority's
/// or court's word, is observed by its basis.
pub(super) fn weighed(entry: &HistoryEntry, severity: u8) -> u8 {
    let basis = &entry.entry().header().basis;
    let looked_up = basis.contains(&Basis::RegisterLookup) || basis.contains(&Basis::CourtOrAgency);
    if looked_up || entry.standing().role == Some(Role::Authority) {
        return severity;
    }
    entry
        .claim()
        .map_or(severity.min(3), |claim| carried(claim, severity))
}

/// The entries about the subjects, as the verdict saw them.
pub(super) fn lines(case: &Case<'_>) -> Vec<EntryLine> {
    case.history.own().map(|entry| line(case, entry)).collect()
}

/// Entries about related ids that an indicator, an unknown or a licence's status rests on.
pub(super) fn related(case: &Case<'_>, gathered: &Gathered) -> Vec<EntryLine> {
    let unknowns = gathered.unknowns.iter().flat_map(|found| &found.rests_on);
    let unknowns = unknowns.filter_map(|id| case.history.entry(*id));
    let licences = said_anywhere(case, LICENCE_KINDS);
    let cited = unknowns.chain(licences).map(|entry| entry.position);
    let mut cited: BTreeSet<_> = cited.chain(gathered.cited.iter().copied()).collect();
    let own = with(case, |fact| fact.own);
    own.for_each(|entry| {
        cited.remove(&entry.position);
    });
    let entries = cited
        .into_iter()
        .filter_map(|at| case.history.entries().get(at));
    entries.map(|entry| line(case, entry)).collect()
}

fn line(case: &Case<'_>, entry: &HistoryEntry) -> EntryLine {
    let standing = entry.standing();
    let header = entry.entry().header();
    EntryLine {
        id: entry.id(),
        leaf: entry.leaf(),
        kind: entry.kind().to_owned(),
        author: standing.author,
        principal: standing.principal,
        role: standing.role.map(crate::entry::Role::as_str),
        subjects: header.subjects.clone(),
        basis: header.basis.iter().map(|basis| basis.as_str()).collect(),
        evidence_standard: entry
            .claim()
            .and_then(|claim| claim.common().evidence_standard),
        states: entry.claim().map(stated).unwrap_or_default(),
        happened: entry.event().map(|(_, last)| last),
        claimed: entry.times().claimed,
        not_after: entry.times().not_after,
        counts: fact(case, entry).map_or_else(|| counts(entry), |fact| fact.counts),
        marks: marks_of(case, entry).to_vec(),
        replies: entry.replies().collect(),
        revoked_by: standing.revoked_by.clone(),
        withheld: entry.withheld().to_vec(),
    }
}
