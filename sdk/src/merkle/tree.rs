//! A whole tree in memory.

use super::node::{HashSource, Node};
use super::prove::{self, ProveError};
use super::{CompactRange, Hash, LeafIndex, MerkleError, Root, TreeSize};

/// All complete subtrees of a tree, by level: for batches behind a promise and for tests.
///
/// Takes about 64 bytes per leaf. A log's own tree lives in tiles and is read as a [`HashSource`].
#[derive(Debug, Clone, Default)]
pub struct Tree {
    range: CompactRange,
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree without leaves.
    pub const fn new() -> Self {
        Self {
            range: CompactRange::new(),
            levels: Vec::new(),
        }
    }

    /// Builds the tree over these leaf hashes.
    ///
    /// # Errors
    /// [`MerkleError::SizeTooLarge`] past 2^53 − 1 leaves.
    pub fn from_leaves(leaves: impl IntoIterator<Item = Hash>) -> Result<Self, MerkleError> {
        let mut tree = Self::new();
        leaves.into_iter().try_for_each(|leaf| tree.append(leaf))?;
        Ok(tree)
    }

    /// Appends a leaf by its hash.
    ///
    /// # Errors
    /// [`MerkleError::SizeTooLarge`] when the tree is full.
    pub fn append(&mut self, leaf: Hash) -> Result<(), MerkleError> {
        let levels = &mut self.levels;
        self.range.append_visiting(leaf, |node, hash| {
            // Subtrees become complete in order, level by level: the new one is always the next.
            let level = usize::from(node.level());
            if levels.len() <= level {
                levels.resize(level.saturating_add(1), Vec::new());
            }
            if let Some(row) = levels.get_mut(level) {
                row.push(hash);
            }
        })
    }

    /// Number of leaves.
    pub const fn size(&self) -> TreeSize {
        self.range.size()
    }

    /// Root over all leaves.
    pub fn root(&self) -> Root {
        self.range.root()
    }

    /// Root over the first `size` leaves.
    ///
    /// # Errors
    /// [`MerkleError::NodeMissing`] when the tree has fewer.
    pub fn root_at(&self, size: TreeSize) -> Result<Root, MerkleError> {
        Ok(CompactRange::read(self, size)?.root())
    }

    /// The path that shows leaf `index` in the tree of the first `size` leaves.
    ///
    /// # Errors
    /// [`MerkleError::IndexOutOfRange`], or [`MerkleError::NodeMissing`] when the tree has fewer
    /// than `size` leaves.
    pub fn inclusion(&self, index: LeafIndex, size: TreeSize) -> Result<Vec<Hash>, MerkleError> {
        prove::inclusion(self, index, size).map_err(flatten)
    }

    /// The proof that the first `new` leaves begin with the first `old`.
    ///
    /// # Errors
    /// [`MerkleError::EmptyTree`], [`MerkleError::Shrinks`], or [`MerkleError::NodeMissing`] when
    /// the tree has fewer than `new` leaves.
    pub fn consistency(&self, old: TreeSize, new: TreeSize) -> Result<Vec<Hash>, MerkleError> {
        prove::consistency(self, old, new).map_err(flatten)
    }
}

impl HashSource for Tree {
    type Error = MerkleError;

    fn node(&self, node: Node) -> Result<Hash, MerkleError> {
        let row = self.levels.get(usize::from(node.level()));
        let index = usize::try_from(node.index()).ok();
        let hash = row.zip(index).and_then(|(row, index)| row.get(index));
        hash.copied().ok_or(MerkleError::NodeMissing(node))
    }
}

fn flatten(error: ProveError<MerkleError>) -> MerkleError {
    match error {
        ProveError::Merkle(error) | ProveError::Source(error) => error,
    }
}
