//! R-04 recruitment outside of what a licence is for.

use super::gathered::Found;
use super::index::{attestations, register_words};
use super::lines::{counts_against, counts_for};
use super::recruitment::recruited_under;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{CohortId, ContractAttest, Isco, Licence};
use crate::history::HistoryEntry;
use crate::messages::{Sentence, Value};
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_04];

static R_04: Rule = Rule {
    id: "R-04",
    fields: &[
        ("licence", "destination_countries"),
        ("licence", "source_countries"),
        ("licence", "occupations"),
        ("licence", "all_occupations"),
        ("licence", "quota"),
        ("licence", "job_order"),
        ("contract.attest", "destination"),
        ("contract.attest", "origin"),
        ("contract.attest", "occupation"),
        ("contract.attest", "job_order"),
        ("contract.attest", "size"),
    ],
    basis: "an authority's word or an observer's register_lookup, beside the attestation",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[1, 2],
    source: "the scope that the register itself states",
};

/// Whether a licence allows something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Allows {
    Yes,
    No,
    /// It does not say, or the attestation does not say what was done.
    Unsaid,
}

/// One side of a licence's scope.
struct Side {
    /// Of the licence.
    field: &'static str,
    /// Of the attestation.
    asked: &'static str,
    allows: fn(&Licence, &ContractAttest) -> Allows,
    stated: fn(&Licence) -> bool,
}

const SIDES: [Side; 3] = [
    Side {
        field: "destination_countries",
        asked: "destination",
        allows: |licence, attest| {
            let country = Some(&attest.destination.country);
            within(&licence.destination_countries, country)
        },
        stated: |licence| !licence.destination_countries.is_empty(),
    },
    Side {
        field: "source_countries",
        asked: "origin",
        allows: |licence, attest| {
            let country = attest.origin.as_ref().map(|place| &place.country);
            within(&licence.source_countries, country)
        },
        stated: |licence| !licence.source_countries.is_empty(),
    },
    Side {
        field: "occupations",
        asked: "occupation",
        allows: occupation,
        stated: |licence| licence.all_occupations || !licence.occupations.is_empty(),
    },
];

fn within<T: PartialEq>(list: &[T], value: Option<&T>) -> Allows {
    match value {
        Some(value) if list.contains(value) => Allows::Yes,
        Some(_) if !list.is_empty() => Allows::No,
        _ => Allows::Unsaid,
    }
}

/// A group of occupations holds every occupation whose code begins with its own.
fn occupation(licence: &Licence, attest: &ContractAttest) -> Allows {
    let Some(done) = attest.occupation.as_ref().map(Isco::as_str) else {
        return Allows::Unsaid;
    };
    let mut listed = licence.occupations.iter().map(Isco::as_str);
    if licence.all_occupations || listed.clone().any(|group| done.starts_with(group)) {
        Allows::Yes
    } else if licence.occupations.is_empty() || listed.any(|one| one.starts_with(done)) {
        // Coarser than the list: perhaps one that it names.
        Allows::Unsaid
    } else {
        Allows::No
    }
}

