//! Hash tiles on disk, as C2SP tlog-tiles addresses them (derived).
//!
//! ```text
//! tiles/<level>/<index>           full tile, 256 hashes
//! tiles/<level>/<index>.p/<width> the partial tile at the right edge of each level
//! tiles/covers                    up to which tree the files were synced
//! ```
//! A narrower tile that was served earlier is cut from the widest there is, so one partial file per
//! level is enough. What a crash may have torn lies behind `covers` and is written again as the
//! caller grows the tree from there. The hashes are checked up to the root at start; a tile that is
//! handed out is for its reader to verify.

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fairtrail::limits::TILE_WIDTH;
use fairtrail::log::Tile;
use fairtrail::merkle::{CompactRange, HASH_BYTES, Hash, MerkleError, Node, TreeSize};
use fairtrail::reason::Reason;

pub use self::read::TileReader;
use super::disk::{self, IoFault};
use super::head::TreeHead;

const COVERS: &str = "covers";
/// Tree levels from one tile level to the next.
const TILE_HEIGHT: u8 = 8;
/// More files than this are synced with their whole file system.
const MAX_SINGLE_SYNCS: usize = 32;

/// Why tiles cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TilesError {
    /// A tile file is missing or of the wrong length: rebuild.
    #[error("tile {tile} is damaged on disk")]
    Damaged {
        /// The tile.
        tile: Tile,
    },
    /// The tree is full, or the request does not fit it.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
    /// The tree does not have this tile, or not this wide.
    #[error("the tree of size {size} has no tile {tile}")]
    NotHere {
        /// The tile asked for.
        tile: Tile,
        /// The size of the tree.
        size: u64,
    },
    /// The tree does not have this subtree.
    #[error("the tree of size {size} has no subtree {index} at level {level}")]
    NoSubtree {
        /// The subtree's level.
        level: u8,
        /// Its index on that level.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl TilesError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Damaged { .. } => Reason::StoreDamaged,
            Self::Merkle(error) => error.code(),
            Self::NotHere { .. } | Self::NoSubtree { .. } => Reason::NotFound,
            Self::Io(fault) => fault.code(),
        }
    }
}

/// The one writer of a log's tiles.
#[derive(Debug)]
pub struct Tiles {
    dir: PathBuf,
    range: CompactRange,
    /// The hashes of each level's partial tile, fewer than 256.
    edge: Vec<Vec<Hash>>,
    unsynced: Vec<PathBuf>,
    /// Partial tiles that wider ones have replaced. Those of the tree last noted must stay until
    /// another is noted.
    outgrown: Vec<Tile>,
    reader: TileReader,
}

