//! Why a whole file is refused.

use fairtrail::reason::Reason;
use fairtrail::time::Date;

/// Nothing of the file is taken: what it says about itself does not hold together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// More bytes than [`super::FILE_BYTES`].
    #[error("a file of more than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("not UTF-8 after byte {valid}")]
    NotUtf8 {
        /// How many bytes are.
        valid: usize,
    },
    /// The first line is not a header of this format.
    #[error("the first line is not a header of this format")]
    HeaderUnknown,
    /// A row larger than [`super::ROW_BYTES`]; most often a quote that is never closed.
    #[error("line {line}: a row of {bytes} bytes, at most {max}")]
    RowTooLong {
        /// Line the row begins on, the header being 1.
        line: u64,
        /// Bytes of its fields.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// More rows than [`super::ROWS`].
    #[error("more than {max} rows")]
    TooManyRows {
        /// The limit.
        max: usize,
    },
    /// Two columns of one name: which of them is meant would be a guess.
    #[error("column {number} has the name of one before it")]
    ColumnTwice {
        /// Its number, the first being 1.
        number: usize,
    },
    /// A column that is needed is not there.
    #[error("there is no column `{column}`")]
    ColumnMissing {
        /// The column.
        column: String,
    },
    /// The mapping breaks a rule.
    #[error("the mapping: {detail}")]
    Mapping {
        /// Which.
        detail: String,
    },
    /// Not a spreadsheet, or one this version cannot read.
    #[error("not a spreadsheet that can be read")]
    Spreadsheet,
    /// The spreadsheet has no such sheet.
    #[error("there is no sheet `{sheet}`")]
    SheetMissing {
        /// The sheet.
        sheet: String,
    },
    /// A list without rows has no date.
    #[error("no row, so the date of the list is not known")]
    Empty,
    /// A list shows one day; the rest of the file cannot be dated by a row that says otherwise.
    #[error("line {line}: another date than the first row's {expected}")]
    DateMixed {
        /// Line of the row.
        line: u64,
        /// The first row's date.
        expected: Date,
    },
    /// The first row, which dates the list, has no date.
    #[error("line {line}: expected a date as YYYY-MM-DD")]
    DateInvalid {
        /// Line of the row.
        line: u64,
    },
}

impl FileError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::TooLarge { .. } | Self::RowTooLong { .. } | Self::TooManyRows { .. } => {
                Reason::TooLarge
            }
            Self::NotUtf8 { .. } => Reason::ImportEncoding,
            Self::Mapping { .. } => Reason::ImportMapping,
            Self::Spreadsheet | Self::SheetMissing { .. } => Reason::ImportFormat,
            Self::HeaderUnknown | Self::ColumnTwice { .. } | Self::ColumnMissing { .. } => {
                Reason::ImportFormat
            }
            Self::Empty | Self::DateMixed { .. } | Self::DateInvalid { .. } => Reason::ImportDate,
        }
    }
}
