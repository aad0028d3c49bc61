//! Reading a signed tree from tiles that arrive one by one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use fairtrail::log::{EntryTile, SignedCheckpoint, Tile, TileError, TileSource, VerifiedTiles};
use fairtrail::merkle::{CompactRange, Hash, ProveError, TreeSize, prove};
use fairtrail::reason::Reason;

use super::Question;

/// Tiles that came and were not looked at yet. Each is handed over once: what is verified is kept
/// by the reader, what is not is of no use.
#[derive(Debug, Clone, Default)]
pub(super) struct Stash(Arc<Mutex<BTreeMap<Tile, Vec<u8>>>>);

/// The tile that is to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing(Tile);

impl Stash {
    /// Takes an answer to a question about a tile.
    pub(super) fn put(&self, question: &Question, bytes: Vec<u8>) {
        if let Question::Tile(tile) = question {
            let mut tiles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            tiles.insert(*tile, bytes);
        }
    }
}

impl TileSource for Stash {
    type Error = Missing;

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, Missing> {
        let mut tiles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tiles.remove(&tile).ok_or(Missing(tile))
    }
}

/// Why something of the tree cannot be read yet, or ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// This tile has to come first.
    Tile(Tile),
    /// What came does not lead to the root.
    Broken(Reason),
}

impl From<TileError<Missing>> for Lack {
    fn from(error: TileError<Missing>) -> Self {
        match error {
            TileError::Source(Missing(tile)) => Self::Tile(tile),
            // Only a failing source has the code given here.
            error => Self::Broken(error.code(Reason::GatewayAnswer)),
        }
    }
}

/// The tree that a checkpoint signed, as far as its tiles came.
#[derive(Debug)]
pub(super) struct Tree {
    signed: SignedCheckpoint,
    stash: Stash,
    tiles: VerifiedTiles<Stash>,
}

impl Tree {
    /// Opens the tree once the tiles at its edge are there.
    pub(super) fn open(signed: SignedCheckpoint, stash: Stash) -> Result<Self, Lack> {
        let tiles = VerifiedTiles::open(stash.clone(), signed.checkpoint())?;
        Ok(Self {
            signed,
            stash,
            tiles,
        })
    }

    pub(super) fn put(&self, question: &Question, bytes: Vec<u8>) {
        self.stash.put(question, bytes);
    }

    pub(super) const fn signed(&self) -> &SignedCheckpoint {
        &self.signed
    }

    pub(super) const fn size(&self) -> TreeSize {
        self.signed.checkpoint().size()
    }

    /// The state of the tree at its first `size` leaves.
    pub(super) fn range_at(&self, size: TreeSize) -> Result<CompactRange, Lack> {
        Ok(CompactRange::read(&self.tiles, size)?)
    }

    /// The proof that the tree begins with its first `size` leaves.
    pub(super) fn consistency(&self, size: TreeSize) -> Result<Vec<Hash>, Lack> {
        let path = prove::consistency(&self.tiles, size, self.size());
        path.map_err(|error| match error {
            ProveError::Source(error) => error.into(),
            ProveError::Merkle(error) => Lack::Broken(error.code()),
        })
    }

    /// The leaf hashes of the bundle with this index.
    pub(super) fn leaves(&self, index: u64) -> Result<Vec<Hash>, Lack> {
        Ok(self.tiles.leaves(self.bundle(index)?)?)
    }

    /// The bundle with this index, as wide as the tree has it.
    pub(super) fn bundle(&self, index: u64) -> Result<EntryTile, Lack> {
        let bundle = EntryTile::widest(index, self.size());
        bundle.ok_or(Lack::Broken(Reason::IntegerOutOfRange))
    }
}
