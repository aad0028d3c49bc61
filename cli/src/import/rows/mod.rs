//! Importers whose rows are statements: each row, or group of rows, becomes what it says, once.
//!
//! A reader turns a file into [`Wanted`] statements, each under the importer's own key; [`Known`]
//! remembers them and what of them was stated. A row that comes again adds nothing, a row that says
//! something else supersedes what it said before, and of a row that is gone nothing is stated.

mod content;
mod drafts;
mod known;
mod reading;

pub use content::{Content, Text, Wanted};
pub use drafts::{Planned, RowDrafts};
pub use known::{Known, RowIntake};
pub use reading::{Candidate, Namer, Reading};
