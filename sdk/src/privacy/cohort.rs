//! What may be said of a group, by its size: of every kind, wherever a number of people stands.
//!
//! A band speaks for the structure it stands in and for everything below it: the size of a cohort
//! for the whole claim, the payers of a fee line for that line alone.

use crate::claim::{Band, ClaimContext, ContractAttest, Detail, PartialDate, Problems, Seen};
use crate::entry::Audience;
use crate::reason::Reason;

/// Digits of an occupation that a group below fifty people may be given.
const COARSE_OCCUPATION: usize = 2;

/// Kinds whose bands describe a party: nothing else in such a claim is said of these people.
const OF_PARTIES: &[&str] = &["licence", "profile"];

/// Bands that count some of the people a claim is about; what they limit, the kind's own check says.
const SOME_OF_THEM: &[&str] = &["resolved", "workers_paid"];

/// Refuses what is too precise for the people it is said of.
pub(super) fn check(kind: &str, seen: &Seen<'_>, problems: &mut Problems) {
    if OF_PARTIES.contains(&kind) {
        return;
    }
    let mut refused: Vec<(&str, &str)> = Vec::new();
    for (at, group) in seen.groups.iter().enumerate() {
        let Some(size) = smallest(seen, at) else {
            continue;
        };
        for (field, detail) in &group.details {
            let Some(why) = too_precise(size, *detail) else {
                continue;
            };
            if !refused.contains(&(field, why)) {
                refused.push((field, why));
                problems.add(Reason::PrivacyBand, field, why);
            }
        }
    }
}

/// The smallest number of people that a structure, or one around it, speaks of.
fn smallest(seen: &Seen<'_>, at: usize) -> Option<Band> {
    let mut smallest = None;
    let mut next = Some(at);
    while let Some(group) = next.and_then(|at| seen.groups.get(at)) {
        let bands = group.bands.iter();
        let sizes =
            |(field, band): &&(&str, Band)| !SOME_OF_THEM.contains(field) && *band != Band::None;
        let bands = bands.filter(sizes);
        smallest = bands.map(|(_, band)| *band).chain(smallest).min();
        next = group.outer;
    }
    smallest
}

/// Why a detail says too much of a group of this size.
fn too_precise(size: Band, detail: Detail) -> Option<&'static str> {
    match detail {
        Detail::Amount if size <= Band::Few => Some("no amounts of fewer than ten people"),
        Detail::Month | Detail::Day if size <= Band::Few => {
            Some("a year at best for fewer than ten people")
        }
        Detail::Occupation(_) if size <= Band::Few => Some("none for fewer than ten people"),
        Detail::Occupation(digits) if size < Band::From50 && digits > COARSE_OCCUPATION => {
            Some("two digits at most, below fifty people")
        }
        Detail::Subdivision if size < Band::From50 => Some("the country only, below fifty people"),
        _ => None,
    }
}

/// What holds of cohorts alone: no days for any number, and in public no lists that name few.
pub(super) fn check_contract(
    claim: &ContractAttest,
    context: &ClaimContext<'_>,
    problems: &mut Problems,
) {
    let recruited = [
        ("recruited_from", Some(claim.recruited_from)),
        ("recruited_to", Some(claim.recruited_to)),
        ("valid_from", claim.valid_from),
        ("valid_to", claim.valid_to),
    ];
    for (field, date) in recruited {
        // For few, a year at best is said already.
        if matches!(date, Some(PartialDate::Day(_))) && claim.size != Band::Few {
            let detail = "a month at best: days find single people";
            problems.add(Reason::PrivacyBand, field, detail);
        }
    }
    if claim.size <= Band::Few && context.audience == Audience::Public {
        few_in_public(claim, problems);
    }
}

/// What points at single people for those who hold the matching list.
fn few_in_public(claim: &ContractAttest, problems: &mut Problems) {
    let listed = [
        ("job_order", claim.job_order.is_some()),
        ("authority_approval", claim.authority_approval.is_some()),
        ("cohort_languages", !claim.cohort_languages.is_empty()),
    ];
    for (field, shown) in listed {
        if shown {
            let detail = "not in public for fewer than ten people";
            problems.add(Reason::PrivacyAudience, field, detail);
        }
    }
}
