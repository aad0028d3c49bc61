use fairtrail::reason::Reason;

use crate::store::disk::IoFault;
use crate::store::segment::Location;

/// Why the journal cannot be opened, read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Bytes that were synced do not pass their check. They are never cut off: refuse to start,
    /// keep the files, recover the entries from peers.
    #[error("journal damaged in segment {} at offset {} ({})", at.segment, at.offset, synced_text(*synced))]
    Damaged {
        /// Where the first frame that cannot be read starts, or would.
        at: Location,
        /// How far the journal was synced; `None` when that is not known, which counts as "further".
        synced: Option<Location>,
    },
    /// A journal is there already.
    #[error("the journal exists already")]
    Exists,
    /// A frame with more bytes than [`super::MAX_FRAME_BYTES`].
    #[error("a frame of {len} bytes, at most {max} are allowed")]
    FrameTooLarge {
        /// Bytes offered.
        len: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// There is no journal.
    #[error("there is no journal")]
    Missing,
    /// A segment between others, or one that was synced, is not there.
    #[error("journal segment {segment} is missing")]
    SegmentMissing {
        /// The number that has no file.
        segment: u32,
    },
    /// An earlier write or sync failed: nothing is known of the disk any more. Stop the process.
    #[error("the journal stopped after a failed write or sync")]
    Poisoned,
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl JournalError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Damaged { .. } | Self::SegmentMissing { .. } => Reason::JournalDamaged,
            Self::Exists => Reason::FileExists,
            Self::FrameTooLarge { .. } => Reason::TooLarge,
            Self::Missing => Reason::NotInitialised,
            Self::Poisoned => Reason::StoreFailed,
            Self::Io(fault) => fault.code(),
        }
    }
}

fn synced_text(synced: Option<Location>) -> String {
    match synced {
        Some(at) => format!("synced up to segment {} offset {}", at.segment, at.offset),
        None => "how far it was synced is unknown".into(),
    }
}
