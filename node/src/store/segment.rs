//! Numbered segment files, shared by the journal and the bodies.
//!
//! ```text
//! <dir>/00000001.seg   magic[8] number[u32] length of the segment before[u64] crc32c[u32]  content…
//! ```
//! Numbers start at 1 and have no gaps. All integers are little-endian.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use fs_err::File;

use super::bytes::{take, take_u32, take_u64};
use super::disk::{self, IoFault};

/// Length of a segment's header; the first content stands here.
pub(crate) const HEADER_LEN: u32 = 24;
/// Open files kept for reading.
const MAX_HANDLES: usize = 256;

/// A place in the segments: where a frame or a body starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The segment's number, from 1.
    pub segment: u32,
    /// Bytes from the start of the segment's file.
    pub offset: u32,
}

impl Location {
    /// The first place any content can have.
    pub const START: Self = Self {
        segment: 1,
        offset: HEADER_LEN,
    };

    /// Fixed-width form: segment and offset, little-endian.
    pub fn to_bytes(self) -> [u8; 8] {
        self.to_u64().to_le_bytes()
    }

    /// Reads the form [`Location::to_bytes`] writes. Whether anything lies there, only reading says.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self::from_u64(u64::from_le_bytes(bytes))
    }

    pub(crate) fn to_u64(self) -> u64 {
        (u64::from(self.offset) << 32) | u64::from(self.segment)
    }

    pub(crate) fn from_u64(word: u64) -> Self {
        let [s0, s1, s2, s3, o0, o1, o2, o3] = word.to_le_bytes();
        Self {
            segment: u32::from_le_bytes([s0, s1, s2, s3]),
            offset: u32::from_le_bytes([o0, o1, o2, o3]),
        }
    }
}

/// What a segment's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) number: u32,
    /// Length of the file before this one, so that a shortened segment shows.
    pub(crate) previous_len: u64,
}

/// A folder of segments of one sort.
#[derive(Debug, Clone)]
pub(crate) struct SegmentDir {
    dir: PathBuf,
    magic: [u8; 8],
}

impl SegmentDir {
    pub(crate) fn new(dir: &Path, magic: [u8; 8]) -> Self {
        Self {
            dir: dir.to_path_buf(),
            magic,
        }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn path(&self, number: u32) -> PathBuf {
        self.dir.join(format!("{number:08}.seg"))
    }

    /// The numbers of the segments there are, rising.
    pub(crate) fn numbers(&self) -> Result<Vec<u32>, IoFault> {
        let mut numbers: Vec<u32> = disk::names(&self.dir)?
            .iter()
            .filter_map(|name| parse_name(name))
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Creates a segment; it and its name are on the disk when this returns.
    pub(crate) fn create(&self, header: Header) -> Result<File, IoFault> {
        let file = disk::create_new(&self.path(header.number))?;
        disk::write_all_at(&file, &self.encode(header), 0)?;
        disk::sync_data(&file)?;
        disk::sync_dir(&self.dir)?;
        Ok(file)
    }

    /// The header of a segment, or nothing when it is not one of ours, not of this number, damaged
    /// or cut short.
    pub(crate) fn header(&self, number: u32, file: &File) -> Result<Option<Header>, IoFault> {
        let mut bytes = [0; HEADER_LEN as usize];
        if !disk::read_exact_at(file, &mut bytes, 0)? {
            return Ok(None);
        }
        Ok(self.decode(&bytes).filter(|header| header.number == number))
    }

    fn encode(&self, header: Header) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LEN as usize);
        bytes.extend(self.magic);
        bytes.extend(header.number.to_le_bytes());
        bytes.extend(header.previous_len.to_le_bytes());
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    fn decode(&self, bytes: &[u8; HEADER_LEN as usize]) -> Option<Header> {
        let (content, mut crc) = bytes
            .split_last_chunk::<4>()
            .map(|(a, b)| (a, b.as_slice()))?;
        if take_u32(&mut crc)? != crc32c::crc32c(content) {
            return None;
        }
        let mut rest = content;
        let magic = take::<8>(&mut rest)?;
        let header = Header {
            number: take_u32(&mut rest)?,
            previous_len: take_u64(&mut rest)?,
        };
        (magic == self.magic).then_some(header)
    }
}

/// The number in a segment's name; only the one form that [`SegmentDir::path`] writes counts.
fn parse_name(name: &str) -> Option<u32> {
    let number = name.strip_suffix(".seg")?.parse().ok()?;
    (format!("{number:08}.seg") == name).then_some(number)
}

/// Segments opened for reading, kept open up to a bound.
#[derive(Debug)]
pub(crate) struct Handles {
    segments: SegmentDir,
    open: Mutex<BTreeMap<u32, Arc<File>>>,
}

impl Handles {
    pub(crate) fn new(segments: SegmentDir) -> Self {
        Self {
            segments,
            open: Mutex::default(),
        }
    }

    pub(crate) fn segments(&self) -> &SegmentDir {
        &self.segments
    }

    pub(crate) fn file(&self, number: u32) -> Result<Arc<File>, IoFault> {
        // A panic elsewhere cannot leave the map half changed, so a poisoned lock is usable.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&number) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(disk::open_read(&self.segments.path(number))?);
        if open.len() >= MAX_HANDLES {
            open.clear();
        }
        open.insert(number, Arc::clone(&file));
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_survives_its_bytes() {
        let location = Location {
            segment: 7,
            offset: 0x0102_0304,
        };
        assert_eq!(location.to_bytes(), [7, 0, 0, 0, 4, 3, 2, 1]);
        assert_eq!(Location::from_bytes(location.to_bytes()), location);
    }

    #[test]
    fn a_header_with_any_bit_flipped_is_no_header() {
        let dir = tempfile::tempdir().unwrap();
        let segments = SegmentDir::new(dir.path(), *b"TESTSEG1");
        let header = Header {
            number: 3,
            previous_len: 99,
        };
        let file = segments.create(header).unwrap();
        assert_eq!(segments.header(3, &file), Ok(Some(header)));
        assert_eq!(segments.header(4, &file), Ok(None));
        let whole = segments.encode(header);
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            disk::write_all_at(&file, &bytes, 0).unwrap();
            assert_eq!(segments.header(3, &file), Ok(None));
        }
    }

    #[test]
    fn foreign_names_are_no_segments() {
        let dir = tempfile::tempdir().unwrap();
        let segments = SegmentDir::new(dir.path(), *b"TESTSEG1");
        for name in [
            "00000002.seg",
            "00000001.seg",
            "1.seg",
            "synced",
            "x.seg",
            "+0000009.seg",
        ] {
            fs_err::write(dir.path().join(name), b"").unwrap();
        }
        assert_eq!(segments.numbers(), Ok(vec![1, 2]));
    }
}
