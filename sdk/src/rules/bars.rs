//! R-39 somebody who was barred or listed recruited or employed.

use super::gathered::Found;
use super::index::said_anywhere;
use super::lines::weighed;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{Claim, ContractAttest, Listing, MatchMethod};
use crate::entry::Role;
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::policy::{ListMatch, ListRule};
use crate::subject::SubjectId;
use crate::time::Date;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_39];

pub(super) static R_39: Rule = Rule {
    id: "R-39",
    fields: &[
        ("listing", "valid_from"),
        ("listing", "valid_to"),
        ("listing", "listed_on"),
        ("listing", "delisted_on"),
        ("listing", "last_observed"),
        ("listing", "list"),
        ("listing", "match_method"),
        ("contract.attest", "recruited_from"),
        ("contract.attest", "recruited_to"),
        ("licence.status", "status"),
    ],
    basis: "an authority's word, or an observer's register_lookup",
    severity: "at most 3 below observed unless looked up; where it may not have run then by itself, as inquiry",
    effect: Effect::Adverse,
    ilo: &[1, 2],
    source: "the list itself; the setting lists says which matches count",
};

/// A listing that counts, and when it ran.
#[derive(Clone, Copy)]
pub(super) struct Bar<'a> {
    entry: &'a HistoryEntry,
    listing: &'a Listing,
    rule: &'a ListRule,
    /// The first and last day on which it certainly ran.
    certain: (Date, Date),
    /// The first and last day on which it may have; without an end, nobody says that it ended.
    possible: (Date, Option<Date>),
}

/// The months of a recruitment up to the date asked about.
pub(super) fn period(case: &Case<'_>, attest: &ContractAttest) -> (Date, Date) {
    let last = attest.recruited_to.last().min(case.as_of);
    (attest.recruited_from.first(), last)
}

/// The listings of parties that count against them; a match by name alone never does.
fn listings<'a>(case: &Case<'a>, gathered: &mut Gathered) -> Vec<Bar<'a>> {
    let mut bars = Vec::new();
    for entry in said_anywhere(case, &["listing"]) {
        let Some(Claim::Listing(listing)) = entry.claim() else {
            continue;
        };
        let lists = &case.policy.settings().lists;
        let rule = lists.get(listing.list.as_str()).or(lists.get("default"));
        let way = match listing.match_method {
            MatchMethod::Identifier => ListMatch::Identifier,
            MatchMethod::PersonConfirmed => ListMatch::Person,
            MatchMethod::Possible => continue,
        };
        let of_goods = !listing.goods.is_empty() || !listing.native_goods.is_empty();
        let Some(rule) = rule.filter(|rule| rule.counts.contains(&way) && !of_goods) else {
            continue;
        };
        match Bar::of(entry, listing, rule) {
            Some(bar) => bars.push(bar),
            None => gathered.not_evaluated(&R_39, "valid_from"),
        }
    }
    bars
}

impl<'a> Bar<'a> {
    fn of(entry: &'a HistoryEntry, listing: &'a Listing, rule: &'a ListRule) -> Option<Self> {
        let begun = match (listing.valid_from, listing.listed_on) {
            (Some(from), _) => (from.first(), from.last()),
            (None, Some(on)) => (on.earliest().unwrap_or(on.latest()), on.latest()),
            (None, None) => listing.first_observed.map(|seen| (seen, seen))?,
        };
        let ended = match (listing.valid_to, listing.delisted_on) {
            (Some(to), _) => Some((to.first(), to.last())),
            // The day on which it was gone is no day of it.
            (None, Some(off)) => Some((
                off.earliest().map_or(begun.1, day_before),
                day_before(off.latest()),
            )),
            (None, None) => None,
        };
        let seen = listing.last_observed.or_else(|| said(entry));
        let certain_to = ended.map_or(seen, |(first, _)| Some(first));
        Some(Self {
            entry,
            listing,
            rule,
            certain: (begun.1, certain_to.unwrap_or(begun.1).max(begun.1)),
            possible: (begun.0, ended.map(|(_, last)| last)),
        })
    }
}

