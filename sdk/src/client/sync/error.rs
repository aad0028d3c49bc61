//! Why a log could not be read in full.

use crate::client::{ClientError, StoreError};
use crate::id::NetworkId;
use crate::log::{LogError, Origin, TileError};
use crate::reason::Reason;
use crate::replica::ReplicaError;
use std::path::PathBuf;

/// Why a copy was not brought up to date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The gateway does not answer, or its answer is refused.
    #[error(transparent)]
    Gateway(#[from] ClientError),
    /// A note, tile or entry does not hold.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The policy is about another network than the copy.
    #[error("the copy is of {expected}, the policy is about {found}")]
    Network {
        /// The network of the copy.
        expected: NetworkId,
        /// The policy's network.
        found: NetworkId,
    },
    /// The log holds what no log may hold.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// An older checkpoint than was seen before. Both notes are kept.
    #[error(
        "a checkpoint of {origin} with {found} leaves, {seen} were seen before; both notes are in {}",
        evidence.display()
    )]
    RolledBack {
        /// The log.
        origin: Origin,
        /// Leaves of the checkpoint seen before.
        seen: u64,
        /// Leaves of the one found now.
        found: u64,
        /// The file that holds both.
        evidence: PathBuf,
    },
    /// The copy on disk cannot be used, or the log signed two histories.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A hash tile does not belong to the checkpoint.
    #[error(transparent)]
    Tiles(TileError<ClientError>),
}

impl SyncError {
    /// Stable code, see specs/reason-codes.md.
    pub fn code(&self) -> Reason {
        match self {
            Self::Gateway(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::Network { .. } => Reason::NetworkMismatch,
            Self::Replica(error) => error.code(),
            Self::RolledBack { .. } => Reason::RollbackSuspected,
            Self::Store(error) => error.code(),
            Self::Tiles(error) => error.code(Reason::GatewayAnswer),
        }
    }

    /// What helps.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::RolledBack { evidence, .. } => Some(format!(
                "an old copy of the log answers, or the log lost what it had: ask another of its gateways, and trust nothing new before somebody looked at {}",
                evidence.display()
            )),
            Self::Store(error) => error.hint(),
            _ => None,
        }
    }
}

impl From<TileError<ClientError>> for SyncError {
    fn from(error: TileError<ClientError>) -> Self {
        match error {
            TileError::Source(error) => Self::Gateway(error),
            TileError::Log(error) => Self::Log(error),
            other => Self::Tiles(other),
        }
    }
}