/// R-04 for one attestation and one licence recruited under.
pub(super) fn scope(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    attest: &ContractAttest,
    licence: &SubjectId,
) {
    let words = register_words(case, licence);
    let words: Vec<_> = words
        .iter()
        .filter(|(_, claim)| then(claim, attest))
        .collect();
    if words.is_empty() {
        gathered.not_evaluated(&R_04, "destination_countries");
        return;
    }
    let (mut outside, mut rests_on, mut stated) = (Vec::new(), vec![entry], false);
    for side in &SIDES {
        let of_side = words.iter().filter(|(_, claim)| (side.stated)(claim));
        let of_side: Vec<_> = of_side.collect();
        stated |= !of_side.is_empty();
        let says = |wanted: Allows| {
            let words = of_side.iter();
            words.filter(move |(_, claim)| (side.allows)(claim, attest) == wanted)
        };
        let allowed = says(Allows::Yes).any(|(word, _)| counts_for(word));
        let excluding: Vec<_> = says(Allows::No).map(|(word, _)| *word).collect();
        if !allowed && !excluding.is_empty() {
            outside.push(Value::word(side.field));
            rests_on.extend(excluding);
        } else if !allowed {
            let lacking = if of_side.is_empty() {
                side.field
            } else {
                side.asked
            };
            gathered.not_evaluated(&R_04, lacking);
        }
    }
    if !stated {
        return;
    }
    gathered.evaluated(&R_04);
    if !outside.is_empty() {
        let sentence = Sentence::new("licence-out-of-scope")
            .with_text("licence", licence)
            .with("fields", Value::List(outside));
        gathered.found_on(case, rests_on, Found::new(&R_04, sentence));
    }
}

/// Whether a register's word may be about the time of a recruitment.
fn then(claim: &Licence, attest: &ContractAttest) -> bool {
    let begun = claim
        .valid_from
        .is_none_or(|from| from.first() <= attest.recruited_to.last());
    let ended = claim
        .valid_to
        .is_some_and(|to| to.last() < attest.recruited_from.first());
    begun && !ended
}

/// more workers than the approved order allows, whoever attests to them. One cohort counts
/// once, with the fewest people its band holds.
pub(super) fn quotas(case: &Case<'_>, gathered: &mut Gathered) {
    type Recruited<'a> = BTreeMap<CohortId, (u64, Vec<&'a HistoryEntry>)>;
    let mut orders: BTreeMap<(SubjectId, &str), Recruited<'_>> = BTreeMap::new();
    for (entry, attest) in attestations(case) {
        let Some(order) = &attest.job_order else {
            let under = recruited_under(case, attest);
            let quota = |one: &SubjectId| {
                let words = register_words(case, one);
                let mut words = words.iter();
                words.any(|(_, claim)| claim.quota.is_some() && then(claim, attest))
            };
            if under.iter().any(quota) {
                gathered.not_evaluated(&R_04, "job_order");
            }
            continue;
        };
        for licence in recruited_under(case, attest) {
            let cohorts = orders.entry((licence, order.as_str())).or_default();
            let cohort = cohorts.entry(attest.cohort).or_default();
            cohort.0 = cohort.0.max(attest.size.at_least());
            cohort.1.push(entry);
        }
    }
    for ((licence, order), cohorts) in orders {
        let people = cohorts
            .values()
            .fold(0_u64, |sum, (least, _)| sum.saturating_add(*least));
        let words = register_words(case, &licence);
        let words = words.iter().filter(|(entry, claim)| {
            let same = claim.job_order.as_ref().map(crate::claim::Code::as_str) == Some(order);
            same && counts_against(entry)
        });
        let quotas: Vec<_> = words
            .filter_map(|(e, claim)| Some((*e, claim.quota?)))
            .collect();
        let enough = |(entry, quota): &(&HistoryEntry, u64)| *quota >= people && counts_for(entry);
        if quotas.is_empty() {
            gathered.not_evaluated(&R_04, "quota");
            continue;
        }
        gathered.evaluated(&R_04);
        if quotas.iter().any(enough) || quotas.iter().all(|(_, quota)| *quota >= people) {
            continue;
        }
        let rests_on: BTreeSet<_> = quotas.iter().map(|(entry, _)| entry.id()).collect();
        let registers = rests_on.iter().filter_map(|id| case.history.entry(*id));
        let attests = cohorts.into_values().flat_map(|(_, entries)| entries);
        let sentence = Sentence::new("licence-quota-exceeded")
            .with_text("licence", &licence)
            .with_text("order", order)
            .with("people", people);
        let on = registers.chain(attests).collect();
        gathered.found_on(case, on, Found::new(&R_04, sentence));
    }
}
