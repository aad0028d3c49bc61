//! A leaf below a checkpoint.

use super::FraudError;
use crate::index::{Embedded, IndexHead};
use crate::log::Checkpoint;
use crate::merkle::{Hash, LeafIndex, Tree, leaf_hash, verify};

int_map! {
    /// The data of a leaf, and the path from there to the root of a tree.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ShownLeaf {
        /// Where it stands.
        1 => index: u64,
        /// Its path.
        2 ? path: Vec<[u8; 32]>,
        /// Its data.
        3 => data: Embedded,
    }
}

impl ShownLeaf {
    /// A leaf of a tree.
    ///
    /// # Errors
    /// [`FraudError::Merkle`] when the tree has no such leaf.
    pub fn of(tree: &Tree, index: u64, data: &[u8]) -> Result<Self, FraudError> {
        let path = tree.inclusion(LeafIndex::new(index)?, tree.size())?;
        Ok(Self::new(index, &path, data))
    }

    /// A leaf with its path.
    pub fn new(index: u64, path: &[Hash], data: &[u8]) -> Self {
        Self {
            index,
            path: to_bytes(path),
            data: Embedded(data.to_vec()),
        }
    }

    /// Checks that the leaf stands below the checkpoint.
    pub(super) fn check(&self, checkpoint: &Checkpoint) -> Result<LeafIndex, FraudError> {
        let (leaf, size) = (LeafIndex::new(self.index)?, checkpoint.size());
        let hash = leaf_hash(&self.data.0);
        verify::inclusion(hash, leaf, size, &hashes(&self.path), checkpoint.root())?;
        Ok(leaf)
    }

    /// The head that this leaf of an index log is.
    pub(super) fn head(&self, index: &Checkpoint) -> Result<IndexHead, FraudError> {
        self.check(index)?;
        let head = IndexHead::parse(&self.data.0).map_err(crate::index::IndexError::from)?;
        head.check_index(index.origin())?;
        Ok(head)
    }
}

pub(super) fn hashes(bytes: &[[u8; 32]]) -> Vec<Hash> {
    bytes.iter().map(|bytes| Hash::from_bytes(*bytes)).collect()
}

pub(super) fn to_bytes(path: &[Hash]) -> Vec<[u8; 32]> {
    path.iter().map(|hash| *hash.as_bytes()).collect()
}
