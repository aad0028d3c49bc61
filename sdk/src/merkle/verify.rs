//! Checking proofs. Every function is total: any sizes, indices and hash lists give an answer.

use super::{Hash, LeafIndex, MerkleError, Root, TreeSize, node_hash};

/// Checks that `leaf` stands at `index` in the tree of `size` leaves with this `root`.
///
/// # Errors
/// [`MerkleError::IndexOutOfRange`], [`MerkleError::PathLength`] unless the path has exactly the
/// length the index and size demand, [`MerkleError::RootMismatch`].
///
/// ```
/// use fairtrail::merkle::{LeafIndex, MerkleError, Root, TreeSize, leaf_hash, verify};
/// let leaf = leaf_hash(b"only one");
/// let root = Root::from_bytes(*leaf.as_bytes());
/// let (index, size) = (LeafIndex::new(0)?, TreeSize::new(1)?);
/// verify::inclusion(leaf, index, size, &[], root)?;
/// assert!(verify::inclusion(leaf_hash(b"another"), index, size, &[], root).is_err());
/// # Ok::<(), MerkleError>(())
/// ```
pub fn inclusion(
    leaf: Hash,
    index: LeafIndex,
    size: TreeSize,
    path: &[Hash],
    root: Root,
) -> Result<(), MerkleError> {
    let found = root_from_inclusion(leaf, index, size, path)?;
    compare(root, found)
}

/// The root that a path leads to from `leaf` at `index` in a tree of `size` leaves.
///
/// # Errors
/// [`MerkleError::IndexOutOfRange`], [`MerkleError::PathLength`].
pub fn root_from_inclusion(
    leaf: Hash,
    index: LeafIndex,
    size: TreeSize,
    path: &[Hash],
) -> Result<Root, MerkleError> {
    let hash = climb(leaf, index.get(), size.get(), path)?;
    Ok(Root::from_bytes(*hash.as_bytes()))
}

/// Checks that `leaf` stands at `index` of the log, below the subtree of the leaves from `start`
/// to `end`.
///
/// # Errors
/// [`MerkleError::NoSubtree`], then as [`inclusion`].
pub fn subtree_inclusion(
    leaf: Hash,
    index: LeafIndex,
    start: u64,
    end: u64,
    path: &[Hash],
    subtree: Hash,
) -> Result<(), MerkleError> {
    check_subtree(start, end, end)?;
    let outside = MerkleError::IndexOutOfRange {
        index: index.get(),
        size: end,
    };
    let offset = index.get().checked_sub(start).ok_or(outside)?;
    let found = climb(leaf, offset, end.saturating_sub(start), path)?;
    compare(as_root(subtree), as_root(found))
}

/// Checks that the tree of `new` leaves with `new_root` begins with the tree of `old` leaves.
///
/// # Errors
/// [`MerkleError::EmptyTree`] when `old` is zero, because any tree begins with the empty one and
/// `old_root` would go unchecked; [`MerkleError::Shrinks`]; [`MerkleError::PathLength`];
/// [`MerkleError::RootMismatch`].
pub fn consistency(
    old: TreeSize,
    old_root: Root,
    new: TreeSize,
    new_root: Root,
    path: &[Hash],
) -> Result<(), MerkleError> {
    check_growth(old, new)?;
    let old_hash = Hash::from_bytes(*old_root.as_bytes());
    subtree_consistency(0, old.get(), old_hash, new, new_root, path)
}

/// Checks that the subtree of the leaves from `start` to `end` is part of the tree of `size`.
///
/// The empty subtree is part of every tree: its hash must be that of the empty tree, the path must
/// be empty and nothing is learned about `root`.
///
/// # Errors
/// [`MerkleError::NoSubtree`], [`MerkleError::PathLength`], [`MerkleError::RootMismatch`].
pub fn subtree_consistency(
    start: u64,
    end: u64,
    subtree: Hash,
    size: TreeSize,
    root: Root,
    path: &[Hash],
) -> Result<(), MerkleError> {
    check_subtree(start, end, size.get())?;
    if start == end {
        check_length(0, path)?;
        return compare(Root::empty(), as_root(subtree));
    }
    // The last leaf of the range and of the tree, and how far their paths to the root differ.
    let (last, tree_last) = (end.saturating_sub(1), size.get().saturating_sub(1));
    let height = bit_length(last ^ tree_last);
    // Where the range ends with the tree, its hash is known as a whole; else the proof begins with
    // the largest complete subtree at its end, unless that is the range itself.
    let whole = if height == 0 {
        bit_length(start ^ last)
    } else {
        trailing_ones(start, last)
    };
    let (seed, rest) = if start >> whole == last >> whole {
        (subtree, path)
    } else {
        let (first, rest) = path.split_first().ok_or_else(|| path_length(1, path))?;
        (*first, rest)
    };
    let joins = Joins {
        start: start >> whole,
        last: last >> whole,
        tree_last: tree_last >> whole,
    };
    let (old, new) = joins.run(seed, rest, path)?;
    compare(as_root(subtree), as_root(old))?;
    compare(root, as_root(new))
}

