//! Where a chain goes on from a party: what statements about it say of whom it buys from, where
//! its workers live and who recruits them.

use crate::claim::{
    Claim, ContractAttest, Party, PartyRole, RecruitmentAgreement, SupplyLink, SupplyRelation,
};
use crate::history::{HistoryEntry, Link, VerifiedHistory};
use crate::subject::SubjectId;
use crate::time::Date;

/// One step from a party to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    /// What is said, in its own direction.
    pub(super) link: Link,
    /// The end that the chain goes on to.
    pub(super) to: SubjectId,
    /// Whether that is who recruits.
    pub(super) recruits: bool,
    /// Whether it held before the date asked about and holds no more, or not yet.
    pub(super) other_time: bool,
}

/// Every step from the party of a history, in an order that no log decides. A step counts as a bad
/// word does: a stolen key or a fork hides nobody.
pub(super) fn steps(history: &VerifiedHistory, as_of: Date) -> Vec<Step> {
    let counts = |entry: &&HistoryEntry| {
        entry.standing().counts_against() && !entry.is_replaced() && entry.claim().is_some()
    };
    let ids = history.subjects();
    let steps = history.own().filter(counts);
    let mut steps: Vec<_> = steps
        .flat_map(|entry| in_entry(entry, ids, as_of))
        .collect();
    // Ids of the party itself are no step.
    steps.retain(|step| ids.binary_search(&step.to).is_err());
    steps.sort();
    steps.dedup();
    steps
}

fn in_entry(entry: &HistoryEntry, ids: &[SubjectId], as_of: Date) -> Vec<Step> {
    let Some(claim) = entry.claim() else {
        return Vec::new();
    };
    let is_party = |id: &SubjectId| ids.binary_search(id).is_ok();
    let pairs = match claim {
        Claim::SupplyLink(link) => stated(link, is_party).into_iter().collect(),
        Claim::ContractAttest(attest) => attested(attest, is_party),
        Claim::RecruitmentAgreement(agreement) => agreed(agreement, is_party),
        _ => return Vec::new(),
    };
    let common = claim.common();
    let other_time = common.valid_from.is_some_and(|from| from.first() > as_of)
        || common.valid_to.is_some_and(|to| to.last() < as_of);
    let standing = entry.standing();
    let steps = pairs.into_iter().map(|pair| Step {
        link: Link {
            from: pair.from,
            to: pair.to.clone(),
            relation: pair.relation,
            entry: entry.id(),
            said_by: standing.principal.unwrap_or(standing.author),
        },
        to: pair.to,
        recruits: pair.recruits,
        other_time,
    });
    steps.collect()
}

struct Pair {
    from: SubjectId,
    relation: String,
    to: SubjectId,
    recruits: bool,
}

/// A sub-agent says for whom it works: there the chain goes against the direction of the words.
fn stated(link: &SupplyLink, is_party: impl Fn(&SubjectId) -> bool) -> Option<Pair> {
    let against = link.relation == SupplyRelation::SubAgentOf;
    let (from, to) = if against {
        (&link.to, &link.from)
    } else {
        (&link.from, &link.to)
    };
    let recruits = matches!(
        link.relation,
        SupplyRelation::RecruitsThrough | SupplyRelation::SubAgentOf | SupplyRelation::LabourFrom
    );
    let relation = if against {
        "sub_agent"
    } else {
        link.relation.as_str()
    };
    is_party(from).then(|| Pair {
        from: from.clone(),
        relation: relation.to_owned(),
        to: to.clone(),
        recruits,
    })
}

/// Who recruited for a party, or as a sub-agent for a recruiter.
fn attested(attest: &ContractAttest, is_party: impl Fn(&SubjectId) -> bool) -> Vec<Pair> {
    downstream(&attest.parties, &is_party)
}

fn agreed(agreement: &RecruitmentAgreement, is_party: impl Fn(&SubjectId) -> bool) -> Vec<Pair> {
    let mut pairs = downstream(&agreement.parties, &is_party);
    let speaker = agreement.parties.iter().find(|party| {
        is_party(&party.subject) && depth(&party.role).is_some_and(|depth| depth < SUB_AGENT)
    });
    if let Some(party) = speaker {
        let agents = agreement.sub_agents.iter();
        pairs.extend(agents.map(|agent| recruiting(&party.subject, "sub_agent", agent)));
    }
    pairs
}

/// From each part that the party plays to those below it.
fn downstream(parties: &[Party], is_party: &impl Fn(&SubjectId) -> bool) -> Vec<Pair> {
    let own = parties.iter().filter(|party| is_party(&party.subject));
    // The highest part it plays: an employer that recruits for itself is the employer.
    let own = own.filter_map(|party| Some((depth(&party.role)?, &party.subject)));
    let Some((at, from)) = own.min() else {
        return Vec::new();
    };
    let below = parties
        .iter()
        .filter(|party| depth(&party.role).is_some_and(|depth| depth > at && depth >= RECRUITER));
    below
        .map(|party| recruiting(from, party.role.as_str(), &party.subject))
        .collect()
}

fn recruiting(from: &SubjectId, relation: &str, to: &SubjectId) -> Pair {
    Pair {
        from: from.clone(),
        relation: relation.to_owned(),
        to: to.clone(),
        recruits: true,
    }
}

const RECRUITER: u8 = 1;
const SUB_AGENT: u8 = 2;

/// How far from the work a part stands on the way of recruitment.
const fn depth(role: &PartyRole) -> Option<u8> {
    match role {
        PartyRole::Employer
        | PartyRole::Site
        | PartyRole::Worksite
        | PartyRole::Operator
        | PartyRole::LegalEntity
        | PartyRole::Supplier
        | PartyRole::Vessel => Some(0),
        PartyRole::Recruiter | PartyRole::LabourProvider => Some(RECRUITER),
        PartyRole::SubAgent => Some(SUB_AGENT),
        _ => None,
    }
}
