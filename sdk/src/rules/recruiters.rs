//! Who recruited: R-06 sub-agents without licence or registration, R-39 a bar at recruitment, R-44
//! recruiters that nobody names.

use super::bars::{self, Bars};
use super::gathered::Found;
use super::index::{attestations, is_sub_agent, licences_of_recruiter, said, timelines};
use super::licences::Timeline;
use super::lines::{counts_against, counts_for, weighed};
use super::recruitment::{is_recruiter, recruited_under};
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{
    Channel, Claim, ContractAttest, LicenceState, PartyRole, SupplyLink, SupplyRelation,
    ThreeValued,
};
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::subject::SubjectId;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_06, &R_44];

static R_06: Rule = Rule {
    id: "R-06",
    fields: &[
        ("contract.attest", "sub_agents_used"),
        ("contract.attest", "channel"),
        ("contract.attest", "parties"),
        ("licence", "sub_agents"),
        ("supply.link", "registered"),
    ],
    basis: "as the statements say; that nothing is known of a sub-agent is no more than that",
    severity: "adverse only where a register is said not to name it; else by itself, as inquiry",
    effect: Effect::Adverse,
    ilo: &[1, 2],
    source: "Dhaka principle 1; IRIS standard, unchecked",
};

static R_44: Rule = Rule {
    id: "R-44",
    fields: &[
        ("contract.attest", "channel"),
        ("contract.attest", "parties"),
        ("contract.attest", "origin"),
        ("supply.link", "to"),
        ("supply.link", "tier"),
    ],
    basis: "as the statements say, by what they leave out",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[1, 2],
    source: "our rule: who recruited migrant workers is named",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let listings = Bars::of(case, gathered);
    for (entry, attest) in attestations(case) {
        sub_agents(case, gathered, entry, attest);
        unnamed(case, gathered, entry, attest);
        listings.look(case, gathered, entry, attest);
        for licence in recruited_under(case, attest) {
            for timeline in timelines(case, &licence).iter() {
                barred(case, gathered, entry, attest, (&licence, timeline));
            }
        }
    }
    hidden(case, gathered);
}

///
fn sub_agents(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    attest: &ContractAttest,
) {
    let parties = attest.parties.iter();
    let agents = parties.filter(|party| party.role == PartyRole::SubAgent);
    let agents: Vec<_> = agents.map(|party| &party.subject).collect();
    let used = attest.sub_agents_used == Some(ThreeValued::Yes);
    if agents.is_empty() && (used || attest.channel == Some(Channel::SubAgent)) {
        gathered.evaluated(&R_06);
        let found = Found::new(&R_06, Sentence::new("sub-agents-not-named")).case("unknown");
        gathered.found(case, entry, found.with_effect(Effect::Inquiry));
    } else if agents.is_empty() && attest.sub_agents_used != Some(ThreeValued::No) {
        gathered.not_evaluated(&R_06, "sub_agents_used");
    } else if agents.is_empty() {
        gathered.evaluated(&R_06);
    }
    for agent in agents {
        gathered.evaluated(&R_06);
        sub_agent(case, gathered, entry, agent);
    }
}

fn sub_agent(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, agent: &SubjectId) {
    if !licences_of_recruiter(case, agent).is_empty() || is_registered(case, agent) {
        return;
    }
    let links = registrations(case, agent);
    let denied = links
        .filter(|(link, claim)| counts_against(link) && claim.registered == Some(ThreeValued::No));
    let denied: Vec<_> = denied.map(|(link, _)| link).collect();
    let severity = case.policy.settings().severity("R-06.not-registered");
    let worst = denied.iter().map(|link| weighed(link, severity)).max();
    if let Some(worst) = worst {
        let sentence = Sentence::new("sub-agent-not-registered").with_text("agent", agent);
        let found = Found::new(&R_06, sentence).of_severity(worst);
        let on = denied.iter().copied().chain([entry]).collect();
        gathered.found_on(case, on, found);
        return;
    }
    let sentence = Sentence::new("sub-agent-unknown").with_text("agent", agent);
    let found = Found::new(&R_06, sentence).case("unknown");
    gathered.found(case, entry, found.with_effect(Effect::Inquiry));
}

