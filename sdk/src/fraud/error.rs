use crate::feed::LineageError;
use crate::id::EntryId;
use crate::limits::FEED_FORK_BYTES;
use crate::log::LogError;
use crate::merkle::MerkleError;
use crate::reason::Reason;

/// Why a fraud file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FraudError {
    /// An entry does not belong where it stands.
    #[error(transparent)]
    Feed(#[from] LineageError),
    /// One of its notes is not of the log accused.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The file is not in its one form.
    #[error("the fraud file is malformed")]
    Malformed,
    /// The path does not lead from the prefix to the later root.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
    /// Both notes tell one history: nobody cheated.
    #[error("the tree of {older} leaves is the beginning of the one of {newer}")]
    NoFraud {
        /// Size of the smaller tree.
        older: u64,
        /// Size of the larger tree.
        newer: u64,
    },
    /// The two entries are one: nobody forked.
    #[error("both are entry {id}")]
    OneEntry {
        /// The entry.
        id: EntryId,
    },
    /// More bytes than a fraud file may have.
    #[error("{len} bytes, at most {} are read", FEED_FORK_BYTES)]
    TooLarge {
        /// Bytes found.
        len: usize,
    },
}

impl FraudError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Feed(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::Malformed => Reason::FraudMalformed,
            Self::Merkle(error) => error.code(),
            Self::NoFraud { .. } | Self::OneEntry { .. } => Reason::ProofInvalid,
            Self::TooLarge { .. } => Reason::TooLarge,
        }
    }
}
