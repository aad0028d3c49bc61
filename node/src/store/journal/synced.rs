//! How far the journal was synced: a file of two slots written in turn, `[number u64][segment u32]
//! [offset u32][crc32c u32]`, 512 bytes apart so that a torn write hits one of them only.
//!
//! It is written after each sync of the journal and before anything is acknowledged, without a
//! sync of its own: after a power cut it may say too little, never too much, and what it says is
//! only needed to tell a torn tail from damage.

use std::path::{Path, PathBuf};

use fs_err::File;

use crate::store::bytes::{take, take_u32, take_u64};
use crate::store::disk::{self, IoFault};
use crate::store::segment::Location;

const NAME: &str = "synced";
const SLOT_GAP: u64 = 512;
const SLOT_LEN: usize = 20;

#[derive(Debug)]
pub(super) struct Synced {
    file: File,
    number: u64,
}

impl Synced {
    pub(super) fn path(dir: &Path) -> PathBuf {
        dir.join(NAME)
    }

    /// Opens the file, creating it when it is gone, with the newest place it holds.
    pub(super) fn open(dir: &Path) -> Result<(Self, Option<Location>), IoFault> {
        let file = disk::open_or_create(&Self::path(dir))?;
        let newest = slot(&file, 0)?.max(slot(&file, SLOT_GAP)?);
        let number = newest.map_or(0, |(number, _)| number);
        Ok((Self { file, number }, newest.map(|(_, at)| at)))
    }

    /// Writes a new place over the older slot.
    pub(super) fn note(&mut self, at: Location) -> Result<(), IoFault> {
        self.number = self.number.wrapping_add(1);
        let mut bytes = Vec::with_capacity(SLOT_LEN);
        bytes.extend(self.number.to_le_bytes());
        bytes.extend(at.to_bytes());
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        disk::write_all_at(&self.file, &bytes, (self.number % 2) * SLOT_GAP)
    }

    pub(super) fn sync(&self) -> Result<(), IoFault> {
        disk::sync_data(&self.file)
    }
}

/// The newest place the file holds; nothing is created or written.
pub(super) fn look(dir: &Path) -> Result<Option<Location>, IoFault> {
    let file = disk::open_read(&Synced::path(dir))?;
    let newest = slot(&file, 0)?.max(slot(&file, SLOT_GAP)?);
    Ok(newest.map(|(_, at)| at))
}

fn slot(file: &File, offset: u64) -> Result<Option<(u64, Location)>, IoFault> {
    let mut bytes = [0; SLOT_LEN];
    if !disk::read_exact_at(file, &mut bytes, offset)? {
        return Ok(None);
    }
    Ok(decode(&bytes))
}

fn decode(bytes: &[u8; SLOT_LEN]) -> Option<(u64, Location)> {
    let (content, crc) = bytes.split_last_chunk::<4>()?;
    let mut rest = content;
    let number = take_u64(&mut rest)?;
    let at = Location::from_bytes(take(&mut rest)?);
    (take_u32(&mut crc.as_slice())? == crc32c::crc32c(content)).then_some((number, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_whole_slot_counts() {
        let dir = tempfile::tempdir().unwrap();
        let (mut synced, none) = Synced::open(dir.path()).unwrap();
        assert_eq!(none, None);
        let place = |offset| Location { segment: 1, offset };
        for offset in 1..10 {
            synced.note(place(offset)).unwrap();
            assert_eq!(Synced::open(dir.path()).unwrap().1, Some(place(offset)));
        }
        // The ninth note stands in the second slot; without it the eighth counts.
        disk::write_all_at(&synced.file, b"torn", SLOT_GAP).unwrap();
        assert_eq!(Synced::open(dir.path()).unwrap().1, Some(place(8)));
        disk::write_all_at(&synced.file, b"torn", 0).unwrap();
        assert_eq!(Synced::open(dir.path()).unwrap().1, None);
    }
}
