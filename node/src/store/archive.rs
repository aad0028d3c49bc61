//! Frozen notes by tree size: evidence of time, kept for ever, never changed (PROTOCOL §4).
//!
//! One file per note, `<dir>/<size in decimal>`. Which notes are frozen and whether their
//! signatures hold is the caller's matter.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fairtrail::reason::Reason;

use super::disk::{self, IoFault};

/// The most bytes one note may have.
pub const MAX_NOTE_BYTES: usize = 64 << 10;

/// Why a note is not frozen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// Another note was frozen at this size.
    #[error("another note is frozen at tree size {size}")]
    Frozen {
        /// The tree size.
        size: u64,
    },
    /// A note with more bytes than [`MAX_NOTE_BYTES`].
    #[error("a note of {len} bytes, at most {max} are allowed")]
    TooLarge {
        /// Bytes offered.
        len: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl ArchiveError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Frozen { .. } => Reason::FileExists,
            Self::TooLarge { .. } => Reason::TooLarge,
            Self::Io(fault) => fault.code(),
        }
    }
}

/// The frozen notes of one log.
#[derive(Debug)]
pub struct Archive {
    dir: PathBuf,
    sizes: BTreeSet<u64>,
}

impl Archive {
    /// Opens the archive in `dir`; a directory that is not there is an empty archive.
    ///
    /// # Errors
    /// [`ArchiveError::Io`].
    pub fn open(dir: &Path) -> Result<Self, ArchiveError> {
        let names = disk::names(dir)?;
        let sizes = names.iter().filter_map(|name| parse_name(name)).collect();
        Ok(Self {
            dir: dir.to_path_buf(),
            sizes,
        })
    }

    /// The tree sizes a note is frozen at, rising.
    pub fn sizes(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        self.sizes.iter().copied()
    }

    /// The note frozen at exactly this size, byte for byte.
    ///
    /// # Errors
    /// [`ArchiveError::Io`].
    pub fn note(&self, size: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
        if !self.sizes.contains(&size) {
            return Ok(None);
        }
        Ok(disk::read_if_exists(&self.path(size))?)
    }

    /// Freezes a note; it is on the disk when this returns. The same bytes again are fine.
    ///
    /// # Errors
    /// [`ArchiveError::Frozen`] when other bytes are there, which stay; [`ArchiveError::TooLarge`];
    /// [`ArchiveError::Io`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::archive::{Archive, ArchiveError};
    /// let dir = tempfile::tempdir()?;
    /// let mut archive = Archive::open(dir.path())?;
    /// archive.freeze(7, b"note")?;
    /// assert_eq!(archive.note(7)?.as_deref(), Some(&b"note"[..]));
    /// assert_eq!(archive.freeze(7, b"other"), Err(ArchiveError::Frozen { size: 7 }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn freeze(&mut self, size: u64, note: &[u8]) -> Result<(), ArchiveError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(ArchiveError::TooLarge {
                len: note.len(),
                max: MAX_NOTE_BYTES,
            });
        }
        match disk::read_if_exists(&self.path(size))? {
            Some(frozen) if frozen == note => {}
            Some(_) => return Err(ArchiveError::Frozen { size }),
            None => disk::write_atomic(&self.path(size), note)?,
        }
        self.sizes.insert(size);
        Ok(())
    }

    fn path(&self, size: u64) -> PathBuf {
        self.dir.join(size.to_string())
    }
}

fn parse_name(name: &str) -> Option<u64> {
    name.parse()
        .ok()
        .filter(|size: &u64| size.to_string() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::disk::faults;

    #[test]
    fn notes_are_listed_by_size_after_a_restart_and_never_change() {
        let dir = tempfile::tempdir().unwrap();
        let mut archive = Archive::open(dir.path()).unwrap();
        for size in [900, 7, 10_000] {
            archive.freeze(size, &size.to_le_bytes()).unwrap();
        }
        for name in ["007", "x", "12.tmp", "-1"] {
            fs_err::write(dir.path().join(name), b"").unwrap();
        }
        let mut archive = Archive::open(dir.path()).unwrap();
        assert_eq!(archive.sizes().collect::<Vec<_>>(), [7, 900, 10_000]);
        assert_eq!(archive.freeze(7, &7u64.to_le_bytes()), Ok(()));
        assert_eq!(
            archive.freeze(7, b"other"),
            Err(ArchiveError::Frozen { size: 7 })
        );
        assert_eq!(archive.note(7), Ok(Some(7u64.to_le_bytes().to_vec())));
        assert_eq!(archive.note(8), Ok(None));
        let large = vec![0; MAX_NOTE_BYTES + 1];
        assert!(matches!(
            archive.freeze(8, &large),
            Err(ArchiveError::TooLarge { .. })
        ));
        assert_eq!(archive.freeze(8, &large[1..]), Ok(()));
    }

    #[test]
    fn an_interrupted_freeze_leaves_no_note_or_the_whole_one() {
        for operations in 0.. {
            let dir = tempfile::tempdir().unwrap();
            let mut archive = Archive::open(dir.path()).unwrap();
            faults::after(operations);
            let outcome = archive.freeze(5, b"the whole note");
            if !faults::lift() {
                return assert_eq!(outcome, Ok(()));
            }
            let archive = Archive::open(dir.path()).unwrap();
            let note = archive.note(5).unwrap();
            assert!(note.is_none_or(|bytes| bytes == b"the whole note"));
        }
    }
}
