//! A file that only grows, and of which a length that stands elsewhere counts.

use super::StoreError;
use crate::files::At;
use fs_err::os::unix::fs::OpenOptionsExt;
use fs_err::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What lies before `committed` was synced and counts; what lies behind may be torn.
#[derive(Debug)]
pub(super) struct AppendFile {
    file: File,
    committed: u64,
    end: u64,
}

impl AppendFile {
    /// Opens the file, or makes an empty one. A tail beyond `committed` is left as it is.
    pub(super) fn open(path: &Path, committed: u64) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.mode(0o600).open(path).at("open", path)?;
        let end = file.metadata().at("inspect", path)?.len();
        if end < committed {
            return Err(StoreError::Damaged {
                path: path.to_path_buf(),
                what: "is shorter than what was written",
                remove: path.parent().unwrap_or(path).to_path_buf(),
            });
        }
        Ok(Self {
            file,
            committed,
            end,
        })
    }

    /// Bytes that count.
    pub(super) const fn committed(&self) -> u64 {
        self.committed
    }

    /// Where the next bytes go.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn read_committed(&mut self) -> Result<Vec<u8>, StoreError> {
        self.read(0, self.committed)
    }

    pub(super) fn read_tail(&mut self) -> Result<Vec<u8>, StoreError> {
        self.read(self.committed, self.end.saturating_sub(self.committed))
    }

    fn read(&mut self, from: u64, len: u64) -> Result<Vec<u8>, StoreError> {
        let path = self.file.path().to_path_buf();
        self.file.seek(SeekFrom::Start(from)).at("read", &path)?;
        let mut bytes = Vec::new();
        let mut part = Read::take(&mut self.file, len);
        part.read_to_end(&mut bytes).at("read", &path)?;
        Ok(bytes)
    }

    /// Forgets what lies behind `end`, which is not before what counts.
    pub(super) fn cut(&mut self, end: u64) -> Result<(), StoreError> {
        let end = end.max(self.committed);
        let path = self.file.path().to_path_buf();
        self.file.set_len(end).at("cut", &path)?;
        self.end = end;
        Ok(())
    }

    /// Writes at the end; does not count before [`Self::commit`].
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.file.path().to_path_buf();
        let written = self.file.seek(SeekFrom::Start(self.end));
        let written = written.and_then(|_| self.file.write_all(bytes));
        written.at("write", &path)?;
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.end = self.end.saturating_add(len);
        Ok(())
    }

    /// Syncs; everything written counts from now on, once its length is kept elsewhere.
    pub(super) fn commit(&mut self) -> Result<u64, StoreError> {
        let path = self.file.path().to_path_buf();
        self.file.sync_data().at("sync", &path)?;
        self.committed = self.end;
        Ok(self.end)
    }

    /// Puts other bytes in the place of bytes that count, and syncs.
    pub(super) fn overwrite(&mut self, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.file.path().to_path_buf();
        let written = self.file.seek(SeekFrom::Start(at));
        let written = written.and_then(|_| self.file.write_all(bytes));
        let synced = written.and_then(|()| self.file.sync_data());
        Ok(synced.at("overwrite", &path)?)
    }
}
