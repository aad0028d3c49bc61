//! The register of licensed employer sponsors of the United Kingdom, as mirrored CSV.
//!
//! What a register shows is stated as *seen by an observer between two dates*, never as the
//! register's own word: a name that is gone is `not_found`, a start nobody saw is unknown.
//!
//! The way of a file: [`SourceFile::parse`] reads it strictly and refuses bad rows one by one;
//! [`State::observe`] folds what it shows into the history of each row; [`State::pending`] lists
//! what was not yet stated; [`State::mark`] remembers what was.
//!
//! ```
//! use fairtrail_cli::import::Secret;
//! use fairtrail_cli::import::register::{Coverage, Observation, SourceFile, State};
//!
//! let text = "organisation_name_normalised,route,type_and_rating,snapshot_date\n\
//!             example foods,Skilled Worker,Worker (A rating),2026-01-05\n";
//! let file = SourceFile::parse(text.as_bytes(), Coverage::Sample)?;
//! let mut state = State::new(Secret::new([7; 32]));
//! state.observe(&[file]);
//! let plan = state.pending();
//! assert!(matches!(plan.as_slice(), [Observation::Source(_), Observation::Licence(_)]));
//! for observation in &plan {
//!     // The entry that stated it, once it is signed.
//!     state.mark(observation, fairtrail::id::EntryId::new([1; 32]));
//! }
//! assert!(state.pending().is_empty());
//!
//! assert!(SourceFile::parse(b"name,town\n", Coverage::Sample).is_err());
//! # Ok::<(), fairtrail_cli::import::FileError>(())
//! ```

mod change;
mod intake;
mod listing;
mod observation;
mod rating;
mod route;
mod source;
mod state;
mod statement;
mod tally;
mod timeline;

pub use change::{Change, ChangeRow, Changes};
pub use intake::Intake;
pub use listing::{ListedRow, Listing};
pub use observation::{LicenceSeen, Observation, Resolution, StandingSeen};
pub use rating::Standing;
pub use route::Route;
pub use source::{Content, Coverage, FileDigest, FileDigestError, Sort, SourceFacts, SourceFile};
pub use state::State;
pub use statement::Statements;
pub use tally::Tally;
pub use timeline::{FileNumber, Mark, Run, Sighting, Timeline};

use super::refusal::{Refusal, RowError};

/// What this register is called in claims.
pub const REGISTER: &str = "GB-HO-SPONSOR";
/// The licence its data is published under, as an SPDX word.
pub const DATA_LICENCE: &str = "OGL-UK-3.0";

/// The refusal of a row, with the column that is wrong.
fn refusal(line: u64, error: RowError) -> Refusal {
    let column = match error {
        RowError::Change => Some("event"),
        RowError::Date { .. } => Some("observed_on"),
        RowError::NameCharacters | RowError::NameEmpty | RowError::NameTooLong => {
            Some("organisation_name_normalised")
        }
        RowError::Rating => Some("type_and_rating"),
        RowError::Route => Some("route"),
        _ => None,
    };
    match column {
        Some(column) => Refusal::of_cell(line, column, error),
        None => Refusal::of_row(line, error),
    }
}
