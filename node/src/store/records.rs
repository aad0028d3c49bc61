//! What this node's witness cosigned last, one record per log, *outside* the data directory.
//!
//! A restored data directory must not make a witness sign what contradicts its earlier signatures;
//! so the records lie with the guard ([`super::guard`]), which is never restored and never copied.
//! A record is made once, when the operator adds a log, and never silently: without it nothing is
//! cosigned for that log.
//!
//! ```text
//! <guard dir>/<hex of this node's origin>.witness/<hex SHA-256 of the log's origin>
//!     fairtrail-node witness 1 / origin / size / root / stamp or - / bytes of the note / note crc32c
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::note::Note;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;

use super::disk::{self, At, IoFault};
use crate::core::witness::Seen;

const TITLE: &str = "fairtrail-node witness 1";
/// Keys whose records were lost, one vkey a line.
const GIVEN_UP: &str = "given-up";
/// The folder of records of keys that are not used any more.
const BEFORE: &str = "before";
/// Where the note begins: behind so many lines.
const HEAD_LINES: usize = 6;

/// Why a record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The records of this witness key were lost: what it signed is not known.
    #[error("the witness key {witness} is given up: what it cosigned was lost with the guard")]
    GivenUp {
        /// The key.
        witness: String,
    },
    /// The file does not pass its check, or is another log's.
    #[error("the record {} cannot be read", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// There is no record of this log.
    #[error("the record {} is missing", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl RecordError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Damaged { .. } | Self::GivenUp { .. } | Self::Missing { .. } => {
                Reason::GuardMissing
            }
            Self::Io(fault) => fault.code(),
        }
    }
}

/// Keeps one record per log.
pub trait RecordStore: Send + Sync {
    /// What was cosigned last for a log; nothing if the log was added and never cosigned.
    ///
    /// # Errors
    /// [`RecordError`]; nothing may be signed then.
    fn read(&self, origin: &Origin) -> Result<Option<Seen>, RecordError>;

    /// Replaces the record of a log; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`RecordError::Io`]: it is not known which of the two is on the disk.
    fn write(&self, seen: &Seen) -> Result<(), RecordError>;
}

impl<S: RecordStore> RecordStore for Arc<S> {
    fn read(&self, origin: &Origin) -> Result<Option<Seen>, RecordError> {
        self.as_ref().read(origin)
    }

    fn write(&self, seen: &Seen) -> Result<(), RecordError> {
        self.as_ref().write(seen)
    }
}

/// The records as files.
#[derive(Debug, Clone)]
pub struct Records {
    dir: PathBuf,
}

impl Records {
    /// The records of the witness of the node whose log is `own`; nothing is read yet.
    pub fn new(guard_dir: &Path, own: &Origin) -> Self {
        let name = format!("{}.witness", HEXLOWER.encode(&own.digest()));
        Self {
            dir: guard_dir.join(name),
        }
    }

    /// Makes the record of a log for which nothing was cosigned, unless there is one; whether it
    /// was made.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::records::{RecordError, RecordStore, Records};
    /// let dir = tempfile::tempdir()?;
    /// let records = Records::new(dir.path(), &"log.example/one/e1".parse()?);
    /// let log = "log.example/two/e1".parse()?;
    /// assert!(matches!(records.read(&log), Err(RecordError::Missing { .. })));
    /// assert!(records.create(&log)?);
    /// assert!(!records.create(&log)?);
    /// assert_eq!(records.read(&log), Ok(None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create(&self, origin: &Origin) -> Result<bool, RecordError> {
        disk::create_dir(&self.dir)?;
        disk::sync_dir(disk::parent(&self.dir))?;
        let path = self.path(origin);
        Ok(disk::write_once(&path, &encode(origin, None))?)
    }

    /// Gives up a witness key: what it signed is not known any more, because the records were lost
    /// with the guard. Nothing is ever begun for it again.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    pub fn give_up(&self, witness: &str) -> Result<(), RecordError> {
        disk::create_dir(&self.dir)?;
        disk::sync_dir(disk::parent(&self.dir))?;
        let path = self.dir.join(GIVEN_UP);
        let before = disk::read_if_exists(&path)?.unwrap_or_default();
        let line = format!("{witness}\n");
        let lines = [before.as_slice(), line.as_bytes()].concat();
        Ok(disk::write_atomic(&path, &lines)?)
    }

    /// Puts the records of a key that is not used any more aside; a list of keys that were given up
    /// stays.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    pub fn set_aside(&self) -> Result<(), RecordError> {
        set_aside(&self.dir, &[GIVEN_UP])
    }

    /// Whether a witness key was given up. An empty line stands for every key.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    pub fn is_given_up(&self, witness: &str) -> Result<bool, RecordError> {
        let lines = disk::read_if_exists(&self.dir.join(GIVEN_UP))?;
        let lines = lines.map(|lines| String::from_utf8_lossy(&lines).into_owned());
        let given_up = |line: &str| line.is_empty() || line == witness;
        Ok(lines.is_some_and(|lines| lines.lines().any(given_up)))
    }

    /// Whether there is a record of a log, sound or not.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    pub fn has(&self, origin: &Origin) -> Result<bool, RecordError> {
        Ok(disk::read_if_exists(&self.path(origin))?.is_some())
    }

    fn path(&self, origin: &Origin) -> PathBuf {
        self.dir.join(HEXLOWER.encode(&origin.digest()))
    }
}

