//! What lies where in a data directory.
//!
//! | path | what it is | trusted | when it is lost |
//! |---|---|---|---|
//! | `VERSION` | the format of the directory | yes | refused until it is put back |
//! | `node.toml`, `charter` | the configuration and the network's charter | yes | written again from what the operator knows |
//! | `LOCK` | the running process | – | nothing |
//! | `journal/` | entries in log order, and what was signed: the truth | after its checks | the log is recovered from peers or retired |
//! | `journal/synced` | how far the journal was synced | after its checks | a damaged tail can no longer be told from a torn one, and is refused |
//! | `bodies/`, `documents/` | claims, texts and documents: the truth | after their checks | fetched from peers; entries and proofs stay whole |
//! | `withheld` | parts the operator withholds, with the legal basis | yes | written again from what the operator knows |
//! | `witnessed` | the logs this node cosigns for | yes | written again from what the operator knows |
//! | `fraud/` | proofs that other logs signed two histories | verified by whoever reads | proof is lost; the log's doing is not |
//! | `followed/` | how far other logs were taken up, and the largest checkpoint each signed | after their checks | those logs are read anew, and what they signed before is forgotten |
//! | `mirrored/` | hash tiles of followed logs, where the operator wants them kept | no, verified up to a root | fetched again |
//! | `archive/log`, `archive/index` | frozen notes, evidence of time | signatures are verified | copied back from followers |
//! | `tiles/` | hash tiles | no, verified up to a root | computed from the journal |
//! | `index/journal/` | index heads with their log times, and what was signed of the index: the truth | after its checks | the index of this log ends; the log goes on |
//! | `index/tiles/`, `index/positions` | hash tiles of the index log, and where its leaves lie | no | computed from `index/journal/` |
//! | `index/full` | the newest note with the index quorum | its signatures are verified | index witnesses are asked again |
//! | `index/witnessed` | the indexes this node began to vouch for | yes | a record that is lost as well is begun anew |
//! | `index/updates/` | update proofs of the newest index heads | no, verified by whoever reads | whoever asks rebuilds |
//! | `positions` | leaf index → place in the journal | no, entries are re-hashed | computed from the journal |
//! | `lookup/` | sled as a block store: look-ups | no | computed from the journal |
//!
//! The guard ([`super::guard`]) lies *outside* of this directory, so that restoring an old copy of
//! the one does not restore the other; beside it lie the records of what the node's witness
//! cosigned ([`super::records`]). Keys lie outside as well.

use std::path::{Path, PathBuf};

use fairtrail::reason::Reason;

use super::disk::{self, IoFault};

/// The format this version writes; the only one it reads.
pub const VERSION: u32 = 1;
const VERSION_PREFIX: &str = "fairtrail-node data ";

/// Why a data directory cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// The directory already holds something.
    #[error("{} already holds data", path.display())]
    NotEmpty {
        /// The data directory.
        path: PathBuf,
    },
    /// There is no `VERSION` file: nothing was initialised here.
    #[error("{} holds no log", path.display())]
    NotInitialised {
        /// The data directory.
        path: PathBuf,
    },
    /// The directory was written by another version of this program.
    #[error("data format {found} in {}, this version knows {known}", path.display())]
    OtherVersion {
        /// The data directory.
        path: PathBuf,
        /// The format found there.
        found: u32,
        /// The format this version knows.
        known: u32,
    },
    /// The `VERSION` file does not say a version.
    #[error("unreadable VERSION file in {}", path.display())]
    VersionUnreadable {
        /// The data directory.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl LayoutError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::NotEmpty { .. } => Reason::FileExists,
            Self::NotInitialised { .. } => Reason::NotInitialised,
            Self::OtherVersion { .. } | Self::VersionUnreadable { .. } => Reason::StoreVersion,
            Self::Io(fault) => fault.code(),
        }
    }
}

