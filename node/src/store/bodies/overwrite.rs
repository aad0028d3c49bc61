//! Overwriting: what is erased, and what a crash left behind that nothing names.

use std::path::Path;

use fs_err::File;

use super::document_path;
use super::form::{HEAD_LEN, Head, TRAILER_LEN};
use crate::store::disk::{self, IoFault};
use crate::store::segment::{Location, SegmentDir};

static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// The bytes go first and the header says so afterwards: a header that says "erased" is never in
/// front of bytes that are still there.
pub(super) fn erase_at(file: &File, offset: u64, head: Head) -> Result<(), IoFault> {
    let tail = offset.saturating_add(HEAD_LEN as u64);
    zero(file, tail, u64::from(head.len) + TRAILER_LEN as u64)?;
    disk::sync_data(file)?;
    disk::write_all_at(file, &head.erase().encode(), offset)?;
    disk::sync_data(file)
}

/// Overwrites what the file has of `len` bytes from `offset`.
fn zero(file: &File, offset: u64, len: u64) -> Result<(), IoFault> {
    let end = disk::len(file)?.min(offset.saturating_add(len));
    let mut at = offset;
    while at < end {
        let wanted = usize::try_from(end - at).unwrap_or(usize::MAX);
        let chunk = ZEROS.get(..wanted).unwrap_or(&ZEROS);
        disk::write_all_at(file, chunk, at)?;
        at += chunk.len() as u64;
    }
    Ok(())
}

/// Everything in segments from `end` on.
pub(super) fn discard_segments(segments: &SegmentDir, end: Location) -> Result<(), IoFault> {
    for number in segments.numbers()? {
        let path = segments.path(number);
        if number > end.segment {
            discard(&path, 0)?;
            disk::remove_file(&path)?;
        } else if number == end.segment {
            discard(&path, u64::from(end.offset))?;
        }
    }
    disk::sync_dir(segments.dir())
}

/// Every document from number `next` on.
pub(super) fn discard_documents(dir: &Path, next: u32) -> Result<(), IoFault> {
    for name in disk::names(dir)? {
        let Ok(number) = name.parse() else { continue };
        let path = document_path(dir, number);
        if number >= next && path == dir.join(&name) {
            discard(&path, 0)?;
            disk::remove_file(&path)?;
        }
    }
    disk::sync_dir(dir)
}

fn discard(path: &Path, from: u64) -> Result<(), IoFault> {
    let file = disk::open_write(path)?;
    if disk::len(&file)? > from {
        zero(&file, from, u64::MAX)?;
        disk::sync_data(&file)?;
        disk::set_len(&file, from)?;
        disk::sync_data(&file)?;
    }
    Ok(())
}
