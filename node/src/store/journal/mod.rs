//! The journal: every entry in log order and every signature given, append-only. The truth.
//!
//! ```text
//! journal/00000001.seg   header, then frames: [len u32][crc32c u32][kind u8][body]
//! journal/synced         how far it was synced
//! ```
//! A frame is whole or not there, so what must stay together (a batch) goes into one frame.
//! [`Journal::append`] then [`Journal::sync`]; only then may anybody be told. Damage before the
//! last synced place is an error and nothing is cut off; what a crash left torn behind it is cut.
//! What the kinds and bodies mean is out of scope here.

mod error;
mod frame;
mod read;
mod recover;
mod synced;
#[cfg(test)]
mod tests;

use std::path::Path;

use fs_err::File;

pub use self::error::JournalError;
pub use self::frame::{Frame, MAX_FRAME_BYTES, StoredFrame};
pub use self::read::{Frames, JournalReader, Span};
pub use self::recover::Recovery;
use self::synced::Synced;
use super::disk::{self, IoFault};
pub use super::segment::Location;
use super::segment::{HEADER_LEN, Handles, Header, SegmentDir};

const MAGIC: [u8; 8] = *b"FTJRNL01";
/// Bytes after which a new segment is begun, unless configured otherwise.
pub const SEGMENT_BYTES: u32 = 64 << 20;
/// The largest segment size that can be configured; offsets then fit 32 bits with room for a frame.
pub const MAX_SEGMENT_BYTES: u32 = 1 << 30;

/// How far a journal is durable, while its writer may be at work: every frame before this place is
/// whole and stays as it is.
///
/// # Errors
/// [`JournalError::Missing`] when nothing says how far; [`JournalError::Io`].
pub fn durable_end(dir: &Path) -> Result<Location, JournalError> {
    synced::look(dir)?.ok_or(JournalError::Missing)
}

/// A reader of the frames before `end`, without a writer.
pub fn reader_until(dir: &Path, end: Location) -> JournalReader {
    JournalReader::new(Handles::new(SegmentDir::new(dir, MAGIC)), end)
}

/// The file of a segment.
pub fn segment_path(dir: &Path, number: u32) -> std::path::PathBuf {
    SegmentDir::new(dir, MAGIC).path(number)
}

/// The one writer of a journal. Dropping it syncs nothing.
#[derive(Debug)]
pub struct Journal {
    segments: SegmentDir,
    segment_bytes: u32,
    file: File,
    end: Location,
    synced: Synced,
    dirty: bool,
    poisoned: bool,
    reader: JournalReader,
}

impl Journal {
    /// Creates an empty journal in `dir`, which must exist.
    ///
    /// # Errors
    /// [`JournalError::Exists`] when a segment is there; [`JournalError::Io`].
    pub fn create(dir: &Path, segment_bytes: u32) -> Result<Self, JournalError> {
        let segments = SegmentDir::new(dir, MAGIC);
        if !segments.numbers()?.is_empty() {
            return Err(JournalError::Exists);
        }
        let (mut synced, _) = Synced::open(dir)?;
        synced.note(Location::START)?;
        synced.sync()?;
        let file = segments.create(Header {
            number: 1,
            previous_len: 0,
        })?;
        Ok(Self::with(
            segments,
            segment_bytes,
            file,
            Location::START,
            synced,
        ))
    }

