//! The bodies: claims and texts in segments, documents one file each. The truth beside the journal.
//!
//! ```text
//! bodies/00000001.seg    header, then bodies: [header with digest, salt, role, audience][bytes][crc32c]
//! documents/00000001     one body in the same form
//! ```
//! Order: [`Bodies::append`], [`Bodies::sync`], and only then the journal frame that names the
//! places. Bodies that no frame names (a crash came between) are overwritten at the next start, so
//! that no copy of a part lives where an erasure would not find it. [`Bodies::erase`] overwrites
//! salt, bytes and their checksum with zeros *in place*; file systems and drives that write
//! elsewhere (copy-on-write, flash) may keep old pages, which the operator guide says.
//! Who may read or erase what is out of scope here.

mod error;
mod form;
mod overwrite;
mod place;
mod read;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use fs_err::File;

pub use self::error::BodyError;
pub use self::form::{Content, Part, StoredBody};
use self::form::{HEAD_LEN, Head, TRAILER_LEN};
use self::place::PlaceFile;
pub use self::place::{BodiesEnd, BodyPlace};
pub use self::read::BodyReader;
use super::disk::{self, IoFault};
use super::segment::{HEADER_LEN, Handles, Header, Location, SegmentDir};

/// The role whose bodies get a file each.
pub const ROLE_DOCUMENT: u8 = 2;
/// The most bytes one body may have (a document's limit).
pub const MAX_BODY_BYTES: usize = 16 << 20;
/// Bytes after which a new segment is begun, unless configured otherwise.
pub const SEGMENT_BYTES: u32 = 64 << 20;
const MAX_SEGMENT_BYTES: u32 = 1 << 30;
const MAGIC: [u8; 8] = *b"FTBODY01";

/// A reader of the bodies before `end`, without a writer.
pub fn reader_until(dir: &Path, documents: &Path, end: BodiesEnd) -> BodyReader {
    BodyReader::new(Handles::new(SegmentDir::new(dir, MAGIC)), documents, end)
}

/// The one writer of the bodies. Dropping it syncs nothing.
#[derive(Debug)]
pub struct Bodies {
    segments: SegmentDir,
    documents: PathBuf,
    segment_bytes: u32,
    file: File,
    end: BodiesEnd,
    unsynced: Vec<File>,
    dirty: bool,
    poisoned: bool,
    reader: BodyReader,
}

impl Bodies {
    /// Creates empty bodies in two folders, which must exist.
    ///
    /// # Errors
    /// [`BodyError::Exists`] when a segment is there; [`BodyError::Io`].
    pub fn create(dir: &Path, documents: &Path, segment_bytes: u32) -> Result<Self, BodyError> {
        let segments = SegmentDir::new(dir, MAGIC);
        if !segments.numbers()?.is_empty() {
            return Err(BodyError::Exists);
        }
        let file = segments.create(Header {
            number: 1,
            previous_len: 0,
        })?;
        Ok(Self::with(
            segments,
            documents,
            segment_bytes,
            file,
            BodiesEnd::START,
        ))
    }

