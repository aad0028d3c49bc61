//! R-01 no licence at recruitment; R-02 recruited under a licence that had lost its force.

use super::gathered::Found as Indication;
use super::index::{attestations, licences_of_recruiter};
use super::licences::Force;
use super::lines::counts_against;
use super::span::Spans;
use super::{Case, Effect, Gathered, Rule, messages};
use crate::claim::{Channel, Claim, ContractAttest, PartyRole};
use crate::history::HistoryEntry;
use crate::subject::SubjectId;
use crate::time::Month;
use std::collections::BTreeSet;

/// Months of one recruitment looked at; longer ones are unknown beyond.
const MAX_MONTHS: usize = 120;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_01, &R_02];

static R_01: Rule = Rule {
    id: "R-01",
    fields: &[
        ("contract.attest", "licences"),
        ("contract.attest", "parties"),
        ("contract.attest", "recruited_from"),
        ("contract.attest", "recruited_to"),
        ("contract.attest", "origin"),
        ("contract.attest", "destination"),
        ("licence", "status"),
        ("licence", "status_since"),
        ("licence", "valid_from"),
        ("licence.status", "effective"),
        ("licence.status", "status"),
    ],
    basis: "an authority's word, or an observer's register_lookup",
    severity: "",
    effect: Effect::Adverse,
    ilo: &[1, 2],
    source: "ILO fair recruitment principles; Dhaka principle 1",
};

static R_02: Rule = Rule {
    id: "R-02",
    fields: &[
        ("contract.attest", "licences"),
        ("contract.attest", "parties"),
        ("contract.attest", "recruited_from"),
        ("contract.attest", "recruited_to"),
        ("licence", "status"),
        ("licence", "valid_to"),
        ("licence.status", "effective"),
        ("licence.status", "status"),
    ],
    basis: "an authority's word, or an observer's register_lookup",
    severity: "",
    effect: Effect::Adverse,
    ilo: &[1, 2],
    source: "ILO fair recruitment principles; rules of the registers themselves",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let mut spans = Spans::default();
    for (entry, attest) in attestations(case) {
        let licences = licences_of(case, gathered, entry, attest);
        let (months, all) = months(case, attest);
        if !all && !licences.is_empty() {
            let sentence = messages::recruited_too_long(&months);
            gathered.unknown("licence-status-unknown", sentence, vec![entry.id()]);
        }
        for licence in licences {
            judge_licence(case, gathered, entry, &licence, &months, &mut spans);
        }
    }
    gathered.recruited_under = spans.into_rows(case);
}

pub(super) fn is_recruiter(role: &PartyRole) -> bool {
    matches!(
        role,
        PartyRole::Recruiter | PartyRole::LabourProvider | PartyRole::SubAgent
    )
}

/// The licences recruited under: those named, and each recruiter's own. A recruiter without one is
/// noted as unknown.
fn licences_of(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    attest: &ContractAttest,
) -> BTreeSet<SubjectId> {
    let mut licences: BTreeSet<_> = attest.licences.iter().cloned().collect();
    let parties = attest.parties.iter();
    let recruiters: BTreeSet<_> = parties
        .filter(|party| is_recruiter(&party.role))
        .map(|party| &party.subject)
        .collect();
    let direct = matches!(attest.channel, Some(Channel::Direct | Channel::Government));
    let needed = needs_licence(case, attest);
    if recruiters.is_empty() && licences.is_empty() && !direct && needed {
        not_named(gathered, entry, None);
    }
    for recruiter in &recruiters {
        let own = licences_of_recruiter(case, recruiter);
        // The licences named are those of the only recruiter; of several, nobody says whose.
        let named = recruiters.len() == 1 && !attest.licences.is_empty();
        if own.is_empty() && !named && needed {
            not_named(gathered, entry, Some(recruiter));
        }
        licences.extend(own.iter().cloned());
    }
    licences
}

