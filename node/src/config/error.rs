use std::path::PathBuf;

use fairtrail::files::FileError;
use fairtrail::log::LogError;
use fairtrail::reason::Reason;

/// Why a node cannot be configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A followed log.
    #[error("{}: follow {number} is {what}", path.display())]
    Follow {
        /// The file.
        path: PathBuf,
        /// The section, from 1.
        number: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// There is no configuration.
    #[error("{} is missing", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The origin is none.
    #[error("{}: {source}", path.display())]
    Origin {
        /// The file.
        path: PathBuf,
        /// Why.
        source: LogError,
    },
    /// A value outside of its bounds.
    #[error("{}: {key} is {found}, {allowed} is allowed", path.display())]
    OutOfRange {
        /// The file.
        path: PathBuf,
        /// The key.
        key: &'static str,
        /// What stands there.
        found: u64,
        /// What may stand there.
        allowed: &'static str,
    },
    /// The text is not this configuration; the message points at the place.
    #[error("{}: {message}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
}

impl ConfigError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::File(error) => error.code(),
            Self::Missing { .. } => Reason::NotInitialised,
            Self::Follow { .. }
            | Self::Origin { .. }
            | Self::OutOfRange { .. }
            | Self::Text { .. } => Reason::ConfigInvalid,
        }
    }
}
