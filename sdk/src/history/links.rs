//! What statements say of how ids relate, and whether a policy lets one follow it.

use super::{HistoryEntry, Status};
use crate::claim::{Claim, IdLink, PartyRole, Profile, Relation, Stance};
use crate::id::{AuthorId, EntryId};
use crate::policy::Acceptance;
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};

/// Two ids and what relates them, as one entry says.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Link {
    /// The id the relation starts from.
    pub from: SubjectId,
    /// The id it leads to.
    pub to: SubjectId,
    /// The relation of an `id.link`, read from left to right; of a `profile` the parts that the two
    /// ids play in it, joined by a hyphen.
    pub relation: String,
    /// The entry that says so.
    pub entry: EntryId,
    /// For whom it speaks; without a principal, the feed.
    pub said_by: AuthorId,
}

impl Link {
    /// The end that is not `id`, if `id` is the other one.
    pub fn beyond(&self, id: &SubjectId) -> Option<&SubjectId> {
        match (self.from == *id, self.to == *id) {
            (true, _) => Some(&self.to),
            (_, true) => Some(&self.from),
            _ => None,
        }
    }
}

/// Why a link between two ids of one party is not followed.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyLeft {
    /// The policy does not believe its author.
    NotAccepted,
    /// Its author may not say this.
    NotAuthorised,
    /// Its author's standing was taken.
    Revoked,
    /// It lies off the path of a forked feed.
    OffPath,
    /// It was written with a compromised key.
    Suspect,
    /// It breaks a rule of its kind.
    Unsound,
    /// The policy does not let its author say which ids are one party's.
    NotAnAsserter,
    /// Somebody else whom the policy lets say so disputes it.
    Disputed,
    /// It leads further than ids are followed.
    TooDeep,
    /// As many ids as are followed were found.
    TooMany,
}

impl WhyLeft {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAccepted => "not-accepted",
            Self::NotAuthorised => "not-authorised",
            Self::Revoked => "revoked",
            Self::OffPath => "off-path",
            Self::Suspect => "suspect",
            Self::Unsound => "unsound",
            Self::NotAnAsserter => "not-an-asserter",
            Self::Disputed => "disputed",
            Self::TooDeep => "too-deep",
            Self::TooMany => "too-many",
        }
    }

    /// Whether somebody who may say so is not heard: then an id of the party may be missing.
    pub const fn leaves_a_gap(self) -> bool {
        !matches!(
            self,
            Self::NotAccepted | Self::NotAuthorised | Self::Revoked
        )
    }
}

/// A link as the closure looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkSeen {
    pub(crate) link: Link,
    /// Whether it says that both ids are one party's; else they are neighbours.
    pub(crate) same: bool,
    /// Why it is not followed.
    pub(crate) left: Option<WhyLeft>,
    /// Whether an accepted author replied that it is not so.
    pub(crate) disputed: bool,
}

/// What an entry says of how ids relate. `replies` are those with effect.
pub(crate) fn links(
    entry: &HistoryEntry,
    replies: &[&HistoryEntry],
    acceptance: &Acceptance,
) -> Vec<LinkSeen> {
    let said = match entry.claim() {
        Some(Claim::IdLink(claim)) => linked(entry, claim),
        Some(Claim::Profile(claim)) => profiled(entry, claim),
        _ => return Vec::new(),
    };
    let disputes: Vec<_> = replies.iter().filter(|reply| disputes(reply)).collect();
    let by_asserter = disputes
        .iter()
        .any(|reply| reply.standing.counts_for() && asserts(reply, acceptance));
    let left = left(entry, acceptance).or(by_asserter.then_some(WhyLeft::Disputed));
    let named = |link: &Link| entry.names(&link.from) && entry.names(&link.to);
    let said = said.into_iter().filter(|(link, _)| named(link));
    said.map(|(link, same)| LinkSeen {
        link,
        same,
        left,
        disputed: !disputes.is_empty(),
    })
    .collect()
}

/// Whether an accepted author says that it is not so. What cannot be read may say it.
fn disputes(reply: &HistoryEntry) -> bool {
    let agrees = match reply.claim() {
        Some(Claim::Reply(reply)) => matches!(reply.stance, Stance::Accepts | Stance::Explains),
        _ => false,
    };
    !agrees && reply.standing.counts_against()
}

fn left(entry: &HistoryEntry, acceptance: &Acceptance) -> Option<WhyLeft> {
    let standing = &entry.standing;
    let whys = [
        (!standing.accepted, WhyLeft::NotAccepted),
        (!standing.is_authorised(), WhyLeft::NotAuthorised),
        (
            matches!(standing.status, Status::Revoked { .. }),
            WhyLeft::Revoked,
        ),
        (standing.status == Status::Suspect, WhyLeft::Suspect),
        (!standing.on_path, WhyLeft::OffPath),
        (!entry.is_sound(), WhyLeft::Unsound),
        (!asserts(entry, acceptance), WhyLeft::NotAnAsserter),
    ];
    whys.into_iter()
        .find_map(|(there, why)| there.then_some(why))
}

fn asserts(entry: &HistoryEntry, acceptance: &Acceptance) -> bool {
    let standing = &entry.standing;
    let principal = standing.principal;
    principal.is_some_and(|principal| acceptance.asserts(principal, standing.role))
}

fn linked(entry: &HistoryEntry, claim: &IdLink) -> Vec<(Link, bool)> {
    let same = matches!(
        claim.relation,
        Relation::Formerly
            | Relation::SameLegalEntity
            | Relation::SameSite
            | Relation::TradingNameOf
    );
    let relation = claim.relation.as_str().to_owned();
    vec![(link(entry, &claim.from, relation, &claim.to), same)]
}

/// The ids of one profile in the same parts are ids of one thing; in others, its neighbours.
fn profiled(entry: &HistoryEntry, claim: &Profile) -> Vec<(Link, bool)> {
    let mut parts: BTreeMap<&SubjectId, BTreeSet<&str>> = BTreeMap::new();
    for party in claim
        .parties
        .iter()
        .filter(|party| is_identity(&party.role))
    {
        let roles = parts.entry(&party.subject).or_default();
        roles.insert(party.role.as_str());
    }
    let mut links = Vec::new();
    for (from, role) in &parts {
        for (to, other) in parts.iter().filter(|(to, _)| *to > from) {
            let words =
                |roles: &BTreeSet<&str>| roles.iter().copied().collect::<Vec<_>>().join("+");
            let relation = format!("{}-{}", words(role), words(other));
            links.push((link(entry, from, relation, to), role == other));
        }
    }
    links
}

fn link(entry: &HistoryEntry, from: &SubjectId, relation: String, to: &SubjectId) -> Link {
    let standing = &entry.standing;
    Link {
        entry: entry.id(),
        said_by: standing.principal.unwrap_or(standing.author),
        from: from.clone(),
        relation,
        to: to.clone(),
    }
}

/// Parts that say what an id is, as against what it has to do with a statement.
const fn is_identity(role: &PartyRole) -> bool {
    matches!(
        role,
        PartyRole::Dormitory
            | PartyRole::LabourProvider
            | PartyRole::LegalEntity
            | PartyRole::Operator
            | PartyRole::Recruiter
            | PartyRole::Site
            | PartyRole::Vessel
    )
}
