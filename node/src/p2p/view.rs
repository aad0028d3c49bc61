//! How the network is doing, for the operator.

use std::collections::{BTreeMap, BTreeSet};

use fairtrail::id::KeyId;
use serde::Serialize;

use super::names::peer_of;
use super::roster::Standing;

/// How the network is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct P2pView {
    /// The key that connections of this node show.
    pub key: KeyId,
    /// The same as a peer id.
    pub peer: String,
    /// Whether it runs; otherwise it broke and starts anew soon.
    pub running: bool,
    /// How often it broke since the start.
    pub restarts: u32,
    /// Where it listens.
    pub listening: Vec<String>,
    /// With whom it is connected.
    pub connected: Vec<ConnectedView>,
}

/// A connected peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConnectedView {
    /// Its node key.
    pub key: KeyId,
    /// The same as a peer id.
    pub peer: String,
    /// What it is here.
    pub standing: Option<Standing>,
    /// The log it says it keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// What is known of the swarm.
#[derive(Debug)]
pub(super) struct Status {
    key: KeyId,
    pub(super) running: bool,
    pub(super) restarts: u32,
    pub(super) listening: BTreeSet<String>,
    /// Those who are connected, and which log each says it keeps.
    pub(super) connected: BTreeMap<KeyId, Option<String>>,
}

impl Status {
    pub(super) const fn new(key: KeyId) -> Self {
        Self {
            key,
            running: false,
            restarts: 0,
            listening: BTreeSet::new(),
            connected: BTreeMap::new(),
        }
    }

    /// The swarm has ended.
    pub(super) fn ended(&mut self) {
        self.running = false;
        self.listening.clear();
        self.connected.clear();
    }

    pub(super) fn view(&self, standing: impl Fn(KeyId) -> Option<Standing>) -> P2pView {
        let connected = self.connected.iter().map(|(key, origin)| ConnectedView {
            key: *key,
            peer: named(*key),
            standing: standing(*key),
            origin: origin.clone(),
        });
        P2pView {
            key: self.key,
            peer: named(self.key),
            running: self.running,
            restarts: self.restarts,
            listening: self.listening.iter().cloned().collect(),
            connected: connected.collect(),
        }
    }
}

fn named(key: KeyId) -> String {
    peer_of(key).map_or_else(String::new, |peer| peer.to_string())
}
