//! One file of a register: which of the formats it is, and what can be said of it as a whole.

use super::change::{self, Changes};
use super::listing::{self, Listing};
use crate::import::ROWS;
use crate::import::file_error::FileError;
use crate::import::refusal::Refusal;
use crate::import::sheet::{self, Row};
use data_encoding::HEXLOWER;
use fairtrail::cbor::Writer;
use fairtrail::merkle::{CompactRange, Root, leaf_hash};
use fairtrail::time::Date;
use sha2::{Digest, Sha256};
use std::fmt;

/// How much of the register a file shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// All of it: a name that is absent was not listed.
    Full,
    /// A part of it: absence means nothing.
    Sample,
}

/// What a file is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What changed between lists.
    Changes,
    /// The list of one day.
    Listing,
}

/// SHA-256 of a file, printed as other tools print it: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileDigest([u8; 32]);

impl FileDigest {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileDigest({self})")
    }
}

impl From<FileDigest> for String {
    fn from(digest: FileDigest) -> Self {
        digest.to_string()
    }
}

/// The text is not a SHA-256 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 lower-case hexadecimal digits")]
pub struct FileDigestError;

impl TryFrom<String> for FileDigest {
    type Error = FileDigestError;

    fn try_from(text: String) -> Result<Self, FileDigestError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(FileDigestError)
    }
}

/// What can be said of a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SourceFacts {
    /// What it is.
    pub sort: Sort,
    /// The day of the list, or of the last list that changes were seen in.
    pub on: Date,
    /// SHA-256 of the file's bytes.
    pub sha256: FileDigest,
    /// Rows below the header, refused ones included.
    pub rows: u64,
    /// RFC 6962 root of the rows (specs/import.md §3), refused ones included.
    pub root: Root,
    /// How much of the register it shows.
    pub coverage: Coverage,
}

/// The rows that were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// What changed between lists.
    Changes(Changes),
    /// The list of one day.
    Listing(Listing),
}

/// A file that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// What can be said of it as a whole.
    pub facts: SourceFacts,
    /// The rows that were taken.
    pub content: Content,
    /// The rows that were not, in the order of the file.
    pub refusals: Vec<Refusal>,
}

impl SourceFile {
    /// Reads a file; its header says which sort it is.
    ///
    /// `coverage` is what the files declare. A list with rows that could be about any name is
    /// taken as a sample: absence from what was left of it shows nothing.
    ///
    /// # Errors
    /// [`FileError`] when the file as a whole cannot be taken. Single bad rows are no error; they
    /// are in `refusals`.
    pub fn parse(bytes: &[u8], coverage: Coverage) -> Result<Self, FileError> {
        let (sort, rows) = rows_of(bytes)?;
        let (content, refusals, on) = match sort {
            Sort::Changes => {
                let (changes, refusals) = change::read(&rows);
                let on = changes.rows.iter().map(|row| row.on).max();
                (
                    Content::Changes(changes),
                    refusals,
                    on.ok_or(FileError::Empty)?,
                )
            }
            Sort::Listing => {
                let (listing, refusals) = listing::read(&rows)?;
                let on = listing.on;
                (Content::Listing(listing), refusals, on)
            }
        };
        let torn = refusals
            .iter()
            .any(|refusal| refusal.error.hides_the_name());
        let facts = SourceFacts {
            sort,
            on,
            sha256: FileDigest(Sha256::digest(bytes).into()),
            rows: u64::try_from(rows.len()).unwrap_or(u64::MAX),
            root: root(sort, &rows)?,
            coverage: if torn { Coverage::Sample } else { coverage },
        };
        Ok(Self {
            facts,
            content,
            refusals,
        })
    }
}

fn rows_of(bytes: &[u8]) -> Result<(Sort, Vec<Row>), FileError> {
    let mut rows = sheet::csv_rows(bytes)?.into_iter();
    let header = rows.next().ok_or(FileError::HeaderUnknown)?;
    Ok((sort_of(&header)?, rows.collect()))
}

fn sort_of(header: &Row) -> Result<Sort, FileError> {
    if header.fields == listing::HEADER {
        Ok(Sort::Listing)
    } else if header.fields == change::HEADER {
        Ok(Sort::Changes)
    } else {
        Err(FileError::HeaderUnknown)
    }
}

/// Rows as CBOR arrays of texts, sorted by bytes: the root does not depend on the file's order, and
/// two neighbours prove that nothing stands between them.
fn root(sort: Sort, rows: &[Row]) -> Result<Root, FileError> {
    let mut leaves: Vec<_> = rows.iter().map(|row| leaf(sort, row)).collect();
    leaves.sort_unstable();
    let mut range = CompactRange::new();
    for bytes in &leaves {
        let appended = range.append(leaf_hash(bytes));
        appended.map_err(|_| FileError::TooManyRows { max: ROWS })?;
    }
    Ok(range.root())
}

fn leaf(sort: Sort, row: &Row) -> Vec<u8> {
    // The date of a list is stated beside the root, so that an unchanged list keeps its root.
    let fields = match row.fields.as_slice() {
        [fields @ .., _date]
            if sort == Sort::Listing && fields.len() + 1 == listing::HEADER.len() =>
        {
            fields
        }
        fields => fields,
    };
    let mut writer = Writer::new();
    writer.array(fields.len());
    for field in fields {
        writer.text(field);
    }
    writer.into_bytes()
}
