//! One process per data directory: an exclusive lock on its `LOCK` file.
//!
//! The lock is the kernel's (flock), so it ends with the process whatever ends the process. It does
//! not see a *copy* of the directory; against that stands the guard ([`super::guard`]).

use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use fairtrail::reason::Reason;
use fs_err::File;

use super::disk::{self, At, IoFault};

/// Why the directory could not be locked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another process holds the lock.
    #[error("{} is in use by {}", path.display(), pid.map_or("another process".into(), |pid| format!("process {pid}")))]
    Held {
        /// The lock file.
        path: PathBuf,
        /// The holder, where its number can be read.
        pid: Option<u32>,
    },
    /// The lock file cannot be opened, locked or written.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl LockError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Held { .. } => Reason::DirectoryLocked,
            Self::Io(fault) => fault.code(),
        }
    }
}

/// The lock, held until this value is dropped.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Locks `path` (created when missing) and writes this process's number into it.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process, or another value in this one, holds it;
    /// [`LockError::Io`] when the file cannot be opened, locked or written.
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::lock::{DirectoryLock, LockError};
    /// let dir = tempfile::tempdir()?;
    /// let path = dir.path().join("LOCK");
    /// let held = DirectoryLock::acquire(&path)?;
    /// let refused = DirectoryLock::acquire(&path).unwrap_err();
    /// assert!(matches!(refused, LockError::Held { pid: Some(pid), .. } if pid == std::process::id()));
    /// drop(held);
    /// DirectoryLock::acquire(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn acquire(path: &Path) -> Result<Self, LockError> {
        let mut file = disk::open_or_create(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                let pid = holder(&mut file);
                return Err(LockError::Held {
                    path: path.to_path_buf(),
                    pid,
                });
            }
            Err(std::fs::TryLockError::Error(error)) => Err(error).at("lock", path)?,
        }
        disk::set_len(&file, 0)?;
        file.rewind().at("write", path)?;
        writeln!(file, "{}", std::process::id()).at("write", path)?;
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    Read::take(file, 16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_with_the_holders_pid_and_granted_after_release() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("LOCK");
        let held = DirectoryLock::acquire(&path).unwrap();
        let refused = DirectoryLock::acquire(&path).unwrap_err();
        let pid = Some(std::process::id());
        assert_eq!(
            refused,
            LockError::Held {
                path: path.clone(),
                pid
            }
        );
        assert_eq!(refused.code(), Reason::DirectoryLocked);
        drop(held);
        DirectoryLock::acquire(&path).unwrap();
    }

    #[test]
    fn a_holder_that_wrote_no_number_is_still_a_holder() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("LOCK");
        let held = DirectoryLock::acquire(&path).unwrap();
        fs_err::write(&path, "not a number").unwrap();
        let refused = DirectoryLock::acquire(&path).unwrap_err();
        assert!(matches!(refused, LockError::Held { pid: None, .. }));
        drop(held);
    }
}
