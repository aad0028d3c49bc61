//! Imports: files of rows go in, an ordered plan of statements comes out (specs/import.md).
//!
//! Each importer is [`Knowledge`]: it takes files in, refusing bad rows one by one
//! ([`Refusal`]), lists what was not yet stated, and remembers what was. So a file read twice
//! states nothing twice, and an import that was interrupted goes on where it stopped. This module
//! is pure; only [`store`] touches a disk. Signing and submitting a plan is the command's business.
//!
//! - [`register`]: lists and lists of changes of a licence register.
//! - [`rows`]: files whose rows are statements of their own; read by [`facilities`],
//!   [`listings`], [`chains`] and, by a mapping, [`table`].

pub mod chains;
mod country;
pub mod facilities;
mod file_error;
mod knowledge;
pub mod listings;
mod name;
mod refusal;
pub mod register;
pub mod rows;
mod secret;
mod sheet;
pub mod store;
pub mod table;

pub use country::country;
pub use file_error::FileError;
pub use knowledge::{Drafts, Intake, Knowledge, Named, StatementError};
pub use name::OrgName;
pub use refusal::{Refusal, RowError, refused_by_reason, write_refusals};
pub use secret::{RowId, RowIdError, Secret};
pub use sheet::{Cells, Row, Sheet};

/// Bytes of a file.
pub const FILE_BYTES: usize = 64 * 1_024 * 1_024;
/// Rows of a file.
pub const ROWS: usize = 1_000_000;
/// Bytes of the fields of one row together.
pub const ROW_BYTES: usize = 4_096;
/// Bytes of a name, as printed and in its normal form.
pub const NAME_BYTES: usize = 256;
