//! R-05 a successor's licence soon after a revocation: needs inquiry, says nothing more.

use super::gathered::Found;
use super::index::{Of, register_words, said_anywhere};
use super::lines::counts_against;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{Claim, Effective, IdLink, LicenceState, PartyRole, Relation};
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::{BTreeMap, BTreeSet};

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

/// What is known of every licence, and which are linked.
pub(super) struct Successors<'a> {
    known: BTreeMap<&'a SubjectId, Known<'a>>,
    /// Licences by their holders.
    held: BTreeMap<&'a SubjectId, Vec<&'a SubjectId>>,
    /// Links by the id that is said to be the successor.
    links: BTreeMap<&'a SubjectId, Vec<Of<'a, IdLink>>>,
}

impl<'a> Successors<'a> {
    pub(super) fn of(case: &Case<'a>) -> Self {
        let ids = case.history.subjects().iter().chain(case.history.related());
        let licences = ids.filter(|id| matches!(id.scheme(), "lic" | "row"));
        let known: BTreeMap<_, _> = licences.map(|id| (id, Known::of(case, id))).collect();
        let mut held: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, of) in &known {
            for holder in &of.holders {
                held.entry(*holder).or_default().push(*id);
            }
        }
        let mut links: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for entry in said_anywhere(case, &["id.link"]) {
            if let Some(Claim::IdLink(link)) = entry.claim()
                && link.relation == Relation::SuccessorOf
            {
                links.entry(&link.from).or_default().push((entry, &**link));
            }
        }
        Self { known, held, links }
    }

    /// R-05 for one licence recruited under.
    pub(super) fn look(&self, case: &Case<'a>, gathered: &mut Gathered, licence: &SubjectId) {
        let new = Known::of(case, licence);
        if new.words.is_empty() {
            return;
        }
        let Some(begun) = new.begun else {
            gathered.not_evaluated(&R_05, "valid_from");
            return;
        };
        let mut linked = !new.holders.is_empty();
        for (other, (old, links)) in self.joined(licence, &new) {
            linked |= !links.is_empty();
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

    /// The other licences of the same holder, and those of which a link says that this one, or its
    /// holder, is the successor of it, or of its holder.
    fn joined(&self, licence: &SubjectId, new: &Known<'a>) -> Joined<'_, 'a> {
        let mut joined = Joined::new();
        let mut join = |id: &'a SubjectId, link: Option<&'a HistoryEntry>| {
            let of = self.known.get(id).filter(|_| id != licence);
            if let Some(of) = of {
                let links = &mut joined.entry(id).or_insert((of, Vec::new())).1;
                links.extend(link);
            }
        };
        for same in new
            .holders
            .iter()
            .filter_map(|holder| self.held.get(holder))
        {
            for id in same {
                join(id, None);
            }
        }
        let ids = new.holders.iter().copied().chain([licence]);
        for (entry, link) in ids.filter_map(|id| self.links.get(id)).flatten() {
            join(&link.to, Some(entry));
            let held = self.held.get(&link.to).into_iter().flatten();
            for id in held {
                join(id, Some(entry));
            }
        }
        joined
    }
}

/// Licences, what is known of them, and the links that lead to them.
type Joined<'s, 'a> = BTreeMap<&'a SubjectId, (&'s Known<'a>, Vec<&'a HistoryEntry>)>;

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
        for (entry, claim) in register_words(case, licence).iter() {
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
