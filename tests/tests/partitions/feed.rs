//! Authors of the network of [`super::root`]: its root, its reply desk, and one that the root grants
//! a role.

use fairtrail::admission::AdmittedSet;
use fairtrail::entry::{Draft, Grant, NetworkClaim, Position, Pulse, Role, ScopeItem, SignedEntry};
use fairtrail::id::{AuthorId, GrantId};
use fairtrail::key::SecretKey;
use fairtrail::time::{Date, Timestamp};

use super::root::{FOUNDED, charter};

/// Writes one feed.
#[derive(Clone)]
pub(crate) struct Feed {
    key: u8,
    grant: Option<GrantId>,
    pub(crate) entries: Vec<SignedEntry>,
}

fn at(offset: u64) -> Timestamp {
    Timestamp::new(FOUNDED + offset).unwrap()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

impl Feed {
    fn begin(seed: u8, offset: u64) -> Self {
        let next = key(seed + 100).public().next_digest();
        let begin = Draft::begin(charter().network(), &key(seed), next, at(offset)).unwrap();
        Self {
            key: seed,
            grant: None,
            entries: vec![begin],
        }
    }

    pub(crate) fn root() -> Self {
        Self::begin(1, 0)
    }

    pub(crate) fn desk() -> Self {
        Self::begin(4, 0)
    }

    pub(crate) fn author(seed: u8) -> Self {
        Self::begin(seed, 10)
    }

    pub(crate) fn id(&self) -> AuthorId {
        self.entries[0].author()
    }

    fn sign(&mut self, claim: NetworkClaim, offset: u64) {
        let position = Position {
            network: charter().network(),
            feed: self.id(),
            seq: self.entries.len() as u64,
            prev: self.entries.last().unwrap().id(),
            grant: self.grant,
        };
        let draft = Draft::network(claim, self.id(), at(offset));
        self.entries
            .push(draft.sign(&position, &key(self.key)).unwrap());
    }

    /// Says so many times that it is there; the entries.
    pub(crate) fn say(&mut self, count: u64, offset: u64) -> Vec<SignedEntry> {
        let before = self.entries.len();
        for more in 0..count {
            self.sign(NetworkClaim::Pulse(Pulse {}), offset + more);
        }
        self.entries[before..].to_vec()
    }

    /// Grants `to` the role of an auditor.
    pub(crate) fn grant(&mut self, to: &mut Self) -> SignedEntry {
        let grant = Grant {
            to: to.id(),
            role: Role::Auditor,
            scope: vec![ScopeItem::parse("lei:*").unwrap()],
            from: Date::from_days(0).unwrap(),
            to_date: Date::from_days(100_000).unwrap(),
            may_delegate: Vec::new(),
            succeeds: None,
        };
        self.sign(NetworkClaim::Grant(grant), 20);
        let entry = self.entries.last().unwrap().clone();
        let claim = entry.header().claim.as_ref().unwrap();
        let set = AdmittedSet::new(charter());
        to.grant = Some(set.act_id("grant", claim.as_bytes()).into());
        entry
    }
}
