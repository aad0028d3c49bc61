//! R-01 no licence at recruitment; R-02 recruited under a licence that had lost its force.

use super::gathered::Found as Indication;
use super::index::{attestations, licences_of_recruiter};
use super::known_then::{Months, recorded};
use super::licences::Force;
use super::lines::counts_against;
use super::{Case, Effect, Gathered, Rule, messages};
use crate::claim::{Channel, Claim, ContractAttest, PartyRole};
use crate::history::HistoryEntry;
use crate::id::EntryId;
use crate::messages::{Sentence, Value};
use crate::subject::SubjectId;
use crate::time::Month;
use std::collections::{BTreeMap, BTreeSet};

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
    let mut known = Months::default();
    for (entry, attest) in attestations(case) {
        let licences = licences_of(case, gathered, entry, attest);
        let (months, all) = months(case, attest);
        if !all && !licences.is_empty() {
            let sentence = messages::recruited_too_long(&months);
            gathered.unknown("licence-status-unknown", sentence, vec![entry.id()]);
        }
        for licence in licences {
            judge_licence(case, gathered, entry, &licence, &months, &mut known);
        }
    }
    gathered.recruited_under = known.into_rows(case);
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

/// Months with one standing, and the entries that say so.
#[derive(Default)]
struct Found {
    months: Vec<Month>,
    rests_on: BTreeSet<EntryId>,
}

impl Found {
    fn rests_on(&self, entry: &HistoryEntry) -> Vec<EntryId> {
        let mut entries = self.rests_on.clone();
        entries.insert(entry.id());
        entries.into_iter().collect()
    }
}

fn judge_licence(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    licence: &SubjectId,
    months: &[Month],
    known: &mut Months,
) {
    let mut by_force: BTreeMap<Force, Found> = BTreeMap::new();
    for (month, moment) in known.moments(case, licence, months) {
        let found = by_force.entry(moment.force()).or_default();
        found.months.push(month);
        found.rests_on.extend(moment.entries());
    }
    let mut found = |force| by_force.remove(&force).unwrap_or_default();
    let unknown = found(Force::Unknown);
    let lacks = !unknown.months.is_empty();
    if lacks {
        let sentence = messages::licence_unknown(licence, &unknown.months);
        gathered.unknown("licence-status-unknown", sentence, unknown.rests_on(entry));
    }
    let rules = [
        (&R_02, Force::Lapsed, messages::licence_lapsed as Say),
        (&R_01, Force::NotInForce, messages::no_licence),
    ];
    let needed = match entry.claim() {
        Some(Claim::ContractAttest(attest)) => needs_licence(case, attest),
        _ => true,
    };
    let asked = |(_, force, _): &(_, Force, _)| needed || *force != Force::NotInForce;
    for (rule, force, say) in rules.into_iter().filter(asked) {
        let found = found(force);
        if found.months.is_empty() && lacks {
            gathered.not_evaluated(rule, "status");
            continue;
        }
        gathered.evaluated(rule);
        if !found.months.is_empty() {
            let entries = found
                .rests_on
                .iter()
                .filter_map(|id| case.history.entry(*id));
            let sentence = say(licence, &found.months);
            let sentence = with_known_then(case, licence, &found, sentence, known);
            let indication = Indication::new(rule, sentence);
            gathered.found_on(case, entries.chain([entry]).collect(), indication);
        }
    }
}

/// What was known of a licence at the end of each of these months, beside what is known now, and when
/// the newest of the words that say so was proved to be said.
fn with_known_then(
    case: &Case<'_>,
    licence: &SubjectId,
    found: &Found,
    sentence: Sentence,
    known: &Months,
) -> Sentence {
    let months = found.months.iter();
    let then: BTreeSet<_> = months
        .filter_map(|month| known.then(licence, *month))
        .collect();
    let then = then.into_iter().map(|force| force.sentence().into());
    let recorded = recorded(case, found.rests_on.iter().copied());
    let recorded = recorded.map_or_else(
        || Sentence::new("not-yet-recorded").into(),
        |at| Value::text(at.date()),
    );
    sentence
        .with("then", Value::List(then.collect()))
        .with("recorded", recorded)
}

/// Makes a sentence of a licence and the months in question.
type Say = fn(&SubjectId, &[Month]) -> Sentence;

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
