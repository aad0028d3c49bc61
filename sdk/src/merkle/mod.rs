//! The RFC 6962 Merkle tree: hashing, compact ranges, proofs. No strings, no keys.
//!
//! SHA-256 throughout, because every transparency-log tool fixes it: leaf = SHA-256(0x00 ‖ data),
//! node = SHA-256(0x01 ‖ left ‖ right), the empty tree has the root SHA-256(""), and a tree of n
//! leaves splits at the largest power of two below n. Nothing here panics or allocates more than
//! its input for any bytes, sizes or indices. Signed tree heads are `crate::log`'s business.
//!
//! - [`struct@Hash`], [`Root`], [`TreeSize`], [`LeafIndex`]: values that cannot be mistaken for another.
//! - [`CompactRange`]: the O(log n) state that can append and give the root.
//! - [`Tree`]: all leaves in memory; a [`HashSource`] is any other place nodes are read from.
//! - [`prove`] builds proofs from a source, [`verify`] checks them.
//!
//! ```
//! use fairtrail::merkle::{LeafIndex, MerkleError, Tree, leaf_hash, verify};
//!
//! let leaves = [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")];
//! let tree = Tree::from_leaves(leaves)?;
//! let path = tree.inclusion(LeafIndex::new(2)?, tree.size())?;
//! verify::inclusion(leaves[2], LeafIndex::new(2)?, tree.size(), &path, tree.root())?;
//!
//! let moved = verify::inclusion(leaves[2], LeafIndex::new(1)?, tree.size(), &path, tree.root());
//! assert!(matches!(moved, Err(MerkleError::PathLength { expected: 2, found: 1 })));
//! # Ok::<(), MerkleError>(())
//! ```

mod error;
mod hash;
mod node;
pub mod prove;
mod range;
mod size;
mod tree;
pub mod verify;

pub use error::{HashTextError, MerkleError};
pub use hash::{HASH_BYTES, Hash, Root, leaf_hash, node_hash};
pub use node::{HashSource, Node};
pub use prove::ProveError;
pub use range::CompactRange;
pub use size::{LeafIndex, MAX_TREE_SIZE, TreeSize};
pub use tree::Tree;
