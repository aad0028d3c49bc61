//! Reading tiles and the hashes in them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fairtrail::log::{Tile, TileSource};
use fairtrail::merkle::{CompactRange, HASH_BYTES, Hash, HashSource, Node, TreeSize};

use super::{TILE_HEIGHT, TilesError, tile_path};
use crate::store::disk;

/// Reads tiles beside their one writer; cheap to clone, usable from many threads.
#[derive(Debug, Clone)]
pub struct TileReader {
    dir: Arc<PathBuf>,
    size: Arc<AtomicU64>,
}

impl TileReader {
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: Arc::new(dir.to_path_buf()),
            size: Arc::new(AtomicU64::new(0)),
        }
    }

    pub(super) fn set_size(&self, size: TreeSize) {
        self.size.store(size.get(), Ordering::Release);
    }

    /// The size of the tree whose tiles are there. What of it is published, the caller knows.
    pub fn size(&self) -> TreeSize {
        TreeSize::new(self.size.load(Ordering::Acquire)).unwrap_or(TreeSize::ZERO)
    }

    pub(super) fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, TilesError> {
        let bytes = self.tile(tile)?;
        let (chunks, _) = bytes.as_chunks::<HASH_BYTES>();
        Ok(chunks
            .iter()
            .map(|bytes| Hash::from_bytes(*bytes))
            .collect())
    }

    /// The file of the widest tile at this place, cut to the width asked for.
    fn cut(&self, tile: Tile, size: TreeSize) -> Result<Option<Vec<u8>>, TilesError> {
        let widest = Tile::widest(tile.level(), tile.index(), size)
            .filter(|widest| widest.width() >= tile.width())
            .ok_or(TilesError::NotHere {
                tile,
                size: size.get(),
            })?;
        let Some(mut bytes) = disk::read_if_exists(&tile_path(&self.dir, widest))? else {
            return Ok(None);
        };
        if bytes.len() != widest.bytes() {
            return Err(TilesError::Damaged { tile: widest });
        }
        bytes.truncate(tile.bytes());
        Ok(Some(bytes))
    }
}

impl TileSource for TileReader {
    type Error = TilesError;

    /// The bytes of a tile. Their length is checked, not their content.
    fn tile(&self, tile: Tile) -> Result<Vec<u8>, TilesError> {
        let mut size = self.size();
        loop {
            if let Some(bytes) = self.cut(tile, size)? {
                return Ok(bytes);
            }
            // The tree may just have outgrown the partial tile that was looked for.
            let grown = self.size();
            if grown == size {
                return Err(TilesError::Damaged { tile });
            }
            size = grown;
        }
    }
}

impl HashSource for TileReader {
    type Error = TilesError;

    fn node(&self, node: Node) -> Result<Hash, TilesError> {
        let size = self.size();
        let none = TilesError::NoSubtree {
            level: node.level(),
            index: node.index(),
            size: size.get(),
        };
        let tile = Tile::holding(node, size).ok_or(none.clone())?;
        let inner = node.level() % TILE_HEIGHT;
        let count = 1_usize << inner;
        // Which hashes of the tile: the tile holds 2^(8 − inner) subtrees of this height.
        let within = node.index() % (1 << (TILE_HEIGHT - inner));
        let start = usize::try_from(within).map_or(usize::MAX, |within| within << inner);
        let hashes = self.hashes(tile)?;
        let hashes = hashes.get(start..start.saturating_add(count)).ok_or(none)?;
        let mut range = CompactRange::new();
        for hash in hashes {
            range.append(*hash)?;
        }
        // A power of two of hashes leaves exactly one.
        let [hash] = range.hashes() else {
            return Err(TilesError::Damaged { tile });
        };
        Ok(*hash)
    }
}
