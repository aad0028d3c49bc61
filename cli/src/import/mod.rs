//! Import of public registers: files of rows go in, an ordered plan of observations comes out
//! (specs/import.md).
//!
//! What a register shows is stated as *seen by an observer between two dates*, never as the
//! register's own word: a name that is gone is `not_found`, a start nobody saw is unknown. This
//! module is pure; only [`store`] touches a disk. Signing and submitting the plan is the command's
//! business.
//!
//! The way of a file: [`SourceFile::parse`] reads it strictly and refuses bad rows one by one;
//! [`State::observe`] folds what it shows into the history of each row; [`State::pending`] lists
//! what was not yet stated; [`State::mark`] remembers what was. So a file read twice states
//! nothing twice, and an import that was interrupted goes on where it stopped.
//!
//! ```
//! use fairtrail_cli::import::{Coverage, Observation, Secret, SourceFile, State};
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
mod error;
mod intake;
mod listing;
mod name;
mod observation;
mod rating;
mod refusal;
mod route;
mod secret;
mod source;
mod state;
mod statement;
pub mod store;
mod tally;
mod timeline;

pub use change::{Change, ChangeRow, Changes};
pub use error::FileError;
pub use intake::Intake;
pub use listing::{ListedRow, Listing};
pub use name::OrgName;
pub use observation::{LicenceSeen, Observation, Resolution, StandingSeen};
pub use rating::Standing;
pub use refusal::{Refusal, RowError, write_refusals};
pub use route::Route;
pub use secret::{RowId, RowIdError, Secret};
pub use source::{Content, Coverage, FileDigest, FileDigestError, Sort, SourceFacts, SourceFile};
pub use state::State;
pub use statement::{StatementError, Statements};
pub use tally::{Tally, refused_by_reason};
pub use timeline::{FileNumber, Mark, Run, Sighting, Timeline};

/// What this register is called in claims.
pub const REGISTER: &str = "GB-HO-SPONSOR";
/// The licence its data is published under, as an SPDX word.
pub const DATA_LICENCE: &str = "OGL-UK-3.0";

/// Bytes of a file; the whole register is about a fifth of this.
pub const FILE_BYTES: usize = 64 * 1_024 * 1_024;
/// Rows of a file.
pub const ROWS: usize = 1_000_000;
/// Bytes of the fields of one row together.
pub const ROW_BYTES: usize = 4_096;
/// Bytes of a name, as printed and in its normal form.
pub const NAME_BYTES: usize = 256;
