//! Who is let in (specs/peers.md §5): members, whose node keys effective grants name, and peers the
//! operator configured.

use std::collections::{BTreeMap, BTreeSet};

use fairtrail::admission::{AdmittedSet, GrantFact};
use fairtrail::entry::Role;
use fairtrail::history::Revocations;
use fairtrail::id::{GrantId, KeyId};
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;

use crate::core::follow::Reads;

/// What a peer is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The operator configured it; what it may have is what the public may have.
    Configured,
    /// A grant of the network names its key.
    Member,
}

impl Standing {
    /// Which parts it may have.
    pub const fn reads(self) -> Reads {
        match self {
            Self::Configured => Reads::Public,
            Self::Member => Reads::Network,
        }
    }
}

/// What this node itself is to the network, by its own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Membership {
    /// No grant names its key. Whoever knows of one that has not come here yet may say otherwise.
    #[default]
    Unnamed,
    /// A grant in effect does.
    Member,
    /// A grant did, and is not in effect any more, or not yet.
    Former,
}

impl Membership {
    /// What of `reads` is asked for with new entries: all but what is known to be refused.
    pub fn pulls(self, reads: Reads) -> Reads {
        match self {
            Self::Unnamed | Self::Member => reads,
            Self::Former => Reads::Public.min(reads),
        }
    }

    /// What of `reads` is asked for again, for entries that came without it.
    pub fn gleans(self, reads: Reads) -> Reads {
        match self {
            Self::Member => reads,
            Self::Unnamed | Self::Former => Reads::Public.min(reads),
        }
    }
}

/// What the node with this key is, `members` being those of now.
pub fn membership(set: &AdmittedSet, members: &BTreeSet<KeyId>, key: KeyId) -> Membership {
    if members.contains(&key) {
        return Membership::Member;
    }
    let mut nodes = set
        .grants()
        .filter(|(_, fact)| fact.grant.role == Role::Node);
    if nodes.any(|(_, fact)| named(fact).any(|named| named == key)) {
        return Membership::Former;
    }
    Membership::Unnamed
}

/// Everybody who is let in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster(BTreeMap<KeyId, Standing>);

impl Roster {
    /// Those who are configured, and the members.
    pub fn new(configured: &BTreeSet<KeyId>, members: &BTreeSet<KeyId>) -> Self {
        let configured = configured.iter().map(|key| (*key, Standing::Configured));
        let members = members.iter().map(|key| (*key, Standing::Member));
        Self(configured.chain(members).collect())
    }

    /// What a peer is; nothing when it is not let in.
    pub fn standing(&self, key: KeyId) -> Option<Standing> {
        self.0.get(&key).copied()
    }

    /// All keys that are let in.
    pub fn keys(&self) -> impl Iterator<Item = KeyId> {
        self.0.keys().copied()
    }
}

/// The node keys that grants name as of `now`: grants of the role node, in effect, within their
/// dates, not revoked, the key within the scope of every grant above.
pub fn members(set: &AdmittedSet, revocations: &Revocations, now: Timestamp) -> BTreeSet<KeyId> {
    let nodes = set
        .grants()
        .filter(|(_, fact)| fact.grant.role == Role::Node);
    let mut members = BTreeSet::new();
    for (id, fact) in nodes {
        let mut keys = named(fact).peekable();
        if keys.peek().is_none() {
            continue;
        }
        let chain = set.chain(id);
        let stands = |(_, fact): &(GrantId, &GrantFact)| {
            let today = now.date();
            fact.grant.from <= today && today <= fact.grant.to_date
        };
        let revoked = revocations.bars_now(set, Some(id), None, now).is_some();
        if revoked || chain.is_empty() || !chain.iter().all(stands) {
            continue;
        }
        let covered = |key: &KeyId| {
            let subject = SubjectId::from(*key);
            chain.iter().all(|(_, fact)| fact.grant.covers(&subject))
        };
        members.extend(keys.filter(covered));
    }
    members
}

/// The keys that the scope of a grant names whole.
fn named(fact: &GrantFact) -> impl Iterator<Item = KeyId> {
    let scope = fact.grant.scope.iter();
    scope.filter_map(|item| item.as_str().parse().ok())
}

#[cfg(test)]
mod tests;
