//! Which parts the log itself says are erased.

use crate::entry::{NetworkClaim, SignedEntry};
use crate::id::PartDigest;
use crate::replica::Replica;
use std::collections::BTreeSet;

/// What the log says about erasure.
pub(super) struct Erasure {
    /// Parts named by an act of erasure, for whichever entry.
    named: BTreeSet<PartDigest>,
    /// Those of which every pair of entry and digest is erased: their bytes are kept nowhere.
    gone: BTreeSet<PartDigest>,
}

impl Erasure {
    pub(super) fn of(replica: &Replica) -> Self {
        let pair = |entry: &SignedEntry| match entry.network_claim() {
            Some(NetworkClaim::Erase(erase)) => Some((erase.entry, erase.part)),
            _ => None,
        };
        let pairs: BTreeSet<_> = replica.entries().iter().filter_map(pair).collect();
        let named: BTreeSet<_> = pairs.iter().map(|(_, digest)| *digest).collect();
        let mut gone = named.clone();
        if gone.is_empty() {
            return Self { named, gone };
        }
        for entry in replica.entries() {
            for part in &entry.header().parts {
                if !pairs.contains(&(entry.id(), part.digest)) {
                    gone.remove(&part.digest);
                }
            }
        }
        Self { named, gone }
    }

    /// May the bytes be missing because somebody erased them? Stays so when a later entry names
    /// the part anew.
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
