//! Leaf index → where the entry lies in the journal: a flat file of 16-byte rows (derived).
//!
//! ```text
//! row: [segment u32][frame offset u32][start in the body u32][length u16][check u16]   little-endian
//! ```
//! The check is 16 bits of a checksum over the leaf index and the rest of the row: it shows holes
//! and misplaced rows. What the row leads to is re-hashed by the caller in any case.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use fairtrail::reason::Reason;
use fs_err::File;

use super::bytes::{take, take_u32};
use super::disk::{self, IoFault};
use super::journal::Span;
use super::segment::Location;

const ROW_LEN: usize = 16;

/// Why a position cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PositionsError {
    /// The row does not pass its check: rebuild the file from the journal.
    #[error("the position of leaf {index} is damaged")]
    Damaged {
        /// The leaf index.
        index: u64,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl PositionsError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Damaged { .. } => Reason::StoreDamaged,
            Self::Io(fault) => fault.code(),
        }
    }
}

/// The file; shared between one writer and any number of readers.
#[derive(Debug)]
pub struct Positions {
    file: File,
    len: AtomicU64,
    writer: Mutex<()>,
}

impl Positions {
    /// Opens the file, creating it when it is not there. A row cut short at the end is dropped.
    ///
    /// # Errors
    /// [`PositionsError::Io`].
    pub fn open(path: &Path) -> Result<Self, PositionsError> {
        let file = disk::open_or_create(path)?;
        let len = AtomicU64::new(disk::len(&file)? / ROW_LEN as u64);
        Ok(Self {
            file,
            len,
            writer: Mutex::new(()),
        })
    }

    /// Number of leaves with a position.
    pub fn len(&self) -> u64 {
        self.len.load(Ordering::Acquire)
    }

    /// Whether no leaf has a position.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where leaf `index` lies; nothing beyond the last.
    ///
    /// # Errors
    /// [`PositionsError::Damaged`], [`PositionsError::Io`].
    pub fn read(&self, index: u64) -> Result<Option<Span>, PositionsError> {
        if index >= self.len() {
            return Ok(None);
        }
        let mut row = [0; ROW_LEN];
        let damaged = PositionsError::Damaged { index };
        if !disk::read_exact_at(&self.file, &mut row, offset(index))? {
            return Err(damaged);
        }
        decode(index, &row).map(Some).ok_or(damaged)
    }

    /// Adds the positions of the next leaves, in leaf order.
    ///
    /// # Errors
    /// [`PositionsError::Io`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::journal::{Location, Span};
    /// use fairtrail_node::store::positions::Positions;
    /// let dir = tempfile::tempdir()?;
    /// let positions = Positions::open(&dir.path().join("positions"))?;
    /// let span = Span { frame: Location::START, start: 5, len: 460 };
    /// positions.append(&[span])?;
    /// assert_eq!(positions.read(0)?, Some(span));
    /// assert_eq!(positions.read(1)?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn append(&self, spans: &[Span]) -> Result<(), PositionsError> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let len = self.len();
        let rows: Vec<u8> = (len..)
            .zip(spans)
            .flat_map(|(index, span)| encode(index, *span))
            .collect();
        disk::write_all_at(&self.file, &rows, offset(len))?;
        self.len
            .store(len.saturating_add(spans.len() as u64), Ordering::Release);
        Ok(())
    }

    /// Drops the positions of all leaves from `len` on; 0 starts the file anew.
    ///
    /// # Errors
    /// [`PositionsError::Io`].
    pub fn truncate(&self, len: u64) -> Result<(), PositionsError> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let len = len.min(self.len());
        self.len.store(len, Ordering::Release);
        Ok(disk::set_len(&self.file, offset(len))?)
    }

    /// Waits until the rows are on the disk.
    ///
    /// # Errors
    /// [`PositionsError::Io`].
    pub fn sync(&self) -> Result<(), PositionsError> {
        Ok(disk::sync_data(&self.file)?)
    }
}

fn offset(index: u64) -> u64 {
    index.saturating_mul(ROW_LEN as u64)
}

fn encode(index: u64, span: Span) -> [u8; ROW_LEN] {
    let mut row = [0; ROW_LEN];
    let (content, check) = row.split_at_mut(ROW_LEN - 2);
    let fields = span.frame.to_bytes().into_iter();
    let fields = fields
        .chain(span.start.to_le_bytes())
        .chain(span.len.to_le_bytes());
    content
        .iter_mut()
        .zip(fields)
        .for_each(|(byte, field)| *byte = field);
    check.copy_from_slice(&checksum(index, content));
    row
}

fn decode(index: u64, row: &[u8; ROW_LEN]) -> Option<Span> {
    let (content, check) = row.split_last_chunk::<2>()?;
    if *check != checksum(index, content) {
        return None;
    }
    let mut rest = content;
    let frame = Location::from_bytes(take(&mut rest)?);
    let start = take_u32(&mut rest)?;
    Some(Span {
        frame,
        start,
        len: u16::from_le_bytes(take(&mut rest)?),
    })
}

fn checksum(index: u64, content: &[u8]) -> [u8; 2] {
    let crc = crc32c::crc32c_append(crc32c::crc32c(&index.to_le_bytes()), content);
    let [a, b, ..] = crc.to_le_bytes();
    [a, b]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(number: u32) -> Span {
        let frame = Location {
            segment: 1 + number / 10,
            offset: 24 + number * 500,
        };
        Span {
            frame,
            start: number * 3,
            len: 400 + (number % 100) as u16,
        }
    }

    #[test]
    fn positions_survive_a_restart_and_a_torn_last_row() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("positions");
        let positions = Positions::open(&path).unwrap();
        assert!(positions.is_empty());
        let spans: Vec<_> = (0..100).map(span).collect();
        positions.append(&spans[..60]).unwrap();
        positions.append(&spans[60..]).unwrap();
        positions.sync().unwrap();
        positions.file.set_len(16 * 90 + 7).unwrap();
        let positions = Positions::open(&path).unwrap();
        assert_eq!(positions.len(), 90);
        positions.append(&spans[90..]).unwrap();
        for (index, expected) in spans.iter().enumerate() {
            assert_eq!(positions.read(index as u64), Ok(Some(*expected)));
        }
        assert_eq!(positions.read(100), Ok(None));
        positions.truncate(5).unwrap();
        assert_eq!((positions.len(), positions.read(5)), (5, Ok(None)));
    }

    #[test]
    fn a_hole_a_flipped_bit_and_a_misplaced_row_are_damage() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("positions");
        let positions = Positions::open(&path).unwrap();
        positions.append(&[span(0), span(1), span(2)]).unwrap();
        let whole = fs_err::read(&path).unwrap();
        let mut swapped = whole.clone();
        swapped.copy_within(16..32, 0);
        let mut hole = whole.clone();
        hole[..16].fill(0);
        let mut flipped = whole.clone();
        flipped[3] ^= 0x10;
        for bytes in [swapped, hole, flipped] {
            fs_err::write(&path, bytes).unwrap();
            let positions = Positions::open(&path).unwrap();
            assert_eq!(positions.read(0), Err(PositionsError::Damaged { index: 0 }));
            assert_eq!(positions.read(2), Ok(Some(span(2))));
        }
    }
}
