//! R-05 a successor's licence soon after a revocation: needs inquiry, says nothing more.

use super::gathered::Found;
use super::lines::counts_against;
use super::registers::register_words;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{Claim, Effective, LicenceState, PartyRole, Relation};
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::BTreeSet;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_05];

static R_05: Rule = Rule {
    id: "R-05",
    fields: &[
        ("licence", "legal_holder"),
        ("licence", "parties"),
        ("licence", "valid_from"),
        ("licence", "status_since"),
        ("licence.status", "status"),
        ("licence.status", "effective"),
        ("id.link", "relation"),
    ],
    basis: "an authority's word or an observer's register_lookup, and links that somebody signed",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[1, 2],
    source: "our setting successor_days",
};

/// R-05 for one licence recruited under.
pub(super) fn look(case: &Case<'_>, gathered: &mut Gathered, licence: &SubjectId) {
    let new = Known::of(case, licence);
    if new.words.is_empty() {
        return;
    }
    let Some(begun) = new.begun else {
        gathered.not_evaluated(&R_05, "valid_from");
        return;
    };
    let ids = case.history.subjects().iter().chain(case.history.related());
    let others: BTreeSet<_> = ids
        .filter(|id| matches!(id.scheme(), "lic" | "row") && *id != licence)
        .collect();
    let mut linked = !new.holders.is_empty();
    for other in others {
        let old = Known::of(case, other);
        let links = links(case, &new.ids(licence), &old.ids(other));
        linked |= !links.is_empty();
        if links.is_empty() && new.holders.is_disjoint(&old.holders) {
            continue;
        }
        let (revoked, undated): (Vec<_>, Vec<_>) =
            revocations(case, other).partition(|(_, effective)| effective.is_some());
        if !undated.is_empty() {
            gathered.not_evaluated(&R_05, "status_since");
        }
        let revoked = revoked
            .into_iter()
            .filter_map(|(entry, on)| Some((entry, on?)));
        let revoked = revoked.filter(|(_, effective)| {
            let days = case.policy.settings().successor_days;
            let first = effective.earliest().unwrap_or(effective.latest());
            let last = effective.latest();
            first <= begun && begun <= last.plus_days(days) && last.max(begun) <= case.as_of
        });
        let revoked: Vec<_> = revoked.map(|(entry, _)| entry).collect();
        if !revoked.is_empty() {
            let sentence = Sentence::new("successor-licence")
                .with_text("licence", licence)
                .with_text("begun", begun)
                .with_text("revoked", other);
            let registers = new.words.iter().chain(&old.words).copied();
            let on = revoked.into_iter().chain(links).chain(registers);
            gathered.found_on(case, on.collect(), Found::new(&R_05, sentence));
        }
    }
    if linked {
        gathered.evaluated(&R_05);
    } else {
        gathered.not_evaluated(&R_05, "legal_holder");
    }
}

/// What registers say of who holds a licence and since when.
struct Known<'a> {
    words: Vec<&'a HistoryEntry>,
    holders: BTreeSet<&'a SubjectId>,
    /// The first day it may have held.
    begun: Option<Date>,
}

impl<'a> Known<'a> {
    fn of(case: &Case<'a>, licence: &SubjectId) -> Self {
        let mut known = Self {
            words: Vec::new(),
            holders: BTreeSet::new(),
            begun: None,
        };
        for (entry, claim) in register_words(case, licence) {
            known.words.push(entry);
            known.holders.extend(&claim.legal_holder);
            let parties = claim.parties.iter();
            let holders = parties.filter(|party| party.role == PartyRole::LicenceHolder);
            let holders = holders.map(|party| &party.subject);
            known.holders.extend(holders.filter(|id| *id != licence));
            let from = claim.valid_from.map(crate::claim::PartialDate::first);
            let begun = from.or(claim.status_since.and_then(Effective::earliest));
            known.begun = match (known.begun, begun) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        known
    }

    fn ids(&self, licence: &'a SubjectId) -> BTreeSet<&'a SubjectId> {
        self.holders.iter().copied().chain([licence]).collect()
    }
}

/// Links that say one of the first is the successor of one of the others.
fn links<'a>(
    case: &Case<'a>,
    new: &BTreeSet<&SubjectId>,
    old: &BTreeSet<&SubjectId>,
) -> Vec<&'a HistoryEntry> {
    let entries = case.history.entries().iter().filter(|e| counts_against(e));
    let successor = |entry: &&HistoryEntry| match entry.claim() {
        Some(Claim::IdLink(link)) => {
            link.relation == Relation::SuccessorOf
                && new.contains(&link.from)
                && old.contains(&link.to)
        }
        _ => false,
    };
    entries.filter(successor).collect()
}

/// Statements that a licence was revoked, and when that took effect if they say so.
fn revocations<'a>(
    case: &Case<'a>,
    licence: &SubjectId,
) -> impl Iterator<Item = (&'a HistoryEntry, Option<Effective>)> + use<'a> {
    let revoked = |status: &LicenceState| {
        matches!(
            status,
            LicenceState::Revoked | LicenceState::RevokedImmediate
        )
    };
    let entries: Vec<_> = case.history.about(licence).collect();
    let entries = entries.into_iter().filter(|entry| counts_against(entry));
    entries.filter_map(move |entry| match entry.claim()? {
        Claim::LicenceStatus(claim) => {
            revoked(&claim.status).then_some((entry, Some(claim.effective)))
        }
        Claim::Licence(claim) => {
            let status = claim.status.as_ref().filter(|status| revoked(status));
            status.map(|_| (entry, claim.status_since))
        }
        _ => None,
    })
}
