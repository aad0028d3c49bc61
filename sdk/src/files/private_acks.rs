//! The private log of an author on disk: `private-acks/log` in its directory, a line of base64 for
//! each record, and `private-acks/<size>.anchor` with the salt of each anchored document.
//!
//! Appended and synced before anything relies on it; readable by nobody else. Whoever holds the
//! [`AuthorDir`] holds the log.

use super::error::At;
use super::{AuthorDir, FileError, create_dir, create_new, read_bounded, salt};
use crate::diligence::{Noted, PrivateAck, PrivateError, PrivateLog};
use crate::entry::SALT_BYTES;
use crate::id::AuthorId;
use crate::merkle::TreeSize;
use crate::reason::Reason;
use data_encoding::BASE64;
use fs_err::OpenOptions;
use fs_err::os::unix::fs::OpenOptionsExt;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const LOG: &str = "log";
/// Bytes of the log: some hundred thousand records.
const LOG_BYTES: u64 = 64 * 1_024 * 1_024;
/// Bytes of an anchor file.
const ANCHOR_BYTES: u64 = 64;

/// Why a private log cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateAcksError {
    /// A file operation was refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// What stands in the file is no private log of this author.
    #[error("{}: {source}", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: PrivateError,
    },
    /// A line is no base64.
    #[error("{}: line {line} is no record", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
}

impl PrivateAcksError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::File(error) => error.code(),
            Self::Log { source, .. } => source.code(),
            Self::Line { .. } => Reason::StateDamaged,
        }
    }
}

/// A private log on disk.
#[derive(Debug)]
pub struct PrivateAcks {
    dir: PathBuf,
    log: PrivateLog,
    /// Bytes of whole lines; what follows was cut short by a crash and never relied on.
    whole: u64,
}