impl RecordStore for Records {
    fn read(&self, origin: &Origin) -> Result<Option<Seen>, RecordError> {
        let path = self.path(origin);
        let Some(bytes) = disk::read_if_exists(&path)? else {
            return Err(RecordError::Missing { path });
        };
        let said = decode(&bytes, origin);
        said.map(|said| said.0).ok_or(RecordError::Damaged { path })
    }

    fn write(&self, seen: &Seen) -> Result<(), RecordError> {
        let origin = seen.checkpoint.origin();
        let path = self.path(origin);
        // A record that was taken away while the process runs is not made anew.
        fs_err::metadata(&path).at("inspect", &path)?;
        Ok(disk::write_atomic(&path, &encode(origin, Some(seen)))?)
    }
}

/// Moves what is in a folder into one below it, all but some files.
pub(super) fn set_aside(dir: &Path, but: &[&str]) -> Result<(), RecordError> {
    let aside = dir.join(BEFORE);
    disk::create_dir(disk::parent(&aside))?;
    disk::create_dir(&aside)?;
    for name in disk::names(dir)? {
        if name != BEFORE && !but.contains(&name.as_str()) {
            disk::rename(&dir.join(&name), &aside.join(&name))?;
        }
    }
    Ok(disk::sync_dir(dir)?)
}

/// What a sound record says was cosigned last: perhaps nothing.
pub(super) struct Said(pub(super) Option<Seen>);

pub(super) fn encode(origin: &Origin, seen: Option<&Seen>) -> Vec<u8> {
    let note = seen.map_or_else(String::new, |seen| seen.note.to_string());
    let size = seen.map_or(TreeSize::ZERO, |seen| seen.checkpoint.size());
    let root = seen.map_or_else(Root::empty, |seen| seen.checkpoint.root());
    let stamp = seen.map_or("-".to_owned(), |seen| seen.stamp.seconds().to_string());
    let length = note.len();
    let content = format!("{TITLE}\n{origin}\n{size}\n{root}\n{stamp}\n{length}\n{note}");
    let crc = crc32c::crc32c(content.as_bytes());
    format!("{content}{crc:08x}\n").into_bytes()
}

