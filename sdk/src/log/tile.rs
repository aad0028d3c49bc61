//! Where the hashes of a tree stand in tiles, and its entries in bundles.

use std::fmt;

use super::{LogError, TilePath};
use crate::limits::TILE_WIDTH;
use crate::merkle::{HASH_BYTES, MAX_TREE_SIZE, MerkleError, Node, TreeSize};

/// Tree levels from one tile level to the next: 256 = 2^8 hashes.
pub(super) const TILE_HEIGHT: u8 = 8;
const MAX_LEVEL: u8 = 63;
pub(super) const FULL: u64 = TILE_WIDTH as u64;

/// A tile of up to 256 hashes: hash i is the root of the 256^level leaves from
/// (256·index + i)·256^level on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

/// A bundle of up to 256 entries: those of leaf 256·index on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryTile {
    index: u64,
    width: u16,
}

impl Tile {
    /// Names a tile. That a tree has it is another question: [`Self::is_part_of`].
    ///
    /// # Errors
    /// [`LogError::Merkle`] when the level is above 63, the width not 1 to 256, or the index
    /// beyond every tree.
    pub const fn new(level: u8, index: u64, width: u16) -> Result<Self, LogError> {
        if level > MAX_LEVEL || !fits(index, width) {
            return Err(out_of_range(index));
        }
        Ok(Self {
            level,
            index,
            width,
        })
    }

    /// Height in tiles, 0 to 63.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// Position among the tiles of this level.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Number of hashes, 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Number of bytes.
    pub const fn bytes(self) -> usize {
        (self.width as usize).saturating_mul(HASH_BYTES)
    }

    /// Does a tree of this size have the tile?
    pub fn is_part_of(self, size: TreeSize) -> bool {
        hashes_at(self.level, size) >= end(self.index, self.width)
    }

    /// Its address below the log's prefix.
    pub const fn path(self) -> TilePath {
        TilePath::Hashes(self)
    }

    /// The widest tile at this place in a tree of this size; `None` when there is none.
    pub fn widest(level: u8, index: u64, size: TreeSize) -> Option<Self> {
        let width = widest(hashes_at(level, size), index)?;
        Self::new(level, index, width).ok()
    }

    /// The tile of a tree of this size that holds a node, or from which it is computed.
    pub fn holding(node: Node, size: TreeSize) -> Option<Self> {
        let level = node.level() / TILE_HEIGHT;
        let shift = TILE_HEIGHT.saturating_sub(node.level() % TILE_HEIGHT);
        Self::widest(level, node.index() >> shift, size)
    }

    /// The tile of a tree of this size that holds the hash of this one.
    pub fn parent(self, size: TreeSize) -> Option<Self> {
        let level = self.level.checked_add(1)?;
        Self::widest(level, self.index >> TILE_HEIGHT, size)
    }

    /// The partial tiles at the right edge of a tree, bottom up: their hashes, and no others, make
    /// up the root.
    pub fn edge(size: TreeSize) -> impl Iterator<Item = Self> {
        (0..=MAX_LEVEL).filter_map(move |level| {
            let hashes = hashes_at(level, size);
            let (index, width) = (hashes / FULL, hashes % FULL);
            Self::new(level, index, u16::try_from(width).ok()?).ok()
        })
    }

    /// The tiles a tree of `new` leaves has and one of `old` leaves has not, bottom up: what is to
    /// be written when the log grows, or fetched by a follower. From size 0, all tiles.
    pub fn growth(old: TreeSize, new: TreeSize) -> impl Iterator<Item = Self> {
        (0..=MAX_LEVEL).flat_map(move |level| {
            let (before, after) = (hashes_at(level, old), hashes_at(level, new));
            places(before, after)
                .filter_map(move |(index, width)| Self::new(level, index, width).ok())
        })
    }
}

impl EntryTile {
    /// Names a bundle of entries.
    ///
    /// # Errors
    /// [`LogError::Merkle`] when the width is not 1 to 256 or the index beyond every tree.
    pub const fn new(index: u64, width: u16) -> Result<Self, LogError> {
        if !fits(index, width) {
            return Err(out_of_range(index));
        }
        Ok(Self { index, width })
    }

    /// Position among the bundles.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Number of entries, 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Leaf index of its first entry.
    pub const fn first_leaf(self) -> u64 {
        self.index.saturating_mul(FULL)
    }

    /// Does a tree of this size have the bundle?
    pub fn is_part_of(self, size: TreeSize) -> bool {
        size.get() >= end(self.index, self.width)
    }

    /// Its address below the log's prefix.
    pub const fn path(self) -> TilePath {
        TilePath::Entries(self)
    }

    /// The widest bundle at this place in a tree of this size; `None` when there is none.
    pub fn widest(index: u64, size: TreeSize) -> Option<Self> {
        Self::new(index, widest(size.get(), index)?).ok()
    }

    /// The bundles a tree of `new` leaves has and one of `old` leaves has not.
    pub fn growth(old: TreeSize, new: TreeSize) -> impl Iterator<Item = Self> {
        places(old.get(), new.get()).filter_map(|(index, width)| Self::new(index, width).ok())
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path().fmt(f)
    }
}

impl fmt::Display for EntryTile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path().fmt(f)
    }
}

/// Number of hashes on a tile level of a tree.
fn hashes_at(level: u8, size: TreeSize) -> u64 {
    let shift = u32::from(level).saturating_mul(u32::from(TILE_HEIGHT));
    size.get().checked_shr(shift).unwrap_or(0)
}

const fn end(index: u64, width: u16) -> u64 {
    index.saturating_mul(FULL).saturating_add(width as u64)
}

const fn fits(index: u64, width: u16) -> bool {
    width > 0 && width <= TILE_WIDTH && end(index, width) <= MAX_TREE_SIZE
}

const fn out_of_range(index: u64) -> LogError {
    LogError::Merkle(MerkleError::IndexOutOfRange {
        index,
        size: MAX_TREE_SIZE / FULL,
    })
}

fn widest(hashes: u64, index: u64) -> Option<u16> {
    let there = hashes.checked_sub(index.checked_mul(FULL)?)?;
    u16::try_from(there.min(FULL))
        .ok()
        .filter(|width| *width > 0)
}

/// Index and width of every tile that `after` hashes have and `before` have not.
fn places(before: u64, after: u64) -> impl Iterator<Item = (u64, u16)> {
    let indices = if before < after {
        before / FULL..after.div_ceil(FULL)
    } else {
        0..0
    };
    indices.filter_map(move |index| Some((index, widest(after, index)?)))
}