impl PrivateAcks {
    /// Reads the log of an author and checks it from the first record to the last.
    ///
    /// # Errors
    /// [`PrivateAcksError`]; [`FileError::Lax`] when others may read it.
    pub fn open(author: &AuthorDir, id: AuthorId) -> Result<Self, PrivateAcksError> {
        let dir = author.path().join("private-acks");
        let path = dir.join(LOG);
        let text = match read_bounded(&path, LOG_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.code() == Reason::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        if path.exists() {
            closed_to_others(&path)?;
        }
        let whole = text.iter().rposition(|byte| *byte == b'\n');
        let whole = whole.map_or(0, |at| at.saturating_add(1));
        let lines = text.get(..whole).unwrap_or_default();
        let lines = lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        let mut records = Vec::new();
        for (at, line) in lines.enumerate() {
            let line_number = at.saturating_add(1);
            let record = BASE64.decode(line).map_err(|_| PrivateAcksError::Line {
                path: path.clone(),
                line: line_number,
            })?;
            records.push(record);
        }
        let log = PrivateLog::read(id, records);
        let log = log.map_err(|source| PrivateAcksError::Log { path, source })?;
        let whole = u64::try_from(whole).unwrap_or(u64::MAX);
        Ok(Self { dir, log, whole })
    }

    /// The log.
    pub const fn log(&self) -> &PrivateLog {
        &self.log
    }

    /// Notes one more; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`PrivateAcksError`]; nothing was noted then.
    pub fn append(&mut self, noted: Noted) -> Result<PrivateAck, PrivateAcksError> {
        create_dir(&self.dir)?;
        let path = self.dir.join(LOG);
        let mut log = self.log.clone();
        let record = log.append(noted, salt()?);
        let record = record.map_err(|source| {
            let path = path.clone();
            PrivateAcksError::Log { path, source }
        })?;
        let line = format!("{}\n", BASE64.encode(&record.to_bytes()));
        self.write(&path, line.as_bytes())?;
        self.log = log;
        Ok(record)
    }

    fn write(&mut self, path: &Path, line: &[u8]) -> Result<(), FileError> {
        if !path.exists() {
            create_new(path, b"")?;
        }
        let mut options = OpenOptions::new();
        let mut file = options
            .append(true)
            .mode(0o600)
            .open(path)
            .at("open", path)?;
        file.set_len(self.whole).at("write", path)?;
        let written = file.write_all(line).and_then(|()| file.sync_all());
        written.at("write", path)?;
        let len = u64::try_from(line.len()).unwrap_or(u64::MAX);
        self.whole = self.whole.saturating_add(len);
        Ok(())
    }

    /// The salt of the document that anchors the log as it is: drawn and kept at first, then the
    /// same, so that an anchor tried again is the same anchor.
    ///
    /// # Errors
    /// [`PrivateAcksError`].
    pub fn anchor_salt(&self) -> Result<[u8; SALT_BYTES], PrivateAcksError> {
        if let Some(salt) = self.salt_of(self.log.size()) {
            return Ok(salt);
        }
        create_dir(&self.dir)?;
        let salt = salt()?;
        create_new(
            &self.anchor_path(self.log.size()),
            BASE64.encode(&salt).as_bytes(),
        )?;
        Ok(salt)
    }

    /// Sizes that an anchor was made or tried for, with their salts, the smallest first.
    pub fn anchors(&self) -> Vec<(TreeSize, [u8; SALT_BYTES])> {
        let sizes = 1..=self.log.size().get();
        let sizes = sizes.filter_map(|size| TreeSize::new(size).ok());
        sizes
            .filter_map(|size| Some((size, self.salt_of(size)?)))
            .collect()
    }

    fn salt_of(&self, size: TreeSize) -> Option<[u8; SALT_BYTES]> {
        let bytes = read_bounded(&self.anchor_path(size), ANCHOR_BYTES).ok()?;
        BASE64.decode(&bytes).ok()?.try_into().ok()
    }

    fn anchor_path(&self, size: TreeSize) -> PathBuf {
        self.dir.join(format!("{}.anchor", size.get()))
    }
}

fn closed_to_others(path: &Path) -> Result<(), FileError> {
    let mode = fs_err::metadata(path)
        .at("read", path)?
        .permissions()
        .mode()
        & 0o777;
    let path = path.to_path_buf();
    if mode.trailing_zeros() >= 6 {
        Ok(())
    } else {
        Err(FileError::Lax { path, mode })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EntryId;
    use crate::time::Timestamp;

    fn noted() -> Noted {
        Noted {
            entry: EntryId::new([2; 32]),
            seen_on: "2026-03-01".parse().unwrap(),
            action: None,
            action_on: None,
            noted_at: Timestamp::new(1_790_000_000).unwrap(),
        }
    }

    fn id() -> AuthorId {
        AuthorId::new([1; 32])
    }

    fn author(dir: &tempfile::TempDir) -> AuthorDir {
        AuthorDir::create(&dir.path().join("acme"), &dir.path().join("guard")).unwrap()
    }

    #[test]
    fn what_was_noted_is_there_again_and_closed_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let author = author(&dir);
        let mut acks = PrivateAcks::open(&author, id()).unwrap();
        let first = acks.append(noted()).unwrap();
        acks.append(noted()).unwrap();
        let again = PrivateAcks::open(&author, id()).unwrap();
        assert_eq!(again.log().records()[0], first);
        assert_eq!(again.log().root(), acks.log().root());
        let path = author.path().join("private-acks/log");
        let mode = fs_err::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let lax = PrivateAcks::open(&author, id()).unwrap_err();
        assert_eq!(lax.code(), Reason::KeyFileLax);
    }

    #[test]
    fn a_line_cut_short_by_a_crash_was_never_noted() {
        let dir = tempfile::tempdir().unwrap();
        let author = author(&dir);
        let mut acks = PrivateAcks::open(&author, id()).unwrap();
        acks.append(noted()).unwrap();
        let path = author.path().join("private-acks/log");
        let whole = fs_err::read(&path).unwrap();
        let mut torn = whole.clone();
        torn.extend_from_slice(&whole[..20]);
        fs_err::write(&path, torn).unwrap();
        let mut acks = PrivateAcks::open(&author, id()).unwrap();
        acks.append(noted()).unwrap();
        assert_eq!(
            PrivateAcks::open(&author, id()).unwrap().log().size().get(),
            2
        );
    }

    #[test]
    fn a_changed_record_and_another_author_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let author = author(&dir);
        let mut acks = PrivateAcks::open(&author, id()).unwrap();
        acks.append(noted()).unwrap();
        acks.append(noted()).unwrap();
        let other = PrivateAcks::open(&author, AuthorId::new([9; 32])).unwrap_err();
        assert_eq!(other.code(), Reason::StateDamaged);
        let path = author.path().join("private-acks/log");
        let text = fs_err::read_to_string(&path).unwrap();
        let second = text.lines().nth(1).unwrap();
        fs_err::write(&path, format!("{second}\n")).unwrap();
        let broken = PrivateAcks::open(&author, id()).unwrap_err();
        assert_eq!(broken.code(), Reason::StateDamaged);
    }

    #[test]
    fn an_anchor_tried_again_has_the_same_salt() {
        let dir = tempfile::tempdir().unwrap();
        let author = author(&dir);
        let mut acks = PrivateAcks::open(&author, id()).unwrap();
        acks.append(noted()).unwrap();
        let salt = acks.anchor_salt().unwrap();
        assert_eq!(acks.anchor_salt().unwrap(), salt);
        acks.append(noted()).unwrap();
        assert_ne!(acks.anchor_salt().unwrap(), salt);
        assert_eq!(acks.anchors().len(), 2);
    }
}
