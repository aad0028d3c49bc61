//! The O(log n) state of a growing tree.

use super::node::{HashSource, Node, cover};
use super::{Hash, MerkleError, Root, TreeSize, node_hash};

/// The hashes of the complete subtrees that make up a tree, one per bit of its size, left to right.
///
/// That is all a witness must keep to append to a tree and know its root: at most 53 hashes.
///
/// ```
/// use fairtrail::merkle::{CompactRange, MerkleError, leaf_hash};
///
/// let mut range = CompactRange::new();
/// range.append(leaf_hash(b"a"))?;
/// range.append(leaf_hash(b"b"))?;
/// let kept = range.hashes().to_vec();
/// assert_eq!(kept.len(), 1);
/// assert_eq!(CompactRange::from_hashes(range.size(), kept.clone())?, range);
/// let short = CompactRange::from_hashes(range.size().grown_by(1)?, kept);
/// assert_eq!(short, Err(MerkleError::PathLength { expected: 2, found: 1 }));
/// # Ok::<(), MerkleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactRange {
    size: TreeSize,
    hashes: Vec<Hash>,
}

impl CompactRange {
    /// The tree without leaves.
    pub const fn new() -> Self {
        Self {
            size: TreeSize::ZERO,
            hashes: Vec::new(),
        }
    }

    /// Takes up a kept state again. Whether it belongs to a given root, [`Self::root`] tells.
    ///
    /// # Errors
    /// [`MerkleError::PathLength`] unless there is one hash per bit of `size`.
    pub fn from_hashes(size: TreeSize, hashes: Vec<Hash>) -> Result<Self, MerkleError> {
        let expected = size.get().count_ones() as usize;
        if hashes.len() != expected {
            return Err(MerkleError::PathLength {
                expected,
                found: hashes.len(),
            });
        }
        Ok(Self { size, hashes })
    }

    /// Reads the state of the tree of `size` leaves from a source that holds at least as many.
    ///
    /// # Errors
    /// What the source meets.
    pub fn read<S: HashSource>(source: &S, size: TreeSize) -> Result<Self, S::Error> {
        let hashes = cover(0, size.get()).map(|node| source.node(node));
        Ok(Self {
            size,
            hashes: hashes.collect::<Result<_, _>>()?,
        })
    }

    /// Appends a leaf by its hash.
    ///
    /// # Errors
    /// [`MerkleError::SizeTooLarge`] when the tree is full.
    pub fn append(&mut self, leaf: Hash) -> Result<(), MerkleError> {
        self.append_subtree(0, leaf, |_, _| ())
    }

    /// Appends a leaf and reports every subtree that became complete, the leaf itself first.
    ///
    /// # Errors
    /// [`MerkleError::SizeTooLarge`] when the tree is full.
    pub fn append_visiting(
        &mut self,
        leaf: Hash,
        visit: impl FnMut(Node, Hash),
    ) -> Result<(), MerkleError> {
        self.append_subtree(0, leaf, visit)
    }

    /// Appends a complete subtree of 2^`level` leaves and reports every subtree that became
    /// complete, the appended one first.
    ///
    /// # Errors
    /// [`MerkleError::Misaligned`] unless the size is a multiple of 2^`level`, and
    /// [`MerkleError::SizeTooLarge`] when it does not fit; the state is then unchanged.
    pub fn append_subtree(
        &mut self,
        level: u8,
        subtree: Hash,
        mut visit: impl FnMut(Node, Hash),
    ) -> Result<(), MerkleError> {
        let size = self.size.get();
        let misaligned = MerkleError::Misaligned { level, size };
        let leaves = 1_u64
            .checked_shl(u32::from(level))
            .ok_or(misaligned.clone())?;
        if size & leaves.wrapping_sub(1) != 0 {
            return Err(misaligned);
        }
        let grown = self.size.grown_by(leaves)?;
        let (mut hash, mut at) = (subtree, level);
        visit(Node::new(at, size >> at)?, hash);
        while size >> at & 1 == 1 {
            // One hash per set bit of the size: where the bit is set, there is a hash to pop.
            let left = self
                .hashes
                .pop()
                .ok_or(MerkleError::Misaligned { level, size })?;
            hash = node_hash(left, hash);
            at = at.saturating_add(1);
            visit(Node::new(at, size >> at)?, hash);
        }
        self.hashes.push(hash);
        self.size = grown;
        Ok(())
    }

    /// The root of the tree.
    pub fn root(&self) -> Root {
        let folded = self
            .hashes
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(left, right));
        folded.map_or_else(Root::empty, |hash| Root::from_bytes(*hash.as_bytes()))
    }

    /// Number of leaves.
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// The hashes to keep, left to right; see [`Self::from_hashes`].
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }
}

impl Default for CompactRange {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MAX_TREE_SIZE, leaf_hash};
    use super::*;

    fn leaf(number: u64) -> Hash {
        leaf_hash(&number.to_be_bytes())
    }

    #[test]
    fn repeating_the_last_leaf_gives_another_root() {
        for count in 1..=64 {
            let mut once = CompactRange::new();
            (0..count).for_each(|number| once.append(leaf(number)).unwrap());
            let mut twice = once.clone();
            twice.append(leaf(count - 1)).unwrap();
            assert_ne!(once.root(), twice.root(), "{count}");
        }
    }

    #[test]
    fn subtrees_join_to_the_same_tree_as_leaves() {
        let mut whole = CompactRange::new();
        let mut nodes = Vec::new();
        for number in 0..12 {
            whole
                .append_visiting(leaf(number), |node, hash| nodes.push((node, hash)))
                .unwrap();
        }
        let find = |level, index| {
            let node = Node::new(level, index).unwrap();
            nodes.iter().find(|(at, _)| *at == node).unwrap().1
        };
        let mut joined = CompactRange::new();
        joined.append_subtree(3, find(3, 0), |_, _| ()).unwrap();
        joined.append_subtree(1, find(1, 4), |_, _| ()).unwrap();
        joined.append_subtree(1, find(1, 5), |_, _| ()).unwrap();
        assert_eq!(joined, whole);
    }

    #[test]
    fn a_subtree_that_does_not_fit_changes_nothing() {
        let mut range = CompactRange::new();
        range.append(leaf(0)).unwrap();
        let before = range.clone();
        let misaligned = |level| MerkleError::Misaligned { level, size: 1 };
        for level in [1, 52, 63, 64, 255] {
            assert_eq!(
                range.append_subtree(level, leaf(1), |_, _| ()),
                Err(misaligned(level))
            );
        }
        assert_eq!(range, before);

        let size = TreeSize::new(MAX_TREE_SIZE).unwrap();
        let mut full = CompactRange::from_hashes(size, vec![leaf(0); 53]).unwrap();
        assert!(matches!(
            full.append(leaf(1)),
            Err(MerkleError::SizeTooLarge { .. })
        ));
        assert_eq!(full.size(), size);
        assert!(
            CompactRange::new()
                .append_subtree(53, leaf(0), |_, _| ())
                .is_err()
        );
    }
}
