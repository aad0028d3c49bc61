use fairtrail::api::DraftProblem;
use fairtrail::reason::Reason;

/// Why a submission was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SubmitError {
    /// The stable code.
    pub reason: Reason,
    /// The entry of the batch to blame, from 0.
    pub position: Option<usize>,
    /// What is wrong.
    pub detail: String,
    /// Every problem the submission door found with that entry.
    pub problems: Vec<DraftProblem>,
}

impl SubmitError {
    /// Too much is waiting already; try again later.
    pub fn overloaded() -> Self {
        Self::of(Reason::Overloaded, "too many submissions are waiting")
    }

    /// The writer has ended.
    pub fn stopped() -> Self {
        Self::of(Reason::Stopping, "the node is stopping")
    }

    /// A refusal that blames no single entry.
    pub fn of(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            position: None,
            detail: detail.into(),
            problems: Vec::new(),
        }
    }

    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        self.reason
    }
}

/// Why nothing is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
    /// An entry names the part, but it is not served.
    #[error("the part is not served here")]
    Withheld,
}

impl ReadError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::NotFound => Reason::NotFound,
            Self::Stopped => Reason::Stopping,
            Self::Store { reason } => *reason,
            Self::Withheld => Reason::Withheld,
        }
    }
}
