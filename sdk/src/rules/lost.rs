//! Statements of authors that lost their standing, or that stand in doubt. They do not count, and
//! that they are gone is no good news: revoking an author, or forking its feed, never makes a
//! history look better than it was.

use super::assurance::is_doubtful;
use super::audits::{is_complete, posted};
use super::differing::Differing;
use super::facts::Fact;
use super::findings::{Reported, is_closed, severity};
use super::index::with;
use super::integrity::is_gone;
use super::lines::is_adverse;
use super::{Case, Counts, Gathered, messages};
use crate::claim::Claim;
use crate::entry::RefType;
use crate::history::{ClaimState, HistoryEntry};

pub(super) fn apply<'a>(case: &Case<'a>, reported: &[Reported<'a>], gathered: &mut Gathered) {
    let differing = Differing::of(case, reported);
    let lost = with(case, |fact| fact.relevant && fact.lost);
    let lost = lost.filter(|entry| matters(case, &differing, entry));
    let entries: Vec<_> = lost.map(HistoryEntry::id).collect();
    if !entries.is_empty() {
        let sentence = messages::counting("standing-lost", entries.len());
        gathered.unknown("standing-lost", sentence, entries);
    }
    let in_doubt = |fact: &Fact| matches!(fact.counts, Counts::OffPath | Counts::Suspect);
    let doubted = with(case, |fact| fact.relevant && in_doubt(fact));
    let doubted = doubted.filter(|entry| replaces(entry));
    let entries: Vec<_> = doubted.map(HistoryEntry::id).collect();
    if !entries.is_empty() {
        let sentence = messages::counting("replacement-in-doubt", entries.len());
        gathered.unknown("replacement-in-doubt", sentence, entries);
    }
}

/// Whether an entry means to take the place of another, or to withdraw it.
fn replaces(entry: &HistoryEntry) -> bool {
    let sorts = entry.entry().header().refs.iter().map(|r| r.sort);
    let mut replacing =
        sorts.filter(|sort| matches!(sort, RefType::Supersedes | RefType::Retracts));
    replacing.next().is_some()
}

/// Whether the verdict could have been worse had it counted.
fn matters(case: &Case<'_>, differing: &Differing<'_>, entry: &HistoryEntry) -> bool {
    if replaces(entry) {
        return true;
    }
    if entry.standing().forked || is_gone(entry) {
        return !matches!(entry.claim_state(), ClaimState::Network);
    }
    match entry.claim_state() {
        ClaimState::Network => false,
        ClaimState::Invalid(_) | ClaimState::UnknownKind | ClaimState::Withheld(_) => true,
        ClaimState::Known(claim) => match &**claim {
            Claim::Audit(audit) => {
                !is_complete(audit, &posted(case, entry, audit, |_| true))
                    || is_doubtful(case, entry, audit)
                    || differing.may_be(case, entry, audit)
            }
            Claim::FindingStatus(status) => !is_closed(&status.state) || closes_little(case, entry),
            Claim::Profile(_) | Claim::RegisterSnapshot(_) | Claim::Reply(_) => false,
            Claim::Finding(_) => is_adverse(case, claim),
            // Which months it speaks of, and what it leaves open, is no more looked at.
            _ => true,
        },
    }
}

/// Whether a statement closes a finding that counts for nothing by itself while it is open, and
/// more if it comes again.
fn closes_little(case: &Case<'_>, entry: &HistoryEntry) -> bool {
    let threshold = case.policy.settings().adverse_from_severity;
    let targets = entry.entry().header().refs.iter();
    let mut targets = targets.filter_map(|reference| case.history.entry(reference.entry));
    targets.any(|target| match target.claim() {
        Some(Claim::Finding(finding)) => severity(finding).is_some_and(|found| found < threshold),
        _ => true,
    })
}
