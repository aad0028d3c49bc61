//! CSV files with a header: bounded, read as text, refused row by row.

use super::typed;
use crate::error::CliError;
use csv::{ReaderBuilder, StringRecord};
use fairtrail::files::read_bounded;
use fairtrail::reason::Reason;
use serde::Serialize;
use std::path::Path;

/// Bytes of a file.
pub const FILE_BYTES: u64 = 16 * 1_024 * 1_024;
/// Rows of a file.
pub const ROWS: usize = 100_000;
/// Bytes of the fields of one row together.
pub const ROW_BYTES: usize = 16 * 1_024;

/// A row that is not taken; the others of its file are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Line the row begins on, the header being 1.
    pub line: u64,
    /// The stable code.
    pub reason: Reason,
    /// What is wrong.
    pub detail: String,
    /// What may help.
    pub hint: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line it begins on, the header being 1.
    pub line: u64,
    cells: Vec<String>,
}

impl Row {
    /// The cell of a column; empty when the file has no such column.
    pub fn cell(&self, column: Option<usize>) -> &str {
        let cell = column.and_then(|column| self.cells.get(column));
        cell.map_or("", String::as_str)
    }

    /// This row as one that is not taken.
    pub fn refused(&self, reason: Reason, detail: impl Into<String>, hint: &str) -> Refused {
        Refused {
            line: self.line,
            reason,
            detail: detail.into(),
            hint: hint.to_owned(),
        }
    }
}

/// A file of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Names of the columns: lower case, with `_` for spaces.
    pub columns: Vec<String>,
    /// The rows that have a cell for each column.
    pub rows: Vec<Row>,
    /// The others.
    pub refused: Vec<Refused>,
}

impl Sheet {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or [`Self::parse`] refuses it.
    pub fn read(path: &Path) -> Result<Self, CliError> {
        let bytes = read_bounded(path, FILE_BYTES)?;
        Self::parse(&bytes)
            .map_err(|error| error.while_doing(format!("{} is no list", path.display())))
    }

    /// Reads the bytes of a file: UTF-8, a header, commas or semicolons or tabs between cells.
    ///
    /// # Errors
    /// Not UTF-8, no header or one that names a column twice, over a bound.
    pub fn parse(bytes: &[u8]) -> Result<Self, CliError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| {
            CliError::coded(Reason::ImportEncoding, "not UTF-8 text").hint("save it as CSV UTF-8")
        })?;
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .flexible(true)
            .from_reader(text.as_bytes());
        let columns = columns(reader.headers().map_err(unreadable)?)?;
        let mut sheet = Self {
            columns,
            rows: Vec::new(),
            refused: Vec::new(),
        };
        let mut lines = Lines {
            text,
            counted: 0,
            line: 1,
        };
        for record in reader.records() {
            let record = record.map_err(unreadable)?;
            let line = lines.of(&record);
            sheet.take(line, &record)?;
        }
        Ok(sheet)
    }

    fn take(&mut self, line: u64, record: &StringRecord) -> Result<(), CliError> {
        if self.rows.len().saturating_add(self.refused.len()) >= ROWS {
            return Err(too_large(format!("more than {ROWS} rows")));
        }
        if record.as_slice().len() > ROW_BYTES {
            return Err(
                too_large(format!("line {line}: more than {ROW_BYTES} bytes"))
                    .hint("most often a quotation mark was never closed"),
            );
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        let (expected, found) = (self.columns.len(), record.len());
        if expected == found {
            let cells = record.iter().map(|cell| typed(cell.trim()).to_owned());
            let cells = cells.collect();
            self.rows.push(Row { line, cells });
        } else {
            self.refused.push(Refused {
                line,
                reason: Reason::ImportFields,
                detail: format!("{found} cells, expected {expected}"),
                hint: "a cell that holds a comma or a line break stands in quotation marks".into(),
            });
        }
        Ok(())
    }

    /// The first column of one of these names.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        let named = |name: &&str| self.columns.iter().position(|column| column == name);
        names.iter().find_map(named)
    }

    /// The first column of one of these names, which the file must have.
    ///
    /// # Errors
    /// It has none.
    pub fn needed(&self, names: &[&str]) -> Result<usize, CliError> {
        self.column(names).ok_or_else(|| {
            let name = names.first().copied().unwrap_or_default();
            CliError::coded(Reason::ImportFormat, format!("there is no column `{name}`"))
                .hint(format!("columns found: {}", self.columns.join(", ")))
        })
    }
}

