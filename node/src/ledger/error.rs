use fairtrail::index::IndexError;
use fairtrail::log::LogError;
use fairtrail::merkle::{MerkleError, Root};
use fairtrail::reason::Reason;

use crate::asking::AskingError;
use crate::core::publish::Halt;
use crate::store::archive::ArchiveError;
use crate::store::bodies::BodyError;
use crate::store::disk::IoFault;
use crate::store::guard::GuardError;
use crate::store::journal::{JournalError, Location};
use crate::store::layout::LayoutError;
use crate::store::lock::LockError;
use crate::store::lookup::LookupError;
use crate::store::positions::PositionsError;
use crate::store::tiles::TilesError;
use crate::store::withheld::WithheldError;

/// Why the log cannot be opened, or has to stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The witnesses cannot be asked.
    #[error(transparent)]
    Asking(#[from] AskingError),
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The bodies refuse.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// A frame of the journal is whole, but does not say what a frame says.
    #[error("a frame in segment {} at offset {} does not follow from those before it", at.segment, at.offset)]
    Frame {
        /// The frame.
        at: Location,
    },
    /// The guard refuses.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// Publication refuses.
    #[error(transparent)]
    Halt(#[from] Halt),
    /// The index refuses.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The index covers leaves that the log does not have.
    #[error("the index covers {index} leaves, the log has {log} that lead there")]
    IndexAhead {
        /// Leaves the next index head covers.
        index: u64,
        /// Leaves of the log that were gone over.
        log: u64,
    },
    /// An index stands, and a key it is signed or cosigned with is not there.
    #[error("a key of the index is missing; put index.key and index-witness.key back")]
    IndexKey,
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
    /// The journal refuses.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The directory is none of ours.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// An entry of the journal is not admissible.
    #[error("leaf {leaf} is not admissible: {reason}")]
    Leaf {
        /// The leaf.
        leaf: u64,
        /// What admission says.
        reason: Reason,
    },
    /// Another process is at work.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A text of the log cannot be made.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The look-ups refuse.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A number no tree has.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
    /// The positions refuse.
    #[error(transparent)]
    Positions(#[from] PositionsError),
    /// The tree computed from the journal is not the one that was, or is to be, signed.
    #[error("the root at size {size} is {found}, expected {expected}")]
    Root {
        /// The size.
        size: u64,
        /// The root expected.
        expected: Root,
        /// The root computed.
        found: Root,
    },
    /// What is stored does not pass its checks.
    #[error("what is stored does not pass its checks: {reason}")]
    Stored {
        /// What is wrong with it.
        reason: Reason,
    },
    /// A thread of the log has ended.
    #[error("the log has stopped")]
    Stopped,
    /// The tiles refuse.
    #[error(transparent)]
    Tiles(#[from] TilesError),
    /// The list of withheld parts cannot be used.
    #[error(transparent)]
    Withheld(#[from] WithheldError),
}

impl LedgerError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Asking(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Body(error) => error.code(),
            Self::Frame { .. } => Reason::JournalDamaged,
            Self::Guard(error) => error.code(),
            Self::Halt(error) => error.code(),
            Self::Index(error) => error.code(),
            Self::IndexAhead { .. } => Reason::RollbackSuspected,
            Self::IndexKey => Reason::IndexKeyMissing,
            Self::Io(error) => error.code(),
            Self::Journal(error) => error.code(),
            Self::Layout(error) => error.code(),
            Self::Leaf { .. } => Reason::LeafInadmissible,
            Self::Lock(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::Lookup(error) => error.code(),
            Self::Merkle(error) => error.code(),
            Self::Positions(error) => error.code(),
            Self::Root { .. } => Reason::RootMismatch,
            Self::Stored { reason } => *reason,
            Self::Stopped => Reason::Stopping,
            Self::Tiles(error) => error.code(),
            Self::Withheld(error) => error.code(),
        }
    }
}
