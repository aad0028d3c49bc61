//! New leaves, each compared with its hash below the new checkpoint.

use super::{Session, Stage, SyncError};
use crate::client::Gateway;
use crate::log::{EntryTile, VerifiedTiles, encode_entries};
use crate::merkle::{Hash, TreeSize, leaf_hash};
use std::vec::IntoIter;

/// Bytes before an entry that say how long it is.
const LENGTH_BYTES: usize = 2;

impl Session<'_> {
    /// Fetches the leaves from `old` to `new`, into the store's file as well. What an earlier
    /// attempt left there is used as far as its hashes are right.
    pub(super) fn download(
        &mut self,
        tiles: &VerifiedTiles<&Gateway>,
        old: TreeSize,
        new: TreeSize,
    ) -> Result<Vec<Vec<u8>>, SyncError> {
        let mut leftover = self.store.leftover_leaves()?.into_iter();
        let mut kept = 0_u64;
        let mut leaves = Vec::new();
        let total = new.get().saturating_sub(old.get());
        for at in EntryTile::growth(old, new) {
            let skip = old.get().saturating_sub(at.first_leaf());
            let skip = usize::try_from(skip).unwrap_or(usize::MAX);
            let hashes = tiles.leaves(at)?;
            let wanted = hashes.get(skip..).unwrap_or_default();
            let used = usable(&mut leftover, wanted);
            kept = kept.saturating_add(bytes_of(&used));
            let missing = wanted.len().saturating_sub(used.len());
            leaves.extend(used);
            if missing > 0 {
                // Leftovers are good only up to the first gap.
                leftover = Vec::new().into_iter();
                self.store.cut_leaves(kept)?;
                let fresh = self.bundle(tiles, at, missing)?;
                kept = kept.saturating_add(bytes_of(&fresh));
                leaves.extend(fresh);
            }
            let done = u64::try_from(leaves.len()).unwrap_or(total);
            self.report(Stage::Entries, done, total);
        }
        self.store.cut_leaves(kept)?;
        Ok(leaves)
    }

    /// The last `missing` entries of a bundle, verified and appended.
    fn bundle(
        &mut self,
        tiles: &VerifiedTiles<&Gateway>,
        at: EntryTile,
        missing: usize,
    ) -> Result<Vec<Vec<u8>>, SyncError> {
        let entries = self.gateway.entries(at)?;
        let bundle = encode_entries(entries.iter().map(Vec::as_slice))?;
        tiles.entries(at, &bundle)?;
        let fresh = entries.len().saturating_sub(missing);
        let fresh: Vec<_> = entries.into_iter().skip(fresh).collect();
        let encoded = encode_entries(fresh.iter().map(Vec::as_slice))?;
        self.store.append_leaves(&encoded)?;
        Ok(fresh)
    }
}

/// The leftovers that are the leaves wanted, from the first on.
fn usable(leftover: &mut IntoIter<Vec<u8>>, wanted: &[Hash]) -> Vec<Vec<u8>> {
    let mut hashes = wanted.iter();
    let fits = |leaf: &Vec<u8>| hashes.next().is_some_and(|hash| leaf_hash(leaf) == *hash);
    leftover
        .by_ref()
        .take(wanted.len())
        .take_while(fits)
        .collect()
}

fn bytes_of(leaves: &[Vec<u8>]) -> u64 {
    let bytes = |leaf: &Vec<u8>| leaf.len().saturating_add(LENGTH_BYTES);
    let bytes = leaves
        .iter()
        .map(bytes)
        .fold(0_usize, usize::saturating_add);
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