impl Tiles {
    /// Opens the tiles as far as they were synced; where they do not lead to the root that was
    /// noted, they start again from size 0. The caller grows them from [`Tiles::head`] with what
    /// the journal holds, and rebuilds them when the journal has another root at that size.
    ///
    /// # Errors
    /// [`TilesError::Io`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail::log::{Tile, TileSource};
    /// use fairtrail::merkle::leaf_hash;
    /// use fairtrail_node::store::tiles::{Tiles, TilesError};
    /// let dir = tempfile::tempdir()?;
    /// let mut tiles = Tiles::open(dir.path())?;
    /// tiles.grow(&[leaf_hash(b"first"), leaf_hash(b"second")])?;
    /// tiles.sync()?;
    /// let reader = Tiles::open(dir.path())?.reader();
    /// assert_eq!(reader.tile(Tile::new(0, 0, 2)?)?.len(), 64);
    /// let wider = Tile::new(0, 0, 3)?;
    /// assert_eq!(reader.tile(wider), Err(TilesError::NotHere { tile: wider, size: 2 }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(dir: &Path) -> Result<Self, TilesError> {
        disk::create_dir(dir)?;
        let mut tiles = Self::empty(dir);
        let Some(noted) = read_covers(dir)? else {
            return Ok(tiles);
        };
        match tiles.load(noted) {
            Ok(true) => Ok(tiles),
            Err(TilesError::Io(fault)) => Err(fault.into()),
            // A note from the future, or files that are gone, short or changed.
            Ok(false) | Err(_) => Ok(Self::empty(dir)),
        }
    }

    fn empty(dir: &Path) -> Self {
        Self {
            dir: dir.to_path_buf(),
            range: CompactRange::new(),
            edge: Vec::new(),
            unsynced: Vec::new(),
            outgrown: Vec::new(),
            reader: TileReader::new(dir),
        }
    }

    /// Takes up the tree that was noted; whether its files lead to its root.
    fn load(&mut self, noted: TreeHead) -> Result<bool, TilesError> {
        let size = TreeSize::new(noted.size)?;
        self.reader.set_size(size);
        self.range = CompactRange::read(&self.reader, size)?;
        let mut edge = Vec::new();
        for tile in Tile::edge(size) {
            edge.resize(usize::from(tile.level()), Vec::new());
            edge.push(self.reader.hashes(tile)?);
        }
        self.edge = edge;
        Ok(self.head() == noted)
    }

    /// Reads tiles while they grow.
    pub fn reader(&self) -> TileReader {
        self.reader.clone()
    }

    /// The tree the tiles hold.
    pub fn head(&self) -> TreeHead {
        let root = *self.range.root().as_bytes();
        TreeHead {
            size: self.range.size().get(),
            root,
        }
    }

    /// Adds leaves and writes the tiles that have grown. Nothing is durable before
    /// [`Tiles::sync`], which need not follow at once: tiles are derived.
    ///
    /// # Errors
    /// [`TilesError::Merkle`] when the tree is full; [`TilesError::Io`]. After either, open anew.
    pub fn grow(&mut self, leaves: &[Hash]) -> Result<TreeHead, TilesError> {
        let old = self.range.size();
        let mut fresh: Vec<Vec<Hash>> = Vec::new();
        for leaf in leaves {
            self.range
                .append_visiting(*leaf, |node, hash| note_tile_hash(&mut fresh, node, hash))?;
        }
        for (level, hashes) in (0..).zip(fresh) {
            self.outgrown
                .extend(Tile::edge(old).find(|tile| tile.level() == level));
            self.write_level(level, old, hashes)?;
        }
        self.reader.set_size(self.range.size());
        Ok(self.head())
    }

    /// Writes the tiles of one level that `fresh` hashes complete or widen.
    fn write_level(
        &mut self,
        level: u8,
        old: TreeSize,
        fresh: Vec<Hash>,
    ) -> Result<(), TilesError> {
        let at = usize::from(level);
        if self.edge.len() <= at {
            self.edge.resize(at + 1, Vec::new());
        }
        let mut hashes = self
            .edge
            .get_mut(at)
            .map(std::mem::take)
            .unwrap_or_default();
        hashes.extend(fresh);
        let shift = u32::from(level) * u32::from(TILE_HEIGHT);
        let first = old.get().checked_shr(shift).unwrap_or(0) / u64::from(TILE_WIDTH);
        let mut rest = Vec::new();
        for (index, tile) in (first..).zip(hashes.chunks(usize::from(TILE_WIDTH))) {
            // At most 256 hashes, so the width fits.
            let width = u16::try_from(tile.len()).unwrap_or(TILE_WIDTH);
            self.write_tile(level, index, width, tile)?;
            if width < TILE_WIDTH {
                rest = tile.to_vec();
            }
        }
        if let Some(edge) = self.edge.get_mut(at) {
            *edge = rest;
        }
        Ok(())
    }

    fn write_tile(
        &mut self,
        level: u8,
        index: u64,
        width: u16,
        hashes: &[Hash],
    ) -> Result<(), TilesError> {
        let Ok(tile) = Tile::new(level, index, width) else {
            // The range refuses a tree that large before its tiles could be named.
            return Ok(());
        };
        let path = tile_path(&self.dir, tile);
        let mut bytes = Vec::with_capacity(hashes.len() * HASH_BYTES);
        for hash in hashes {
            bytes.extend(hash.as_bytes());
        }
        disk::create_dir(disk::parent(&path))?;
        disk::write_swap(&path, &bytes)?;
        self.unsynced.push(path);
        Ok(())
    }

    /// Removes the file of a partial tile, and its folder once the tile is full.
    fn remove_partial(&self, tile: Tile) -> Result<(), TilesError> {
        let path = tile_path(&self.dir, tile);
        let full = Tile::widest(tile.level(), tile.index(), self.range.size())
            .is_some_and(|widest| widest.width() == TILE_WIDTH);
        if full {
            disk::remove_dir_all(disk::parent(&path))?;
        } else {
            disk::remove_file(&path)?;
        }
        Ok(())
    }

    /// Waits until all tiles written are on the disk and notes the tree they hold.
    ///
    /// # Errors
    /// [`TilesError::Io`].
    pub fn sync(&mut self) -> Result<(), TilesError> {
        if self.unsynced.len() > MAX_SINGLE_SYNCS {
            disk::sync_file_system(&self.dir)?;
        } else {
            self.sync_each()?;
        }
        self.unsynced.clear();
        let mut bytes = self.head().to_bytes();
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        disk::write_atomic(&self.dir.join(COVERS), &bytes)?;
        for tile in std::mem::take(&mut self.outgrown) {
            self.remove_partial(tile)?;
        }
        Ok(())
    }

    fn sync_each(&self) -> Result<(), IoFault> {
        let mut dirs = BTreeSet::new();
        for path in &self.unsynced {
            disk::sync_data(&disk::open_read(path)?)?;
            dirs.extend(
                path.ancestors()
                    .skip(1)
                    .take_while(|dir| dir.starts_with(&self.dir)),
            );
        }
        dirs.into_iter().try_for_each(disk::sync_dir)
    }

    /// Forgets all tiles.
    ///
    /// # Errors
    /// [`TilesError::Io`].
    pub fn clear(&mut self) -> Result<(), TilesError> {
        self.reader.set_size(TreeSize::ZERO);
        self.range = CompactRange::new();
        self.edge.clear();
        self.unsynced.clear();
        self.outgrown.clear();
        disk::remove_dir_all(&self.dir)?;
        Ok(disk::create_dir(&self.dir)?)
    }
}

/// Keeps a hash that stands in a tile: those at every eighth level.
fn note_tile_hash(fresh: &mut Vec<Vec<Hash>>, node: Node, hash: Hash) {
    if node.level().is_multiple_of(TILE_HEIGHT) {
        let level = usize::from(node.level() / TILE_HEIGHT);
        if fresh.len() <= level {
            fresh.resize(level + 1, Vec::new());
        }
        if let Some(hashes) = fresh.get_mut(level) {
            hashes.push(hash);
        }
    }
}

fn read_covers(dir: &Path) -> Result<Option<TreeHead>, IoFault> {
    let bytes = disk::read_if_exists(&dir.join(COVERS))?.unwrap_or_default();
    let sound = bytes
        .split_last_chunk::<4>()
        .filter(|(content, crc)| u32::from_le_bytes(**crc) == crc32c::crc32c(content));
    Ok(sound.and_then(|(mut content, _)| TreeHead::take(&mut content)))
}

/// Where a tile's file lies. Built from integers only.
fn tile_path(dir: &Path, tile: Tile) -> PathBuf {
    let path = tile.path().to_string();
    dir.join(path.strip_prefix("tile/").unwrap_or(&path))
}
