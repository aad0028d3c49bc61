//! Why a copy on disk cannot be used.

use crate::files::FileError;
use crate::fraud::FraudError;
use crate::id::NetworkId;
use crate::log::{LogError, Origin};
use crate::reason::Reason;
use crate::replica::ReplicaError;
use std::path::PathBuf;

/// Why a copy on disk is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// An older state of the log than was seen before lies here: the directory was put back.
    #[error("the copy of {origin} holds {held} leaves, {seen} were seen before")]
    Behind {
        /// The log.
        origin: Origin,
        /// Leaves held.
        held: u64,
        /// Leaves seen.
        seen: u64,
    },
    /// Bytes here are not the ones that were written.
    #[error("{} {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
        /// What to delete so that the copy is made anew.
        remove: PathBuf,
    },
    /// Nothing was downloaded yet.
    #[error("no copy of {origin} is here")]
    Empty {
        /// The log.
        origin: Origin,
    },
    /// The disk refused, or another process has the directory.
    #[error(transparent)]
    File(#[from] FileError),
    /// The log signed two histories: now, or when it was read before. The proof is kept.
    #[error(
        "{origin} signed two histories, of {older} and of {newer} leaves; the proof is in {}",
        evidence.display()
    )]
    Forked {
        /// The log.
        origin: Origin,
        /// Leaves of the smaller tree, or of the one seen first.
        older: u64,
        /// Leaves of the tree that does not continue it.
        newer: u64,
        /// The split-view file (specs/follow.md §7).
        evidence: PathBuf,
    },
    /// What was taken for a proof against the log is none.
    #[error(transparent)]
    Fraud(#[from] FraudError),
    /// The copy was made under another log key than the policy names.
    #[error("the copy of {origin} was made under the key {expected}, the policy names {found}")]
    Key {
        /// The log.
        origin: Origin,
        /// The key the copy was made under.
        expected: String,
        /// The policy's key.
        found: String,
    },
    /// The policy does not take the checkpoint held.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The copy is of another network.
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
}

impl StoreError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Behind { .. } => Reason::RollbackSuspected,
            Self::Damaged { .. } => Reason::StoreDamaged,
            Self::Empty { .. } => Reason::NotFound,
            Self::File(error) => error.code(),
            Self::Forked { .. } => Reason::LogForked,
            Self::Fraud(error) => error.code(),
            Self::Key { .. } => Reason::LogKeyChanged,
            Self::Log(error) => error.code(),
            Self::Network { .. } => Reason::NetworkMismatch,
            Self::Replica(error) => error.code(),
        }
    }

    /// What helps.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Behind { .. } | Self::Empty { .. } => {
                Some("ask the log's gateway: what is missing is downloaded".to_owned())
            }
            Self::Damaged { remove, .. } => Some(format!(
                "delete {}: it is downloaded and verified anew",
                remove.display()
            )),
            Self::Forked { evidence, .. } => Some(format!(
                "trust nothing this log says; {} proves it to anybody who knows the log's key",
                evidence.display()
            )),
            _ => None,
        }
    }
}
