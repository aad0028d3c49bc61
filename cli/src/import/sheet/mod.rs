//! Rows of text cells, whatever file they stood in.

mod csv_file;
mod xlsx;

pub(crate) use csv_file::csv_rows;

use super::file_error::FileError;
use super::name::collapse_spaces;
use super::refusal::RowError;
use sha2::{Digest as _, Sha256};

/// What stands in a cell whose formula has no value.
pub(crate) const ERROR: &str = "#ERROR!";

/// A row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of a text file, or number of a spreadsheet's row, that it begins on; the first is 1.
    pub line: u64,
    /// Its fields.
    pub fields: Vec<String>,
}

impl Row {
    pub(crate) const fn fields_error(&self, expected: usize) -> RowError {
        let found = self.fields.len();
        RowError::Fields { expected, found }
    }
}

/// A file of rows under a line of column names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Names of the columns, trimmed.
    pub columns: Vec<String>,
    /// Rows below them. Those that are empty in every cell are left out.
    pub rows: Vec<Row>,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

impl Sheet {
    /// Reads a CSV file (UTF-8, RFC 4180) or, when it begins as such files do, an XLSX file, of
    /// which `tab` names the sheet; by default it is the first.
    ///
    /// ```
    /// use fairtrail_cli::import::Sheet;
    /// let sheet = Sheet::parse(b"name,country\nExample Foods,GB\n", None)?;
    /// assert_eq!(sheet.columns, ["name", "country"]);
    /// assert_eq!(sheet.cells(&sheet.rows[0]).get("country"), Some("GB"));
    /// assert!(Sheet::parse(b"name,name\n", None).is_err());
    /// # Ok::<(), fairtrail_cli::import::FileError>(())
    /// ```
    ///
    /// # Errors
    /// [`FileError`] when the file as a whole cannot be taken.
    pub fn parse(bytes: &[u8], tab: Option<&str>) -> Result<Self, FileError> {
        let rows = if bytes.starts_with(xlsx::SIGNATURE) {
            xlsx::rows(bytes, tab)?
        } else {
            csv_rows(bytes)?
        };
        let mut rows = rows.into_iter();
        let header = rows.next().ok_or(FileError::HeaderUnknown)?;
        let columns: Vec<_> = header
            .fields
            .iter()
            .map(|cell| collapse_spaces(cell))
            .collect();
        for (at, column) in columns.iter().enumerate() {
            let before = columns.get(..at).unwrap_or_default();
            if !column.is_empty() && before.contains(column) {
                return Err(FileError::ColumnTwice { number: at + 1 });
            }
        }
        let filled = |row: &Row| row.fields.iter().any(|cell| !cell.trim().is_empty());
        Ok(Self {
            columns,
            rows: rows.filter(filled).collect(),
            sha256: Sha256::digest(bytes).into(),
        })
    }

    /// Refuses a file that lacks a column.
    ///
    /// # Errors
    /// [`FileError::ColumnMissing`] for the first that is not there.
    pub fn require(&self, columns: &[&str]) -> Result<(), FileError> {
        let missing = columns.iter().find(|column| !self.has(column));
        missing.map_or(Ok(()), |column| {
            let column = (*column).to_owned();
            Err(FileError::ColumnMissing { column })
        })
    }

    /// Whether there is such a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known == column)
    }

    /// The cells of one of the rows, by column.
    pub const fn cells<'a>(&'a self, row: &'a Row) -> Cells<'a> {
        Cells { sheet: self, row }
    }
}

/// The cells of a row, by column.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    sheet: &'a Sheet,
    row: &'a Row,
}

impl<'a> Cells<'a> {
    /// Line of the row.
    pub const fn line(self) -> u64 {
        self.row.line
    }

    /// Refuses a row of another number of cells than the file has columns.
    ///
    /// # Errors
    /// [`RowError::Fields`].
    pub fn check_count(self) -> Result<(), RowError> {
        let expected = self.sheet.columns.len();
        if self.row.fields.len() == expected {
            Ok(())
        } else {
            Err(self.row.fields_error(expected))
        }
    }

    /// The trimmed cell of this column; `None` when it is empty or there is no such column.
    pub fn get(self, column: &str) -> Option<&'a str> {
        let at = self
            .sheet
            .columns
            .iter()
            .position(|known| known == column)?;
        let cell = self.row.fields.get(at)?.trim();
        (!cell.is_empty()).then_some(cell)
    }
}