/// Whether recruiting from and to these countries needs a licence, as far as the settings say.
fn needs_licence(case: &Case<'_>, attest: &ContractAttest) -> bool {
    let corridors = &case.policy.settings().corridors_without_licence;
    if corridors.is_empty() {
        return true;
    }
    let from = attest.origin.as_ref().map(|place| place.country.as_str());
    let from = from.map_or(vec!["*"], |from| vec![from, "*"]);
    let to = [attest.destination.country.as_str(), "*"];
    let mut ways = from
        .iter()
        .flat_map(|from| to.map(|to| format!("{from}>{to}")));
    !ways.any(|way| corridors.contains(&way))
}

/// The licences recruited under, as [`licences_of`] finds them, with nothing noted.
pub(super) fn recruited_under(case: &Case<'_>, attest: &ContractAttest) -> BTreeSet<SubjectId> {
    let parties = attest.parties.iter();
    let recruiters = parties.filter(|party| is_recruiter(&party.role));
    let mut licences: BTreeSet<_> = attest.licences.iter().cloned().collect();
    for party in recruiters {
        let own = licences_of_recruiter(case, &party.subject);
        licences.extend(own.iter().cloned());
    }
    licences
}

fn not_named(gathered: &mut Gathered, entry: &HistoryEntry, recruiter: Option<&SubjectId>) {
    let sentence = messages::licence_not_named(recruiter);
    gathered.unknown("licence-not-named", sentence, vec![entry.id()]);
    gathered.not_evaluated(&R_01, "licences");
    gathered.not_evaluated(&R_02, "licences");
}

/// The licence that a recruiter's id is, and those that register statements hold for it, as
/// [`licences_of_recruiter`] keeps them.
pub(super) fn register_licences(case: &Case<'_>, recruiter: &SubjectId) -> BTreeSet<SubjectId> {
    let is_licence = |subject: &&SubjectId| matches!(subject.scheme(), "lic" | "row");
    let statements = case.history.about(recruiter);
    let registers = statements.filter(|entry| {
        matches!(
            entry.claim(),
            Some(Claim::Licence(_) | Claim::LicenceStatus(_))
        ) && counts_against(entry)
    });
    let subjects = registers.flat_map(|entry| &entry.entry().header().subjects);
    let own = is_licence(&recruiter).then_some(recruiter);
    subjects.filter(is_licence).chain(own).cloned().collect()
}

fn judge_licence<'a>(
    case: &Case<'a>,
    gathered: &mut Gathered,
    entry: &'a HistoryEntry,
    licence: &SubjectId,
    months: &[Month],
    spans: &mut Spans<'a>,
) {
    let span = spans.of(case, licence, months);
    let unknown = span.found(Force::Unknown);
    if let Some(unknown) = unknown {
        let entries = unknown.entries.iter().chain([&entry]);
        let rests_on = entries.map(|entry| entry.id()).collect();
        gathered.unknown("licence-status-unknown", unknown.sentence.clone(), rests_on);
    }
    let needed = match entry.claim() {
        Some(Claim::ContractAttest(attest)) => needs_licence(case, attest),
        _ => true,
    };
    let rules = [(&R_02, Force::Lapsed), (&R_01, Force::NotInForce)];
    let asked = |(_, force): &(_, Force)| needed || *force != Force::NotInForce;
    for (rule, force) in rules.into_iter().filter(asked) {
        let found = span.found(force);
        if found.is_none() && unknown.is_some() {
            gathered.not_evaluated(rule, "status");
            continue;
        }
        gathered.evaluated(rule);
        if let Some(found) = found {
            let entries = found.entries.iter().copied().chain([entry]).collect();
            let indication = Indication::new(rule, found.sentence.clone());
            gathered.found_on(case, entries, indication);
        }
    }
}

/// The months of the recruitment up to the date asked about, and whether these are all of them.
fn months(case: &Case<'_>, attest: &ContractAttest) -> (Vec<Month>, bool) {
    let last = Month::of(attest.recruited_to.last().min(case.as_of));
    let first = Month::of(attest.recruited_from.first());
    let months = std::iter::successors(Some(first), |month| Some(month.next()));
    let months = months.take_while(|month| *month <= last);
    // Nothing comes after the last month there is.
    let months: Vec<_> = months.take(MAX_MONTHS).collect();
    let all = months.last().is_none_or(|reached| *reached == last);
    (months, all)
}
