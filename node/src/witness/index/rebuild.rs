//! What making heads again takes: the leaves under a head, and, for a proof, those before it.

use std::collections::HashMap;

use fairtrail::entry::SignedEntry;
use fairtrail::id::EntryId;
use fairtrail::index::{EntrySource, IndexError, IndexHead};
use fairtrail::limits::INDEX_HEAD_LEAVES;
use fairtrail::merkle::{Hash, LeafIndex, Tree, TreeSize, leaf_hash};

use super::Unread;
use super::source::Leaves;

/// The entries that a head covers beyond the `covered` first.
pub(super) fn entries(
    leaves: &mut Leaves<'_>,
    covered: TreeSize,
    head: &[u8],
) -> Result<Vec<SignedEntry>, Unread> {
    let head = IndexHead::parse(head).map_err(IndexError::from)?;
    let (first, end) = (covered.get(), head.size.get());
    let found = usize::try_from(end.saturating_sub(first)).unwrap_or(usize::MAX);
    if !(1..=INDEX_HEAD_LEAVES).contains(&found) {
        let (what, max) = ("leaves", INDEX_HEAD_LEAVES);
        return Err(IndexError::Limit { what, found, max }.into());
    }
    let read = leaves.read(first..end)?;
    let parse = |(leaf, bytes): (u64, Vec<u8>)| {
        SignedEntry::parse(&bytes).map_err(|error| IndexError::Leaf {
            leaf,
            reason: error.code(),
        })
    };
    let entries: Result<Vec<_>, _> = (first..).zip(read).map(parse).collect();
    Ok(entries?)
}

/// Every entry of a log so far: held only while a proof is made.
#[derive(Default)]
pub(super) struct Earlier {
    tree: Tree,
    entries: Vec<SignedEntry>,
    places: HashMap<EntryId, usize>,
}

impl Earlier {
    pub(super) fn remember(&mut self, entries: Vec<SignedEntry>) -> Result<(), IndexError> {
        for entry in entries {
            self.tree.append(leaf_hash(entry.bytes()))?;
            self.places.insert(entry.id(), self.entries.len());
            self.entries.push(entry);
        }
        Ok(())
    }

    pub(super) fn found(&self, id: EntryId) -> Option<SignedEntry> {
        self.entries.get(*self.places.get(&id)?).cloned()
    }
}

impl EntrySource for Earlier {
    fn entry(&self, id: EntryId) -> Option<(LeafIndex, SignedEntry)> {
        let place = *self.places.get(&id)?;
        let leaf = LeafIndex::new(u64::try_from(place).ok()?).ok()?;
        Some((leaf, self.entries.get(place)?.clone()))
    }

    fn path(&self, leaf: LeafIndex, size: TreeSize) -> Option<Vec<Hash>> {
        self.tree.inclusion(leaf, size).ok()
    }
}
