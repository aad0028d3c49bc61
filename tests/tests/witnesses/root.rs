//! A network with one root, and what its root says.

#![allow(dead_code, reason = "shared by tests, of which none uses all")]

use fairtrail::api::{Batch, Submission};
use fairtrail::charter::{Charter, Terms};
use fairtrail::client::Pinned;
use fairtrail::entry::{Draft, NetworkClaim, Pair, Position, Pulse, Role, SignedEntry};
use fairtrail::key::SecretKey;
use fairtrail::time::Timestamp;

use super::node::Node;

pub(crate) const FOUNDED: u64 = 1_790_000_000;

fn at(offset: u64) -> Timestamp {
    Timestamp::new(FOUNDED + offset).unwrap()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

pub(crate) fn charter() -> Charter {
    let pair = |seed: u8| Pair {
        key: key(seed).public().id(),
        next: key(seed + 100).public().next_digest(),
    };
    let mut roles: Vec<String> = Role::ALL.iter().map(ToString::to_string).collect();
    roles.sort();
    Charter::new(&Terms {
        version: 1,
        created: at(0),
        name: "Test network".into(),
        roots: vec![pair(1)],
        threshold: 1,
        reply_desks: vec![pair(4)],
        roles,
        terms: "none".into(),
        contact: "nobody".into(),
        licence: "none".into(),
        envelope: 1,
    })
    .unwrap()
}

/// A policy of a node's log and its index at an address; nobody has to vouch for them.
pub(crate) fn policy(node: &Node, url: &str) -> String {
    let index = node.gateway().log().unwrap().index.unwrap().vkey;
    let (network, log, own) = (charter().network(), node.vkey("log"), node.vkey("witness"));
    let policy =
        |key: &str| format!("\"\"\"\nlog {key} {url}\nwitness own {own}\nquorum none\n\"\"\"\n");
    format!(
        "network = \"{network}\"\nrequired_logs = 1\nlog_policy = {}index_policy = {}",
        policy(log),
        policy(&index)
    )
}

/// The feed of the network's root.
#[derive(Clone)]
pub(crate) struct Root {
    pub(crate) entries: Vec<SignedEntry>,
}

impl Root {
    pub(crate) fn begin() -> Self {
        let next = key(101).public().next_digest();
        let begin = Draft::begin(charter().network(), &key(1), next, at(0)).unwrap();
        Self {
            entries: vec![begin],
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Says that it is there, at some time.
    pub(crate) fn say(&mut self, offset: u64) {
        let (feed, last) = (self.entries[0].author(), self.entries.last().unwrap());
        let position = Position {
            network: charter().network(),
            feed,
            seq: self.len(),
            prev: last.id(),
            grant: None,
        };
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), feed, at(offset));
        self.entries.push(draft.sign(&position, &key(1)).unwrap());
    }

    /// Hands everything said to a node; nothing is waited for.
    pub(crate) fn submit(&self, node: &Node) {
        let bare = |entry: &SignedEntry| Submission {
            entry: entry.clone(),
            bodies: Vec::new(),
        };
        let batch = Batch(self.entries.iter().map(bare).collect());
        let promise = node.vkey("promise").parse().unwrap();
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        let receipt = node.gateway().submit(&batch, &pinned, None).unwrap();
        assert_eq!(receipt.entries.len(), self.entries.len());
    }

    /// The same, and waits until it is published.
    pub(crate) fn publish(&self, node: &Node) {
        self.submit(node);
        node.wait_for(self.len());
    }
}
