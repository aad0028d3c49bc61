use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;

use crate::core::head::Head;

/// Why nothing is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Halt {
    /// The clock stands before the last signature. Signing goes on once it has passed it.
    #[error("the clock says {now}, the last signature is of {last}")]
    ClockFellBack {
        /// The stamp of the last signature.
        last: Timestamp,
        /// The clock.
        now: Timestamp,
    },
    /// The guard has seen a tree that this log does not have, or never signed. Never to be
    /// overridden: another copy of this log has signed.
    #[error("the guard has seen tree size {}, this log has signed {} and has {}", guard.size, signed.size, root_text(*same_root))]
    RollbackSuspected {
        /// The largest tree ever signed.
        guard: Head,
        /// The largest tree this log knows to have signed.
        signed: Head,
        /// Whether this log has the guard's root at the guard's size.
        same_root: bool,
    },
    /// A witness holds a checkpoint of a larger tree, signed with this log's key. Never to be
    /// overridden: another copy of this log has signed.
    #[error("a witness holds a checkpoint of {} leaves signed by this log, which knows of {}", witnessed.size, signed.size)]
    SignedElsewhere {
        /// The tree the witness saw.
        witnessed: Head,
        /// The largest tree this log knows to have signed.
        signed: Head,
    },
    /// The tree has shrunk, or has another root at the size last signed. Stop the process.
    #[error("the tree of size {} does not grow from the signed one of size {}", head.size, last.size)]
    Shrunk {
        /// The tree last signed.
        last: Head,
        /// The tree found.
        head: Head,
    },
}

impl Halt {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::ClockFellBack { .. } => Reason::ClockFellBack,
            Self::RollbackSuspected { .. } | Self::SignedElsewhere { .. } => {
                Reason::RollbackSuspected
            }
            Self::Shrunk { .. } => Reason::RootMismatch,
        }
    }
}

const fn root_text(same: bool) -> &'static str {
    if same {
        "the same root there"
    } else {
        "another root there, or too few leaves"
    }
}
