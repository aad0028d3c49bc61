//! Coordinates of complete subtrees and the places their hashes are read from.

use super::{Hash, MAX_TREE_SIZE, MerkleError};

/// Where a complete subtree stands: its leaves are `index·2^level` to `(index + 1)·2^level − 1`.
///
/// Level 0 are the leaves. Only complete subtrees have a hash that never changes, so only they are
/// stored; everything else is computed from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    level: u8,
    index: u64,
}

impl Node {
    /// Names a node.
    ///
    /// # Errors
    /// [`MerkleError::NoSubtree`] when no tree is large enough to have it.
    pub const fn new(level: u8, index: u64) -> Result<Self, MerkleError> {
        let fits = level < 53 && index < (MAX_TREE_SIZE >> level);
        if !fits {
            return Err(MerkleError::NoSubtree {
                start: index,
                end: index,
                size: MAX_TREE_SIZE,
            });
        }
        Ok(Self { level, index })
    }

    /// Height above the leaves, 0 to 52.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// Position among the nodes of this level.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// First leaf below it.
    pub const fn start(self) -> u64 {
        self.index << self.level
    }

    /// Number of leaves below it.
    pub const fn leaves(self) -> u64 {
        1 << self.level
    }
}

/// A place the hashes of complete subtrees are read from: memory, tiles on disk, verified tiles.
pub trait HashSource {
    /// Why a hash could not be read.
    type Error;

    /// Reads the hash of one complete subtree.
    ///
    /// # Errors
    /// Whatever the source meets; a proof builder passes it on as [`super::ProveError::Source`].
    fn node(&self, node: Node) -> Result<Hash, Self::Error>;
}

impl<S: HashSource + ?Sized> HashSource for &S {
    type Error = S::Error;

    fn node(&self, node: Node) -> Result<Hash, Self::Error> {
        (**self).node(node)
    }
}

/// The complete subtrees that make up the leaves from `start` to `end`, left to right.
///
/// `start` must be a multiple of the smallest power of two that is at least `end − start`; then the
/// subtrees shrink from left to right, one per bit of the length.
pub(super) fn cover(start: u64, end: u64) -> impl DoubleEndedIterator<Item = Node> {
    let length = end.saturating_sub(start);
    (0..53_u8).rev().filter_map(move |level| {
        let leaves = 1_u64 << level;
        let above = length & !(leaves | leaves.wrapping_sub(1));
        let first = start.saturating_add(above);
        (length & leaves != 0).then_some(Node {
            level,
            index: first >> level,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_one_subtree_per_bit() {
        let nodes: Vec<_> = cover(0, 13)
            .map(|node| (node.level(), node.index()))
            .collect();
        assert_eq!(nodes, [(3, 0), (2, 2), (0, 12)]);
        let nodes: Vec<_> = cover(8, 11)
            .map(|node| (node.level(), node.index()))
            .collect();
        assert_eq!(nodes, [(1, 4), (0, 10)]);
        assert_eq!(cover(4, 4).count(), 0);
    }

    #[test]
    fn a_node_beyond_every_tree_is_refused() {
        assert!(Node::new(52, 0).is_ok());
        assert!(Node::new(53, 0).is_err());
        assert!(Node::new(0, MAX_TREE_SIZE).is_err());
        assert!(Node::new(255, 0).is_err());
    }
}
