use fairtrail::claim::Ground;
use fairtrail::reason::Reason;

use crate::ledger::StoreFault;

/// Why nothing is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Nothing of that name is published.
    #[error("nothing of that name is published here")]
    NotFound,
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopped,
    /// What is stored does not pass its checks, or the disk refuses; the operator's log says more.
    #[error("what is stored does not pass its checks: {reason}")]
    Store {
        /// `store-damaged`, `journal-damaged` or `store-failed`.
        reason: Reason,
    },
    /// What is asked moved on while the answer was made.
    #[error("the index moved on; ask again")]
    Moved,
    /// More than one answer holds.
    #[error("more than {max} entries: ask for fewer ids, or read the log")]
    TooLarge {
        /// Entries allowed.
        max: usize,
    },
    /// An entry of the log erased the part.
    #[error("the part was erased by an entry of the log")]
    Erased,
    /// An entry names the part, but it is not served.
    #[error("the part is not served here")]
    Withheld {
        /// Whether its bytes came and may not be kept.
        refused: bool,
    },
    /// The operator withholds the part.
    #[error("the operator of {log} withholds the part on a legal basis: {ground}")]
    WithheldByLaw {
        /// The log.
        log: String,
        /// The ground.
        ground: Box<Ground>,
    },
}

impl ReadError {
    /// Stored bytes do not hash to what they should.
    pub(super) const DAMAGED: Self = Self::Store {
        reason: Reason::StoreDamaged,
    };

    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::NotFound => Reason::NotFound,
            Self::Stopped => Reason::Stopping,
            Self::Store { reason } => *reason,
            Self::Moved => Reason::Overloaded,
            Self::TooLarge { .. } => Reason::TooLarge,
            Self::Erased => Reason::PartErased,
            Self::Withheld { .. } => Reason::Withheld,
            Self::WithheldByLaw { .. } => Reason::WithheldByLaw,
        }
    }
}

impl From<StoreFault> for ReadError {
    fn from(fault: StoreFault) -> Self {
        Self::Store {
            reason: fault.code(),
        }
    }
}
