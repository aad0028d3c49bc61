//! Private files: closed to others, replaced whole, synced.

use super::StoreError;
use fs_err as fs;
use fs_err::os::unix::fs::OpenOptionsExt as _;
use std::fs::TryLockError;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

/// Bits that let anybody but the owner of a file read, change or enter it.
const OTHERS: u32 = 0o077;

pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(dir).map_err(|error| disk(dir, &error))?;
    check_mode(dir)
}

/// Holds the directory for this process, until the file is dropped.
pub(super) fn lock(dir: &Path, name: &str) -> Result<fs::File, StoreError> {
    let path = dir.join(name);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&path).map_err(|error| disk(&path, &error))?;
    match file.file().try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            path: dir.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(disk(&path, &error)),
    }
}

pub(super) fn check_mode(path: &Path) -> Result<(), StoreError> {
    let metadata = fs::metadata(path).map_err(|error| disk(path, &error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let path = path.to_owned();
    Err(StoreError::Lax { path, mode })
}

/// The bytes of a private file; `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => check_mode(path).map(|()| Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(disk(path, &error)),
    }
}

/// Puts `bytes` in the place of the file: a crash leaves the old file or the new one.
pub(super) fn replace(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let path = dir.join(name);
    write_beside(dir, name, bytes).map_err(|error| disk(&path, &error))
}

fn write_beside(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = dir.join(format!("{name}.new"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, dir.join(name))?;
    let directory = fs::OpenOptions::new().read(true).open(dir)?;
    directory.sync_all()
}

pub(super) fn open_to_append(path: &Path) -> Result<fs::File, StoreError> {
    let mut options = fs::OpenOptions::new();
    let file = options.append(true).open(path);
    file.map_err(|error| disk(path, &error))
}

/// Appends a line that is on the disk when this returns.
pub(super) fn append(file: &mut fs::File, line: &[u8]) -> Result<(), StoreError> {
    let written = file.write_all(line).and_then(|()| file.sync_data());
    written.map_err(|error| disk(file.path(), &error))
}

pub(super) fn disk(path: &Path, error: &io::Error) -> StoreError {
    let (path, kind) = (path.to_owned(), error.kind());
    StoreError::Disk { path, kind }
}
