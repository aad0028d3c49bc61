use fairtrail::log::LogError;
use fairtrail::merkle::TreeSize;
use fairtrail::note::NoteError;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;

/// Why a checkpoint is not cosigned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Another request about this log is being answered.
    #[error("another checkpoint of this log is being cosigned")]
    Busy,
    /// The clock stands before the last cosignature for this log.
    #[error("the clock says {now}, the last cosignature for this log is of {last}")]
    ClockFellBack {
        /// The stamp of the last cosignature.
        last: Timestamp,
        /// The clock.
        now: Timestamp,
    },
    /// The text is no checkpoint of this profile, though the log signed it.
    #[error("{0}")]
    Malformed(LogError),
    /// The size the proof begins at is above the size of the checkpoint.
    #[error("the old size {old} is above the checkpoint's, {size}")]
    OldAbove {
        /// The old size.
        old: TreeSize,
        /// The checkpoint's.
        size: TreeSize,
    },
    /// The checkpoint does not continue what was cosigned last, or the proof does not show it.
    #[error("{0}")]
    Proof(LogError),
    /// The durable record could not be written; nothing is signed for this log any more until the
    /// process was started again.
    #[error("the record of what was cosigned cannot be written")]
    StoreFailed,
    /// No line by a key the log is known by, or one that does not verify.
    #[error("{0}")]
    Unsigned(NoteError),
}

impl Refusal {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Busy => Reason::Overloaded,
            Self::ClockFellBack { .. } => Reason::ClockFellBack,
            Self::Malformed(_) => Reason::CheckpointMalformed,
            Self::OldAbove { .. } => Reason::RequestMalformed,
            Self::Proof(LogError::Forked { .. }) => Reason::LogForked,
            Self::Proof(_) => Reason::ProofInvalid,
            Self::StoreFailed => Reason::StoreFailed,
            Self::Unsigned(_) => Reason::CheckpointUnsigned,
        }
    }
}
