//! CSV: UTF-8, bounded before it is parsed.

use super::Row;
use crate::import::file_error::FileError;
use crate::import::{FILE_BYTES, ROW_BYTES, ROWS};

/// All rows, the header included.
pub(crate) fn csv_rows(bytes: &[u8]) -> Result<Vec<Row>, FileError> {
    if bytes.len() > FILE_BYTES {
        return Err(FileError::TooLarge { max: FILE_BYTES });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| FileError::NotUtf8 {
        valid: error.valid_up_to(),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Lines::new(text);
    let mut rows = Vec::new();
    while let Some(row) = lines.next_row()? {
        if rows.len() > ROWS {
            return Err(FileError::TooManyRows { max: ROWS });
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Rows with the lines they begin on. The CSV reader's own count stands one line back after CRLF.
struct Lines<'a> {
    text: &'a str,
    reader: csv::Reader<&'a [u8]>,
    record: csv::StringRecord,
    /// How much of the text was counted, and the line there.
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true);
        Self {
            text,
            reader: builder.from_reader(text.as_bytes()),
            record: csv::StringRecord::new(),
            counted: 0,
            line: 1,
        }
    }

    fn next_row(&mut self) -> Result<Option<Row>, FileError> {
        // The text is UTF-8 and rows may differ in length, so nothing is left to refuse here.
        let more = self.reader.read_record(&mut self.record);
        if !more.map_err(|_| FileError::HeaderUnknown)? {
            return Ok(None);
        }
        let line = self.line_of_row();
        let (bytes, max) = (self.record.as_slice().len(), ROW_BYTES);
        if bytes > max || self.record.len() > max {
            return Err(FileError::RowTooLong { line, bytes, max });
        }
        let fields = self.record.iter().map(str::to_owned).collect();
        Ok(Some(Row { line, fields }))
    }

    fn line_of_row(&mut self) -> u64 {
        let position = self.record.position().map_or(0, csv::Position::byte);
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
