//! XLSX: what it unpacks to is measured before it is read, and cells are read one by one, so that
//! neither a small file nor a far-away cell takes more room than the bounds say.

use super::Row;
use crate::import::file_error::FileError;
use crate::import::{FILE_BYTES, ROW_BYTES, ROWS};
use calamine::{DataRef, Reader as _, Xlsx, open_workbook_from_rs};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, copy, sink};

/// How such files begin.
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";
/// Columns of a sheet.
const COLUMNS: u32 = 1_024;
/// Parts a file is packed of.
const PARTS: usize = 4_096;

/// All rows that have a cell, the header included.
pub(super) fn rows(bytes: &[u8], tab: Option<&str>) -> Result<Vec<Row>, FileError> {
    measure(bytes)?;
    let unreadable = |_| FileError::Spreadsheet;
    let mut book: Xlsx<_> =
        open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| FileError::Spreadsheet)?;
    let names = book.sheet_names();
    let first = || names.first().map(String::as_str);
    let name = tab.or_else(first).ok_or(FileError::Spreadsheet)?;
    if !names.iter().any(|known| known == name) {
        let sheet = name.to_owned();
        return Err(FileError::SheetMissing { sheet });
    }
    let name = name.to_owned();
    let mut reader = book.worksheet_cells_reader(&name).map_err(unreadable)?;
    let mut cells = Cells::default();
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        cells.put(cell.get_position(), text(cell.get_value()))?;
    }
    Ok(cells.into_rows())
}

/// Refuses what unpacks to more than a file may hold, by unpacking it into nothing.
fn measure(bytes: &[u8]) -> Result<(), FileError> {
    let too_large = FileError::TooLarge { max: FILE_BYTES };
    let mut left = u64::try_from(FILE_BYTES).unwrap_or(u64::MAX);
    let archive = zip::ZipArchive::new(Cursor::new(bytes));
    let mut archive = archive.map_err(|_| FileError::Spreadsheet)?;
    if bytes.len() > FILE_BYTES || archive.len() > PARTS {
        return Err(too_large);
    }
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| FileError::Spreadsheet)?;
        let unpacked = copy(&mut part.take(left.saturating_add(1)), &mut sink());
        let unpacked = unpacked.map_err(|_| FileError::Spreadsheet)?;
        left = left.checked_sub(unpacked).ok_or(too_large.clone())?;
    }
    Ok(())
}

#[derive(Default)]
struct Cells {
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    bytes: usize,
}

impl Cells {
    fn put(&mut self, (row, column): (u32, u32), text: String) -> Result<(), FileError> {
        if text.is_empty() {
            return Ok(());
        }
        let line = u64::from(row) + 1;
        if column >= COLUMNS || text.len() > ROW_BYTES {
            let (bytes, max) = (text.len(), ROW_BYTES);
            return Err(FileError::RowTooLong { line, bytes, max });
        }
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes > FILE_BYTES {
            return Err(FileError::TooLarge { max: FILE_BYTES });
        }
        self.rows.entry(row).or_default().insert(column, text);
        if self.rows.len() > ROWS {
            return Err(FileError::TooManyRows { max: ROWS });
        }
        Ok(())
    }

    /// Rows as wide as the first one, or as their own last cell.
    fn into_rows(self) -> Vec<Row> {
        let last = |cells: &BTreeMap<u32, String>| cells.keys().next_back().copied();
        let width = self.rows.values().next().and_then(last).unwrap_or(0);
        let row = |(row, mut cells): (u32, BTreeMap<u32, String>)| {
            let until = last(&cells).unwrap_or(0).max(width);
            let fields = (0..=until).map(|column| cells.remove(&column).unwrap_or_default());
            Row {
                line: u64::from(row) + 1,
                fields: fields.collect(),
            }
        };
        self.rows.into_iter().map(row).collect()
    }
}

/// A cell as a CSV file would hold it: whole numbers without a point, dates as YYYY-MM-DD.
fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(date) if date.is_datetime() => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(span) => span.as_f64().to_string(),
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::Error(_) => super::ERROR.to_owned(),
        DataRef::Empty => String::new(),
    }
}
