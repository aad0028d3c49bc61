//! What is kept of followed logs on the disk.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use fairtrail::log::Origin;
use fairtrail::reason::Reason;

use crate::config::FollowSettings;
use crate::core::follow::{Known, KnownError};
use crate::store::disk::{self, IoFault};

/// Why nothing is followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeptError {
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
    /// What is kept of a log cannot be used.
    #[error("{}: {source}", path.display())]
    Known {
        /// The file.
        path: PathBuf,
        /// Why.
        source: KnownError,
    },
}

impl KeptError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Io(fault) => fault.code(),
            Self::Known { source, .. } => source.code(),
        }
    }
}

/// Reads what is kept of a log; nothing when it was never followed from here.
///
/// # Errors
/// [`KeptError`].
pub fn kept(data_dir: &Path, settings: &FollowSettings) -> Result<Option<Known>, KeptError> {
    let path = path_of(data_dir, &settings.followed.origin);
    let Some(bytes) = disk::read_if_exists(&path)? else {
        return Ok(None);
    };
    let known = Known::parse(&bytes, &settings.followed.origin, &settings.followed.key);
    known
        .map(Some)
        .map_err(|source| KeptError::Known { path, source })
}

/// Keeps it durably, in place of what was kept before.
pub(super) fn keep(data_dir: &Path, known: &Known) -> Result<(), IoFault> {
    let path = path_of(data_dir, known.origin());
    disk::create_dir(disk::parent(&path))?;
    disk::write_atomic(&path, &known.to_bytes())
}

/// Where it is kept. Origins have slashes; hashes of them do not.
pub(crate) fn path_of(data_dir: &Path, origin: &Origin) -> PathBuf {
    let name = HEXLOWER.encode(&origin.digest());
    data_dir.join("followed").join(name)
}
