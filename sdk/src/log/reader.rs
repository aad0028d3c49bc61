//! Reading hashes and entries out of tiles that somebody else handed over.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::tile::{FULL, TILE_HEIGHT};
use super::{Checkpoint, EntryTile, LogError, Tile, TileError, decode_entries};
use crate::merkle::{
    CompactRange, HASH_BYTES, Hash, HashSource, LeafIndex, MerkleError, Node, Root, TreeSize,
    leaf_hash, node_hash,
};

/// Verified tiles kept at a time, 8 KiB each; the edge is kept besides.
const CACHED_TILES: usize = 256;

/// A place tiles are fetched from: a gateway, a mirror, a directory. It is not trusted.
pub trait TileSource {
    /// Why a tile could not be had.
    type Error;

    /// Hands over the bytes of exactly this tile: `tile.bytes()` of them. A source that has only
    /// the full tile any more cuts it to the width asked for.
    ///
    /// # Errors
    /// Whatever the source meets.
    fn tile(&self, tile: Tile) -> Result<Vec<u8>, Self::Error>;
}

impl<S: TileSource + ?Sized> TileSource for &S {
    type Error = S::Error;

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, Self::Error> {
        (**self).tile(tile)
    }
}

/// The tree of one checkpoint, read from an untrusted source.
///
/// Opening it fetches the partial tiles at the right edge (at most seven) and recomputes the root
/// from them. Every further tile is compared with its hash in the tile above before anything in it
/// is used, up to a tile that was verified before. So each hash handed out is the one the
/// checkpoint commits to, and a source can only fail, not lie.
#[derive(Debug)]
pub struct VerifiedTiles<S> {
    source: S,
    size: TreeSize,
    edge: BTreeMap<Tile, Vec<Hash>>,
    cache: RefCell<BTreeMap<Tile, Vec<Hash>>>,
}

impl<S: TileSource> VerifiedTiles<S> {
    /// Opens the tree of a checkpoint. Open the checkpoint's own note first: the tiles are no
    /// better than it.
    ///
    /// # Errors
    /// [`TileError::Source`], [`TileError::Length`], or [`TileError::Log`] with
    /// [`MerkleError::RootMismatch`] when the edge gives another root.
    pub fn open(source: S, checkpoint: &Checkpoint) -> Result<Self, TileError<S::Error>> {
        let size = checkpoint.size();
        let mut edge = BTreeMap::new();
        for tile in Tile::edge(size) {
            edge.insert(tile, fetch(&source, tile)?);
        }
        let found = edge_root(&edge, size)?;
        if found != checkpoint.root() {
            let expected = checkpoint.root();
            let error = MerkleError::RootMismatch { expected, found };
            return Err(LogError::from(error).into());
        }
        Ok(Self {
            source,
            size,
            edge,
            cache: RefCell::default(),
        })
    }

    /// Number of leaves.
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// The hash of one leaf.
    ///
    /// # Errors
    /// [`TileError::Log`] when there is no such leaf, else as [`Self::leaves`].
    pub fn leaf(&self, index: LeafIndex) -> Result<Hash, TileError<S::Error>> {
        self.node(Node::new(0, index.get()).map_err(LogError::from)?)
    }

    /// The hashes of the leaves whose entries stand in a bundle.
    ///
    /// # Errors
    /// [`TileError::OutsideTree`], [`TileError::Source`], [`TileError::Length`],
    /// [`TileError::Mismatch`].
    pub fn leaves(&self, at: EntryTile) -> Result<Vec<Hash>, TileError<S::Error>> {
        let outside = || Tile::new(0, at.index(), at.width()).map(|tile| self.outside(tile));
        if !at.is_part_of(self.size) {
            return Err(outside()?);
        }
        let Some(tile) = Tile::widest(0, at.index(), self.size) else {
            return Err(outside()?);
        };
        let mut hashes = self.read(tile)?;
        hashes.truncate(usize::from(at.width()));
        Ok(hashes)
    }

