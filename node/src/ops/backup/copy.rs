//! Copying files durably, and what they hash to.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::BackupError;
use super::CopiedFile;
use crate::store::disk::{self, At};

const BUFFER: usize = 1 << 20;

/// Copies into one directory and remembers what.
#[derive(Debug)]
pub(super) struct Copier {
    root: PathBuf,
    pub(super) files: Vec<CopiedFile>,
}

impl Copier {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            files: Vec::new(),
        }
    }

    /// A whole file.
    pub(super) fn file(&mut self, from: &Path, to: &str) -> Result<(), BackupError> {
        self.prefix(from, to, u64::MAX)
    }

    /// A whole file, unless there is none.
    pub(super) fn file_if_there(&mut self, from: &Path, to: &str) -> Result<(), BackupError> {
        if from.try_exists().at("inspect", from)? {
            return self.file(from, to);
        }
        Ok(())
    }

    /// Every file in a folder; temporary ones are being written and have another name soon.
    pub(super) fn folder(&mut self, from: &Path, to: &str) -> Result<(), BackupError> {
        let mut names = disk::names(from)?;
        names.sort();
        for name in names.iter().filter(|name| !is_temporary(name)) {
            self.file_if_there(&from.join(name), &format!("{to}/{name}"))?;
        }
        Ok(())
    }

    /// The first `len` bytes of a file, which has as many.
    pub(super) fn prefix(&mut self, from: &Path, to: &str, len: u64) -> Result<(), BackupError> {
        let path = self.root.join(to);
        let (bytes, hash) = copy(from, &path, len)?;
        if len != u64::MAX && bytes < len {
            let path = from.to_path_buf();
            return Err(BackupError::Shorter { path, len });
        }
        self.files.push(CopiedFile {
            path: to.to_owned(),
            bytes,
            blake3: hash.to_hex().to_string(),
        });
        Ok(())
    }
}

fn is_temporary(name: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end);
    matches!(end, Some("new" | "tmp"))
}

/// Copies at most `len` bytes to a new file; it and its name are on the disk when this returns.
pub(super) fn copy(from: &Path, to: &Path, len: u64) -> Result<(u64, blake3::Hash), BackupError> {
    let mut source = disk::open_read(from)?.take(len);
    disk::create_dir(disk::parent(to))?;
    disk::remove_file(to)?;
    let target = disk::create_new(to)?;
    let (mut at, mut hasher) = (0_u64, blake3::Hasher::new());
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = source.read(&mut buffer).at("read", from)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        disk::write_all_at(&target, bytes, at)?;
        hasher.update(bytes);
        at = at.saturating_add(read as u64);
    }
    disk::sync_data(&target)?;
    disk::sync_dir(disk::parent(to))?;
    Ok((at, hasher.finalize()))
}

/// Length and hash of a file as it is on the disk.
pub(super) fn hash(path: &Path) -> Result<(u64, blake3::Hash), BackupError> {
    let mut source = disk::open_read(path)?;
    let (mut bytes, mut hasher) = (0_u64, blake3::Hasher::new());
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = source.read(&mut buffer).at("read", path)?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else {
            return Ok((bytes, hasher.finalize()));
        };
        hasher.update(chunk);
        bytes = bytes.saturating_add(read as u64);
    }
}
