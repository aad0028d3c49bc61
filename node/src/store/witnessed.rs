//! The logs this node cosigns for: a list of their keys, which the operator changes while the node
//! runs (specs/witness.md §3). What reads it notices that the file was replaced. A list that cannot
//! be read stops a start, and leaves the last good one in force in a running node.
//!
//! One line per key, its vkey; the key's name is the log's origin. A log may have several.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use fairtrail::log::Origin;
use fairtrail::note::{KeyType, NoteVerifier};
use fairtrail::reason::Reason;

use super::disk::{self, IoFault};

/// A key of a log this node cosigns for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey {
    origin: Origin,
    key: NoteVerifier,
}

impl LogKey {
    /// Reads a vkey; nothing unless it is the key of a log: of type 0x01, with an origin as name
    /// that is not an index's.
    ///
    /// ```
    /// use fairtrail_node::store::witnessed::LogKey;
    /// let vkey = "ledger.example/coast/e1+036a0c39+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
    /// assert_eq!(LogKey::parse(vkey).unwrap().origin().as_str(), "ledger.example/coast/e1");
    /// let witness = "hill.example/watch/witness+14e495ff+BMqTrBcFGHBx1nuDx/8O/oEI6OxFMFdddyaHkzPb2r58";
    /// assert!(LogKey::parse(witness).is_none());
    /// ```
    pub fn parse(vkey: &str) -> Option<Self> {
        let key: NoteVerifier = vkey.parse().ok()?;
        let origin: Origin = key.name().as_str().parse().ok()?;
        let fits = key.key_type() == KeyType::Ed25519 && !origin.is_index();
        fits.then_some(Self { origin, key })
    }

    /// The key of an index log; nothing unless it is of type 0x01, with the origin of an index as
    /// name.
    pub fn index(key: NoteVerifier) -> Option<Self> {
        let origin: Origin = key.name().as_str().parse().ok()?;
        let fits = key.key_type() == KeyType::Ed25519 && origin.is_index();
        fits.then_some(Self { origin, key })
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Its key.
    pub const fn key(&self) -> &NoteVerifier {
        &self.key
    }
}

/// Why the list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessedError {
    /// A line is not the key of a log.
    #[error("line {line} of {} is not the key of a log", path.display())]
    Line {
        /// The list.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl WitnessedError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Line { .. } => Reason::ConfigInvalid,
            Self::Io(fault) => fault.code(),
        }
    }
}

/// The list, as it is now.
#[derive(Debug)]
pub struct Witnessed {
    /// None of a list that does not change.
    path: Option<PathBuf>,
    cache: RwLock<Cache>,
}

#[derive(Debug, Clone)]
struct Cache {
    stamp: Option<Stamp>,
    keys: Arc<[LogKey]>,
}

/// Differs whenever the file was replaced.
type Stamp = (u64, i64, i64, u64);

impl Witnessed {
    /// Opens the list; there is none before the first log is added.
    ///
    /// # Errors
    /// [`WitnessedError`].
    pub fn open(path: &Path) -> Result<Self, WitnessedError> {
        let stamp = stamp(path);
        let keys = read(path)?.into();
        Ok(Self {
            path: Some(path.to_path_buf()),
            cache: RwLock::new(Cache { stamp, keys }),
        })
    }

    /// A list that does not change while the process runs.
    pub fn fixed(keys: Vec<LogKey>) -> Self {
        let (stamp, keys) = (None, keys.into());
        Self {
            path: None,
            cache: RwLock::new(Cache { stamp, keys }),
        }
    }

    /// Every key.
    pub fn keys(&self) -> Arc<[LogKey]> {
        let Some(path) = &self.path else {
            let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
            return Arc::clone(&cache.keys);
        };
        let stamp = stamp(path);
        {
            let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
            if cache.stamp == stamp {
                return Arc::clone(&cache.keys);
            }
        }
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        match read(path) {
            Ok(keys) => {
                cache.keys = keys.into();
                cache.stamp = stamp;
            }
            Err(error) => {
                tracing::error!(%error, "the list of witnessed logs stays as it was");
                // These bytes say it again and again: not read anew, nor told, at every request.
                if matches!(error, WitnessedError::Line { .. }) {
                    cache.stamp = stamp;
                }
            }
        }
        Arc::clone(&cache.keys)
    }

    /// The keys of a log; none if nothing is cosigned for it.
    pub fn of(&self, origin: &Origin) -> Vec<NoteVerifier> {
        let keys = self.keys();
        let of = keys.iter().filter(|line| line.origin == *origin);
        of.map(|line| line.key.clone()).collect()
    }

    /// Replaces the list, durably.
    ///
    /// # Errors
    /// [`WitnessedError::Io`].
    pub fn replace(&self, keys: &[LogKey]) -> Result<(), WitnessedError> {
        let lines: Vec<_> = keys.iter().map(|line| format!("{}\n", line.key)).collect();
        let Some(path) = &self.path else {
            return Ok(());
        };
        Ok(disk::write_atomic(path, lines.concat().as_bytes())?)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs_err::metadata(path).ok()?;
    Some((found.ino(), found.mtime(), found.mtime_nsec(), found.len()))
}

fn read(path: &Path) -> Result<Vec<LogKey>, WitnessedError> {
    let bytes = disk::read_if_exists(path)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let parse = |(number, line): (usize, &str)| {
        LogKey::parse(line).ok_or_else(|| WitnessedError::Line {
            path: path.to_path_buf(),
            line: number,
        })
    };
    (1..).zip(text.lines()).map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::key::SecretKey;
    use fairtrail::note::NoteSigner;

    fn key(name: &str, seed: u8) -> LogKey {
        let signer = NoteSigner::new(name.parse().unwrap(), SecretKey::from_seed([seed; 32]));
        LogKey::parse(&signer.verifier().to_string()).unwrap()
    }

    #[test]
    fn a_replaced_list_is_noticed_and_a_broken_one_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("witnessed");
        let list = Witnessed::open(&path).unwrap();
        let keys = [
            key("a.example/a/e1", 1),
            key("a.example/a/e1", 2),
            key("b.example/b/e1", 3),
        ];
        assert!(list.of(keys[0].origin()).is_empty());
        list.replace(&keys).unwrap();
        assert_eq!(list.of(keys[0].origin()).len(), 2);
        assert_eq!(list.of(keys[2].origin()), [keys[2].key().clone()]);
        fs_err::write(&path, "half a line").unwrap();
        for _ in 0..2 {
            assert_eq!(list.keys()[..], keys);
        }
        let refused = Witnessed::open(&path).unwrap_err();
        assert_eq!(refused.code(), Reason::ConfigInvalid);
        list.replace(&keys[..1]).unwrap();
        assert_eq!(list.keys()[..], keys[..1], "a mended list is taken up");
    }

    #[test]
    fn only_keys_of_logs_are_taken() {
        for bad in ["", "x", "a.example/a/e1"] {
            assert_eq!(LogKey::parse(bad), None);
        }
        for name in [
            "a.example/a/e1/promise",
            "a.example/a/e1/index/1",
            "a.example/a",
        ] {
            let signer = NoteSigner::new(name.parse().unwrap(), SecretKey::from_seed([1; 32]));
            assert_eq!(
                LogKey::parse(&signer.verifier().to_string()),
                None,
                "{name}"
            );
        }
    }
}