    /// The entries of a bundle, each checked against its leaf.
    ///
    /// # Errors
    /// As [`Self::leaves`], and [`TileError::Log`] when the bundle is malformed or an entry is not
    /// that of its leaf.
    pub fn entries<'b>(
        &self,
        at: EntryTile,
        bundle: &'b [u8],
    ) -> Result<Vec<&'b [u8]>, TileError<S::Error>> {
        let entries = decode_entries(bundle, usize::from(at.width()))?;
        let leaves = self.leaves(at)?;
        for (entry, leaf) in entries.iter().zip(leaves) {
            let found = leaf_hash(entry);
            if found != leaf {
                let (expected, found) = (as_root(leaf), as_root(found));
                return Err(LogError::from(MerkleError::RootMismatch { expected, found }).into());
            }
        }
        Ok(entries)
    }

    /// Reads a whole tile of the tree, verified.
    fn read(&self, tile: Tile) -> Result<Vec<Hash>, TileError<S::Error>> {
        if let Some(hashes) = self.edge.get(&tile) {
            return Ok(hashes.clone());
        }
        if let Some(hashes) = self.cache.borrow().get(&tile) {
            return Ok(hashes.clone());
        }
        // Only full tiles are left, and each has a parent: every partial one is at the edge.
        let parent = tile.parent(self.size).ok_or_else(|| self.outside(tile))?;
        let above = self.read(parent)?;
        let expected = above
            .get(position(tile.index()))
            .ok_or_else(|| self.outside(tile))?;
        let hashes = fetch(&self.source, tile)?;
        if subtree(&hashes) != Some(*expected) {
            return Err(TileError::Mismatch { tile });
        }
        let mut cache = self.cache.borrow_mut();
        if cache.len() >= CACHED_TILES {
            cache.clear();
        }
        cache.insert(tile, hashes.clone());
        Ok(hashes)
    }

    fn outside(&self, tile: Tile) -> TileError<S::Error> {
        TileError::OutsideTree {
            tile,
            size: self.size.get(),
        }
    }
}

impl<S: TileSource> HashSource for VerifiedTiles<S> {
    type Error = TileError<S::Error>;

    fn node(&self, node: Node) -> Result<Hash, Self::Error> {
        let missing = || TileError::from(LogError::from(MerkleError::NodeMissing(node)));
        let tile = Tile::holding(node, self.size).ok_or_else(missing)?;
        let hashes = self.read(tile)?;
        let inside = node.level() % TILE_HEIGHT;
        let first = position(node.index() << inside);
        let end = first.saturating_add(1 << inside);
        hashes.get(first..end).and_then(subtree).ok_or_else(missing)
    }
}

/// Offset within a tile of a hash with this position on its level.
fn position(index: u64) -> usize {
    usize::try_from(index % FULL).unwrap_or(0)
}

fn fetch<S: TileSource>(source: &S, tile: Tile) -> Result<Vec<Hash>, TileError<S::Error>> {
    let bytes = source.tile(tile).map_err(TileError::Source)?;
    if bytes.len() != tile.bytes() {
        return Err(TileError::Length {
            tile,
            expected: tile.bytes(),
            found: bytes.len(),
        });
    }
    let (hashes, _) = bytes.as_chunks::<HASH_BYTES>();
    Ok(hashes.iter().copied().map(Hash::from_bytes).collect())
}

/// The root of a power of two of neighbouring subtrees of one height.
fn subtree(hashes: &[Hash]) -> Option<Hash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        let (pairs, _) = row.as_chunks::<2>();
        row = pairs
            .iter()
            .map(|[left, right]| node_hash(*left, *right))
            .collect();
    }
    row.first().copied()
}

/// The root that follows from the partial tiles at the right edge.
///
/// The bits of a tile's width are bits of the tree size, so the subtrees that make up the root are
/// runs of hashes in these tiles, one per bit.
fn edge_root<E>(edge: &BTreeMap<Tile, Vec<Hash>>, size: TreeSize) -> Result<Root, TileError<E>> {
    let mut peaks = Vec::new();
    for hashes in edge.values().rev() {
        let mut rest = hashes.as_slice();
        while let Some(bit) = rest.len().checked_ilog2() {
            let (run, after) = rest.split_at(1 << bit);
            peaks.extend(subtree(run));
            rest = after;
        }
    }
    Ok(CompactRange::from_hashes(size, peaks)
        .map_err(LogError::from)?
        .root())
}

fn as_root(hash: Hash) -> Root {
    Root::from_bytes(*hash.as_bytes())
}
