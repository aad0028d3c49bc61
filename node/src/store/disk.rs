//! The file operations the store is built from, each naming its path when it fails.
//!
//! Everything that changes a disk goes through here, so that tests can make any one of these
//! operations fail. What is out of scope: which order of them is safe; that is the caller's.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use fairtrail::reason::Reason;
use fs_err::os::unix::fs::{FileExt, OpenOptionsExt};
use fs_err::{File, OpenOptions};

/// A file operation that failed. After one on a write or a sync, nothing is known of what reached
/// the disk: the process must stop and start again from what it reads back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {action} {}: {kind}", path.display())]
pub struct IoFault {
    /// What was tried: `write`, `sync`, …
    pub action: &'static str,
    /// On which path.
    pub path: PathBuf,
    /// How the operating system answered.
    pub kind: io::ErrorKind,
}

impl IoFault {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::StoreFailed
    }
}

/// Gives an error of the operating system the action and the path it lacks.
pub(crate) trait At<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T, IoFault>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T, IoFault> {
        self.map_err(|error| IoFault {
            action,
            path: path.to_path_buf(),
            kind: error.kind(),
        })
    }
}

/// Lets tests fail a chosen operation; outside of tests it is nothing.
#[cfg_attr(
    not(test),
    expect(clippy::unnecessary_wraps, reason = "only tests fail here")
)]
fn gate(action: &'static str, path: &Path) -> Result<(), IoFault> {
    #[cfg(test)]
    faults::strike().at(action, path)?;
    let _ = (action, path);
    Ok(())
}

/// Creates a file that must not exist yet, readable by nobody else.
pub(crate) fn create_new(path: &Path) -> Result<File, IoFault> {
    gate("create", path)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    options.open(path).at("create", path)
}

/// Opens a file for reading and writing, creating it when it is not there.
pub(crate) fn open_or_create(path: &Path) -> Result<File, IoFault> {
    gate("open", path)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o600);
    options.open(path).at("open", path)
}

/// Opens an existing file for reading and writing.
pub(crate) fn open_write(path: &Path) -> Result<File, IoFault> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    options.open(path).at("open", path)
}

/// Opens an existing file for reading.
pub(crate) fn open_read(path: &Path) -> Result<File, IoFault> {
    File::open(path).at("open", path)
}

/// The file's length in bytes.
pub(crate) fn len(file: &File) -> Result<u64, IoFault> {
    Ok(file.metadata().at("inspect", file.path())?.len())
}

/// Fills `bytes` from `offset`; `false` when the file ends before that.
pub(crate) fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> Result<bool, IoFault> {
    match file.read_exact_at(bytes, offset) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error).at("read", file.path()),
    }
}

/// The whole file, or nothing when there is none.
pub(crate) fn read_if_exists(path: &Path) -> Result<Option<Vec<u8>>, IoFault> {
    match fs_err::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).at("read", path),
    }
}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> Result<(), IoFault> {
    let allowed = gate("write", file.path());
    #[cfg(test)]
    let bytes = faults::torn(allowed.is_err(), bytes);
    file.write_all_at(bytes, offset).at("write", file.path())?;
    allowed
}

/// Cuts or extends the file to `len` bytes.
pub(crate) fn set_len(file: &File, len: u64) -> Result<(), IoFault> {
    gate("resize", file.path())?;
    file.set_len(len).at("resize", file.path())
}

/// fdatasync: the bytes and the length are on the disk when this returns.
pub(crate) fn sync_data(file: &File) -> Result<(), IoFault> {
    gate("sync", file.path())?;
    file.sync_data().at("sync", file.path())
}

/// fsync of a directory: the names in it are on the disk when this returns.
pub(crate) fn sync_dir(path: &Path) -> Result<(), IoFault> {
    gate("sync", path)?;
    let dir = File::open(path).at("sync", path)?;
    dir.sync_all().at("sync", path)
}

/// Gives a file another name, replacing what had it.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), IoFault> {
    gate("rename", from)?;
    fs_err::rename(from, to).at("rename", from)
}

/// Removes a file; one that is not there is fine.
pub(crate) fn remove_file(path: &Path) -> Result<(), IoFault> {
    gate("remove", path)?;
    ignore_missing(fs_err::remove_file(path)).at("remove", path)
}

/// Removes a directory and all in it; one that is not there is fine.
pub(crate) fn remove_dir_all(path: &Path) -> Result<(), IoFault> {
    gate("remove", path)?;
    ignore_missing(fs_err::remove_dir_all(path)).at("remove", path)
}

/// Creates a directory that only we may enter, with its parents; an existing one is fine.
pub(crate) fn create_dir(path: &Path) -> Result<(), IoFault> {
    gate("create", path)?;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).at("create", path)
}

/// The names in a directory, in no order; none when it does not exist.
pub(crate) fn names(dir: &Path) -> Result<Vec<String>, IoFault> {
    let entries = match fs_err::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).at("list", dir),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.at("list", dir)?.file_name();
        names.extend(name.into_string().ok());
    }
    Ok(names)
}

