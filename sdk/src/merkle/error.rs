//! Why a tree, a proof or one of their values is refused.

use super::{Node, Root};
use crate::reason::Reason;

/// Why a proof does not hold or cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MerkleError {
    /// A size above 2^53 − 1.
    #[error("tree size {size} above {max}")]
    SizeTooLarge {
        /// What was asked for; saturates at the largest integer.
        size: u64,
        /// The largest size allowed.
        max: u64,
    },
    /// The leaf index is not below the tree size.
    #[error("leaf index {index} is not below {size}")]
    IndexOutOfRange {
        /// The index.
        index: u64,
        /// The tree size, or the end of the subtree.
        size: u64,
    },
    /// The leaves from `start` to `end` are no subtree of a Merkle tree.
    #[error("leaves {start} to {end} of {size} form no subtree")]
    NoSubtree {
        /// First leaf.
        start: u64,
        /// One past the last leaf.
        end: u64,
        /// Leaves of the whole tree.
        size: u64,
    },
    /// A subtree of this height cannot follow on a tree of this size.
    #[error("a subtree of level {level} does not fit on {size} leaves")]
    Misaligned {
        /// Height of the subtree.
        level: u8,
        /// Leaves before it.
        size: u64,
    },
    /// Nothing follows from consistency with the empty tree.
    #[error("consistency with the empty tree proves nothing")]
    EmptyTree,
    /// The older tree is the larger one.
    #[error("a tree of {new} leaves cannot extend one of {old}")]
    Shrinks {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
    /// A path or hash list of another length than the sizes demand.
    #[error("expected {expected} hashes, found {found}")]
    PathLength {
        /// Hashes demanded.
        expected: usize,
        /// Hashes given.
        found: usize,
    },
    /// The proof leads to another root.
    #[error("expected root {expected}, the proof gives {found}")]
    RootMismatch {
        /// The root to be reached.
        expected: Root,
        /// The root the proof leads to.
        found: Root,
    },
    /// The source holds no such complete subtree.
    #[error("no node at level {}, index {}", .0.level(), .0.index())]
    NodeMissing(Node),
}

impl MerkleError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::SizeTooLarge { .. } => Reason::IntegerOutOfRange,
            Self::RootMismatch { .. } => Reason::RootMismatch,
            _ => Reason::ProofInvalid,
        }
    }
}

/// The text is not the base64 of 32 bytes in its one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the base64 of a 32-byte hash")]
pub struct HashTextError;

impl HashTextError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::ProofInvalid
    }
}
