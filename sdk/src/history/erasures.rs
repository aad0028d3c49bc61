//! Parts that are erased (specs/privacy.md §5). Admission lets more feeds ask for it than may
//! decide; nodes, replicas and rules all ask here who decided.

use super::RootActs;
use crate::admission::AdmittedSet;
use crate::entry::{NetworkClaim, PartErase, SignedEntry};
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

/// What is erased: pairs of an entry and a part by the entry's principal, parts wherever they occur
/// by enough roots. Only erasures on the path of their feeds count.
///
/// ```
/// use fairtrail::history::Erased;
/// use fairtrail::id::{EntryId, PartDigest};
/// let nothing = Erased::default();
/// assert!(!nothing.covers(EntryId::new([1; 32]), PartDigest::new([2; 32])));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    pairs: BTreeSet<(EntryId, PartDigest)>,
    everywhere: BTreeSet<PartDigest>,
}

impl Erased {
    /// Whether an admitted entry can change what is erased where no feed forks.
    pub const fn depends_on(claim: &NetworkClaim) -> bool {
        matches!(
            claim,
            NetworkClaim::Amend(_) | NetworkClaim::Erase(_) | NetworkClaim::Rotate(_)
        )
    }

    /// Judges admitted entries, of which every `part.erase` and `charter.amend` has to be among
    /// `entries`; their order does not matter, and others change nothing.
    pub fn of<'a>(set: &AdmittedSet, entries: impl IntoIterator<Item = &'a SignedEntry>) -> Self {
        let (mut acts, mut erasures) = (RootActs::new(set.charter()), Erasures::default());
        for entry in entries {
            let Some(claim @ (NetworkClaim::Amend(_) | NetworkClaim::Erase(_))) =
                entry.network_claim()
            else {
                continue;
            };
            let walk = set.walk(entry.author());
            if !walk.is_some_and(|walk| walk.holds(entry.id(), entry.header().seq)) {
                continue;
            }
            acts.observe(set, entry, claim);
            if let NetworkClaim::Erase(erase) = claim {
                erasures.observe(set, entry, erase);
            }
        }
        let effective =
            |acts_of: &BTreeSet<ActId>| acts_of.iter().any(|act| acts.is_effective(*act));
        let everywhere = erasures.acts.iter().filter(|(_, made)| effective(made));
        Self {
            everywhere: everywhere.map(|(part, _)| *part).collect(),
            pairs: erasures.pairs,
        }
    }

    /// Whether this part of this entry is erased: no bytes of it are kept, served or relayed for
    /// the entry.
    pub fn covers(&self, entry: EntryId, part: PartDigest) -> bool {
        self.everywhere.contains(&part) || self.pairs.contains(&(entry, part))
    }

    /// What is erased now and was not before.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            pairs: self.pairs.difference(&before.pairs).copied().collect(),
            everywhere: self
                .everywhere
                .difference(&before.everywhere)
                .copied()
                .collect(),
        }
    }

    /// Whether nothing is erased.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.everywhere.is_empty()
    }

    /// The parts erased in one entry.
    pub fn pairs(&self) -> impl Iterator<Item = (EntryId, PartDigest)> {
        self.pairs.iter().copied()
    }

    /// The parts erased wherever they occur.
    pub fn everywhere(&self) -> impl Iterator<Item = PartDigest> {
        self.everywhere.iter().copied()
    }
}
