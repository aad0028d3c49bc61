use crate::log::LogError;
use crate::merkle::MerkleError;
use crate::reason::Reason;

/// Why a fraud file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FraudError {
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
}

impl FraudError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Log(error) => error.code(),
            Self::Malformed => Reason::NoteMalformed,
            Self::Merkle(error) => error.code(),
            Self::NoFraud { .. } => Reason::ProofInvalid,
        }
    }
}
