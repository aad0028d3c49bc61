use fairtrail::client::ClientError;
use fairtrail::index::IndexError;
use fairtrail::log::{LogError, TileError};

use crate::core::follow::Failure;
use crate::store::records::RecordError;

/// Why heads could not be checked. It proves nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the peer answers {}", .0.0)]
    Peer(Failure),
    #[error("{0}")]
    Tiles(String),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error("what was read is not what was asked for")]
    Short,
    #[error("the heads checked before are not those of this tree")]
    OtherHistory,
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("it has no address to be read at")]
    Nowhere,
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self::Peer(failure)
    }
}

impl From<TileError<Self>> for Unread {
    fn from(error: TileError<Self>) -> Self {
        match error {
            TileError::Source(error) => error,
            error => Self::Tiles(error.to_string()),
        }
    }
}

impl From<LogError> for Unread {
    fn from(error: LogError) -> Self {
        Self::Tiles(error.to_string())
    }
}
