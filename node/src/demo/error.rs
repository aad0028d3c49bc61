//! Why a demonstration does not come about.

use super::ScenarioError;
use crate::config::ConfigError;
use crate::ops::NodeError;
use crate::service::SubmitError;
use fairtrail::bundle::InquiryError;
use fairtrail::charter::CharterError;
use fairtrail::client::{ClientError, StoreError, SyncError};
use fairtrail::entry::EntryError;
use fairtrail::files::FileError;
use fairtrail::policy::PolicyError;
use fairtrail::reason::Reason;
use fairtrail::replica::ReplicaError;
use fairtrail::statement::StatementError;
use std::path::PathBuf;

/// Why a scenario does not become a world.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The charter is refused.
    #[error(transparent)]
    Charter(#[from] CharterError),
    /// An entry cannot be signed.
    #[error("step {step}: {source}")]
    Entry {
        /// The step.
        step: String,
        /// Why.
        source: EntryError,
    },
    /// A name, date or scope that stands for nothing.
    #[error("nothing is called {name:?}")]
    Name {
        /// The name.
        name: String,
    },
    /// A statement is none.
    #[error("step {step}: {source}")]
    Statement {
        /// The step.
        step: String,
        /// Why.
        source: StatementError,
    },
}

/// Why a demonstration does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The gateway refused or does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The node's configuration is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The directory holds something else than a demonstration.
    #[error("{} is not the seed of a demonstration", file.display())]
    Founding {
        /// The file.
        file: PathBuf,
    },
    /// The indexes do not come to cover what their logs hold.
    #[error("the indexes do not cover their logs")]
    IndexBehind,
    /// What the indexes answer proves nothing.
    #[error(transparent)]
    Inquiry(#[from] InquiryError),
    /// The node could not be made or had to stop.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A fault of this program.
    #[error("a fault of this program")]
    Panicked,
    /// The policy is refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A file could not be read.
    #[error(transparent)]
    Read(std::io::Error),
    /// The logs are not of one network.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// The scenario is none.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The buyer's copy could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What arrives from elsewhere was not taken up.
    #[error("not taken up: {}", .0.detail)]
    Submit(Box<SubmitError>),
    /// The buyer found something wrong with the log.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The scenario does not become a world.
    #[error(transparent)]
    World(#[from] WorldError),
}

impl From<SubmitError> for DemoError {
    fn from(error: SubmitError) -> Self {
        Self::Submit(Box::new(error))
    }
}

impl DemoError {
    /// Stable code, see specs/reason-codes.md; none for faults of the scenario or of this program.
    pub fn code(&self) -> Option<Reason> {
        Some(match self {
            Self::Client(error) => error.code(),
            Self::Config(error) => error.code(),
            Self::File(error) => error.code(),
            Self::Inquiry(error) => error.code(),
            Self::Node(error) => return error.code(),
            Self::Policy(error) => error.code(),
            Self::Replica(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Submit(error) => error.reason,
            Self::Sync(error) => error.code(),
            Self::Founding { .. }
            | Self::IndexBehind
            | Self::Panicked
            | Self::Read(_)
            | Self::Scenario(_)
            | Self::World(_) => return None,
        })
    }
}
