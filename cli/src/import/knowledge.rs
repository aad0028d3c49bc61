//! What every importer has: a memory that files go into and statements come out of.

use super::secret::{RowId, Secret};
use fairtrail::claim::{Problem, TextError};
use fairtrail::entry::{Draft, SALT_BYTES};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::limits::BATCH_ENTRIES;
use fairtrail::privacy::exact::ExactCount;
use fairtrail::reason::Reason;
use fairtrail::time::{Date, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What concerns dates more than this many days ago is history loaded later.
const PROMPT_DAYS: u32 = 30;

/// What an importer knows from all files so far, and what of it was stated.
///
/// It holds names and a secret and never leaves the local disk. The plan is a function of it, so an
/// interrupted import goes on without the files.
pub trait Knowledge: Serialize + DeserializeOwned {
    /// A file that was read whole.
    type File;
    /// What taking files in came to.
    type Intake: Intake;
    /// One statement to make.
    type Statement: Clone;
    /// Statements as drafts.
    type Drafts: Drafts<Statement = Self::Statement>;

    /// An importer that has seen nothing.
    fn new(secret: Secret) -> Self;

    /// The secret that row ids and references are made with.
    fn secret(&self) -> &Secret;

    /// Takes in what files show. States nothing.
    fn take_in(&mut self, files: &[Self::File]) -> Self::Intake;

    /// Everything that is known and was not stated, in the order to state it.
    fn pending(&self) -> Vec<Self::Statement>;

    /// How many people the bands of a statement stand for, where that is known.
    fn counts(_: &Self::Statement) -> &[ExactCount] {
        &[]
    }

    /// Remembers that this was stated, and by which entry.
    fn mark(&mut self, stated: &Self::Statement, entry: EntryId);

    /// Names that were given rows, for people.
    fn named(&self) -> Vec<Named>;

    /// Statements of `author`, written at `issued_at`.
    fn drafts(&self, author: AuthorId, issued_at: Timestamp) -> Self::Drafts;
}

/// What taking files in came to.
pub trait Intake {
    /// Whether anything is to be kept.
    fn changed(&self) -> bool;
}

/// Statements as drafts. Nothing here signs.
pub trait Drafts {
    /// One statement to make.
    type Statement;

    /// The draft of one statement; fresh salts for its claim and for its text.
    ///
    /// # Errors
    /// [`StatementError`]: the submission door would refuse it.
    fn draft(
        &self,
        statement: &Self::Statement,
        salts: [[u8; SALT_BYTES]; 2],
    ) -> Result<Draft, StatementError>;

    /// Remembers an entry, so that later statements of the run can name it.
    fn stated(&mut self, statement: &Self::Statement, entry: EntryId);

    /// Statements of one sort are judged alike by the submission door.
    fn sort(statement: &Self::Statement) -> String;

    /// How many of the first statements of a plan go into one batch.
    fn batch(plan: &[Self::Statement]) -> usize {
        plan.len().min(BATCH_ENTRIES)
    }
}

/// A name and the row that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name, as it is compared.
    pub name: String,
    /// The row.
    pub row: RowId,
    /// What has to be said about it.
    pub note: Option<&'static str>,
}

/// Why a statement becomes no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// The submission door would refuse the claim or the text.
    #[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused {
        /// Everything it minds; never empty.
        problems: Vec<Problem>,
    },
    /// A text cannot stand in a text part.
    #[error(transparent)]
    Text(#[from] TextError),
}

impl StatementError {
    /// Stable code, see specs/reason-codes.md.
    pub fn code(&self) -> Reason {
        match self {
            Self::Refused { problems } => problems
                .first()
                .map_or(Reason::ClaimInvalid, |problem| problem.reason),
            Self::Text(error) => error.code(),
        }
    }
}

/// Whether a statement made at `issued_at` about this date is history loaded later. What has no
/// date counts as history.
pub(super) fn is_history(on: Option<Date>, issued_at: Timestamp) -> bool {
    on.is_none_or(|on| on.plus_days(PROMPT_DAYS) < issued_at.date())
}
