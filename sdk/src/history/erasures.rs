//! Parts that are erased (specs/rules.md §4). Admission lets more feeds ask for it than may decide.

use crate::admission::AdmittedSet;
use crate::entry::{PartErase, SignedEntry};
use crate::id::{ActId, EntryId, PartDigest};
use std::collections::{BTreeMap, BTreeSet};

/// What was asked to be erased, by those who may.
#[derive(Debug, Clone, Default)]
pub(super) struct Erasures {
    /// By the principal of the entry: this part of this entry.
    pairs: BTreeSet<(EntryId, PartDigest)>,
    /// By roots, if enough of them: this part wherever it occurs.
    acts: BTreeMap<PartDigest, BTreeSet<ActId>>,
}

impl Erasures {
    /// Takes an erasure that lies on the path of its feed.
    pub(super) fn observe(&mut self, set: &AdmittedSet, entry: &SignedEntry, erase: &PartErase) {
        let author = entry.author();
        if let (true, Some(raw)) = (set.is_root(author), entry.header().claim.as_ref()) {
            let act = set.act_id("part.erase", raw.as_bytes());
            self.acts.entry(erase.part).or_default().insert(act);
        }
        let speaker = set.principal(author, entry.header().grant);
        let spoken = set
            .fact(erase.entry)
            .and_then(|fact| set.principal(fact.feed, fact.grant));
        if speaker.is_some() && speaker == spoken {
            self.pairs.insert((erase.entry, erase.part));
        }
    }

    pub(super) fn covers(
        &self,
        entry: EntryId,
        part: PartDigest,
        is_effective: impl Fn(ActId) -> bool,
    ) -> bool {
        let by_roots = || {
            let mut acts = self.acts.get(&part).into_iter().flatten();
            acts.any(|act| is_effective(*act))
        };
        self.pairs.contains(&(entry, part)) || by_roots()
    }
}
