//! The guard: the largest tree ever signed, remembered *outside* the data directory.
//!
//! A data directory restored from an old copy looks sound and would sign a second history. The
//! guard file is not restored with it and refuses. It is made once, when a log is initialised, and
//! never silently: without it a log that holds entries does not sign. Its own lock keeps a second
//! process with a *copied* data directory from signing beside the first.
//!
//! ```text
//! <dir>/<hex of the origin's hash>.guard     fairtrail-node guard 1 / origin / size / root / crc32c
//! ```
//! A guard that a restored backup made, because the one before was lost with the data, bears one
//! more line, `restored`: more may have been signed than it knows. It lets nothing be signed until
//! [`Guard::release`] says that all of it was found again (specs/recovery.md).
//!
//! Order: the journal frame with the signature is synced, then [`Guard::raise`], then the signature
//! may leave.

use std::path::{Path, PathBuf};

use fairtrail::reason::Reason;

use super::disk::{self, At, IoFault};
use super::head::TreeHead;
use super::lock::{DirectoryLock, LockError};

const TITLE: &str = "fairtrail-node guard 1";
const RESTORED: &str = "restored\n";

/// Why the guard refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GuardError {
    /// The file does not pass its check, or is another origin's.
    #[error("the guard {} cannot be read", path.display())]
    Damaged {
        /// The guard file.
        path: PathBuf,
    },
    /// A guard for this origin exists: this origin has signed, or may have.
    #[error("the guard {} exists already", path.display())]
    Exists {
        /// The guard file.
        path: PathBuf,
    },
    /// The guard would lie inside the data directory and be restored together with it.
    #[error("the guard directory {} lies inside the data directory", path.display())]
    InsideData {
        /// The guard directory.
        path: PathBuf,
    },
    /// Another process signs for this origin.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The tree is smaller than one that was signed.
    #[error("the guard has seen tree size {have}, this log has {got}")]
    Lower {
        /// The largest size ever signed.
        have: u64,
        /// The size offered.
        got: u64,
    },
    /// There is no guard for this origin.
    #[error("the guard {} is missing", path.display())]
    Missing {
        /// The guard file.
        path: PathBuf,
    },
    /// The guard was made by restoring a backup: more may have been signed than it knows.
    #[error(
        "restored from a backup of tree size {size}; what was signed since has not been recovered"
    )]
    Restored {
        /// The largest size the backup knew to be signed.
        size: u64,
    },
    /// The root at a size that was signed is another one.
    #[error("the guard has seen another root at tree size {size}")]
    OtherRoot {
        /// The size.
        size: u64,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl GuardError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Damaged { .. } | Self::InsideData { .. } | Self::Missing { .. } => {
                Reason::GuardMissing
            }
            Self::Exists { .. } => Reason::FileExists,
            Self::Lock(error) => error.code(),
            Self::Lower { .. } | Self::OtherRoot { .. } => Reason::RollbackSuspected,
            Self::Restored { .. } => Reason::ReadOnly,
            Self::Io(fault) => fault.code(),
        }
    }
}

/// The guard of one origin, locked until it is dropped.
#[derive(Debug)]
pub struct Guard {
    path: PathBuf,
    origin: String,
    high: TreeHead,
    restored: bool,
    _lock: DirectoryLock,
}

impl Guard {
    /// Makes the guard of a new log in `dir`; `first` is the empty tree.
    ///
    /// # Errors
    /// [`GuardError::Exists`], [`GuardError::InsideData`], [`GuardError::Lock`],
    /// [`GuardError::Io`].
    pub fn create(
        dir: &Path,
        data: &Path,
        origin: &str,
        first: TreeHead,
    ) -> Result<Self, GuardError> {
        Self::make(dir, data, origin, first, false)
    }

    /// Makes the guard of a restored log whose guard is lost; nothing may be signed under it.
    ///
    /// # Errors
    /// As [`Guard::create`].
    pub fn create_restored(
        dir: &Path,
        data: &Path,
        origin: &str,
        high: TreeHead,
    ) -> Result<Self, GuardError> {
        Self::make(dir, data, origin, high, true)
    }

    fn make(
        dir: &Path,
        data: &Path,
        origin: &str,
        high: TreeHead,
        restored: bool,
    ) -> Result<Self, GuardError> {
        disk::create_dir(dir)?;
        disk::sync_dir(disk::parent(dir))?;
        let (path, lock) = locked(dir, data, origin)?;
        if disk::read_if_exists(&path)?.is_some() {
            return Err(GuardError::Exists { path });
        }
        disk::write_atomic(&path, &encode(origin, high, restored))?;
        Ok(Self {
            path,
            origin: origin.into(),
            high,
            restored,
            _lock: lock,
        })
    }