/// Replaces a file in one step: after a crash it holds the old bytes or the new ones, and the new
/// ones once this has returned (temporary file, fsync, rename, fsync of the directory).
///
/// # Errors
/// [`IoFault`] with the step that failed; the old file is then still whole.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), IoFault> {
    let file = write_beside(path, bytes)?;
    sync_data(&file)?;
    rename(file.path(), path)?;
    sync_dir(parent(path))
}

/// Makes a file in one step, unless one of this name is there; whether it was made. After a crash
/// it is there whole or not at all. The temporary file is this process's own: others may be making
/// or replacing the same file meanwhile.
pub(crate) fn write_once(path: &Path, bytes: &[u8]) -> Result<bool, IoFault> {
    if read_if_exists(path)?.is_some() {
        return Ok(false);
    }
    let temporary = beside(path, &format!(".{}.new", std::process::id()));
    remove_file(&temporary)?;
    let file = create_new(&temporary)?;
    write_all_at(&file, bytes, 0)?;
    sync_data(&file)?;
    let made = link_new(&temporary, path)?;
    sync_dir(parent(path))?;
    remove_file(&temporary)?;
    Ok(made)
}

/// Gives a file a second name, unless something has it; whether nothing had it.
fn link_new(from: &Path, to: &Path) -> Result<bool, IoFault> {
    gate("link", to)?;
    match fs_err::hard_link(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).at("link", to),
    }
}

/// Like [`write_atomic`] without waiting for the disk, for files that can be computed again.
pub(crate) fn write_swap(path: &Path, bytes: &[u8]) -> Result<(), IoFault> {
    let file = write_beside(path, bytes)?;
    rename(file.path(), path)
}

fn write_beside(path: &Path, bytes: &[u8]) -> Result<File, IoFault> {
    let file = open_or_create(&beside(path, ".tmp"))?;
    set_len(&file, 0)?;
    write_all_at(&file, bytes, 0)?;
    Ok(file)
}

/// `<path><suffix>`, in the same directory.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(suffix);
    path.with_file_name(name)
}

/// The directory a path lies in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// Bytes an ordinary process may still write to the disk that holds `path`; a full disk is
/// better refused before an append than met in the middle of one.
///
/// # Errors
/// [`IoFault`] when the file system does not answer.
pub fn free_bytes(path: &Path) -> Result<u64, IoFault> {
    let stat = rustix::fs::statvfs(path)
        .map_err(io::Error::from)
        .at("inspect", path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Bytes of the files that lie directly in a folder; none when there is no folder.
pub(crate) fn folder_bytes(dir: &Path) -> Result<u64, IoFault> {
    let mut bytes = 0_u64;
    for name in names(dir)? {
        let path = dir.join(name);
        let found = fs_err::metadata(&path).at("inspect", &path)?;
        bytes = bytes.saturating_add(found.len());
    }
    Ok(bytes)
}

/// Waits until everything written to the file system that holds `path` is on the disk: cheaper
/// than many single syncs.
pub(crate) fn sync_file_system(path: &Path) -> Result<(), IoFault> {
    gate("sync", path)?;
    let dir = File::open(path).at("sync", path)?;
    rustix::fs::syncfs(dir.file())
        .map_err(io::Error::from)
        .at("sync", path)
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes the n-th file operation of this thread fail, and every later one too.
#[cfg(test)]
pub(crate) mod faults {
    use std::cell::Cell;
    use std::io;

    thread_local! {
        static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
        static STRUCK: Cell<bool> = const { Cell::new(false) };
    }

    /// Lets `operations` more operations pass, then fails all.
    pub(crate) fn after(operations: u32) {
        LEFT.set(Some(operations));
        STRUCK.set(false);
    }

    /// Lets everything pass again; whether a failure was met.
    pub(crate) fn lift() -> bool {
        LEFT.set(None);
        STRUCK.get()
    }

    pub(super) fn strike() -> io::Result<()> {
        match LEFT.get() {
            None => Ok(()),
            Some(0) => {
                STRUCK.set(true);
                Err(io::ErrorKind::StorageFull.into())
            }
            Some(left) => {
                LEFT.set(Some(left - 1));
                Ok(())
            }
        }
    }

    /// A write that fails leaves half of its bytes behind.
    pub(super) fn torn(fails: bool, bytes: &[u8]) -> &[u8] {
        if fails {
            &bytes[..bytes.len() / 2]
        } else {
            bytes
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_atomic_write_leaves_the_old_or_the_new_bytes_at_every_fault() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        write_atomic(&path, b"old").unwrap();
        for operations in 0.. {
            faults::after(operations);
            let outcome = write_atomic(&path, b"new");
            let struck = faults::lift();
            let bytes = fs_err::read(&path).unwrap();
            match outcome {
                Ok(()) if !struck => return assert_eq!(bytes, b"new"),
                _ => assert!(bytes == b"old" || bytes == b"new"),
            }
        }
    }

    #[test]
    fn a_fault_names_action_and_path() {
        let fault = open_read(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "cannot open /nowhere/at/all: entity not found"
        );
        assert_eq!(fault.code(), Reason::StoreFailed);
    }

    #[test]
    fn free_space_is_known_for_a_directory_and_refused_for_none() {
        let dir = tempfile::tempdir().unwrap();
        assert!(free_bytes(dir.path()).unwrap() > 0);
        assert!(free_bytes(Path::new("/nowhere/at/all")).is_err());
    }
}
