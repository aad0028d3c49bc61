//! Why a development network does not come about.

use std::path::PathBuf;

use fairtrail::charter::CharterError;
use fairtrail::client::ClientError;
use fairtrail::entry::EntryError;
use fairtrail::files::{AuthorError, FileError};
use fairtrail::reason::Reason;

use super::MAX_NODES;
use crate::config::ConfigError;
use crate::ops::{self, NodeError};

/// Why a development network does not come about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevnetError {
    /// An author's directory refused.
    #[error(transparent)]
    Author(#[from] AuthorError),
    /// The charter is refused.
    #[error(transparent)]
    Charter(#[from] CharterError),
    /// A node refused or does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A node's configuration is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A node ended before it served.
    #[error("node {node} ended ({status}) before it served; see {}{said}", log.display())]
    Ended {
        /// Its number.
        node: usize,
        /// How it ended.
        status: String,
        /// Where it wrote.
        log: PathBuf,
        /// What it wrote last.
        said: String,
    },
    /// An entry cannot be signed.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A fault of this program.
    #[error("a fault of this program: {what}")]
    Internal {
        /// What.
        what: &'static str,
    },
    /// A node could not be made.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// Too few or too many nodes.
    #[error("{found} nodes; 1 to {MAX_NODES} can be run")]
    Number {
        /// The number asked for.
        found: usize,
    },
    /// The operating system refused.
    #[error("cannot {action}: {kind}")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// How it answered.
        kind: std::io::ErrorKind,
    },
    /// The nodes did not come to hold the same entries.
    #[error("after {seconds} s the nodes do not hold the same entries: {sizes:?}")]
    Slow {
        /// How long they had.
        seconds: u64,
        /// How many entries each of them has published.
        sizes: Vec<u64>,
    },
}

impl DevnetError {
    /// What may help.
    pub fn hint(&self) -> Option<&'static str> {
        match (self, self.code()) {
            (Self::Refused { .. }, Some(Reason::AddressInUse)) => Some("choose another --port"),
            (Self::Number { .. }, _) => Some("say --nodes 3"),
            (_, code) => ops::hint(code?),
        }
    }

    /// Stable code, see specs/reason-codes.md; none for faults of this program and its processes.
    pub fn code(&self) -> Option<Reason> {
        Some(match self {
            Self::Author(error) => error.code(),
            Self::Charter(error) => error.code(),
            Self::Client(error) => error.code(),
            Self::Config(error) => error.code(),
            Self::Entry(error) => error.code(),
            Self::File(error) => error.code(),
            Self::Node(error) => return error.code(),
            Self::Number { .. } => Reason::ConfigInvalid,
            Self::Refused { kind, .. } if *kind == std::io::ErrorKind::AddrInUse => {
                Reason::AddressInUse
            }
            Self::Ended { .. }
            | Self::Internal { .. }
            | Self::Refused { .. }
            | Self::Slow { .. } => return None,
        })
    }
}