/// The state of RFC 9162 §2.1.4.2: three positions that move up one level per hash.
struct Joins {
    start: u64,
    last: u64,
    tree_last: u64,
}

impl Joins {
    /// Rebuilds the hash of the range and of the tree from one list of hashes.
    fn run(mut self, seed: Hash, rest: &[Hash], all: &[Hash]) -> Result<(Hash, Hash), MerkleError> {
        let (mut range, mut tree) = (seed, seed);
        for sibling in rest {
            if self.tree_last == 0 {
                return Err(path_length(all.len().saturating_sub(1), all));
            }
            if self.last & 1 == 1 || self.last == self.tree_last {
                if self.start < self.last {
                    range = node_hash(*sibling, range);
                }
                tree = node_hash(*sibling, tree);
                while self.last & 1 == 0 && self.last != 0 {
                    self.up();
                }
            } else {
                tree = node_hash(tree, *sibling);
            }
            self.up();
        }
        if self.tree_last != 0 {
            return Err(path_length(all.len().saturating_add(1), all));
        }
        Ok((range, tree))
    }

    fn up(&mut self) {
        self.start >>= 1;
        self.last >>= 1;
        self.tree_last >>= 1;
    }
}

/// Refuses sizes between which consistency says nothing.
pub(super) fn check_growth(old: TreeSize, new: TreeSize) -> Result<(), MerkleError> {
    if old > new {
        return Err(MerkleError::Shrinks {
            old: old.get(),
            new: new.get(),
        });
    }
    if old == TreeSize::ZERO {
        return Err(MerkleError::EmptyTree);
    }
    Ok(())
}

/// Refuses ranges that are no subtree: see [`super::prove::subtree_consistency`].
pub(super) fn check_subtree(start: u64, end: u64, size: u64) -> Result<(), MerkleError> {
    let refused = MerkleError::NoSubtree { start, end, size };
    let length = end.checked_sub(start).ok_or(refused.clone())?;
    let alignment = length.checked_next_power_of_two().ok_or(refused.clone())?;
    let aligned = start & alignment.wrapping_sub(1) == 0;
    if end > size || size > super::MAX_TREE_SIZE || !aligned {
        return Err(refused);
    }
    Ok(())
}

/// The largest power of two below `length`, which must be at least 2.
pub(super) fn split(length: u64) -> u64 {
    length
        .saturating_sub(1)
        .checked_ilog2()
        .map_or(0, |bit| 1 << bit)
}

/// Joins `leaf` with the siblings on its path: below the point where the paths of this and the
/// last leaf part, sides follow the bits of the index; above it, all siblings are to the left.
fn climb(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Result<Hash, MerkleError> {
    if index >= size {
        return Err(MerkleError::IndexOutOfRange { index, size });
    }
    let inner = bit_length(index ^ size.saturating_sub(1));
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    check_length(inner.saturating_add(border) as usize, path)?;
    let mut hash = leaf;
    for (sibling, level) in path.iter().zip(0_u32..) {
        let on_the_left = level >= inner || index >> level & 1 == 1;
        hash = if on_the_left {
            node_hash(*sibling, hash)
        } else {
            node_hash(hash, *sibling)
        };
    }
    Ok(hash)
}

fn bit_length(value: u64) -> u32 {
    u64::BITS.saturating_sub(value.leading_zeros())
}

/// How often `last` can be halved while odd, without passing the height of the range.
fn trailing_ones(start: u64, last: u64) -> u32 {
    last.trailing_ones().min(bit_length(start ^ last))
}

fn as_root(hash: Hash) -> Root {
    Root::from_bytes(*hash.as_bytes())
}

fn check_length(expected: usize, path: &[Hash]) -> Result<(), MerkleError> {
    if path.len() == expected {
        Ok(())
    } else {
        Err(path_length(expected, path))
    }
}

fn path_length(expected: usize, path: &[Hash]) -> MerkleError {
    MerkleError::PathLength {
        expected,
        found: path.len(),
    }
}

fn compare(expected: Root, found: Root) -> Result<(), MerkleError> {
    if expected == found {
        Ok(())
    } else {
        Err(MerkleError::RootMismatch { expected, found })
    }
}
