//! What contracts state and how they came to be signed: R-15 corrections, R-16 missing terms, R-17
//! language, R-18 signed late.

use super::contracts::{Answer, Ask, Contract, yes};
use super::gathered::Found;
use super::{Effect, Rule};
use crate::claim::{ContractVersion, Direction, Language, SignedBefore, Stage, Term};
use crate::messages::{Sentence, Value};
use std::collections::BTreeSet;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_15, &R_16, &R_17, &R_18];

/// How they ask.
pub(super) const ASKS: &[Ask] = &[
    (&R_15, changes),
    (&R_16, missing_terms),
    (&R_17, language),
    (&R_18, signed_late),
];

static R_15: Rule = Rule {
    id: "R-15",
    fields: &[
        ("contract.attest", "changes"),
        ("contract.attest", "changes_assessed"),
        ("contract.attest", "versions"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed; different digests alone by themselves, as inquiry",
    effect: Effect::Adverse,
    ilo: &[2],
    source: "ILO indicators of forced labour; FAR 52.222-50, unchecked",
};

static R_16: Rule = Rule {
    id: "R-16",
    fields: &[
        ("contract.attest", "terms_assessed"),
        ("contract.attest", "terms_stated"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[2],
    source: "the setting required_terms; 29 USC 1821; FAR 52.222-50, unchecked",
};

static R_17: Rule = Rule {
    id: "R-17",
    fields: &[
        ("contract.attest", "contract_languages"),
        ("contract.attest", "cohort_languages"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[1, 2],
    source: "FAR 52.222-50, unchecked; RBA code",
};

static R_18: Rule = Rule {
    id: "R-18",
    fields: &[
        ("contract.attest", "signed_before_departure"),
        ("contract.attest", "days_before_departure"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[2],
    source: "the setting signed_days_before_departure; FAR 52.222-50, unchecked",
};

/// A term said to have changed for the worse; or versions of which nobody says what differs.
fn changes(contract: &Contract<'_>) -> Answer {
    let attest = contract.attest;
    let worse = attest
        .changes
        .iter()
        .filter(|change| change.direction == Direction::Worse);
    let worse: BTreeSet<&Term> = worse.map(|change| &change.term).collect();
    if !worse.is_empty() {
        let sentence = Sentence::new("contract-changed-worse").with("terms", Value::words(worse));
        return Answer::Found(Found::new(&R_15, sentence).case("worse"));
    }
    // That somebody says what changed, and that nothing of it is worse, explains a difference.
    let explained = contract.favours && !attest.changes.is_empty();
    let differing = differing(contract, &attest.versions);
    if !differing.is_empty() && !explained {
        let sentence =
            Sentence::new("contract-versions-differ").with("stages", Value::words(differing));
        let found = Found::new(&R_15, sentence).case("digests");
        return Answer::Found(found.with_effect(Effect::Inquiry));
    }
    let compared = yes(attest.changes_assessed) || signed(&attest.versions).count() > 1;
    Answer::unless_lacking(&[("changes_assessed", compared)])
}

/// The versions since a contract was signed.
fn signed(versions: &[ContractVersion]) -> impl Iterator<Item = &ContractVersion> {
    let offer = |version: &&ContractVersion| version.stage != Stage::Offer;
    versions.iter().filter(offer)
}

/// Stages whose terms are not those signed first and to which workers did not sign their consent.
fn differing<'a>(contract: &Contract<'_>, versions: &'a [ContractVersion]) -> BTreeSet<&'a Stage> {
    let at_origin = signed(versions).find(|version| version.stage == Stage::SignedOrigin);
    let Some(first) = at_origin.or_else(|| signed(versions).next()) else {
        return BTreeSet::new();
    };
    let differs = |version: &&ContractVersion| {
        let consented = contract.favours && yes(version.signed_consent);
        version.terms != first.terms && !consented
    };
    let differing = signed(versions).filter(differs);
    differing.map(|version| &version.stage).collect()
}

/// Only where the contract was read for its terms: no empty list means "none".
fn missing_terms(contract: &Contract<'_>) -> Answer {
    let attest = contract.attest;
    if !yes(attest.terms_assessed) {
        return Answer::Lacks(vec!["terms_assessed"]);
    }
    let required = contract.settings.required_terms.iter();
    let missing: Vec<_> = required
        .filter(|term| !attest.terms_stated.contains(term))
        .collect();
    if missing.is_empty() {
        return Answer::Nothing;
    }
    let sentence = Sentence::new("terms-missing").with("terms", Value::words(missing));
    Answer::Found(Found::new(&R_16, sentence))
}

/// No worker's language is a language of the contract; varieties of one are one.
fn language(contract: &Contract<'_>) -> Answer {
    let attest = contract.attest;
    let (written, spoken) = (&attest.contract_languages, &attest.cohort_languages);
    if written.is_empty() || spoken.is_empty() {
        return Answer::unless_lacking(&[
            ("contract_languages", !written.is_empty()),
            ("cohort_languages", !spoken.is_empty()),
        ]);
    }
    let spoken_here = |one: &Language| spoken.iter().any(|other| primary(one) == primary(other));
    if written.iter().any(spoken_here) {
        return Answer::Nothing;
    }
    let sentence = Sentence::new("contract-language")
        .with("written", Value::words(written))
        .with("spoken", Value::words(spoken));
    Answer::Found(Found::new(&R_17, sentence))
}

fn primary(language: &Language) -> &str {
    let text = language.as_str();
    text.split_once('-').map_or(text, |(primary, _)| primary)
}

/// Of whoever departs for another country.
fn signed_late(contract: &Contract<'_>) -> Answer {
    let attest = contract.attest;
    let origin = attest.origin.as_ref().map(|place| &place.country);
    if origin == Some(&attest.destination.country) {
        return Answer::Outside;
    }
    let least = contract.settings.signed_days_before_departure;
    let sentence = match (attest.signed_before_departure, attest.days_before_departure) {
        (Some(SignedBefore::No), _) => Sentence::new("signed-after-departure"),
        (Some(SignedBefore::Partial), _) => Sentence::new("signed-partly-after-departure"),
        (Some(SignedBefore::Yes), Some(days)) if days < least => Sentence::new("signed-late")
            .with("days", u32::from(days))
            .with("least", u32::from(least)),
        (Some(SignedBefore::Yes), Some(_)) => return Answer::Nothing,
        (Some(SignedBefore::Yes), None) => return Answer::Lacks(vec!["days_before_departure"]),
        (Some(SignedBefore::NotAssessed) | None, _) => {
            return Answer::Lacks(vec!["signed_before_departure"]);
        }
    };
    Answer::Found(Found::new(&R_18, sentence))
}
