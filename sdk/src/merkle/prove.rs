//! Building proofs from any [`HashSource`]. Checking them: [`super::verify`].
//!
//! Paths run from the leaf's (or the older tree's) sibling up to the child of the root, as in
//! RFC 6962 §2.1.1 and §2.1.2. Each takes O(log n) reads.

use super::node::{HashSource, cover};
use super::verify::{check_growth, check_subtree, split};
use super::{Hash, LeafIndex, MerkleError, TreeSize, node_hash};

/// Why a proof could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The question makes no sense for these sizes.
    #[error(transparent)]
    Merkle(MerkleError),
    /// The source failed.
    #[error("the hash source failed")]
    Source(E),
}

impl<E> From<MerkleError> for ProveError<E> {
    fn from(error: MerkleError) -> Self {
        Self::Merkle(error)
    }
}

/// The path that shows leaf `index` in the tree of the first `size` leaves.
///
/// # Errors
/// [`MerkleError::IndexOutOfRange`], or what the source meets.
pub fn inclusion<S: HashSource>(
    source: &S,
    index: LeafIndex,
    size: TreeSize,
) -> Result<Vec<Hash>, ProveError<S::Error>> {
    let (index, size) = (index.get(), size.get());
    if index >= size {
        return Err(MerkleError::IndexOutOfRange { index, size }.into());
    }
    walk(source, index, index.saturating_add(1), size)
}

/// The proof that the first `new` leaves begin with the first `old`.
///
/// # Errors
/// [`MerkleError::EmptyTree`] when `old` is zero, [`MerkleError::Shrinks`] when it is above `new`,
/// or what the source meets.
pub fn consistency<S: HashSource>(
    source: &S,
    old: TreeSize,
    new: TreeSize,
) -> Result<Vec<Hash>, ProveError<S::Error>> {
    check_growth(old, new)?;
    walk(source, 0, old.get(), new.get())
}

/// The proof that the subtree of the leaves from `start` to `end` is part of the tree of `size`.
///
/// A subtree is a range whose start is a multiple of the smallest power of two that is at least
/// its length. With `start` 0 this is [`consistency`], with one leaf it is [`inclusion`].
///
/// # Errors
/// [`MerkleError::NoSubtree`], or what the source meets.
pub fn subtree_consistency<S: HashSource>(
    source: &S,
    start: u64,
    end: u64,
    size: TreeSize,
) -> Result<Vec<Hash>, ProveError<S::Error>> {
    check_subtree(start, end, size.get())?;
    if start == end {
        return Ok(Vec::new());
    }
    walk(source, start, end, size.get())
}

/// Descends from the root to the range and collects the siblings on the way, deepest first.
fn walk<S: HashSource>(
    source: &S,
    start: u64,
    end: u64,
    size: u64,
) -> Result<Vec<Hash>, ProveError<S::Error>> {
    let (mut low, mut high) = (0_u64, size);
    // False once a left part of the range was split off: then the verifier does not know the hash
    // of what remains, and the proof must begin with it.
    let mut known = true;
    let mut path = Vec::new();
    while low < start || high != end {
        let middle = low.saturating_add(split(high.saturating_sub(low)));
        if end <= middle {
            path.push(subtree_hash(source, middle, high)?);
            high = middle;
        } else {
            path.push(subtree_hash(source, low, middle)?);
            known &= start >= middle;
            low = middle;
        }
    }
    if !known {
        path.push(subtree_hash(source, low, high)?);
    }
    path.reverse();
    Ok(path)
}

/// Hash of the leaves from `start` to `end`, read as complete subtrees and joined.
fn subtree_hash<S: HashSource>(
    source: &S,
    start: u64,
    end: u64,
) -> Result<Hash, ProveError<S::Error>> {
    let mut joined = None;
    for node in cover(start, end).rev() {
        let left = source.node(node).map_err(ProveError::Source)?;
        joined = Some(joined.map_or(left, |right| node_hash(left, right)));
    }
    let empty = MerkleError::NoSubtree {
        start,
        end,
        size: end,
    };
    joined.ok_or(ProveError::Merkle(empty))
}