    /// Opens the journal in `dir` and recovers from a crash: cuts off what was never acknowledged,
    /// syncs the rest again.
    ///
    /// # Errors
    /// [`JournalError::Missing`] when there is none; [`JournalError::Damaged`] and
    /// [`JournalError::SegmentMissing`] when synced bytes are gone or changed, in which case no
    /// file was touched; [`JournalError::Io`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::journal::{Frame, Journal, JournalError, SEGMENT_BYTES};
    /// let dir = tempfile::tempdir()?;
    /// assert_eq!(Journal::open(dir.path(), SEGMENT_BYTES).unwrap_err(), JournalError::Missing);
    /// let mut journal = Journal::create(dir.path(), SEGMENT_BYTES)?;
    /// let at = journal.append(&[Frame { kind: 1, body: b"batch" }])?;
    /// journal.sync()?;
    /// drop(journal);
    /// let (journal, _) = Journal::open(dir.path(), SEGMENT_BYTES)?;
    /// assert_eq!(journal.reader().frame(at[0])?.body, b"batch");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(dir: &Path, segment_bytes: u32) -> Result<(Self, Recovery), JournalError> {
        let segments = SegmentDir::new(dir, MAGIC);
        if segments.numbers()?.is_empty() {
            return Err(JournalError::Missing);
        }
        let (mut synced, noted) = Synced::open(dir)?;
        let tail = recover::tail(&segments, noted)?;
        synced.note(tail.end)?;
        synced.sync()?;
        disk::sync_dir(dir)?;
        let recovery = Recovery {
            torn_bytes: tail.torn_bytes,
            synced_lost: noted.is_none(),
        };
        Ok((
            Self::with(segments, segment_bytes, tail.file, tail.end, synced),
            recovery,
        ))
    }

    fn with(
        segments: SegmentDir,
        segment_bytes: u32,
        file: File,
        end: Location,
        synced: Synced,
    ) -> Self {
        let reader = JournalReader::new(Handles::new(segments.clone()), end);
        let segment_bytes = segment_bytes.min(MAX_SEGMENT_BYTES);
        Self {
            segments,
            segment_bytes,
            file,
            end,
            synced,
            dirty: false,
            poisoned: false,
            reader,
        }
    }

    /// A reader that sees frames as soon as they are appended.
    pub fn reader(&self) -> JournalReader {
        self.reader.clone()
    }

    /// Where the next frame will stand, unless it begins a new segment.
    pub fn end(&self) -> Location {
        self.end
    }

    /// Writes frames behind the last and says where each stands. Nothing is durable before
    /// [`Journal::sync`].
    ///
    /// # Errors
    /// [`JournalError::FrameTooLarge`], nothing written; [`JournalError::Io`], after which the
    /// journal answers [`JournalError::Poisoned`] to everything: stop the process.
    pub fn append(&mut self, frames: &[Frame<'_>]) -> Result<Vec<Location>, JournalError> {
        let max = MAX_FRAME_BYTES;
        if let Some(frame) = frames.iter().find(|frame| frame.body.len() > max) {
            return Err(JournalError::FrameTooLarge {
                len: frame.body.len(),
                max,
            });
        }
        self.guarded(|journal| journal.write(frames))
    }

    /// Waits until all that was appended is on the disk.
    ///
    /// # Errors
    /// [`JournalError::Io`], after which the journal answers [`JournalError::Poisoned`] to
    /// everything: pages the disk refused may look clean from then on, so a second try proves
    /// nothing.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        self.guarded(|journal| {
            if journal.dirty {
                disk::sync_data(&journal.file)?;
                journal.synced.note(journal.end)?;
                journal.dirty = false;
            }
            Ok(())
        })
    }

    fn guarded<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, IoFault>,
    ) -> Result<T, JournalError> {
        if self.poisoned {
            return Err(JournalError::Poisoned);
        }
        let outcome = step(self);
        self.poisoned = outcome.is_err();
        Ok(outcome?)
    }

    fn write(&mut self, frames: &[Frame<'_>]) -> Result<Vec<Location>, IoFault> {
        let mut places = Vec::with_capacity(frames.len());
        let lens = frames
            .iter()
            .map(|frame| frame::FRAME_HEADER + frame.body.len());
        let mut pending = Vec::with_capacity(lens.sum());
        let mut start = self.end;
        let mut end = self.end;
        for frame in frames {
            // Bounded by MAX_FRAME_BYTES above, so both conversions hold.
            let len = u32::try_from(frame.body.len()).unwrap_or(u32::MAX);
            let whole = len.saturating_add(frame::FRAME_HEADER_LEN);
            if end.offset > HEADER_LEN && end.offset.saturating_add(whole) > self.segment_bytes {
                self.put(&pending, start, end)?;
                pending.clear();
                self.roll()?;
                (start, end) = (self.end, self.end);
            }
            frame::encode(&mut pending, end, len, *frame);
            places.push(end);
            end.offset = end.offset.saturating_add(whole);
        }
        self.put(&pending, start, end)?;
        Ok(places)
    }

    fn put(&mut self, bytes: &[u8], start: Location, end: Location) -> Result<(), IoFault> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.dirty = true;
        disk::write_all_at(&self.file, bytes, u64::from(start.offset))?;
        self.end = end;
        self.reader.set_end(end);
        Ok(())
    }

    /// Begins a new segment. The old one is on the disk before the new one has a name, so only the
    /// last segment can ever be torn.
    fn roll(&mut self) -> Result<(), IoFault> {
        disk::sync_data(&self.file)?;
        self.synced.note(self.end)?;
        self.synced.sync()?;
        let number = self.end.segment.saturating_add(1);
        let previous_len = u64::from(self.end.offset);
        self.file = self.segments.create(Header {
            number,
            previous_len,
        })?;
        self.end = Location {
            segment: number,
            offset: HEADER_LEN,
        };
        self.reader.set_end(self.end);
        self.dirty = false;
        Ok(())
    }
}
