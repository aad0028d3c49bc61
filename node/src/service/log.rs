//! The published log as files: tiles, bundles, archive.

use fairtrail::log::{
    ArchiveList, EntryTile, Tile, TileError, TileSource, VerifiedTiles, encode_entries,
};
use fairtrail::merkle::{CompactRange, HASH_BYTES, Hash, HashSource, Node, TreeSize, leaf_hash};
use fairtrail::reason::Reason;

use super::{Published, ReadError, Service};
use crate::ledger::{Frozen, StoreFault};
use crate::store::archive::ArchiveError;
use crate::store::tiles::{TileReader, TilesError};

/// Tree levels from one tile level to the next.
const TILE_HEIGHT: u8 = 8;

impl Service {
    /// The bytes of a hash tile, verified up to the checkpoint.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when it is not part of the published tree; [`ReadError::Store`].
    pub fn tile(&self, tile: Tile) -> Result<Vec<u8>, ReadError> {
        let published = self.checkpoint();
        if !tile.is_part_of(published.size()) {
            return Err(ReadError::NotFound);
        }
        let verified = self.verified_tiles(&published)?;
        let bytes = self.access.reader.tiles.tile(tile);
        let bytes = bytes.map_err(|error| tiles_fault(&error))?;
        let (hashes, _) = bytes.as_chunks::<HASH_BYTES>();
        let hashes = hashes.iter().map(|hash| Hash::from_bytes(*hash));
        check_tile(&verified, tile, hashes)?;
        Ok(bytes)
    }

    /// An entry bundle, each entry verified up to the checkpoint.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when it is not part of the published tree; [`ReadError::Store`].
    pub fn entries(&self, at: EntryTile) -> Result<Vec<u8>, ReadError> {
        let published = self.checkpoint();
        if !at.is_part_of(published.size()) {
            return Err(ReadError::NotFound);
        }
        let verified = self.verified_tiles(&published)?;
        let leaves = verified.leaves(at).map_err(tile_fault)?;
        let mut entries = Vec::with_capacity(leaves.len());
        for (leaf, expected) in (at.first_leaf()..).zip(leaves) {
            entries.push(self.leaf(leaf, expected)?);
        }
        let bundle = encode_entries(entries.iter().map(Vec::as_slice));
        bundle.map_err(|_| ReadError::DAMAGED)
    }

    /// The list of archived notes, in its text form.
    pub fn archive(&self) -> String {
        let published = self.checkpoint().size();
        archive_list(&self.access.reader.archive(), published)
    }

    /// The note archived at exactly this size, byte for byte.
    ///
    /// # Errors
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn archived(&self, size: TreeSize) -> Result<Vec<u8>, ReadError> {
        if size > self.checkpoint().size() {
            return Err(ReadError::NotFound);
        }
        let note = self.access.reader.archive().notes().note(size.get());
        note.map_err(|error| archive_fault(&error))?
            .ok_or(ReadError::NotFound)
    }

    /// The bytes of a leaf, which have to hash to `expected`.
    pub(super) fn leaf(&self, leaf: u64, expected: Hash) -> Result<Vec<u8>, ReadError> {
        let bytes = self.access.reader.leaf_bytes(leaf)?;
        if leaf_hash(&bytes) == expected {
            return Ok(bytes);
        }
        tracing::error!(
            leaf,
            "the entry stored at this leaf is not the one in the tree"
        );
        Err(ReadError::DAMAGED)
    }

    /// The hash of a leaf as the tiles have it, not verified.
    pub(super) fn stored_hash(&self, leaf: u64) -> Result<Hash, ReadError> {
        let node = Node::new(0, leaf).map_err(|_| ReadError::NotFound)?;
        let hash = self.access.reader.tiles.node(node);
        hash.map_err(|error| tiles_fault(&error))
    }

    fn verified_tiles(
        &self,
        published: &Published,
    ) -> Result<VerifiedTiles<&TileReader>, ReadError> {
        let tiles = &self.access.reader.tiles;
        VerifiedTiles::open(tiles, published.checkpoint()).map_err(tile_fault)
    }
}

/// The list of notes up to what is shown. A note is frozen before its checkpoint is shown.
pub(super) fn archive_list(archive: &Frozen, shown: TreeSize) -> String {
    let lines = archive.list().lines().iter();
    let mut list = ArchiveList::new();
    // Lines of a list make a list again.
    lines
        .take_while(|line| line.size <= shown)
        .try_for_each(|line| list.push(*line))
        .map_or_else(|_| String::new(), |()| list.to_string())
}

/// Compares the hashes of a tile with the tree: each run of them that makes up a whole subtree.
pub(super) fn check_tile(
    verified: &VerifiedTiles<&TileReader>,
    tile: Tile,
    hashes: impl Iterator<Item = Hash>,
) -> Result<(), ReadError> {
    let mut range = CompactRange::new();
    for hash in hashes {
        range.append(hash).map_err(|_| ReadError::DAMAGED)?;
    }
    let bottom = tile.level().saturating_mul(TILE_HEIGHT);
    let mut first = tile.index().saturating_mul(1 << TILE_HEIGHT);
    // The subtrees of a range shrink from left to right, one per bit of its length.
    let heights = (0..=TILE_HEIGHT).rev();
    let heights = heights.filter(|height| tile.width() >> height & 1 == 1);
    for (height, found) in heights.zip(range.hashes()) {
        let node = Node::new(bottom.saturating_add(height), first >> height);
        let node = node.map_err(|_| ReadError::NotFound)?;
        if verified.node(node).map_err(tile_fault)? != *found {
            tracing::error!(%tile, "a stored tile does not lead to the published root");
            return Err(ReadError::DAMAGED);
        }
        first = first.saturating_add(1 << height);
    }
    Ok(())
}

pub(super) fn tiles_fault(error: &TilesError) -> ReadError {
    StoreFault::report(error, error.code()).into()
}

pub(super) fn tile_fault(error: TileError<TilesError>) -> ReadError {
    match error {
        TileError::Source(error) => tiles_fault(&error),
        error => {
            tracing::error!(?error, "stored tiles do not lead to the published root");
            ReadError::Store {
                reason: Reason::StoreDamaged,
            }
        }
    }
}

pub(super) fn archive_fault(error: &ArchiveError) -> ReadError {
    StoreFault::report(error, error.code()).into()
}
