//! Which archived notes belong to a bundle.

use crate::entry::SignedEntry;
use crate::merkle::{LeafIndex, TreeSize};
use std::collections::BTreeSet;

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