/// What a record says; nothing unless these are exactly the bytes that would be written for it.
pub(super) fn decode(bytes: &[u8], origin: &Origin) -> Option<Said> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<&str> = text.splitn(HEAD_LINES + 1, '\n').collect();
    let [_, _, size, root, stamp, length, rest] = lines.try_into().ok()?;
    let (note, _) = rest.split_at_checked(length.parse().ok()?)?;
    let said = if stamp == "-" {
        Said(None)
    } else {
        let size = TreeSize::new(size.parse().ok()?).ok()?;
        Said(Some(Seen {
            checkpoint: Checkpoint::new(origin.clone(), size, root.parse().ok()?).ok()?,
            note: Note::parse(note.as_bytes()).ok()?,
            stamp: Timestamp::new(stamp.parse().ok()?)?,
        }))
    };
    let states = |seen: &Seen| seen.note.text() == seen.checkpoint.to_string();
    let whole = said.0.as_ref().is_none_or(states) && encode(origin, said.0.as_ref()) == bytes;
    whole.then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::disk::faults;
    use fairtrail::key::SecretKey;
    use fairtrail::note::{Cosigner, NoteSigner};

    fn origin() -> Origin {
        "log.example/two/e1".parse().unwrap()
    }

    fn records(dir: &Path) -> Records {
        Records::new(dir, &"log.example/one/e1".parse().unwrap())
    }

    fn seen(size: u64) -> Seen {
        let log = NoteSigner::new(origin().key_name().unwrap(), SecretKey::from_seed([1; 32]));
        let witness = Cosigner::new(
            "w.example/w".parse().unwrap(),
            SecretKey::from_seed([2; 32]),
        );
        let root = Root::from_bytes([size.to_le_bytes()[0]; 32]);
        let size = TreeSize::new(size).unwrap();
        let checkpoint = Checkpoint::new(origin(), size, root).unwrap();
        let signed = checkpoint.sign(&log).unwrap();
        let line = witness.cosign(signed.text(), 99).unwrap();
        Seen {
            checkpoint,
            note: signed.with(line).unwrap(),
            stamp: Timestamp::new(99).unwrap(),
        }
    }

    #[test]
    fn a_record_is_read_back_and_no_other_bytes_are() {
        let dir = tempfile::tempdir().unwrap();
        let records = records(dir.path());
        assert!(records.create(&origin()).unwrap());
        records.write(&seen(7)).unwrap();
        assert_eq!(records.read(&origin()), Ok(Some(seen(7))));
        assert!(!records.create(&origin()).unwrap(), "never made anew");
        assert_eq!(records.read(&origin()), Ok(Some(seen(7))));
        let path = records.path(&origin());
        let whole = fs_err::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            for bytes in [&flipped, &whole[..at]] {
                fs_err::write(&path, bytes).unwrap();
                let refused = records.read(&origin()).unwrap_err();
                assert_eq!(refused.code(), Reason::GuardMissing, "byte {at}");
            }
        }
        let other = "log.example/three/e1".parse().unwrap();
        fs_err::write(records.path(&other), whole).unwrap();
        assert!(matches!(
            records.read(&other),
            Err(RecordError::Damaged { .. })
        ));
    }

    #[test]
    fn a_record_that_is_gone_is_not_made_by_writing() {
        let dir = tempfile::tempdir().unwrap();
        let records = records(dir.path());
        assert!(records.create(&origin()).unwrap());
        fs_err::remove_file(records.path(&origin())).unwrap();
        assert!(records.write(&seen(7)).is_err());
        assert!(matches!(
            records.read(&origin()),
            Err(RecordError::Missing { .. })
        ));
    }

    #[test]
    fn a_fault_at_any_step_leaves_the_old_record_or_the_new_one() {
        for operations in 0.. {
            let dir = tempfile::tempdir().unwrap();
            let records = records(dir.path());
            records.create(&origin()).unwrap();
            records.write(&seen(3)).unwrap();
            faults::after(operations);
            let outcome = records.write(&seen(4));
            if !faults::lift() {
                return assert_eq!(outcome, Ok(()));
            }
            assert!(outcome.is_err());
            let read = records.read(&origin()).unwrap();
            assert!(read == Some(seen(3)) || read == Some(seen(4)));
        }
    }

    #[test]
    fn making_a_record_at_any_fault_never_replaces_one() {
        for operations in 0.. {
            let dir = tempfile::tempdir().unwrap();
            let records = records(dir.path());
            faults::after(operations);
            let outcome = records.create(&origin());
            if !faults::lift() {
                return assert_eq!(outcome, Ok(true));
            }
            let read = records.read(&origin());
            assert!(
                matches!(read, Ok(None) | Err(RecordError::Missing { .. })),
                "{read:?}"
            );
            records.create(&origin()).unwrap();
            assert_eq!(records.read(&origin()), Ok(None));
        }
    }
}
