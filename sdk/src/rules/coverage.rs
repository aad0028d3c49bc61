//! The minimum coverage that "no adverse entries" needs, and the age of the evidence.

use super::assurance::{is_current, is_on_site, is_recalled};
use super::facts::Fact;
use super::index::{attestations, audits, with};
use super::lines::counts_for;
use super::{Case, Counts, Gathered, messages};
use crate::claim::{AccessDenied, Audit, FeeStatement};
use crate::history::{HistoryEntry, Withholding};
use crate::id::EntryId;
use crate::messages::Sentence;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

const SECONDS_PER_HOUR: u64 = 3_600;
/// How far a stamp may lie in the future before it is no evidence of time.
const CLOCK_SKEW_SECONDS: u64 = 300;

pub(super) fn apply(case: &Case<'_>, now: Timestamp, gathered: &mut Gathered) {
    logs(case, gathered);
    ids(case, gathered);
    audit(case, gathered);
    fee_statements(case, gathered);
    unreadable(case, gathered);
    withheld(case, gathered);
    silence(case, now, gathered);
}

/// Whether the newest checkpoint is older than the policy allows, or has a time that cannot be.
pub(super) fn is_stale(case: &Case<'_>, now: Timestamp) -> bool {
    let max = u64::from(case.policy.max_age_hours()).saturating_mul(SECONDS_PER_HOUR);
    let latest = now.seconds().saturating_add(CLOCK_SKEW_SECONDS);
    let is_old = |time: Timestamp| {
        now.seconds().saturating_sub(time.seconds()) > max || time.seconds() > latest
    };
    let mut logs = case.history.logs().iter();
    logs.any(|log| log.time.is_none_or(is_old))
}

fn logs(case: &Case<'_>, gathered: &mut Gathered) {
    let (have, need) = (case.history.logs().len(), case.policy.required_logs());
    if have < need {
        let read = |origin: &str| case.history.logs().iter().any(|log| log.origin == origin);
        let named = case.policy.logs().logs().iter();
        let missing = named.filter(|log| !read(log.origin().as_str()));
        let missing: Vec<_> = missing.map(|log| log.origin().as_str()).collect();
        let sentence = messages::logs_missing(have, need, &missing);
        gathered.unknown("logs-missing", sentence, Vec::new());
    }
}

/// The same party under ids that are not covered, or that somebody says are another's.
fn ids(case: &Case<'_>, gathered: &mut Gathered) {
    if case.history.is_truncated() {
        let sentence = Sentence::new("too-many-related-ids");
        gathered.unknown("related-ids-too-many", sentence, Vec::new());
    }
    let (covered, closure) = (case.history.subjects(), case.history.closure());
    for left in closure.left.iter().filter(|left| left.why.leaves_a_gap()) {
        let mut ids = [&left.link.from, &left.link.to].into_iter();
        if let Some(other) = ids.find(|id| covered.binary_search(id).is_err()) {
            let sentence = messages::alias_not_covered(other);
            gathered.unknown("alias-not-covered", sentence, vec![left.link.entry]);
        }
    }
    for alias in closure.aliases.iter().filter(|alias| alias.disputed) {
        let path = alias.path.iter().map(|link| link.entry);
        let sentence = messages::alias_disputed(&alias.id);
        gathered.unknown("alias-disputed", sentence, path.collect());
    }
}

/// An on-site audit by an accepted auditor, within validity; that all its findings are posted is
/// asked of every audit.
fn audit(case: &Case<'_>, gathered: &mut Gathered) {
    let kept_out = |audit: &Audit| audit.access_denied == Some(AccessDenied::Full);
    let accepted = &case.policy.settings().accepted_schemes;
    let is_accepted =
        |audit: &Audit| accepted.is_empty() || accepted.contains(audit.scheme.as_str());
    let mut current = audits(case).filter(|(entry, audit)| {
        counts_for(entry)
            && is_on_site(entry)
            && !kept_out(audit)
            && is_accepted(audit)
            && is_current(case, audit)
            && !is_recalled(case, entry)
    });
    if current.next().is_none() {
        gathered.unknown("audit-missing", Sentence::new("audit-missing"), Vec::new());
    }
}

fn fee_statements(case: &Case<'_>, gathered: &mut Gathered) {
    let mut stated = false;
    for (entry, attest) in attestations(case) {
        if attest.fee_statement == FeeStatement::NotAssessed {
            let sentence = Sentence::new("fee-not-assessed");
            gathered.unknown("fee-statement-missing", sentence, vec![entry.id()]);
        }
        stated |= counts_for(entry);
    }
    if !stated {
        let sentence = Sentence::new("attestation-missing");
        gathered.unknown("attestation-missing", sentence, Vec::new());
    }
}

/// A claim that cannot be read may be adverse.
fn unreadable(case: &Case<'_>, gathered: &mut Gathered) {
    let entries = with(case, |fact| {
        fact.relevant && fact.counts == Counts::NotReadable
    });
    let entries: Vec<_> = entries.map(HistoryEntry::id).collect();
    if !entries.is_empty() {
        let sentence = messages::counting("claims-unreadable", entries.len());
        gathered.unknown("claim-not-readable", sentence, entries);
    }
}

/// Whatever law keeps from being shown may be adverse, whichever part it is.
fn withheld(case: &Case<'_>, gathered: &mut Gathered) {
    let mut grounds: BTreeMap<&Withholding, BTreeSet<EntryId>> = BTreeMap::new();
    let could_count = |fact: &Fact| {
        use Counts::{Network, NotAccepted, NotAuthorised, Replaced, Revoked};
        !matches!(
            fact.counts,
            Network | NotAccepted | NotAuthorised | Replaced | Revoked
        )
    };
    let withheld = |fact: &Fact| fact.relevant && fact.withheld && could_count(fact);
    for entry in with(case, withheld) {
        for said in entry.withheld().iter().flat_map(|part| &part.withheld_by) {
            let rests_on = grounds.entry(said).or_default();
            rests_on.insert(entry.id());
            rests_on.extend(said.ground.statement);
        }
    }
    for (said, entries) in grounds {
        let sentence = messages::withheld_by_law(said);
        gathered.unknown("withheld-by-law", sentence, entries.into_iter().collect());
    }
}

/// The authors the policy names must have been heard of in time.
fn silence(case: &Case<'_>, now: Timestamp, gathered: &mut Gathered) {
    let days = u64::from(case.policy.settings().max_silence_days);
    if days == 0 {
        return;
    }
    let max = days.saturating_mul(24 * SECONDS_PER_HOUR);
    for author in &case.policy.acceptance().authors {
        let feed = case.history.feeds().get(author);
        let heard = feed.and_then(|feed| feed.last_heard);
        let silent = heard.is_none_or(|at| now.seconds().saturating_sub(at.seconds()) > max);
        if silent {
            let sentence = messages::author_silent(*author, heard);
            gathered.unknown("author-silent", sentence, Vec::new());
        }
    }
}