    /// Opens the guard that [`Guard::create`] made.
    ///
    /// # Errors
    /// [`GuardError::Missing`], [`GuardError::Damaged`], [`GuardError::InsideData`],
    /// [`GuardError::Lock`], [`GuardError::Io`]. None of them may be answered with a new guard.
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::guard::{Guard, GuardError};
    /// use fairtrail_node::store::head::TreeHead;
    /// let (dir, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    /// let missing = Guard::open(dir.path(), data.path(), "log.example/e1").unwrap_err();
    /// assert!(matches!(missing, GuardError::Missing { .. }));
    /// let empty = TreeHead { size: 0, root: [0; 32] };
    /// let mut guard = Guard::create(dir.path(), data.path(), "log.example/e1", empty)?;
    /// guard.raise(TreeHead { size: 7, root: [7; 32] })?;
    /// let lower = guard.raise(TreeHead { size: 6, root: [6; 32] });
    /// assert_eq!(lower, Err(GuardError::Lower { have: 7, got: 6 }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(dir: &Path, data: &Path, origin: &str) -> Result<Self, GuardError> {
        let path = dir.join(file_name(origin));
        let Some(_) = disk::read_if_exists(&path)? else {
            return Err(GuardError::Missing { path });
        };
        let (path, lock) = locked(dir, data, origin)?;
        let bytes = disk::read_if_exists(&path)?.unwrap_or_default();
        match decode(&bytes, origin) {
            Some((high, restored)) => Ok(Self {
                path,
                origin: origin.into(),
                high,
                restored,
                _lock: lock,
            }),
            None => Err(GuardError::Damaged { path }),
        }
    }

    /// The largest tree ever signed.
    pub fn high(&self) -> TreeHead {
        self.high
    }

    /// Whether more may have been signed than this guard knows.
    pub const fn is_restored(&self) -> bool {
        self.restored
    }

    /// Whether anything may be signed under it.
    ///
    /// # Errors
    /// [`GuardError::Restored`].
    pub const fn check_released(&self) -> Result<(), GuardError> {
        if self.restored {
            let TreeHead { size, .. } = self.high;
            return Err(GuardError::Restored { size });
        }
        Ok(())
    }

    /// Remembers a tree that holds everything ever signed: what was restored is whole again.
    ///
    /// # Errors
    /// As [`Guard::raise`].
    pub fn release(&mut self, head: TreeHead) -> Result<(), GuardError> {
        self.check_rises(head)?;
        disk::write_atomic(&self.path, &encode(&self.origin, head, false))?;
        self.high = head;
        self.restored = false;
        Ok(())
    }

    /// The guard as the disk has it, for whoever only wants to know; the process that signs holds
    /// it locked.
    ///
    /// # Errors
    /// [`GuardError::Missing`], [`GuardError::Damaged`], [`GuardError::Io`].
    pub fn look(dir: &Path, origin: &str) -> Result<(TreeHead, bool), GuardError> {
        let path = dir.join(file_name(origin));
        let Some(bytes) = disk::read_if_exists(&path)? else {
            return Err(GuardError::Missing { path });
        };
        decode(&bytes, origin).ok_or(GuardError::Damaged { path })
    }

    /// Checks a log at start: it holds at least what was signed, with the same root there.
    /// `root_at` gives the log's root at a size up to `log_size`.
    ///
    /// # Errors
    /// [`GuardError::Lower`], [`GuardError::OtherRoot`]: do not sign, do not start again.
    pub fn check(
        &self,
        log_size: u64,
        root_at: impl FnOnce(u64) -> Option<[u8; 32]>,
    ) -> Result<(), GuardError> {
        let TreeHead { size, root } = self.high;
        if log_size < size {
            return Err(GuardError::Lower {
                have: size,
                got: log_size,
            });
        }
        if root_at(size) != Some(root) {
            return Err(GuardError::OtherRoot { size });
        }
        Ok(())
    }

    /// Remembers a signed tree; it is on the disk when this returns. The same tree again is fine.
    ///
    /// # Errors
    /// [`GuardError::Lower`], [`GuardError::OtherRoot`]: the signature must not leave;
    /// [`GuardError::Io`]: nor may it then.
    pub fn raise(&mut self, head: TreeHead) -> Result<(), GuardError> {
        self.check_released()?;
        if head == self.high {
            return Ok(());
        }
        self.check_rises(head)?;
        disk::write_atomic(&self.path, &encode(&self.origin, head, false))?;
        self.high = head;
        Ok(())
    }

    fn check_rises(&self, head: TreeHead) -> Result<(), GuardError> {
        if head.size < self.high.size {
            return Err(GuardError::Lower {
                have: self.high.size,
                got: head.size,
            });
        }
        if head.size == self.high.size && head.root != self.high.root {
            return Err(GuardError::OtherRoot { size: head.size });
        }
        Ok(())
    }
}

fn locked(dir: &Path, data: &Path, origin: &str) -> Result<(PathBuf, DirectoryLock), GuardError> {
    let real = fs_err::canonicalize(dir).at("inspect", dir)?;
    if real.starts_with(fs_err::canonicalize(data).at("inspect", data)?) {
        return Err(GuardError::InsideData {
            path: dir.to_path_buf(),
        });
    }
    let path = dir.join(file_name(origin));
    let lock = DirectoryLock::acquire(&path.with_extension("lock"))?;
    Ok((path, lock))
}

fn file_name(origin: &str) -> String {
    let hash = blake3::hash(origin.as_bytes());
    format!(
        "{}.guard",
        hash.to_hex().chars().take(32).collect::<String>()
    )
}

fn encode(origin: &str, head: TreeHead, restored: bool) -> Vec<u8> {
    let root = blake3::Hash::from_bytes(head.root).to_hex();
    let mark = if restored { RESTORED } else { "" };
    let content = format!("{TITLE}\n{origin}\n{}\n{root}\n{mark}", head.size);
    let crc = crc32c::crc32c(content.as_bytes());
    format!("{content}{crc:08x}\n").into_bytes()
}

/// The head and whether it is a restored one, if these are exactly the bytes that would be written.
fn decode(bytes: &[u8], origin: &str) -> Option<(TreeHead, bool)> {
    let mut lines = std::str::from_utf8(bytes).ok()?.lines().skip(2);
    let size = lines.next()?.parse().ok()?;
    let root = blake3::Hash::from_hex(lines.next()?).ok()?;
    let head = TreeHead {
        size,
        root: root.into(),
    };
    let restored = lines.next()? == RESTORED.trim_end();
    (encode(origin, head, restored) == bytes).then_some((head, restored))
}

#[cfg(test)]
mod tests;
