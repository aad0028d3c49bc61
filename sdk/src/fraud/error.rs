use crate::feed::LineageError;
use crate::id::EntryId;
use crate::index::IndexError;
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
    /// What it shows of an index does not hold.
    #[error(transparent)]
    Index(#[from] IndexError),
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
    /// Everything holds, and nobody cheated.
    #[error("nothing is proved: {what}")]
    NotProven {
        /// What is as it should be.
        what: &'static str,
    },
    /// The two entries are one: nobody forked.
    #[error("both are entry {id}")]
    OneEntry {
        /// The entry.
        id: EntryId,
    },
    /// Whoever verifies does not know enough.
    #[error("this cannot be judged without {what}")]
    Unknown {
        /// What is missing.
        what: &'static str,
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
            Self::Index(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::Malformed => Reason::FraudMalformed,
            Self::Merkle(error) => error.code(),
            Self::NoFraud { .. } | Self::NotProven { .. } | Self::OneEntry { .. } => {
                Reason::ProofInvalid
            }
            Self::Unknown { .. } => Reason::ProofIncomplete,
            Self::TooLarge { .. } => Reason::TooLarge,
        }
    }
}
