//! What registers say of the licences recruited under, beyond whether they were in force: R-03
//! lapses soon, R-04 out of scope, R-07 condition overdue.

use super::index::{attestations, register_words, timelines};
use super::lines::{counts_against, counts_for};
use super::recruitment::recruited_under;
use super::scope::scope;
use super::successors::Successors;
use super::{Case, Effect, Gathered, Rule};
use super::{gathered::Found, licences::Force};
use crate::claim::{Claim, Condition, Licence};
use crate::entry::Role;
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_03, &R_07];

static R_03: Rule = Rule {
    id: "R-03",
    fields: &[("licence", "valid_to"), ("licence", "status")],
    basis: "an authority's word, or an observer's register_lookup",
    severity: "",
    effect: Effect::Context,
    ilo: &[],
    source: "our setting licence_renewal_days",
};

static R_07: Rule = Rule {
    id: "R-07",
    fields: &[("licence", "conditions"), ("licence.status", "conditions")],
    basis: "an authority's word, or an observer's register_lookup",
    severity: "where no later word shows it still open by itself, as inquiry",
    effect: Effect::Adverse,
    ilo: &[1],
    source: "the date the register itself states",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let is_licence = |id: &&SubjectId| matches!(id.scheme(), "lic" | "row");
    let own = case.history.subjects().iter().filter(is_licence);
    let mut licences: BTreeSet<SubjectId> = own.cloned().collect();
    for (entry, attest) in attestations(case) {
        let under = recruited_under(case, attest);
        for licence in &under {
            scope(case, gathered, entry, attest, licence);
        }
        licences.extend(under);
    }
    super::scope::quotas(case, gathered);
    let successors = Successors::of(case);
    for licence in &licences {
        lapses_soon(case, gathered, licence);
        conditions(case, gathered, licence);
        successors.look(case, gathered, licence);
    }
}

/// Of each source that knows it to be in force: the last end of validity it names.
fn lapses_soon(case: &Case<'_>, gathered: &mut Gathered, licence: &SubjectId) {
    let days = case.policy.settings().licence_renewal_days;
    for timeline in timelines(case, licence).iter() {
        match timeline.on(case.as_of).force() {
            Force::InForce => {}
            Force::Unknown => {
                gathered.not_evaluated(&R_03, "status");
                continue;
            }
            Force::Lapsed | Force::NotInForce => continue,
        }
        let of_source = |(entry, claim): &(&HistoryEntry, &Licence)| {
            let standing = entry.standing();
            let route = claim.route.as_ref().map(ToString::to_string);
            (standing.role == Some(Role::Authority)) == timeline.authority
                && standing.principal == timeline.stated_by
                && route == timeline.route
                && counts_for(entry)
        };
        let words = register_words(case, licence);
        let words = words.iter().copied().filter(of_source);
        let ends = words.filter_map(|(entry, claim)| Some((claim.valid_to?.last(), entry)));
        let Some((end, entry)) = ends.max_by_key(|(end, entry)| (*end, entry.id())) else {
            gathered.not_evaluated(&R_03, "valid_to");
            continue;
        };
        gathered.evaluated(&R_03);
        if end < case.as_of.plus_days(days) {
            let sentence = Sentence::new("licence-lapses-soon")
                .with_text("licence", licence)
                .with_text("end", end);
            gathered.found_on(case, vec![entry], Found::new(&R_03, sentence));
        }
    }
}

/// What is said of one condition.
#[derive(Default)]
struct Said<'a> {
    /// The latest date by which it is to be met, of those who count in favour, else of all.
    due: (Option<Date>, Option<Date>),
    met: bool,
    /// The last day on which it was shown and not said to be met.
    open_on: Option<Date>,
    entries: Vec<&'a HistoryEntry>,
}

///
fn conditions(case: &Case<'_>, gathered: &mut Gathered, licence: &SubjectId) {
    let mut said: BTreeMap<&str, Said<'_>> = BTreeMap::new();
    let mut spoken = false;
    for entry in case.history.about(licence).filter(|e| counts_against(e)) {
        let (conditions, shown) = match entry.claim() {
            Some(Claim::Licence(claim)) => (&claim.conditions, claim.last_observed),
            Some(Claim::LicenceStatus(claim)) => (&claim.conditions, None),
            _ => continue,
        };
        spoken = true;
        let times = entry.times();
        let shown = shown.unwrap_or_else(|| times.not_after.unwrap_or(times.claimed).date());
        for condition in conditions {
            let one = said.entry(condition.code.as_str()).or_default();
            one.take(case, entry, condition, shown);
        }
    }
    if spoken && said.is_empty() {
        gathered.not_evaluated(&R_07, "conditions");
    }
    for (code, said) in said {
        let Some(due) = said.due.0.or(said.due.1) else {
            gathered.not_evaluated(&R_07, "conditions");
            continue;
        };
        gathered.evaluated(&R_07);
        if due >= case.as_of || said.met {
            continue;
        }
        let shown = said.open_on.is_some_and(|shown| shown > due);
        let id = if shown {
            "condition-overdue"
        } else {
            "condition-perhaps-overdue"
        };
        let sentence = Sentence::new(id)
            .with_text("licence", licence)
            .with_text("code", code)
            .with_text("due", due);
        let found = Found::new(&R_07, sentence);
        let found = if shown {
            found.case("shown")
        } else {
            found.case("perhaps").with_effect(Effect::Inquiry)
        };
        gathered.found_on(case, said.entries, found);
    }
}

impl<'a> Said<'a> {
    fn take(&mut self, case: &Case<'_>, entry: &'a HistoryEntry, one: &Condition, shown: Date) {
        self.entries.push(entry);
        let favours = counts_for(entry);
        self.due.1 = self.due.1.max(one.due);
        if favours {
            self.due.0 = self.due.0.max(one.due);
        }
        match one.closed_on {
            Some(on) => self.met |= favours && on <= case.as_of,
            None => self.open_on = self.open_on.max(Some(shown)),
        }
    }
}
