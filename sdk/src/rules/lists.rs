//! What published lists hold: R-38 a list hit, R-40 goods of a country, R-41 where a list carries a
//! presumption.

use super::assurance::{is_on_site, is_recalled};
use super::closing::within_months;
use super::gathered::Found;
use super::index::{audits, said};
use super::lines::counts_for;
use super::topics::R_41;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{AccessDenied, Claim, Effective, Listing, MatchMethod, PartialDate};
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::policy::{ListMatch, ListRule};
use crate::time::Date;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_38, &R_40];

static R_38: Rule = Rule {
    id: "R-38",
    fields: &[
        ("listing", "list"),
        ("listing", "match_method"),
        ("listing", "delisted_on"),
        ("listing", "listed_on"),
    ],
    basis: "register_lookup, or the list's own authority",
    severity: "that of the list in the settings; a match by name alone is 0",
    effect: Effect::Adverse,
    ilo: &[],
    source: "the list itself; per-list rules of the settings",
};

static R_40: Rule = Rule {
    id: "R-40",
    fields: &[
        ("listing", "goods"),
        ("listing", "native_goods"),
        ("listing", "country"),
        ("audit", "ended_on"),
        ("audit", "access_denied"),
        ("audit.status", "state"),
    ],
    basis: "register_lookup, or the list's own authority",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[],
    source: "the list itself; setting goods_audit_months",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let seen = is_seen(case);
    for entry in said(case, &["listing"]) {
        let Some(Claim::Listing(listing)) = entry.claim() else {
            continue;
        };
        if !stands(case, entry, listing) {
            continue;
        }
        if listing.goods.is_empty() && listing.native_goods.is_empty() {
            hit(case, gathered, entry, listing);
        } else {
            goods(case, gathered, entry, listing, seen);
        }
    }
}

/// Whether a row stands on the date asked about: not begun later, and not ended. What has ended is
/// heard only from a statement that counts in favour.
fn stands(case: &Case<'_>, entry: &HistoryEntry, listing: &Listing) -> bool {
    let begun = listing
        .listed_on
        .map(|on| on.earliest().unwrap_or(on.latest()));
    let begun = begun.or(listing.valid_from.map(PartialDate::first));
    let delisted = listing.delisted_on.map(Effective::latest);
    let over = listing.valid_to.map(|to| to.last().plus_days(1));
    let is_past = |day: Option<Date>| day.is_some_and(|day| day <= case.as_of);
    let ended = is_past(delisted) || is_past(over);
    begun.is_none_or(|on| on <= case.as_of) && !(ended && counts_for(entry))
}

fn rule_of<'a>(case: &'a Case<'_>, listing: &Listing) -> Option<&'a ListRule> {
    let lists = &case.policy.settings().lists;
    lists
        .get(listing.list.as_str())
        .or_else(|| lists.get("default"))
}

/// R-38, or what a presumption says.
fn hit(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, listing: &Listing) {
    let Some(rule) = rule_of(case, listing) else {
        return gathered.not_evaluated(&R_38, "list");
    };
    gathered.evaluated(&R_38);
    let matched = match listing.match_method {
        MatchMethod::Identifier => Some(ListMatch::Identifier),
        MatchMethod::PersonConfirmed => Some(ListMatch::Person),
        MatchMethod::Possible => None,
    };
    let sentence = |id| Sentence::new(id).with_text("list", &listing.list);
    let counts = matched.is_some_and(|matched| rule.counts.contains(&matched));
    let found = if !counts {
        Found::new(&R_38, sentence("list-possible"))
            .case("possible")
            .with_effect(Effect::Context)
    } else if rule.context {
        let found = Found::new(&R_41, sentence("list-presumption"));
        found.case("presumption").with_effect(Effect::Context)
    } else {
        Found::new(&R_38, sentence("list-hit")).of_severity(rule.severity)
    };
    // What a register holds, or an authority says, is looked up: its basis carries it.
    gathered.found_on(case, vec![entry], found);
}

///
fn goods(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    listing: &Listing,
    seen: bool,
) {
    let Some(country) = &listing.country else {
        return gathered.not_evaluated(&R_40, "country");
    };
    gathered.evaluated(&R_40);
    if !seen {
        let months = case.policy.settings().goods_audit_months;
        let sentence = Sentence::new("goods-listed")
            .with_text("list", &listing.list)
            .with_text("country", country)
            .with("months", months);
        gathered.found_on(case, vec![entry], Found::new(&R_40, sentence));
    }
}

/// Whether somebody who counts in favour was on site lately.
fn is_seen(case: &Case<'_>) -> bool {
    let months = case.policy.settings().goods_audit_months;
    let mut audits = audits(case);
    audits.any(|(entry, audit)| {
        let near = within_months(audit.ended_on, case.as_of, months);
        let seen = is_on_site(entry) && audit.access_denied != Some(AccessDenied::Full);
        near && seen && counts_for(entry) && !is_recalled(case, entry)
    })
}
