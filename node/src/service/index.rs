//! The index log as files: its checkpoint, its tiles and bundles of heads, its archive.

use fairtrail::index::Index;
use fairtrail::log::{EntryTile, Tile, TilePath, VerifiedTiles, encode_entries};
use fairtrail::merkle::{HASH_BYTES, Hash, LeafIndex, TreeSize, leaf_hash};

use super::log::{archive_fault, archive_list, check_tile, tile_fault, tiles_fault};
use super::{Published, ReadError, Service};
use crate::ledger::IndexAccess;
use crate::store::tiles::TileReader;

use fairtrail::log::TileSource;
use std::sync::{Arc, RwLockReadGuard};

/// What is asked of the index log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexQuestion {
    /// The newest checkpoint.
    Checkpoint,
    /// The newest checkpoint that the index quorum cosigned.
    FullCheckpoint,
    /// A hash tile, or a bundle of heads.
    Tile(TilePath),
    /// The proof that the head at this leaf follows from the one before.
    Update(u64),
    /// The list of archived notes.
    Archive,
    /// One of them.
    Archived(TreeSize),
}

impl Service {
    /// A resource of the index log; what is shown of it alone.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when it is not part of what is shown, or no index is kept;
    /// [`ReadError::Store`].
    pub fn index_log(&self, asked: IndexQuestion) -> Result<Vec<u8>, ReadError> {
        let (access, shown) = self.index_shown()?;
        match asked {
            IndexQuestion::Checkpoint => Ok(shown.note().to_vec()),
            IndexQuestion::FullCheckpoint => full(access, &shown),
            IndexQuestion::Tile(TilePath::Hashes(tile)) => hashes(access, &shown, tile),
            IndexQuestion::Tile(TilePath::Entries(at)) => heads(access, &shown, at),
            IndexQuestion::Update(leaf) => update(access, &shown, leaf),
            IndexQuestion::Archive => {
                Ok(archive_list(&access.reader.archive(), shown.size()).into_bytes())
            }
            IndexQuestion::Archived(size) if size > shown.size() => Err(ReadError::NotFound),
            IndexQuestion::Archived(size) => {
                let note = access.reader.archive().notes().note(size.get());
                note.map_err(|error| archive_fault(&error))?
                    .ok_or(ReadError::NotFound)
            }
        }
    }

    /// The index, at the head that is shown.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when none is kept.
    pub fn index(&self) -> Result<RwLockReadGuard<'_, Index>, ReadError> {
        let access = self.access.index.as_ref().ok_or(ReadError::NotFound)?;
        Ok(access.index())
    }

    fn index_shown(&self) -> Result<(&IndexAccess, Arc<Published>), ReadError> {
        let access = self.access.index.as_ref().ok_or(ReadError::NotFound)?;
        let shown = access.shown.borrow().clone().ok_or(ReadError::NotFound)?;
        Ok((access, shown))
    }
}

fn verified<'a>(
    access: &'a IndexAccess,
    shown: &Published,
) -> Result<VerifiedTiles<&'a TileReader>, ReadError> {
    VerifiedTiles::open(&access.reader.tiles, shown.checkpoint()).map_err(tile_fault)
}

/// The newest note with the quorum. Where nobody is asked to vouch, what is shown is all there is.
fn full(access: &IndexAccess, shown: &Published) -> Result<Vec<u8>, ReadError> {
    let Some(full) = &access.full else {
        return Ok(shown.note().to_vec());
    };
    let full = full.borrow().clone().ok_or(ReadError::NotFound)?;
    Ok(full.note.clone())
}

/// The update proof of a head that is shown, if it is kept.
fn update(access: &IndexAccess, shown: &Published, leaf: u64) -> Result<Vec<u8>, ReadError> {
    let at = LeafIndex::new(leaf).map_err(|_| ReadError::NotFound)?;
    if leaf >= shown.size().get() {
        return Err(ReadError::NotFound);
    }
    let hash = verified(access, shown)?.leaf(at).map_err(tile_fault)?;
    access.reader.update(leaf, hash)?.ok_or(ReadError::NotFound)
}

fn hashes(access: &IndexAccess, shown: &Published, tile: Tile) -> Result<Vec<u8>, ReadError> {
    if !tile.is_part_of(shown.size()) {
        return Err(ReadError::NotFound);
    }
    let verified = verified(access, shown)?;
    let bytes = access.reader.tiles.tile(tile);
    let bytes = bytes.map_err(|error| tiles_fault(&error))?;
    let (hashes, _) = bytes.as_chunks::<HASH_BYTES>();
    let hashes = hashes.iter().map(|hash| Hash::from_bytes(*hash));
    check_tile(&verified, tile, hashes)?;
    Ok(bytes)
}

fn heads(access: &IndexAccess, shown: &Published, at: EntryTile) -> Result<Vec<u8>, ReadError> {
    if !at.is_part_of(shown.size()) {
        return Err(ReadError::NotFound);
    }
    let leaves = verified(access, shown)?.leaves(at).map_err(tile_fault)?;
    let mut heads = Vec::with_capacity(leaves.len());
    for (leaf, expected) in (at.first_leaf()..).zip(leaves) {
        let head = access.reader.leaf_bytes(leaf)?;
        if leaf_hash(&head) != expected {
            tracing::error!(leaf, "the index head stored at this leaf is another one");
            return Err(ReadError::DAMAGED);
        }
        heads.push(head);
    }
    let bundle = encode_entries(heads.iter().map(Vec::as_slice));
    bundle.map_err(|_| ReadError::DAMAGED)
}