    /// Opens the bodies as far as the journal's last frame says they reach, and overwrites and
    /// removes what lies behind: nobody was told that it was kept.
    ///
    /// Bytes missing before `end` are not an error here: the log does not rest on them. They show
    /// when they are read, and new bodies go into a new segment.
    ///
    /// # Errors
    /// [`BodyError::Io`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::bodies::{Bodies, BodyError, Content, Part, SEGMENT_BYTES};
    /// let dir = tempfile::tempdir()?;
    /// let mut bodies = Bodies::create(dir.path(), dir.path(), SEGMENT_BYTES)?;
    /// let part = Part { digest: [1; 32], salt: [2; 16], role: 0, audience: 0, bytes: b"claim" };
    /// let at = bodies.append(&[part])?;
    /// bodies.sync()?;
    /// let end = bodies.end();
    /// drop(bodies);
    /// let mut bodies = Bodies::open(dir.path(), dir.path(), SEGMENT_BYTES, end)?;
    /// let live = Content::Live { salt: [2; 16], bytes: b"claim".to_vec() };
    /// assert_eq!(bodies.reader().read(at[0])?.content, live);
    /// bodies.erase(at[0])?;
    /// assert_eq!(bodies.reader().read(at[0])?.content, Content::Erased);
    /// let empty = Part { bytes: b"", ..part };
    /// assert!(matches!(bodies.append(&[empty]), Err(BodyError::Length { len: 0, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(
        dir: &Path,
        documents: &Path,
        segment_bytes: u32,
        end: BodiesEnd,
    ) -> Result<Self, BodyError> {
        let segments = SegmentDir::new(dir, MAGIC);
        overwrite::discard_segments(&segments, end.next)?;
        overwrite::discard_documents(documents, end.next_document)?;
        let (file, next) = tail(&segments, end.next)?;
        let end = BodiesEnd { next, ..end };
        Ok(Self::with(segments, documents, segment_bytes, file, end))
    }

    fn with(
        segments: SegmentDir,
        documents: &Path,
        segment_bytes: u32,
        file: File,
        end: BodiesEnd,
    ) -> Self {
        let reader = BodyReader::new(Handles::new(segments.clone()), documents, end);
        Self {
            segments,
            documents: documents.to_path_buf(),
            segment_bytes: segment_bytes.min(MAX_SEGMENT_BYTES),
            file,
            end,
            unsynced: Vec::new(),
            dirty: false,
            poisoned: false,
            reader,
        }
    }

    /// A reader that sees bodies as soon as they are appended.
    pub fn reader(&self) -> BodyReader {
        self.reader.clone()
    }

    /// How far the bodies reach; goes into the journal frame that names them.
    pub fn end(&self) -> BodiesEnd {
        self.end
    }

    /// Stores parts and says where each lies. Nothing is durable before [`Bodies::sync`].
    ///
    /// # Errors
    /// [`BodyError::Length`], nothing stored; [`BodyError::Io`], after which everything but reading
    /// answers [`BodyError::Poisoned`]: stop the process.
    pub fn append(&mut self, parts: &[Part<'_>]) -> Result<Vec<BodyPlace>, BodyError> {
        let max = MAX_BODY_BYTES;
        let allowed = |part: &&Part<'_>| (1..=max).contains(&part.bytes.len());
        if let Some(part) = parts.iter().find(|part| !allowed(part)) {
            return Err(BodyError::Length {
                len: part.bytes.len(),
                max,
            });
        }
        self.guarded(|bodies| bodies.write(parts))
    }

    /// Waits until all that was appended is on the disk.
    ///
    /// # Errors
    /// [`BodyError::Io`], after which everything but reading answers [`BodyError::Poisoned`].
    pub fn sync(&mut self) -> Result<(), BodyError> {
        self.guarded(|bodies| {
            if bodies.dirty {
                disk::sync_data(&bodies.file)?;
                bodies.dirty = false;
            }
            if !bodies.unsynced.is_empty() {
                bodies.unsynced.iter().try_for_each(disk::sync_data)?;
                disk::sync_dir(&bodies.documents)?;
                bodies.unsynced.clear();
            }
            Ok(())
        })
    }

    /// Overwrites salt, bytes and checksum with zeros; they are gone from the file, durably, when
    /// this returns. Erasing again changes nothing, so after a crash the caller repeats it for
    /// every tombstone it knows.
    ///
    /// # Errors
    /// [`BodyError::Damaged`] when no header stands at `at` that says how much to erase;
    /// [`BodyError::Io`], after which everything but reading answers [`BodyError::Poisoned`].
    pub fn erase(&mut self, at: BodyPlace) -> Result<(), BodyError> {
        if self.poisoned {
            return Err(BodyError::Poisoned);
        }
        let (path, offset) = match at.file() {
            PlaceFile::Document(number) => (document_path(&self.documents, number), 0),
            PlaceFile::Segment(place) => {
                (self.segments.path(place.segment), u64::from(place.offset))
            }
        };
        let file = disk::open_write(&path).map_err(|fault| read::lost(at, fault))?;
        let head = read::read_head(&file, offset)?.ok_or(BodyError::Damaged { at })?;
        self.guarded(|_| {
            if head.erased {
                Ok(())
            } else {
                overwrite::erase_at(&file, offset, head)
            }
        })
    }

    fn guarded<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, IoFault>,
    ) -> Result<T, BodyError> {
        if self.poisoned {
            return Err(BodyError::Poisoned);
        }
        let outcome = step(self);
        self.poisoned = outcome.is_err();
        Ok(outcome?)
    }

    fn write(&mut self, parts: &[Part<'_>]) -> Result<Vec<BodyPlace>, IoFault> {
        let mut places = Vec::with_capacity(parts.len());
        let within = parts.iter().filter(|part| part.role != ROLE_DOCUMENT);
        let lens = within.map(|part| HEAD_LEN + part.bytes.len() + TRAILER_LEN);
        let mut pending = Vec::with_capacity(lens.sum());
        let mut start = self.end.next;
        for part in parts {
            // Bounded by MAX_BODY_BYTES in `append`, so the conversions hold.
            let head = Head::of(part, u32::try_from(part.bytes.len()).unwrap_or(u32::MAX));
            if part.role == ROLE_DOCUMENT {
                places.push(self.write_document(head, part.bytes)?);
                continue;
            }
            let whole = u32::try_from(head.whole()).unwrap_or(u32::MAX);
            let next = self.end.next;
            if next.offset > HEADER_LEN && next.offset.saturating_add(whole) > self.segment_bytes {
                self.put(&pending, start)?;
                pending.clear();
                self.roll()?;
                start = self.end.next;
            }
            places.push(BodyPlace::segment(self.end.next));
            form::encode(&mut pending, head, part.bytes);
            self.end.next.offset = self.end.next.offset.saturating_add(whole);
        }
        self.put(&pending, start)?;
        self.reader.set_end(self.end);
        Ok(places)
    }

    fn put(&mut self, bytes: &[u8], start: Location) -> Result<(), IoFault> {
        if !bytes.is_empty() {
            self.dirty = true;
            disk::write_all_at(&self.file, bytes, u64::from(start.offset))?;
        }
        Ok(())
    }

    fn write_document(&mut self, head: Head, bytes: &[u8]) -> Result<BodyPlace, IoFault> {
        let number = self.end.next_document;
        let file = disk::create_new(&document_path(&self.documents, number))?;
        let mut whole = Vec::with_capacity(HEAD_LEN + bytes.len() + TRAILER_LEN);
        form::encode(&mut whole, head, bytes);
        disk::write_all_at(&file, &whole, 0)?;
        self.unsynced.push(file);
        self.end.next_document = number.saturating_add(1);
        Ok(BodyPlace::document(number))
    }

    fn roll(&mut self) -> Result<(), IoFault> {
        disk::sync_data(&self.file)?;
        let segment = self.end.next.segment.saturating_add(1);
        let previous_len = u64::from(self.end.next.offset);
        self.file = self.segments.create(Header {
            number: segment,
            previous_len,
        })?;
        self.end.next = Location {
            segment,
            offset: HEADER_LEN,
        };
        self.dirty = false;
        Ok(())
    }
}

/// The file of a document.
pub(crate) fn document_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:08}"))
}

/// The segment to append to and the place in it. Where the one `end` names is gone or too short,
/// bodies were lost, and their places must not be given to others: a new segment is begun.
fn tail(segments: &SegmentDir, end: Location) -> Result<(File, Location), IoFault> {
    let path = segments.path(end.segment);
    if segments.numbers()?.contains(&end.segment) {
        let file = disk::open_write(&path)?;
        let len = disk::len(&file)?;
        if segments.header(end.segment, &file)?.is_some() && len == u64::from(end.offset) {
            return Ok((file, end));
        }
    }
    let number = end.segment.saturating_add(1);
    let file = segments.create(Header {
        number,
        previous_len: u64::from(end.offset),
    })?;
    Ok((
        file,
        Location {
            segment: number,
            offset: HEADER_LEN,
        },
    ))
}
