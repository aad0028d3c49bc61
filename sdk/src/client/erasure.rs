//! Which parts of a replica are erased, by the rule that history and nodes share.

use crate::entry::NetworkClaim;
use crate::history::Erased;
use crate::id::PartDigest;
use crate::replica::Replica;
use std::collections::BTreeSet;

/// What the log says about erasure.
pub(super) struct Erasure {
    /// Parts named by an act of erasure, whether it has effect or not.
    named: BTreeSet<PartDigest>,
    /// Those of which every pair of entry and digest is erased: their bytes are kept nowhere.
    gone: BTreeSet<PartDigest>,
}

impl Erasure {
    pub(super) fn of(replica: &Replica) -> Self {
        let named = |claim: &NetworkClaim| match claim {
            NetworkClaim::Erase(erase) => Some(erase.part),
            _ => None,
        };
        let claims = replica
            .entries()
            .iter()
            .filter_map(|entry| entry.network_claim());
        let named: BTreeSet<_> = claims.filter_map(named).collect();
        let mut gone = named.clone();
        if gone.is_empty() {
            return Self { named, gone };
        }
        let erased = Erased::of(replica.set(), replica.entries());
        for entry in replica.entries() {
            for part in &entry.header().parts {
                if gone.contains(&part.digest) && !erased.covers(entry.id(), part.digest) {
                    gone.remove(&part.digest);
                }
            }
        }
        Self { named, gone }
    }

    /// May the bytes be missing because somebody erased them? Stays so when a later entry names
    /// the part anew, or when a fork takes effect from the act: what was overwritten then is gone.
    pub(super) fn explains(&self, digest: PartDigest) -> bool {
        self.named.contains(&digest)
    }

    /// Is no pair left for which the bytes may be kept?
    pub(super) fn is_gone(&self, digest: PartDigest) -> bool {
        self.gone.contains(&digest)
    }

    /// The parts of which no pair is left.
    pub(super) fn gone(&self) -> impl Iterator<Item = PartDigest> {
        self.gone.iter().copied()
    }
}
