//! Lists as people keep them: CSV files of suppliers or names, read row by row, and reports that a
//! spreadsheet opens without running anything (specs/screening.md).

mod cell;
mod sheet;
mod supplier;

pub use cell::{safe, typed};
pub use sheet::{FILE_BYTES, ROW_BYTES, ROWS, Refused, Row, Sheet};
pub use supplier::{SUBJECTS, Supplier, Suppliers};
pub(crate) use supplier::{id_columns, row_ids};
