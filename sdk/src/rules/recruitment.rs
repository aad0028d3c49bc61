//! R-01 no licence at recruitment; R-02 recruited under a licence that had lost its force.

use super::licences::{Moment, standing_in_month};
use super::lines::{counts_against, marks};
use super::timeline::timelines_for;
use super::{Case, Gathered, Indicator, messages};
use crate::claim::{Channel, Claim, ContractAttest, PartyRole};
use crate::history::HistoryEntry;
use crate::id::EntryId;
use crate::subject::SubjectId;
use crate::time::Month;
use std::collections::BTreeSet;

/// Months of one recruitment looked at; longer ones are unknown beyond.
const MAX_MONTHS: usize = 120;

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for (entry, attest) in attestations(case) {
        if needs_no_recruiter(attest) {
            continue;
        }
        let licences = licences_of(case, attest);
        if licences.is_empty() {
            let sentence = messages::licence_not_named();
            gathered.unknown("licence-not-named", sentence, vec![entry.id()]);
            gathered.not_evaluated("R-01", "licences");
            gathered.not_evaluated("R-02", "licences");
        }
        for licence in licences {
            judge_licence(case, gathered, entry, attest, &licence);
        }
    }
}

/// The attestations about the subjects that speak of a time before the date asked about.
pub(super) fn attestations<'a>(
    case: &Case<'a>,
) -> impl Iterator<Item = (&'a HistoryEntry, &'a ContractAttest)> + use<'a> {
    let as_of = case.as_of;
    case.history
        .own()
        .filter(|entry| counts_against(entry))
        .filter_map(move |entry| match entry.claim() {
            Some(Claim::ContractAttest(attest)) if attest.recruited_from.first() <= as_of => {
                Some((entry, &**attest))
            }
            _ => None,
        })
}

fn needs_no_recruiter(attest: &ContractAttest) -> bool {
    let direct = matches!(attest.channel, Some(Channel::Direct | Channel::Government));
    let mut parties = attest.parties.iter();
    direct && !parties.any(|party| is_recruiter(&party.role))
}

fn is_recruiter(role: &PartyRole) -> bool {
    matches!(
        role,
        PartyRole::Recruiter | PartyRole::LabourProvider | PartyRole::SubAgent
    )
}

/// The licences recruited under: those named, those that are recruiters' ids themselves, and those
/// that register statements hold for a named recruiter.
fn licences_of(case: &Case<'_>, attest: &ContractAttest) -> BTreeSet<SubjectId> {
    let is_licence = |subject: &SubjectId| matches!(subject.scheme(), "lic" | "row");
    let mut licences: BTreeSet<_> = attest.licences.iter().cloned().collect();
    for party in attest
        .parties
        .iter()
        .filter(|party| is_recruiter(&party.role))
    {
        let statements = case.history.about(&party.subject);
        let registers =
            statements.filter(|entry| matches!(entry.kind(), "licence" | "licence.status"));
        let named = registers.flat_map(|entry| &entry.entry().header().subjects);
        licences.extend(
            named
                .chain([&party.subject])
                .filter(|id| is_licence(id))
                .cloned(),
        );
    }
    licences
}

fn judge_licence(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    attest: &ContractAttest,
    licence: &SubjectId,
) {
    let timelines = timelines_for(case, licence);
    let (mut lapsed, mut unlicensed, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut rests_on = BTreeSet::from([entry.id()]);
    for month in months(attest) {
        let moment = standing_in_month(&timelines, month);
        rests_on.extend(moment.entries());
        match moment {
            Moment::InForce { .. } => {}
            Moment::Lapsed { .. } => lapsed.push(month),
            Moment::NotInForce { .. } => unlicensed.push(month),
            Moment::Unknown { .. } => unknown.push(month),
        }
    }
    let rests_on: Vec<EntryId> = rests_on.into_iter().collect();
    if !unknown.is_empty() {
        let sentence = messages::licence_unknown(licence, &unknown);
        gathered.unknown("licence-status-unknown", sentence, rests_on.clone());
    }
    let mut report = |rule, severity, sentence| {
        gathered.indicators.push(Indicator {
            rule,
            severity,
            ilo: &[1, 2],
            sentence,
            rests_on: rests_on.clone(),
            marks: marks(case, entry),
            adverse: true,
        });
    };
    if !lapsed.is_empty() {
        report("R-02", 5, messages::licence_lapsed(licence, &lapsed));
    }
    if !unlicensed.is_empty() {
        report("R-01", 4, messages::no_licence(licence, &unlicensed));
    }
}

fn months(attest: &ContractAttest) -> Vec<Month> {
    let last = Month::of(attest.recruited_to.last());
    let first = Month::of(attest.recruited_from.first());
    let months = std::iter::successors(Some(first), |month| Some(month.next()));
    months
        .take_while(|month| *month <= last)
        .take(MAX_MONTHS)
        .collect()
}
