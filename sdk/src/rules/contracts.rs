//! Asks every attestation what the rules on contracts and work want to know of it.

use super::gathered::Found;
use super::index::attestations;
use super::lines::counts_for;
use super::{Case, Effect, Gathered, Rule, freedom, terms, wages, work};
use crate::claim::{ContractAttest, ThreeValued};
use crate::policy::Settings;
use crate::time::Date;

/// An attestation as a rule sees it.
pub(super) struct Contract<'a> {
    pub(super) attest: &'a ContractAttest,
    pub(super) settings: &'a Settings,
    /// The date asked about.
    pub(super) as_of: Date,
    /// Whether what it says in somebody's favour counts.
    pub(super) favours: bool,
}

/// What a rule makes of one attestation.
pub(super) enum Answer {
    Found(Found),
    /// It had what it needs and found nothing.
    Nothing,
    /// Fields without which it found nothing.
    Lacks(Vec<&'static str>),
    /// It does not speak of such recruitment.
    Outside,
}

impl Answer {
    /// Nothing was found: because there is nothing, or because these fields are absent.
    pub(super) fn unless_lacking(fields: &[(&'static str, bool)]) -> Self {
        let absent = fields.iter().filter(|(_, there)| !there);
        let absent: Vec<_> = absent.map(|(field, _)| *field).collect();
        if absent.is_empty() {
            Self::Nothing
        } else {
            Self::Lacks(absent)
        }
    }
}

/// A rule, and how it asks.
pub(super) type Ask = (&'static Rule, fn(&Contract<'_>) -> Answer);

fn asks() -> impl Iterator<Item = &'static Ask> {
    let groups = [terms::ASKS, freedom::ASKS, wages::ASKS, work::ASKS];
    groups.into_iter().flatten()
}

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for (entry, attest) in attestations(case) {
        let contract = Contract {
            attest,
            settings: case.policy.settings(),
            as_of: case.as_of,
            favours: counts_for(entry),
        };
        for (rule, ask) in asks() {
            match ask(&contract) {
                Answer::Found(found) => {
                    gathered.evaluated(rule);
                    gathered.found(case, entry, found);
                }
                Answer::Nothing => gathered.evaluated(rule),
                Answer::Lacks(fields) => {
                    for field in fields {
                        gathered.not_evaluated(rule, field);
                    }
                }
                Answer::Outside => {}
            }
        }
    }
}

/// Whether some rule finds something adverse in what an attestation says.
pub(super) fn is_adverse(case: &Case<'_>, attest: &ContractAttest) -> bool {
    let contract = Contract {
        attest,
        settings: case.policy.settings(),
        as_of: case.as_of,
        favours: true,
    };
    asks().any(|(_, ask)| match ask(&contract) {
        Answer::Found(found) => found.effect() == Effect::Adverse,
        _ => false,
    })
}

/// Whether a question was answered with yes or no.
pub(super) const fn answered(answer: Option<ThreeValued>) -> bool {
    matches!(answer, Some(ThreeValued::Yes | ThreeValued::No))
}

pub(super) const fn yes(answer: Option<ThreeValued>) -> bool {
    matches!(answer, Some(ThreeValued::Yes))
}

pub(super) const fn no(answer: Option<ThreeValued>) -> bool {
    matches!(answer, Some(ThreeValued::No))
}
