//! Which archived notes belong to a bundle, and which ones somebody has to ask for.

use super::Evidence;
use crate::entry::SignedEntry;
use crate::merkle::{LeafIndex, TreeSize};
use std::collections::{BTreeMap, BTreeSet};

/// Of the notes at hand those that an entry has: the first that covers its leaf, and the one that it
/// cites.
pub(super) fn notes_of(
    sizes: &BTreeSet<TreeSize>,
    leaf: Option<LeafIndex>,
    entry: &SignedEntry,
) -> impl Iterator<Item = TreeSize> {
    let behind = leaf.and_then(|leaf| TreeSize::new(leaf.get().checked_add(1)?).ok());
    let covering = behind.and_then(|from| sizes.range(from..).next().copied());
    let cited = entry.header().anchor.as_ref();
    let cited = cited.and_then(|anchor| TreeSize::new(anchor.size).ok());
    let cited = cited.filter(|size| sizes.contains(size));
    covering.into_iter().chain(cited)
}

impl Evidence {
    /// The sizes of notes that entries cite of logs that do not hold these entries, so that they give
    /// such notes only to whoever asks for them; and whether they are at hand.
    pub(super) fn cited_elsewhere(&self) -> BTreeMap<TreeSize, bool> {
        let mut cited = BTreeMap::new();
        for entry in self.entries() {
            let Some(anchor) = &entry.header().anchor else {
                continue;
            };
            let mut logs = self.logs.iter();
            let log = logs.find(|log| log.origin().as_str() == anchor.origin);
            let log = log.filter(|log| log.entry(entry.id()).is_none());
            if let (Some(log), Ok(size)) = (log, TreeSize::new(anchor.size))
                && size <= log.proved.head.size
            {
                let here = log.archive.contains_key(&anchor.note);
                let all = cited.entry(size).or_insert(true);
                *all = *all && here;
            }
        }
        cited
    }
}
