use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use fairtrail::charter::CharterError;
use fairtrail::files::FileError;
use fairtrail::log::{LogError, Origin};
use fairtrail::note::NoteError;
use fairtrail::reason::Reason;

use crate::config::ConfigError;
use crate::demo::WorldError;
use crate::follow::KeptError;
use crate::ledger::LedgerError;
use crate::ops::RecoverError;
use crate::ops::backup::BackupError;
use crate::p2p::P2pError;
use crate::store::records::RecordError;
use crate::store::witnessed::WitnessedError;

/// Exit status of what must not be overridden: more, or another history, may have been signed.
const EXIT_ROLLBACK: u8 = 78;

/// Why a command of the node failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// Nothing is backed up or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The charter is none.
    #[error("{}: {source}", path.display())]
    Charter {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CharterError,
    },
    /// The configuration is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The demonstration cannot be built.
    #[error(transparent)]
    Demo(#[from] WorldError),
    /// A file is in the way or cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is kept of a followed log cannot be used.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// The log cannot be opened, or had to stop.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {kind}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// How the operating system answered.
        kind: std::io::ErrorKind,
    },
    /// A name or a text of the log is refused.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A key name is refused.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A log's own witness cosigns it as it is published, and for nobody who asks.
    #[error("{origin} is this node's own log")]
    OwnLog {
        /// The log.
        origin: Origin,
    },
    /// Other nodes cannot be heard.
    #[error(transparent)]
    P2p(#[from] P2pError),
    /// The node may not sign yet.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// A witness record cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// What is known of a log that signed two histories is not forgotten by mistake.
    #[error("{origin} signed two histories; what is kept of it is not forgotten")]
    Convicted {
        /// The log.
        origin: Origin,
    },
    /// The runtime could not be started.
    #[error("cannot start: {kind}")]
    Runtime {
        /// How the operating system answered.
        kind: std::io::ErrorKind,
    },
    /// The list of witnessed logs cannot be used.
    #[error(transparent)]
    Witnessed(#[from] WitnessedError),
}

impl NodeError {
    /// Stable code, see specs/reason-codes.md.
    pub fn code(&self) -> Option<Reason> {
        Some(match self {
            Self::Backup(error) => error.code(),
            Self::Charter { source, .. } => source.code(),
            Self::Config(error) => error.code(),
            Self::Demo(_) | Self::Runtime { .. } => return None,
            Self::Convicted { .. } => Reason::LogForked,
            Self::File(error) => error.code(),
            Self::Kept(error) => error.code(),
            Self::Ledger(error) => error.code(),
            Self::Listen { kind, .. } if *kind == std::io::ErrorKind::AddrInUse => {
                Reason::AddressInUse
            }
            Self::Listen { .. } | Self::OwnLog { .. } => Reason::ConfigInvalid,
            Self::Log(error) => error.code(),
            Self::Note(error) => error.code(),
            Self::P2p(error) => error.code(),
            Self::Recover(error) => error.code(),
            Self::Record(error) => error.code(),
            Self::Witnessed(error) => error.code(),
        })
    }

    /// What may help.
    pub fn hint(&self) -> Option<&'static str> {
        if matches!(self, Self::Convicted { .. }) {
            return Some("with --although-forked it is, and its proofs are set aside");
        }
        hint(self.code()?)
    }

    /// The exit status.
    pub fn exit_status(&self) -> u8 {
        match self.code() {
            // It is about another log; this one may sign.
            _ if matches!(self, Self::Convicted { .. }) => 1,
            Some(Reason::LogForked | Reason::ReadOnly | Reason::RollbackSuspected) => EXIT_ROLLBACK,
            _ => 1,
        }
    }
}

/// What may help when this stands in the way.
pub(crate) const fn hint(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::AddressInUse => "choose another address with --listen or --admin",
        Reason::ConfigInvalid => "the comments in node.toml say what may stand there",
        Reason::DirectoryLocked => "stop the other process first",
        Reason::FileExists => {
            "a log is never initialised twice; choose another directory or origin"
        }
        Reason::GuardMissing => {
            "put the guard back from where it was; without it this log must not sign again"
        }
        Reason::JournalDamaged => {
            "keep the files as they are; the log is recovered from its followers or retired"
        }
        Reason::KeyFileLax => "chmod 600 the key file, and ask who has read it",
        Reason::NotInitialised => "fairtrail-node init --data-dir DIR --charter FILE --origin O",
        Reason::BackupInvalid => "take another backup; this one was not finished or has changed",
        Reason::LogForked => {
            "this log's key signed two histories: stop every copy, keep all of them, and go on \
             under a new origin"
        }
        Reason::ReadOnly => {
            "fairtrail-node recover --data-dir DIR --from URL..., with followers, mirrors and \
             witnesses of this log; run --read-only serves what there is meanwhile"
        }
        Reason::RollbackSuspected => {
            "this data is older than what was signed: bring back the newest copy, or the lost \
             leaves with fairtrail-node recover; never sign with an old one, and never delete \
             the guard"
        }
        Reason::StoreVersion => "use the version of this program that wrote the directory",
        _ => return None,
    })
}

impl From<Arc<LedgerError>> for NodeError {
    fn from(error: Arc<LedgerError>) -> Self {
        Self::Ledger(LedgerError::clone(&error))
    }
}
