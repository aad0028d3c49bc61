//! What was made good: whether R-08 weighs less for it, R-11 repayment still short, R-12 those who
//! had left are left out; and retaliation seen on the way.

use super::closing::within_months;
use super::gathered::Found;
use super::index::said;
use super::lines::counts_for;
use super::topics::R_27;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{
    Band, Claim, Confirmation, FeeLine, Money, PartialDate, Remedy, RemedyType, ThreeValued,
};
use crate::entry::{Basis, RefType, Role};
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::time::Date;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_11, &R_12];

static R_11: Rule = Rule {
    id: "R-11",
    fields: &[
        ("remedy", "discovered_on"),
        ("remedy", "owed_total"),
        ("remedy", "paid_total"),
        ("remedy", "remedy_type"),
        ("remedy", "workers_owed"),
        ("remedy", "workers_paid"),
        ("finding", "found_on"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[9],
    source: "the setting repayment_days; RBA practice, unchecked",
};

static R_12: Rule = Rule {
    id: "R-12",
    fields: &[
        ("remedy", "departed_workers_included"),
        ("remedy", "remedy_type"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "",
    effect: Effect::Adverse,
    ilo: &[9],
    source: "practice of repayment programmes, unchecked",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for entry in said(case, &["remedy"]) {
        let Some(Claim::Remedy(remedy)) = entry.claim() else {
            continue;
        };
        if remedy
            .discovered_on
            .is_some_and(|on| on.first() > case.as_of)
        {
            continue;
        }
        retaliation(case, gathered, entry, remedy);
        if remedy.remedy_type == RemedyType::FeeRepayment {
            departed(case, gathered, entry, remedy);
            repayment(case, gathered, entry, remedy);
        }
    }
}

/// The repayment that somebody other than the payers verified in full, of what a statement reports.
pub(super) fn verified<'a>(
    case: &Case<'a>,
    statement: &HistoryEntry,
) -> Option<(&'a HistoryEntry, &'a Remedy, Date)> {
    let about = |sort| matches!(sort, RefType::About | RefType::Closes);
    let incoming = statement.incoming().iter().filter(|r| about(r.sort));
    // Of several the one done last: it is remembered longest.
    incoming
        .filter_map(|r| case.history.entry(r.by))
        .filter_map(|by| match by.claim() {
            Some(Claim::Remedy(remedy)) => Some((by, &**remedy, completed(case, by, remedy)?)),
            _ => None,
        })
        .max_by_key(|(by, _, completed)| (*completed, by.id()))
}

/// What is left of a severity after a verified repayment: one less, and not nothing within the
/// time it is remembered.
pub(super) fn lowered(case: &Case<'_>, severity: u8, completed: Date) -> u8 {
    let months = case.policy.settings().remedy_memory_months;
    let least = u8::from(within_months(completed, case.as_of, months));
    severity.saturating_sub(1).max(least.min(severity))
}

/// The day on which all of it was done, where that is verified in full.
fn completed(case: &Case<'_>, by: &HistoryEntry, remedy: &Remedy) -> Option<Date> {
    use Confirmation as Share;
    let verifier = remedy.verified_by.as_ref()?;
    let basis = &by.entry().header().basis;
    let doubted = matches!(
        remedy.worker_confirmation,
        Some(Share::Nobody | Share::UnderHalf)
    ) || remedy.retaliation_seen == Some(ThreeValued::Yes);
    let sound = counts_for(by)
        && speaks_for_others(by)
        && remedy.remedy_type == RemedyType::FeeRepayment
        && remedy.departed_workers_included == Some(ThreeValued::Yes)
        && !remedy.payers.contains(verifier)
        && !case.history.subjects().contains(verifier)
        && !by.names(verifier)
        && basis.iter().any(|basis| *basis != Basis::SelfDeclared)
        && !doubted
        && is_paid_in_full(remedy);
    let completed = remedy.completed_on.filter(|_| sound)?.last();
    (completed <= case.as_of).then_some(completed)
}

/// Whether an author verifies what others paid: a party's own word that somebody verified it is its
/// own word.
fn speaks_for_others(by: &HistoryEntry) -> bool {
    matches!(
        by.standing().role,
        Some(Role::Auditor | Role::Ngo | Role::WorkerOrganisation)
    )
}

/// Amounts that match; of fewer than ten people, who have none, bands that do.
fn is_paid_in_full(remedy: &Remedy) -> bool {
    match (&remedy.owed_total, &remedy.paid_total) {
        (None, None) => {
            let few = Some(Band::Few);
            remedy.workers_owed == few && remedy.workers_paid == few
        }
        _ => shortfall(remedy) == Some(false),
    }
}

/// Whether less was paid than is owed; `None` where the statement cannot tell.
pub(super) fn shortfall(remedy: &Remedy) -> Option<bool> {
    let people = match (remedy.workers_owed, remedy.workers_paid) {
        (Some(owed), Some(paid)) => paid < owed,
        _ => false,
    };
    let money = match (&remedy.owed_total, &remedy.paid_total) {
        (Some(owed), Some(paid)) => less(paid, owed),
        _ => None,
    };
    if people { Some(true) } else { money }
}

fn less(paid: &Money, owed: &Money) -> Option<bool> {
    (paid.currency() == owed.currency()).then(|| paid.minor_units() < owed.minor_units())
}

/// R-27, of a remedy.
fn retaliation(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, remedy: &Remedy) {
    match remedy.retaliation_seen {
        Some(ThreeValued::Yes) => {
            gathered.evaluated(&R_27);
            let found = Found::new(&R_27, Sentence::new("remedy-retaliation")).bearing_on(&[6]);
            gathered.found(case, entry, found);
        }
        Some(ThreeValued::No) => gathered.evaluated(&R_27),
        _ => gathered.not_evaluated(&R_27, "retaliation_seen"),
    }
}

///
fn departed(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, remedy: &Remedy) {
    match remedy.departed_workers_included {
        Some(ThreeValued::No) => {
            gathered.evaluated(&R_12);
            let found = Found::new(&R_12, Sentence::new("remedy-departed"));
            gathered.found(case, entry, found);
        }
        Some(ThreeValued::Yes) => gathered.evaluated(&R_12),
        _ => gathered.not_evaluated(&R_12, "departed_workers_included"),
    }
}

///
fn repayment(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, remedy: &Remedy) {
    let answers = entry.entry().header().refs.iter();
    let statements: Vec<_> = answers
        .filter_map(|reference| case.history.entry(reference.entry))
        .collect();
    let short = match shortfall(remedy) {
        Some(false) if !counts_for(entry) => None,
        other => other,
    };
    let Some(short) = short else {
        let owed = remedy.owed_total.is_some() || remedy.workers_owed.is_some();
        gathered.not_evaluated(&R_11, if owed { "paid_total" } else { "owed_total" });
        return;
    };
    let Some(discovered) = discovered(remedy, &statements) else {
        gathered.not_evaluated(&R_11, "discovered_on");
        return;
    };
    gathered.evaluated(&R_11);
    let days = case.policy.settings().repayment_days;
    let settled = statements.iter().any(|one| verified(case, one).is_some());
    if short && !settled && discovered.plus_days(days) < case.as_of {
        let sentence = Sentence::new("remedy-short")
            .with("days", days)
            .with_text("discovered", discovered);
        gathered.found(case, entry, Found::new(&R_11, sentence));
    }
}

/// When it came to be known that it is owed: as the remedy says, else its fee lines, else the
/// finding it is about.
fn discovered(remedy: &Remedy, statements: &[&HistoryEntry]) -> Option<Date> {
    let of_line = |line: &FeeLine| line.discovered_on.map(PartialDate::last);
    let by_remedy = remedy.discovered_on.map(PartialDate::last);
    let by_lines = || remedy.fees.iter().filter_map(of_line).max();
    let by_finding = || {
        let found = statements.iter().filter_map(|entry| match entry.claim() {
            Some(Claim::Finding(finding)) => Some(finding.found_on),
            _ => None,
        });
        found.max()
    };
    by_remedy.or_else(by_lines).or_else(by_finding)
}
