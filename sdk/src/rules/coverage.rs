//! The minimum coverage that "no adverse entries" needs, and the age of the evidence.

use super::audits::{audits, is_complete, posted};
use super::lines::{counts, counts_for};
use super::recruitment::attestations;
use super::{Case, Counts, Gathered, messages};
use crate::claim::{Audit, FeeStatement};
use crate::entry::Basis;
use crate::history::HistoryEntry;
use crate::time::{Date, Timestamp};

const SECONDS_PER_HOUR: u64 = 3_600;

pub(super) fn apply(case: &Case<'_>, now: Timestamp, gathered: &mut Gathered) {
    logs(case, gathered);
    audit(case, gathered);
    fee_statements(case, gathered);
    unreadable(case, gathered);
    silence(case, now, gathered);
}

/// Whether the newest checkpoint is older than the policy allows.
pub(super) fn is_stale(case: &Case<'_>, now: Timestamp) -> bool {
    let max = u64::from(case.policy.max_age_hours()).saturating_mul(SECONDS_PER_HOUR);
    let age = |time: Timestamp| now.seconds().saturating_sub(time.seconds());
    case.history
        .logs()
        .iter()
        .any(|log| log.time.is_none_or(|time| age(time) > max))
}

fn logs(case: &Case<'_>, gathered: &mut Gathered) {
    let (have, need) = (case.history.logs().len(), case.policy.required_logs());
    if have < need {
        gathered.unknown(
            "logs-missing",
            messages::logs_missing(have, need),
            Vec::new(),
        );
    }
}

/// An on-site audit by an accepted auditor, within validity, all its findings posted.
fn audit(case: &Case<'_>, gathered: &mut Gathered) {
    let on_site = |entry: &HistoryEntry| entry.entry().header().basis.contains(&Basis::OnSite);
    let current: Vec<_> = audits(case)
        .filter(|(entry, audit)| on_site(entry) && valid_until(case, audit) >= case.as_of)
        .collect();
    let complete =
        |(entry, audit): &(&HistoryEntry, &Audit)| is_complete(audit, &posted(case, entry, audit));
    if current.is_empty() {
        gathered.unknown("audit-missing", messages::audit_missing(), Vec::new());
    } else if !current.iter().any(complete) {
        let entries = current.iter().map(|(entry, _)| entry.id()).collect();
        gathered.unknown(
            "audit-incomplete",
            messages::audit_coverage_incomplete(),
            entries,
        );
    }
}

fn valid_until(case: &Case<'_>, audit: &Audit) -> Date {
    let days = case.policy.settings().audit_validity_days;
    audit
        .valid_until
        .unwrap_or_else(|| audit.ended_on.plus_days(days))
}

fn fee_statements(case: &Case<'_>, gathered: &mut Gathered) {
    let mut stated = false;
    for (entry, attest) in attestations(case).filter(|(entry, _)| counts_for(entry)) {
        if attest.fee_statement == FeeStatement::NotAssessed {
            let sentence = messages::fee_not_assessed();
            gathered.unknown("fee-statement-missing", sentence, vec![entry.id()]);
        }
        stated = true;
    }
    if !stated {
        let sentence = messages::attestation_missing();
        gathered.unknown("attestation-missing", sentence, Vec::new());
    }
}

/// A claim that cannot be read may be adverse.
fn unreadable(case: &Case<'_>, gathered: &mut Gathered) {
    let entries = case
        .history
        .own()
        .filter(|entry| counts(entry) == Counts::NotReadable);
    let entries: Vec<_> = entries.map(HistoryEntry::id).collect();
    if !entries.is_empty() {
        let sentence = messages::claims_unreadable(entries.len());
        gathered.unknown("claim-not-readable", sentence, entries);
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
        let heard = case
            .history
            .feeds()
            .get(author)
            .and_then(|feed| feed.last_heard);
        let silent = heard.is_none_or(|at| now.seconds().saturating_sub(at.seconds()) > max);
        if silent {
            gathered.unknown(
                "author-silent",
                messages::author_silent(*author, heard),
                Vec::new(),
            );
        }
    }
}
