//! Why a copy of a log is refused.

use crate::id::EntryId;
use crate::log::Origin;
use crate::merkle::MerkleError;
use crate::reason::Reason;

/// Why leaves or notes are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplicaError {
    /// One entry id stands twice in the log.
    #[error("leaf {leaf} repeats entry {id}")]
    Duplicate {
        /// The second leaf.
        leaf: usize,
        /// The entry.
        id: EntryId,
    },
    /// A leaf that admission refuses.
    #[error("leaf {leaf} is not admissible: {reason}")]
    Inadmissible {
        /// The leaf.
        leaf: usize,
        /// Why.
        reason: Reason,
    },
    /// A number no tree has.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
    /// Another log.
    #[error("a note of {found}, expected {expected}")]
    Origin {
        /// The log of this copy.
        expected: Origin,
        /// The note's.
        found: Origin,
    },
    /// The recomputed root is not the signed one.
    #[error("the root recomputed at size {size} is not the signed one")]
    Root {
        /// The size.
        size: u64,
    },
    /// The checkpoint is not of the size that was read.
    #[error("the checkpoint states {stated} leaves, {have} are held here")]
    Shrunk {
        /// Leaves held.
        have: u64,
        /// Leaves stated.
        stated: u64,
    },
    /// Copies that cannot be read as one.
    #[error("the copies of {one} and {other} are not of different logs of one network")]
    Unlike {
        /// One of them.
        one: Origin,
        /// The other.
        other: Origin,
    },
}

impl ReplicaError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Duplicate { .. } => Reason::DuplicateLeaf,
            Self::Inadmissible { .. } => Reason::LeafInadmissible,
            Self::Merkle(error) => error.code(),
            Self::Origin { .. } => Reason::OriginMismatch,
            Self::Root { .. } => Reason::RootMismatch,
            Self::Shrunk { .. } => Reason::ProofIncomplete,
            Self::Unlike { .. } => Reason::NetworkMismatch,
        }
    }
}
