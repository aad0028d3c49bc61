//! What happens at start: find the end, cut off what a crash left torn, refuse what is damaged.
//!
//! Only the last segment is read whole. The others were synced before their successor was made;
//! their headers and lengths are checked here, their frames whenever they are read.

use fs_err::File;

use super::error::JournalError;
use super::read::{Scanned, Scanner};
use crate::store::disk::{self, IoFault};
use crate::store::segment::{HEADER_LEN, Header, Location, SegmentDir};

/// What recovery did to the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// Bytes cut off behind the last whole frame; nobody was told that they were kept.
    pub torn_bytes: u64,
    /// The note of how far the journal was synced was missing or unreadable, and was made anew.
    pub synced_lost: bool,
}

/// The last segment, ready for appending.
pub(super) struct Tail {
    pub(super) file: File,
    pub(super) end: Location,
    pub(super) torn_bytes: u64,
}

/// Finds the end of the journal; `synced` is what the sidecar says.
pub(super) fn tail(segments: &SegmentDir, synced: Option<Location>) -> Result<Tail, JournalError> {
    let numbers = contiguous(segments)?;
    let mut last = check_headers(segments, &numbers, synced)?;
    let mut torn_bytes = 0;
    if let Some(unmade) = last.unmade.take() {
        disk::remove_file(&segments.path(unmade))?;
        disk::sync_dir(segments.dir())?;
        torn_bytes = last.unmade_len;
    }
    if let Some(at) = synced.filter(|at| at.segment > last.number) {
        return Err(JournalError::SegmentMissing {
            segment: at.segment,
        });
    }
    let mut tail = scan(segments, last.number, synced)?;
    tail.torn_bytes += torn_bytes;
    Ok(tail)
}

fn contiguous(segments: &SegmentDir) -> Result<Vec<u32>, JournalError> {
    let numbers = segments.numbers()?;
    if numbers.is_empty() {
        return Err(JournalError::Missing);
    }
    let gap = (1..)
        .zip(&numbers)
        .find(|(expected, found)| expected != *found);
    match gap {
        Some((segment, _)) => Err(JournalError::SegmentMissing { segment }),
        None => Ok(numbers),
    }
}

#[derive(Default)]
struct Last {
    number: u32,
    unmade: Option<u32>,
    unmade_len: u64,
}

fn check_headers(
    segments: &SegmentDir,
    numbers: &[u32],
    synced: Option<Location>,
) -> Result<Last, JournalError> {
    let mut last = Last::default();
    let mut previous_len = 0;
    for (place, number) in numbers.iter().copied().enumerate() {
        let file = disk::open_read(&segments.path(number))?;
        let len = disk::len(&file)?;
        let header = segments.header(number, &file)?;
        if header
            == Some(Header {
                number,
                previous_len,
            })
        {
            (last.number, previous_len) = (number, len);
            continue;
        }
        // A crash between creating a segment and syncing its header leaves one that never held
        // anything: frames are written only behind a synced header, and the journal was synced to
        // the end of the segment before, and says so.
        let newest = place + 1 == numbers.len();
        let never_held =
            len <= u64::from(HEADER_LEN) && synced.is_some_and(|at| at.segment < number);
        if newest && never_held && header.is_none() {
            last.unmade = Some(number);
            last.unmade_len = len;
            continue;
        }
        // A sound header that expects another length: it is the segment before that changed.
        let at = match header {
            Some(_) => Location {
                segment: last.number,
                offset: HEADER_LEN,
            },
            None => Location {
                segment: number,
                offset: 0,
            },
        };
        return Err(JournalError::Damaged { at, synced });
    }
    Ok(last)
}

fn scan(
    segments: &SegmentDir,
    segment: u32,
    synced: Option<Location>,
) -> Result<Tail, JournalError> {
    let file = disk::open_write(&segments.path(segment))?;
    let len = disk::len(&file)?;
    let start = Location {
        segment,
        offset: HEADER_LEN,
    };
    let mut scanner = Scanner::new(disk::open_read(&segments.path(segment))?, start, len)?;
    let (end, damaged) = loop {
        match scanner.next()? {
            Scanned::Frame(_) => {}
            Scanned::End(at) => break (at, false),
            Scanned::Damage(at) => break (at, true),
        }
    };
    let lost = match synced {
        Some(synced) => end < synced,
        None => damaged,
    };
    if lost {
        return Err(JournalError::Damaged { at: end, synced });
    }
    let torn_bytes = if damaged { cut(&file, end, len)? } else { 0 };
    // What was written but not synced before a crash of the process alone is synced now, before
    // anything builds on it.
    disk::sync_data(&file)?;
    Ok(Tail {
        file,
        end,
        torn_bytes,
    })
}

fn cut(file: &File, end: Location, len: u64) -> Result<u64, IoFault> {
    disk::set_len(file, u64::from(end.offset))?;
    Ok(len.saturating_sub(u64::from(end.offset)))
}
