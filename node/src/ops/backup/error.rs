use std::path::PathBuf;

use fairtrail::log::Origin;
use fairtrail::reason::Reason;

use crate::ledger::LedgerError;
use crate::store::disk::IoFault;

/// Why nothing is backed up or restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A file of the backup is not the one that was written.
    #[error("{} is not the file that was backed up", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Keys are there already, and others than in the backup.
    #[error("{} is there already and is another key", path.display())]
    OtherKey {
        /// The file.
        path: PathBuf,
    },
    /// The journal in it is not the one that the manifest states.
    #[error("the journal in {} does not hold what the manifest states", path.display())]
    Journal {
        /// The backup.
        path: PathBuf,
    },
    /// There is no manifest that can be read: the backup is unfinished, or none.
    #[error("{} is no finished backup", path.display())]
    NoManifest {
        /// The backup.
        path: PathBuf,
    },
    /// Something is there that would be overwritten.
    #[error("{} holds something already", path.display())]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// The log that is given up keeps its identity, and the new one needs another.
    #[error("the backup in {} is of {origin}; a new log needs another origin", path.display())]
    SameOrigin {
        /// The backup.
        path: PathBuf,
        /// The log.
        origin: Origin,
    },
    /// A file has fewer bytes than are durable in it.
    #[error("{} has fewer than its {len} durable bytes", path.display())]
    Shorter {
        /// The file.
        path: PathBuf,
        /// Bytes it must have.
        len: u64,
    },
    /// The log's files refuse.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl BackupError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Changed { .. } | Self::Journal { .. } | Self::NoManifest { .. } => {
                Reason::BackupInvalid
            }
            Self::NotEmpty { .. } | Self::OtherKey { .. } => Reason::FileExists,
            Self::SameOrigin { .. } => Reason::ConfigInvalid,
            Self::Shorter { .. } => Reason::StoreDamaged,
            Self::Ledger(error) => error.code(),
            Self::Io(fault) => fault.code(),
        }
    }
}
