//! What is answered as a mirror of followed logs (specs/recovery.md §7).

use std::collections::BTreeMap;

use fairtrail::api::PartsPage;
use fairtrail::limits::{PARTS_PAGE_BYTES, PARTS_PAGE_LEAVES};
use fairtrail::log::{EntryTile, Tile, TilePath, TileSource, encode_entries};
use fairtrail::merkle::{Hash, HashSource, Node, leaf_hash};

use super::log::tiles_fault;
use super::{ReadError, Service};
use crate::core::follow::Reads;
use crate::ledger::{StoreFault, lookup_fault};
use crate::store::mirrored::Mirrored;

/// A question about a log that is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MirrorQuestion {
    /// The newest checkpoint whose tree is here.
    Checkpoint,
    /// A tile or a bundle.
    Tile(TilePath),
    /// The public parts of at most `count` leaves from `first` on.
    Parts {
        /// The first leaf.
        first: u64,
        /// Leaves, 1 to 256.
        count: u64,
    },
}

impl Service {
    /// Answers as a mirror of the log with this SHA-256 of its origin.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when this node is no mirror of that log, or does not have it;
    /// [`ReadError::Store`].
    pub fn mirrored(&self, log: [u8; 32], asked: MirrorQuestion) -> Result<Vec<u8>, ReadError> {
        let mirrored = self.mirrors.get(&log).ok_or(ReadError::NotFound)?;
        match asked {
            MirrorQuestion::Checkpoint => {
                let note = mirrored.checkpoint();
                let note = note.map_err(|fault| StoreFault::report(&fault, fault.code()))?;
                note.ok_or(ReadError::NotFound)
            }
            MirrorQuestion::Tile(TilePath::Hashes(tile)) => hashes(mirrored, tile),
            MirrorQuestion::Tile(TilePath::Entries(at)) => self.mirrored_entries(mirrored, at),
            MirrorQuestion::Parts { first, count } => {
                let page = self.mirrored_parts(mirrored, first, count)?;
                Ok(page.to_bytes())
            }
        }
    }

    /// The entries of a bundle, as the own log holds them. A leaf whose id came here under another
    /// signature first is not here.
    fn mirrored_entries(&self, log: &Mirrored, at: EntryTile) -> Result<Vec<u8>, ReadError> {
        let mut entries = Vec::with_capacity(usize::from(at.width()));
        for leaf in (at.first_leaf()..).take(usize::from(at.width())) {
            let hash = leaf_of(log, leaf)?;
            let own = self.own_leaf(hash)?.ok_or(ReadError::NotFound)?;
            let bytes = self.access.reader.leaf_bytes(own)?;
            if leaf_hash(&bytes) != hash {
                return Err(ReadError::DAMAGED);
            }
            entries.push(bytes);
        }
        let bundle = encode_entries(entries.iter().map(Vec::as_slice));
        bundle.map_err(|_| ReadError::DAMAGED)
    }

    fn mirrored_parts(
        &self,
        log: &Mirrored,
        first: u64,
        count: u64,
    ) -> Result<PartsPage, ReadError> {
        let size = log.tiles().size().get();
        if first >= size {
            return Err(ReadError::NotFound);
        }
        let end = first.saturating_add(count.clamp(1, PARTS_PAGE_LEAVES));
        let published = self.checkpoint().size().get();
        let list = self.access.reader.withheld.now();
        let (mut parts, mut bytes, mut next) = (BTreeMap::new(), 0_usize, first);
        while next < end.min(size) && bytes < PARTS_PAGE_BYTES {
            let own = self.own_leaf(leaf_of(log, next)?)?;
            if let Some(own) = own.filter(|own| *own < published) {
                bytes =
                    bytes.saturating_add(self.take_parts(Reads::Public, own, &list, &mut parts)?);
            }
            next = next.saturating_add(1);
        }
        let parts = parts.into_iter().collect();
        Ok(PartsPage { first, next, parts })
    }

    fn own_leaf(&self, hash: Hash) -> Result<Option<u64>, ReadError> {
        let leaf = self.access.reader.tables().leaf_with(hash);
        Ok(leaf.map_err(|error| lookup_fault(&error))?)
    }
}

fn hashes(log: &Mirrored, tile: Tile) -> Result<Vec<u8>, ReadError> {
    if !tile.is_part_of(log.tiles().size()) {
        return Err(ReadError::NotFound);
    }
    let bytes = log.tiles().tile(tile);
    bytes.map_err(|error| tiles_fault(&error))
}

fn leaf_of(log: &Mirrored, leaf: u64) -> Result<Hash, ReadError> {
    if leaf >= log.tiles().size().get() {
        return Err(ReadError::NotFound);
    }
    let node = Node::new(0, leaf).map_err(|_| ReadError::NotFound)?;
    log.tiles().node(node).map_err(|error| tiles_fault(&error))
}
