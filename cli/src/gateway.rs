//! What commands ask of a gateway, as a trait so that tests need no socket.
//!
//! Whatever comes back is only what a gateway says; each caller checks what it uses.

use crate::error::CliError;
use fairtrail::api::{
    Batch, CheckAnswer, DraftMessage, FeedView, HistoryPage, LogInfo, ProblemDetails, Receipt,
};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;

/// Why a gateway gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// The answer breaks its format or contradicts itself.
    #[error("the answer of {url} cannot be used: {detail}")]
    Answer {
        /// The address.
        url: String,
        /// What is wrong.
        detail: String,
    },
    /// The gateway refused, with its reason.
    #[error("{}", .0.detail)]
    Refused(Box<ProblemDetails>),
    /// Nobody answers.
    #[error("{url} does not answer: {detail}")]
    Unreachable {
        /// The address.
        url: String,
        /// What the network said.
        detail: String,
    },
}

impl GatewayError {
    /// Stable code, see specs/reason-codes.md.
    pub fn code(&self) -> Reason {
        match self {
            Self::Answer { .. } => Reason::GatewayAnswer,
            Self::Refused(problem) => problem.code().unwrap_or(Reason::GatewayAnswer),
            Self::Unreachable { .. } => Reason::GatewayUnreachable,
        }
    }

    /// Whether the gateway says that nothing of that name is there.
    pub fn is_not_found(&self) -> bool {
        self.code() == Reason::NotFound
    }
}

impl From<GatewayError> for CliError {
    fn from(error: GatewayError) -> Self {
        let coded = Self::coded(error.code(), &error);
        let GatewayError::Refused(problem) = &error else {
            return coded;
        };
        let title = format!("the gateway refused: {}", problem.title);
        let coded = coded.while_doing(title);
        match &problem.hint {
            Some(hint) => coded.hint(hint),
            None => coded,
        }
    }
}

/// What commands ask of a gateway.
pub trait Gateway {
    /// Its address, for messages.
    fn url(&self) -> &str;
    /// Offers signed entries.
    ///
    /// # Errors
    /// [`GatewayError`].
    fn submit(&self, batch: &Batch) -> Result<Receipt, GatewayError>;
    /// Asks what the submission door would say of a draft.
    ///
    /// # Errors
    /// [`GatewayError`].
    fn check(&self, draft: &DraftMessage) -> Result<CheckAnswer, GatewayError>;
    /// Which log this is.
    ///
    /// # Errors
    /// [`GatewayError`].
    fn log(&self) -> Result<LogInfo, GatewayError>;
    /// The charter's bytes.
    ///
    /// # Errors
    /// [`GatewayError`].
    fn charter(&self) -> Result<Vec<u8>, GatewayError>;
    /// Where a feed stands.
    ///
    /// # Errors
    /// [`GatewayError`].
    fn feed(&self, author: AuthorId) -> Result<FeedView, GatewayError>;
    /// An entry's exact bytes.
    ///
    /// # Errors
    /// [`GatewayError`].
    fn entry(&self, id: EntryId) -> Result<Vec<u8>, GatewayError>;
    /// Entries that name a subject, from leaf `after` on.
    ///
    /// # Errors
    /// [`GatewayError`].
    fn history(&self, subject: &SubjectId, after: Option<u64>)
    -> Result<HistoryPage, GatewayError>;
}
