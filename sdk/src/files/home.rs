//! The home directory: where a person's authors and charters are kept.

use super::error::At;
use super::{FileError, create_dir, create_new, read_bounded};
use crate::charter::{Charter, CharterError};
use crate::id::{NetworkId, to_base32};
use crate::limits::CHARTER_BYTES;
use crate::reason::Reason;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A local name for an author: a handle on this machine, never signed or sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuthorName(Box<str>);

/// The text is not a local name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to 63 of `a`–`z`, `0`–`9` and `-`, beginning with a letter or digit")]
pub struct NameError;

impl NameError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(self) -> Reason {
        Reason::RequestMalformed
    }
}

impl FromStr for AuthorName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let good =
            (1..=63).contains(&text.len()) && !text.starts_with('-') && text.bytes().all(fits);
        if good {
            Ok(Self(text.into()))
        } else {
            Err(NameError)
        }
    }
}

impl fmt::Display for AuthorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<Path> for AuthorName {
    fn as_ref(&self) -> &Path {
        Path::new(&*self.0)
    }
}

/// Where a person's authors and charters are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    path: PathBuf,
    guard: PathBuf,
}

impl Home {
    /// The home at `path`; nothing is made before it is needed.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let mut guard = path.clone().into_os_string();
        guard.push("-guard");
        let guard = guard.into();
        Self { path, guard }
    }

    /// The same home with its authors' marks elsewhere; best where no backup of it is put back.
    #[must_use]
    pub fn with_guard(self, guard: impl Into<PathBuf>) -> Self {
        let guard = guard.into();
        Self { guard, ..self }
    }

    /// The directory of the marks: beside the home, unless it was said.
    pub fn guard(&self) -> &Path {
        &self.guard
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory of one author.
    pub fn author(&self, name: &AuthorName) -> PathBuf {
        self.path.join("authors").join(name)
    }

    /// The names of all authors, sorted.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn authors(&self) -> Result<Vec<AuthorName>, FileError> {
        let path = self.path.join("authors");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for item in fs_err::read_dir(&path).at("read", &path)? {
            let name = item.at("read", &path)?.file_name();
            names.extend(name.to_str().and_then(|name| name.parse().ok()));
        }
        names.sort();
        Ok(names)
    }

    /// Keeps a charter, so that later commands need only the author's name.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn keep_charter(&self, charter: &Charter) -> Result<(), FileError> {
        let path = self.charter_path(charter.network());
        create_dir(&self.path.join("charters"))?;
        match create_new(&path, charter.bytes()) {
            Err(FileError::Exists { .. }) => Ok(()),
            other => other,
        }
    }

    /// The charter of `network`, if it was kept and its bytes still hash to the network.
    ///
    /// # Errors
    /// [`HomeError::File`] with `NotFound` when it was never kept; the others when it is damaged.
    pub fn charter(&self, network: NetworkId) -> Result<Charter, HomeError> {
        let path = self.charter_path(network);
        let bytes = read_bounded(&path, u64::try_from(CHARTER_BYTES).unwrap_or(u64::MAX))?;
        let charter = Charter::parse(&bytes)?;
        let found = charter.network();
        if found == network {
            Ok(charter)
        } else {
            Err(HomeError::Network {
                expected: network,
                found,
            })
        }
    }

    fn charter_path(&self, network: NetworkId) -> PathBuf {
        let name = format!("{}.charter", to_base32(network.as_bytes()));
        self.path.join("charters").join(name)
    }
}

/// Why a kept charter cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HomeError {
    /// It is no charter.
    #[error(transparent)]
    Charter(#[from] CharterError),
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is the charter of another network.
    #[error("expected the charter of {expected}, found that of {found}")]
    Network {
        /// The network asked for.
        expected: NetworkId,
        /// The network of the bytes.
        found: NetworkId,
    },
}

impl HomeError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Charter(error) => error.code(),
            Self::File(error) => error.code(),
            Self::Network { .. } => Reason::NetworkMismatch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_cannot_leave_the_directory() {
        for good in ["acme", "a", "root-1", "0"] {
            assert_eq!(good.parse::<AuthorName>().unwrap().to_string(), good);
        }
        let long = "a".repeat(64);
        for bad in ["", "-a", "A", "a/b", "..", ".", "a b", "a\0", &long] {
            assert_eq!(bad.parse::<AuthorName>(), Err(NameError), "{bad}");
        }
    }

    #[test]
    fn an_empty_home_has_no_authors() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("missing"));
        assert_eq!(home.authors(), Ok(vec![]));
    }
}
