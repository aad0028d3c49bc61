//! Why a scenario does not become a world.

use fairtrail::charter::CharterError;
use fairtrail::entry::EntryError;
use fairtrail::statement::StatementError;

/// Why a scenario does not become a world.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The charter is refused.
    #[error(transparent)]
    Charter(#[from] CharterError),
    /// An entry cannot be signed.
    #[error("step {step}: {source}")]
    Entry {
        /// The step.
        step: String,
        /// Why.
        source: EntryError,
    },
    /// A name, date or scope that stands for nothing.
    #[error("nothing is called {name:?}")]
    Name {
        /// The name.
        name: String,
    },
    /// A statement is none.
    #[error("step {step}: {source}")]
    Statement {
        /// The step.
        step: String,
        /// Why.
        source: StatementError,
    },
}