/// Links that name a principal of a sub-agent.
fn registrations<'a>(
    case: &Case<'a>,
    agent: &SubjectId,
) -> impl Iterator<Item = (&'a HistoryEntry, &'a SupplyLink)> + use<'a> {
    let agent_of = |link: &SupplyLink| match link.relation {
        SupplyRelation::SubAgentOf => link.from == *agent,
        SupplyRelation::RecruitsThrough => link.to == *agent,
        _ => false,
    };
    let entries = case.history.about(agent);
    let links = entries.filter_map(|entry| match entry.claim() {
        Some(Claim::SupplyLink(link)) if agent_of(link) => Some((entry, &**link)),
        _ => None,
    });
    links.collect::<Vec<_>>().into_iter()
}

/// Whether a register names a principal of the sub-agent, as somebody says who counts in favour.
fn is_registered(case: &Case<'_>, agent: &SubjectId) -> bool {
    let mut links = registrations(case, agent);
    let linked =
        links.any(|(entry, link)| counts_for(entry) && link.registered == Some(ThreeValued::Yes));
    linked || is_sub_agent(case, agent)
}

/// R-39 of a licence said to be barred in the time of the recruitment.
fn barred(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    attest: &ContractAttest,
    (licence, timeline): (&SubjectId, &Timeline),
) {
    let (from, to) = bars::period(case, attest);
    let points = timeline.points.iter().filter(|point| {
        let within = point.by <= to && point.seen_until >= from;
        point.status == LicenceState::Barred && within && !timeline.unresolved
    });
    for point in points {
        gathered.evaluated(&bars::R_39);
        let registers = point
            .entries
            .iter()
            .filter_map(|id| case.history.entry(*id));
        let sentence = Sentence::new("licence-barred")
            .with_text("licence", licence)
            .with_text("from", point.by);
        let found = Found::new(&bars::R_39, sentence).case("at-recruitment");
        gathered.found_on(case, registers.chain([entry]).collect(), found);
    }
}

/// R-44 of an attestation.
fn unnamed(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    attest: &ContractAttest,
) {
    let origin = attest.origin.as_ref().map(|place| &place.country);
    if origin == Some(&attest.destination.country) {
        return;
    }
    let named = attest.parties.iter().any(|party| is_recruiter(&party.role));
    let direct = matches!(attest.channel, Some(Channel::Direct | Channel::Government));
    if named || !attest.licences.is_empty() || direct {
        gathered.evaluated(&R_44);
    } else if origin.is_none() {
        gathered.not_evaluated(&R_44, "origin");
    } else {
        gathered.evaluated(&R_44);
        let found = Found::new(&R_44, Sentence::new("recruiter-of-migrants-not-named"));
        gathered.found(case, entry, found);
    }
}

/// R-44 of a chain: somebody recruits for the subjects, and stays hidden.
fn hidden(case: &Case<'_>, gathered: &mut Gathered) {
    for entry in said(case, &["supply.link"]) {
        let Some(Claim::SupplyLink(link)) = entry.claim() else {
            continue;
        };
        let begun = link
            .valid_from
            .is_none_or(|from| from.first() <= case.as_of);
        let recruits = matches!(
            link.relation,
            SupplyRelation::LabourFrom | SupplyRelation::RecruitsThrough
        );
        if !begun || !recruits {
            continue;
        }
        if link.to.scheme() == "blind" {
            gathered.evaluated(&R_44);
            let found = Found::new(&R_44, Sentence::new("recruiter-hidden"));
            gathered.found(case, entry, found);
        } else if link.tier.is_none() {
            gathered.not_evaluated(&R_44, "tier");
        } else {
            gathered.evaluated(&R_44);
        }
    }
}
