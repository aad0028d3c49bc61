//! Acts of the roots, counted at verification: only entries on the path of their feeds count.

use crate::admission::AdmittedSet;
use crate::charter::Charter;
use crate::entry::{NetworkClaim, Pair, SignedEntry};
use crate::id::{ActId, KeyId};
use std::collections::{BTreeMap, BTreeSet};

/// Which roots made which act. Roots count by the key of their charter pair.
#[derive(Debug, Clone, Default)]
pub(super) struct RootActs {
    threshold: u64,
    made: BTreeMap<ActId, BTreeSet<KeyId>>,
    amendments: BTreeMap<ActId, Vec<Pair>>,
    /// The roots of the charter and of amendments that have effect.
    roots: BTreeSet<KeyId>,
}

impl RootActs {
    pub(super) fn new(charter: &Charter) -> Self {
        let roots = charter.terms().roots.iter().map(|pair| pair.key);
        Self {
            threshold: charter.terms().threshold,
            roots: roots.collect(),
            ..Self::default()
        }
    }

    /// Takes an entry that lies on the path of its feed.
    pub(super) fn observe(&mut self, set: &AdmittedSet, entry: &SignedEntry, claim: &NetworkClaim) {
        let author = entry.author();
        let root = set.charter_author(author).filter(|_| set.is_root(author));
        let (Some(root), Some(raw)) = (root, entry.header().claim.as_ref()) else {
            return;
        };
        let act = set.act_id(claim.kind(), raw.as_bytes());
        self.made.entry(act).or_default().insert(root.pair.key);
        if let NetworkClaim::Amend(amend) = claim {
            self.amendments.insert(act, amend.pairs.clone());
        }
        self.admit_roots();
    }

    /// An amendment that has effect adds roots, with which another may have effect.
    fn admit_roots(&mut self) {
        loop {
            let effective = self
                .amendments
                .iter()
                .filter(|(act, _)| self.is_effective(**act));
            let keys = effective.flat_map(|(_, pairs)| pairs).map(|pair| pair.key);
            let new: Vec<_> = keys.filter(|key| !self.roots.contains(key)).collect();
            if new.is_empty() {
                return;
            }
            self.roots.extend(new);
        }
    }

    /// Whether enough roots made the act.
    pub(super) fn is_effective(&self, act: ActId) -> bool {
        let made = self.made.get(&act);
        let made = made.map_or(0, |keys| keys.intersection(&self.roots).count());
        u64::try_from(made).is_ok_and(|made| made >= self.threshold)
    }
}
