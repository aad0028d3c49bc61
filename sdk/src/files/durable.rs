//! Writes that either happened or did not, also across a power cut.

use super::FileError;
use super::error::At;
use fs_err::os::unix::fs::OpenOptionsExt;
use fs_err::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Creates `path` with `bytes`, readable by nobody else, and syncs file and directory.
///
/// # Errors
/// [`FileError::Exists`] when the file is there; [`FileError::Io`].
///
/// ```
/// use fairtrail::files::{FileError, create_new};
/// let dir = tempfile::tempdir().unwrap();
/// let path = dir.path().join("file");
/// create_new(&path, b"first").unwrap();
/// assert_eq!(create_new(&path, b"second"), Err(FileError::Exists { path }));
/// ```
pub fn create_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).at("create", path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // A file cut short would stand in the way of the next attempt; the error reported is the
        // first one.
        let _ = fs_err::remove_file(path);
    }
    written.at("write", path)?;
    sync_parent(path)
}

/// Puts `bytes` in the place of whatever `path` held, at once and durably.
///
/// # Errors
/// [`FileError::Io`]; the old content is then still there.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let temporary = path.with_file_name(name);
    // Left by a crash; it was never moved into place, so nobody relied on it.
    remove_if_there(&temporary)?;
    create_new(&temporary, bytes)?;
    rename(&temporary, path)
}

/// Moves a file or directory within or between directories and syncs both.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    fs_err::rename(from, to).at("rename", to)?;
    sync_parent(from)?;
    sync_parent(to)
}

/// Removes a file, if it is there, and syncs its directory.
pub(super) fn remove_if_there(path: &Path) -> Result<(), FileError> {
    match fs_err::remove_file(path) {
        Ok(()) => sync_parent(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).at("remove", path),
    }
}

/// Creates a directory and those above it, closed to everybody else; one that exists is left as
/// it is.
///
/// # Errors
/// [`FileError::Io`].
pub fn create_dir(path: &Path) -> Result<(), FileError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).at("create", path)?;
    sync_parent(path)
}

/// Reads a whole file of at most `max` bytes.
///
/// # Errors
/// [`FileError::TooLarge`]; [`FileError::Io`].
pub fn read_bounded(path: &Path, max: u64) -> Result<Vec<u8>, FileError> {
    read_open(&mut File::open(path).at("read", path)?, max)
}

pub(super) fn read_open(file: &mut File, max: u64) -> Result<Vec<u8>, FileError> {
    let path = file.path().to_path_buf();
    let mut bytes = Vec::new();
    let limit = max.saturating_add(1);
    Read::take(file, limit)
        .read_to_end(&mut bytes)
        .at("read", &path)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= max) {
        Ok(bytes)
    } else {
        Err(FileError::TooLarge { path, max })
    }
}

/// Takes a directory for this process alone, for as long as the file returned lives.
///
/// # Errors
/// [`FileError::Locked`] when another process has it; [`FileError::Io`].
pub(crate) fn lock_dir(path: &Path) -> Result<File, FileError> {
    let path = path.join("LOCK");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&path).at("open", &path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(FileError::Locked { path }),
        Err(std::fs::TryLockError::Error(error)) => Err(error).at("lock", &path),
    }
}

fn sync_parent(path: &Path) -> Result<(), FileError> {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    let parent = parent.unwrap_or(Path::new("."));
    let dir = File::open(parent).at("open", parent)?;
    dir.sync_all().at("sync", parent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn new_files_are_closed_to_others_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        create_new(&path, b"1").unwrap();
        let mode = fs_err::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            create_new(&path, b"2").unwrap_err().code().as_str(),
            "file-exists"
        );
        assert_eq!(fs_err::read(&path).unwrap(), b"1");
    }

    #[test]
    fn replacing_survives_a_leftover_and_leaves_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs_err::write(dir.path().join("a.new"), b"half").unwrap();
        replace(&path, b"1").unwrap();
        replace(&path, b"2").unwrap();
        assert_eq!(fs_err::read(&path).unwrap(), b"2");
        assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn reading_is_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        create_new(&path, b"1234").unwrap();
        assert_eq!(read_bounded(&path, 4).unwrap(), b"1234");
        assert_eq!(
            read_bounded(&path, 3),
            Err(FileError::TooLarge { path, max: 3 })
        );
    }
}
