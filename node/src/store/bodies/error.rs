use fairtrail::reason::Reason;

use super::place::BodyPlace;
use crate::store::disk::IoFault;

/// Why a body cannot be stored, read or erased.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// No sound body stands there. The part counts as unknown until it is fetched again.
    #[error("no sound body at {at:?}")]
    Damaged {
        /// Where it was looked for.
        at: BodyPlace,
    },
    /// Bodies are there already.
    #[error("the bodies exist already")]
    Exists,
    /// A body of no bytes, or of more than [`super::MAX_BODY_BYTES`].
    #[error("a body of {len} bytes, 1 to {max} are allowed")]
    Length {
        /// Bytes offered.
        len: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// An earlier write or sync failed: nothing is known of the disk any more. Stop the process.
    #[error("the bodies stopped after a failed write or sync")]
    Poisoned,
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl BodyError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Damaged { .. } => Reason::StoreDamaged,
            Self::Exists => Reason::FileExists,
            Self::Length { .. } => Reason::TooLarge,
            Self::Poisoned => Reason::StoreFailed,
            Self::Io(fault) => fault.code(),
        }
    }
}
