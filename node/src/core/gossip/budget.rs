//! How much one peer may say.

use std::collections::BTreeMap;

/// Peers that are told apart at once; beyond that the one silent for longest is forgotten.
const PEERS: usize = 512;
/// What a full bucket holds, and how much flows into it in a second.
const FULL: u64 = 100;
const PER_SECOND: u64 = 20;

/// A bucket that fills with time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    /// In thousandths.
    left: u64,
    at: u64,
}

impl Bucket {
    /// Full at `now`, in milliseconds.
    pub(super) const fn full(now: u64) -> Self {
        Self {
            left: FULL.saturating_mul(1_000),
            at: now,
        }
    }

    /// Takes `cost`, if there is so much.
    pub(super) fn take(&mut self, cost: u64, now: u64) -> bool {
        let passed = now.saturating_sub(self.at);
        self.at = self.at.max(now);
        let filled = self.left.saturating_add(passed.saturating_mul(PER_SECOND));
        self.left = filled.min(FULL.saturating_mul(1_000));
        let cost = cost.saturating_mul(1_000);
        let enough = self.left >= cost;
        if enough {
            self.left = self.left.saturating_sub(cost);
        }
        enough
    }
}

/// The buckets of all peers.
#[derive(Debug, Default)]
pub(super) struct Budgets(BTreeMap<String, Bucket>);

impl Budgets {
    /// Whether `peer` may say something of this `cost` now.
    pub(super) fn take(&mut self, peer: &str, cost: u64, now: u64) -> bool {
        if !self.0.contains_key(peer) && self.0.len() >= PEERS {
            let silent = self.0.iter().min_by_key(|(_, bucket)| bucket.at);
            if let Some(silent) = silent.map(|(peer, _)| peer.clone()) {
                self.0.remove(&silent);
            }
        }
        let bucket = self.0.entry(peer.to_owned());
        bucket.or_insert_with(|| Bucket::full(now)).take(cost, now)
    }

    #[cfg(test)]
    pub(super) fn peers(&self) -> usize {
        self.0.len()
    }
}
