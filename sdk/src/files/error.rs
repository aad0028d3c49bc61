//! Why a file operation was refused.

use crate::key::KeyFileError;
use crate::reason::Reason;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be made, read or trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file is there and is never overwritten.
    #[error("{} exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The key file belongs to somebody else.
    #[error("{} belongs to user {owner}, not to user {user}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Its owner's number.
        owner: u32,
        /// The number of the user this process runs as.
        user: u32,
    },
    /// The operating system refused.
    #[error("cannot {action} {}: {kind}", path.display())]
    Io {
        /// What was tried: `read`, `sync`, …
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// How the operating system answered.
        kind: io::ErrorKind,
    },
    /// The text is no key file of the purpose asked for.
    #[error("{}: {source}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyFileError,
    },
    /// Group or others may use the key file.
    #[error("{} has mode {mode:03o}, expected 600", path.display())]
    Lax {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Another process uses the directory.
    #[error("{} is in use by another process", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    Randomness,
    /// The file is larger than anything of its sort.
    #[error("{} has more than {max} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Bytes allowed.
        max: u64,
    },
}

impl FileError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Exists { .. } => Reason::FileExists,
            Self::Foreign { .. } | Self::Lax { .. } => Reason::KeyFileLax,
            Self::Io {
                kind: io::ErrorKind::NotFound,
                ..
            } => Reason::NotFound,
            Self::Io { .. } | Self::Randomness => Reason::FileFailed,
            Self::Key { source, .. } => source.code(),
            Self::Locked { .. } => Reason::DirectoryLocked,
            Self::TooLarge { .. } => Reason::TooLarge,
        }
    }
}

/// Gives an error of the operating system the action and the path it lacks.
pub(crate) trait At<T> {
    /// Names what was tried, and on which path.
    fn at(self, action: &'static str, path: &Path) -> Result<T, FileError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T, FileError> {
        self.map_err(|error| {
            let (path, kind) = (path.to_path_buf(), error.kind());
            if kind == io::ErrorKind::AlreadyExists {
                FileError::Exists { path }
            } else {
                FileError::Io { action, path, kind }
            }
        })
    }
}