/// The paths of one data directory (table in the module head).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Makes a directory ready for a new log: creates it with its folders and writes `VERSION`
    /// last, so that a directory with a `VERSION` is complete.
    ///
    /// # Errors
    /// [`LayoutError::NotEmpty`] when something is there already (a lock file aside);
    /// [`LayoutError::Io`].
    pub fn init(root: &Path) -> Result<Self, LayoutError> {
        let layout = Self {
            root: root.to_path_buf(),
        };
        if disk::names(root)?.iter().any(|name| name != "LOCK") {
            return Err(LayoutError::NotEmpty {
                path: root.to_path_buf(),
            });
        }
        let folders = [
            layout.journal(),
            layout.bodies(),
            layout.documents(),
            layout.log_archive(),
            layout.index_archive(),
            layout.tiles(),
        ];
        for folder in &folders {
            disk::create_dir(folder)?;
        }
        disk::write_atomic(
            &layout.version(),
            format!("{VERSION_PREFIX}{VERSION}\n").as_bytes(),
        )?;
        disk::sync_dir(disk::parent(root))?;
        Ok(layout)
    }

    /// Opens a directory that [`Layout::init`] made.
    ///
    /// # Errors
    /// [`LayoutError::NotInitialised`] without a `VERSION` file; [`LayoutError::OtherVersion`] for
    /// another format, newer or older: there is no silent downgrade or migration;
    /// [`LayoutError::VersionUnreadable`]; [`LayoutError::Io`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::layout::{Layout, LayoutError};
    /// let dir = tempfile::tempdir()?;
    /// let path = dir.path().join("data");
    /// assert_eq!(Layout::open(&path), Err(LayoutError::NotInitialised { path: path.clone() }));
    /// let made = Layout::init(&path)?;
    /// assert_eq!(Layout::open(&path), Ok(made));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(root: &Path) -> Result<Self, LayoutError> {
        let layout = Self {
            root: root.to_path_buf(),
        };
        let path = || root.to_path_buf();
        let bytes = disk::read_if_exists(&layout.version())?
            .ok_or_else(|| LayoutError::NotInitialised { path: path() })?;
        let found =
            parse_version(&bytes).ok_or_else(|| LayoutError::VersionUnreadable { path: path() })?;
        if found != VERSION {
            return Err(LayoutError::OtherVersion {
                path: path(),
                found,
                known: VERSION,
            });
        }
        Ok(layout)
    }

    /// The data directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The format file.
    pub fn version(&self) -> PathBuf {
        self.root.join("VERSION")
    }

    /// The journal of the index log.
    pub fn index_journal(&self) -> PathBuf {
        self.root.join("index/journal")
    }

    /// Hash tiles of the index log (derived).
    pub fn index_tiles(&self) -> PathBuf {
        self.root.join("index/tiles")
    }

    /// Leaf of the index log → place in its journal (derived).
    pub fn index_positions(&self) -> PathBuf {
        self.root.join("index/positions")
    }

    /// The newest note of the index log with the index quorum.
    pub fn index_full(&self) -> PathBuf {
        self.root.join("index/full")
    }

    /// The indexes this node began to vouch for.
    pub fn index_witnessed(&self) -> PathBuf {
        self.root.join("index/witnessed")
    }

    /// Update proofs of the newest index heads (derived).
    pub fn index_updates(&self) -> PathBuf {
        self.root.join("index/updates")
    }

    /// The lock file, for [`super::lock::DirectoryLock`].
    pub fn lock(&self) -> PathBuf {
        self.root.join("LOCK")
    }

    /// The journal's folder.
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// The folder of claims and texts.
    pub fn bodies(&self) -> PathBuf {
        self.root.join("bodies")
    }

    /// The folder of documents, one file each.
    pub fn documents(&self) -> PathBuf {
        self.root.join("documents")
    }

    /// What the operator withholds, for [`super::withheld::Withheld`].
    pub fn withheld(&self) -> PathBuf {
        self.root.join("withheld")
    }

    /// The logs this node cosigns for, for [`super::witnessed::Witnessed`].
    pub fn witnessed(&self) -> PathBuf {
        self.root.join("witnessed")
    }

    /// Proofs against other logs, for [`super::accusations::Accusations`].
    pub fn fraud(&self) -> PathBuf {
        self.root.join("fraud")
    }

    /// Frozen notes of the log.
    pub fn log_archive(&self) -> PathBuf {
        self.root.join("archive/log")
    }

    /// Frozen notes of the index log.
    pub fn index_archive(&self) -> PathBuf {
        self.root.join("archive/index")
    }

    /// Hash tiles (derived).
    pub fn tiles(&self) -> PathBuf {
        self.root.join("tiles")
    }

    /// Leaf index → journal place (derived).
    pub fn positions(&self) -> PathBuf {
        self.root.join("positions")
    }

    /// The look-up tables (derived).
    pub fn lookup(&self) -> PathBuf {
        self.root.join("lookup")
    }
}

fn parse_version(bytes: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(bytes).ok()?;
    let number = text.strip_prefix(VERSION_PREFIX)?.strip_suffix('\n')?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn another_version_is_refused_in_both_directions() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("data");
        let layout = Layout::init(&root).unwrap();
        for (text, found) in [("0", 0), ("2", 2), ("4000000000", 4_000_000_000)] {
            fs_err::write(layout.version(), format!("{VERSION_PREFIX}{text}\n")).unwrap();
            let refused = Layout::open(&root).unwrap_err();
            let path = root.clone();
            assert_eq!(
                refused,
                LayoutError::OtherVersion {
                    path,
                    found,
                    known: VERSION
                }
            );
            assert_eq!(refused.code(), Reason::StoreVersion);
        }
        for text in ["", "1", "fairtrail-node data 1", "fairtrail-node data x\n"] {
            fs_err::write(layout.version(), text).unwrap();
            let path = root.clone();
            assert_eq!(
                Layout::open(&root),
                Err(LayoutError::VersionUnreadable { path })
            );
        }
    }

    #[test]
    fn a_directory_with_something_in_it_is_not_initialised_again() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("data");
        Layout::init(&root).unwrap();
        let path = root.clone();
        assert_eq!(Layout::init(&root), Err(LayoutError::NotEmpty { path }));
    }

    #[test]
    fn nobody_else_may_enter_the_directory() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("data");
        Layout::init(&root).unwrap();
        let mode = fs_err::metadata(&root).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }

    #[test]
    fn an_interrupted_initialisation_is_not_taken_for_a_log() {
        let dir = tempfile::tempdir().unwrap();
        for operations in 0.. {
            let root = dir.path().join(operations.to_string());
            disk::faults::after(operations);
            let outcome = Layout::init(&root);
            if !disk::faults::lift() {
                return assert!(outcome.is_ok());
            }
            if !root.join("VERSION").exists() {
                assert!(matches!(
                    Layout::open(&root),
                    Err(LayoutError::NotInitialised { .. })
                ));
            }
        }
    }
}