fn day_before(day: Date) -> Date {
    let before = day.days().checked_sub(1).and_then(Date::from_days);
    before.unwrap_or(day)
}

/// Until when an authority's own word stands: the day it was proved to be said.
fn said(entry: &HistoryEntry) -> Option<Date> {
    let authority = entry.standing().role == Some(Role::Authority);
    let at = entry.times().not_after.filter(|_| authority)?;
    Some(at.date())
}

/// Listings by whom they name and the list. Of several rows of one list that name one party, the
/// strongest of those that certainly ran then is cited, and of those that perhaps did.
pub(super) struct Bars<'a>(BTreeMap<&'a SubjectId, BTreeMap<&'a str, Vec<Bar<'a>>>>);

impl<'a> Bars<'a> {
    pub(super) fn of(case: &Case<'a>, gathered: &mut Gathered) -> Self {
        let mut by_id: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        for bar in listings(case, gathered) {
            for id in &bar.entry.entry().header().subjects {
                let of_list = by_id.entry(id).or_default();
                of_list
                    .entry(bar.listing.list.as_str())
                    .or_default()
                    .push(bar);
            }
        }
        let weight = |bar: &Bar<'_>| {
            (
                Reverse(weighed(bar.entry, u8::MAX)),
                bar.certain.0,
                bar.entry.id(),
            )
        };
        for bars in by_id.values_mut().flat_map(BTreeMap::values_mut) {
            bars.sort_by_key(weight);
        }
        Self(by_id)
    }

    /// R-39 for one attestation: of whoever plays a part in it, and of the subjects asked about.
    pub(super) fn look(
        &self,
        case: &Case<'_>,
        gathered: &mut Gathered,
        entry: &HistoryEntry,
        attest: &ContractAttest,
    ) {
        let (from, to) = period(case, attest);
        let parties = attest.parties.iter().map(|party| &party.subject);
        let parties = parties
            .chain(&attest.licences)
            .chain(case.history.subjects());
        let mut cited = BTreeSet::new();
        let mut looked = BTreeSet::new();
        for who in parties.filter(|who| looked.insert(*who)) {
            for bars in self.0.get(who).into_iter().flat_map(BTreeMap::values) {
                gathered.evaluated(&R_39);
                let certain = bars.iter().find(|bar| bar.certainly(from, to));
                let perhaps = bars.iter().find(|bar| bar.only_perhaps(from, to));
                for (bar, certain) in [(certain, true), (perhaps, false)] {
                    let Some(bar) = bar.filter(|bar| cited.insert(bar.entry.id())) else {
                        continue;
                    };
                    let found = bar.found(case, who, certain);
                    gathered.found_on(case, vec![bar.entry, entry], found);
                }
            }
        }
    }
}

impl Bar<'_> {
    fn certainly(&self, from: Date, to: Date) -> bool {
        self.certain.0 <= to && self.certain.1 >= from
    }

    fn only_perhaps(&self, from: Date, to: Date) -> bool {
        let possible = self.possible.0 <= to && self.possible.1.is_none_or(|end| end >= from);
        possible && !self.certainly(from, to)
    }

    fn found(&self, case: &Case<'_>, who: &SubjectId, certain: bool) -> Found {
        let (id, case_of_rule) = if certain {
            ("listed-at-recruitment", "at-recruitment")
        } else {
            ("perhaps-listed-at-recruitment", "perhaps")
        };
        let sentence = Sentence::new(id)
            .with_text("who", who)
            .with_text("list", &self.listing.list)
            .with_text("from", self.certain.0);
        let settings = case.policy.settings();
        let severity = settings.severity(&format!("R-39.{case_of_rule}"));
        let found = Found::new(&R_39, sentence).of_severity(weighed(self.entry, severity));
        found.with_effect(match (self.rule.context, certain) {
            (true, _) => Effect::Context,
            (false, true) => Effect::Adverse,
            (false, false) => Effect::Inquiry,
        })
    }
}