/// The lines that rows begin on. The CSV reader's own count stands one line back after CRLF.
struct Lines<'a> {
    text: &'a str,
    /// How much of the text was counted, and the line there.
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, record: &StringRecord) -> u64 {
        let position = record.position().map_or(0, csv::Position::byte);
        let position = usize::try_from(position).unwrap_or(usize::MAX);
        let rest = self.text.as_bytes().get(self.counted..).unwrap_or_default();
        let skipped = position.saturating_sub(self.counted);
        let ends = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let skipped = skipped + rest.iter().skip(skipped).take_while(ends).count();
        let ended = rest.iter().take(skipped).filter(|byte| **byte == b'\n');
        self.line += u64::try_from(ended.count()).unwrap_or(u64::MAX);
        self.counted += skipped;
        self.line
    }
}

/// Spreadsheets write what their country separates lists with.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // Of equally many the last stands, so a header of one column is read with commas.
    let most = [b'\t', b';', b','].into_iter().max_by_key(count);
    most.unwrap_or(b',')
}

fn columns(header: &StringRecord) -> Result<Vec<String>, CliError> {
    let name = |cell: &str| {
        let words: Vec<_> = cell
            .split([' ', '_', '-'])
            .filter(|word| !word.is_empty())
            .collect();
        words.join("_").to_lowercase()
    };
    let columns: Vec<_> = header.iter().map(name).collect();
    let no_header = |message: String| CliError::coded(Reason::ImportFormat, message);
    if columns.iter().all(String::is_empty) {
        return Err(no_header("there is no header".into()));
    }
    for (at, column) in columns.iter().enumerate() {
        let twice = columns.iter().take(at).any(|other| other == column);
        if twice && !column.is_empty() {
            return Err(no_header(format!("two columns are called `{column}`")));
        }
    }
    Ok(columns)
}

fn too_large(message: String) -> CliError {
    CliError::coded(Reason::TooLarge, message)
}

fn unreadable(error: csv::Error) -> CliError {
    CliError::coded(Reason::ImportFormat, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_semicolons_and_tabs_separate_cells() {
        for text in [
            "\u{feff}Supplier Name,LEI\r\na,b\r\n",
            "supplier-name;lei\na;b\n",
            "supplier_name\tlei\na\tb",
        ] {
            let sheet = Sheet::parse(text.as_bytes()).unwrap();
            assert_eq!(sheet.columns, ["supplier_name", "lei"], "{text:?}");
            let row = &sheet.rows[0];
            assert_eq!(
                (row.line, row.cell(Some(0)), row.cell(Some(1))),
                (2, "a", "b")
            );
            assert_eq!(row.cell(sheet.column(&["country"])), "");
        }
        assert_eq!(
            Sheet::parse(b"ids\na; b\n").unwrap().rows[0].cell(Some(0)),
            "a; b"
        );
    }

    #[test]
    fn rows_of_another_shape_are_refused_one_by_one() {
        let sheet = Sheet::parse(b"a,b\n1,2\n\n1,2,3\n,\n'=x,4\n").unwrap();
        assert_eq!(
            sheet.rows.iter().map(|row| row.line).collect::<Vec<_>>(),
            [2, 6]
        );
        assert_eq!(sheet.rows[1].cell(Some(0)), "=x");
        assert_eq!(sheet.refused[0].line, 4);
        assert_eq!(sheet.refused[0].reason, Reason::ImportFields);
    }

    #[test]
    fn what_is_no_list_is_refused_whole() {
        let code = |bytes: &[u8]| Sheet::parse(bytes).unwrap_err().reason();
        assert_eq!(code(b"a,\xff\n"), Some(Reason::ImportEncoding));
        assert_eq!(code(b""), Some(Reason::ImportFormat));
        assert_eq!(code(b"lei,LEI\n1,2\n"), Some(Reason::ImportFormat));
        let long = format!("a\n{}\n", "x".repeat(ROW_BYTES + 1));
        assert_eq!(code(long.as_bytes()), Some(Reason::TooLarge));
        let fits = format!("a\n{}\n", "x".repeat(ROW_BYTES));
        assert!(Sheet::parse(fits.as_bytes()).is_ok());
        let many = |rows: usize| format!("a\n{}", "x\n".repeat(rows));
        assert!(Sheet::parse(many(ROWS).as_bytes()).is_ok());
        assert_eq!(code(many(ROWS + 1).as_bytes()), Some(Reason::TooLarge));
    }

    #[test]
    fn a_missing_column_names_those_that_are_there() {
        let error = Sheet::parse(b"a,b\n")
            .unwrap()
            .needed(&["ids"])
            .unwrap_err();
        assert!(error.hints()[0].contains("a, b"));
    }
}
