//! Where workers can complain: R-42 no independent channel, R-43 a channel nobody uses. Context: of
//! somebody who says nothing of channels nothing is known.

use super::assurance::migrants;
use super::closing::within_months;
use super::gathered::Found;
use super::index::{attestations, audits, said};
use super::lines::counts_for;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{Band, Claim, GrievanceStat, ThreeValued};
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::time::Month;
use std::collections::BTreeSet;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_42, &R_43];

static R_42: Rule = Rule {
    id: "R-42",
    fields: &[
        ("grievance.stat", "operator_independent"),
        ("grievance.stat", "period_to"),
        ("audit", "workforce"),
        ("contract.attest", "origin"),
        ("contract.attest", "destination"),
    ],
    basis: "as the statements say",
    severity: "",
    effect: Effect::Context,
    ilo: &[],
    source: "UN guiding principle 31; Dhaka principle 9; setting channel_months",
};

static R_43: Rule = Rule {
    id: "R-43",
    fields: &[
        ("grievance.stat", "received"),
        ("grievance.stat", "period_from"),
        ("grievance.stat", "period_to"),
        ("audit", "workforce"),
    ],
    basis: "as the statements say",
    severity: "",
    effect: Effect::Context,
    ilo: &[],
    source: "our own; setting silent_quarters",
};

const MONTHS_PER_QUARTER: u32 = 3;
/// Months of one period looked at.
const MAX_MONTHS: usize = 120;

type Said<'a> = (&'a HistoryEntry, &'a GrievanceStat);

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let said = said(case, &["grievance.stat"]).filter_map(|entry| match entry.claim() {
        Some(Claim::GrievanceStat(stat)) => Some((entry, &**stat)),
        _ => None,
    });
    let said: Vec<Said<'_>> = said
        .filter(|(_, stat)| stat.period_from.first() <= case.as_of)
        .collect();
    if said.is_empty() {
        return;
    }
    match has_migrants(case) {
        Some(true) => {
            independent(case, gathered, &said);
            silent(case, gathered, &said);
        }
        Some(false) => {
            gathered.evaluated(&R_42);
            gathered.evaluated(&R_43);
        }
        None => {
            gathered.not_evaluated(&R_42, "workforce");
            gathered.not_evaluated(&R_43, "workforce");
        }
    }
}

/// Whether anybody states that migrants work there; `None` where nobody says anything of it.
fn has_migrants(case: &Case<'_>) -> Option<bool> {
    let by_audit = audits(case).filter_map(|(_, audit)| migrants(audit.workforce.as_ref()));
    let by_contract = attestations(case).filter_map(|(_, attest)| {
        let origin = attest.origin.as_ref()?;
        Some(origin.country != attest.destination.country)
    });
    by_audit.chain(by_contract).max()
}

///
fn independent(case: &Case<'_>, gathered: &mut Gathered, said: &[Said<'_>]) {
    let months = case.policy.settings().channel_months;
    let near = |stat: &GrievanceStat| within_months(stat.period_to.last(), case.as_of, months);
    let answer = |stat: &GrievanceStat| stat.operator_independent;
    let mut recent = said.iter().filter(|(_, stat)| near(stat));
    let yes =
        |(entry, stat): &Said<'_>| counts_for(entry) && answer(stat) == Some(ThreeValued::Yes);
    if recent.clone().any(yes) {
        return gathered.evaluated(&R_42);
    }
    if recent.any(|(_, stat)| !matches!(answer(stat), Some(ThreeValued::No | ThreeValued::Yes))) {
        return gathered.not_evaluated(&R_42, "operator_independent");
    }
    gathered.evaluated(&R_42);
    let sentence = Sentence::new("channel-not-independent").with("months", months);
    let entries = said.iter().map(|(entry, _)| *entry).collect();
    gathered.found_on(case, entries, Found::new(&R_42, sentence));
}

/// Only the largest band is surely large.
fn silent(case: &Case<'_>, gathered: &mut Gathered, said: &[Said<'_>]) {
    let totals = audits(case).filter_map(|(_, audit)| audit.workforce.as_ref()?.total);
    match totals.max() {
        None => return gathered.not_evaluated(&R_43, "workforce"),
        Some(total) if total < Band::From250 => return gathered.evaluated(&R_43),
        Some(_) => {}
    }
    let used = said.iter().filter(|(_, stat)| stat.received > Band::None);
    let used: BTreeSet<_> = used.flat_map(|(_, stat)| months(case, stat)).collect();
    let unused = said.iter().filter(|(_, stat)| stat.received == Band::None);
    let quiet: BTreeSet<_> = unused.flat_map(|(_, stat)| months(case, stat)).collect();
    let quarters = case.policy.settings().silent_quarters;
    let need = quarters.saturating_mul(MONTHS_PER_QUARTER);
    let run = quiet_run(&quiet, &used);
    let newest = used
        .last()
        .is_none_or(|last| quiet.last().is_some_and(|quiet| quiet > last));
    let ended_by_use = run.before.is_some_and(|month| used.contains(&month));
    if newest && run.months < need && !ended_by_use {
        // Of the months before nobody says anything.
        return gathered.not_evaluated(&R_43, "period_from");
    }
    gathered.evaluated(&R_43);
    if newest && run.months >= need && need > 0 {
        let sentence = Sentence::new("channel-silent").with("quarters", quarters);
        let entries = said.iter().map(|(entry, _)| *entry).collect();
        gathered.found_on(case, entries, Found::new(&R_43, sentence));
    }
}

/// The newest months, one after the other, of which somebody says that nobody used the channel.
struct Run {
    months: u32,
    /// The month before them.
    before: Option<Month>,
}

fn quiet_run(quiet: &BTreeSet<Month>, used: &BTreeSet<Month>) -> Run {
    let mut run = Run {
        months: 0,
        before: None,
    };
    for month in quiet.iter().rev().filter(|month| !used.contains(month)) {
        if run.before.is_some_and(|before| before != *month) {
            break;
        }
        run.months = run.months.saturating_add(1);
        let months = month.months().checked_sub(1);
        run.before = months.and_then(Month::from_months);
    }
    run
}

fn months(case: &Case<'_>, stat: &GrievanceStat) -> Vec<Month> {
    let last = Month::of(stat.period_to.last().min(case.as_of));
    let first = Month::of(stat.period_from.first());
    let months = std::iter::successors(Some(first), |month| Some(month.next()));
    months
        .take_while(|month| *month <= last)
        .take(MAX_MONTHS)
        .collect()
}
