//! What a gateway is spoken to through; a trait, so that tests need no socket.

use crate::reason::Reason;
use std::io::{self, Cursor, Read};
use std::time::Duration;

/// Carries one request to a gateway and its answer back. Nothing it returns is trusted.
pub trait Transport: Send + Sync {
    /// Sends a request and reads the whole answer, of at most `request.max_bytes`.
    ///
    /// # Errors
    /// [`TransportError`] when there is no answer of that size.
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError>;

    /// Sends a request and reads of the answer what its reader reads, which bounds it; `patience` is
    /// how long the other side may be silent. A transport that cannot reads the whole answer first.
    ///
    /// # Errors
    /// [`TransportError`] when no answer begins.
    fn open(&self, request: &Request<'_>, patience: Duration) -> Result<Opened, TransportError> {
        let _ = patience;
        let response = self.request(request)?;
        Ok(Opened {
            status: response.status,
            retry_after: response.retry_after,
            body: Box::new(Cursor::new(response.body)),
        })
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// Path and query below the gateway's address; begins with a slash.
    pub path: &'a str,
    /// The media type asked for.
    pub accept: &'static str,
    /// Media type and bytes of what is posted; `None` to get.
    pub content: Option<(&'static str, &'a [u8])>,
    /// How long the gateway may wait before it answers: `Prefer: wait=N`, whole seconds.
    pub wait: Option<Duration>,
    /// Bytes of the largest answer that is of use.
    pub max_bytes: usize,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// When to come again, if the answer says so.
    pub retry_after: Option<Duration>,
    /// The content.
    pub body: Vec<u8>,
}

/// An answer that goes on.
pub struct Opened {
    /// The HTTP status.
    pub status: u16,
    /// When to come again, if the answer says so.
    pub retry_after: Option<Duration>,
    /// The content as it comes, in no way bounded.
    pub body: Box<dyn Read + Send>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The host has no address.
    #[error("the host is not found")]
    HostNotFound,
    /// The connection failed or broke.
    #[error("the connection failed: {kind}")]
    Io {
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// What came back is not HTTP as this client speaks it.
    #[error("the answer is not proper HTTP")]
    Protocol,
    /// Something between here and the gateway answered for it.
    #[error("the gateway is away: status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The encrypted connection was refused.
    #[error("the encrypted connection is refused")]
    Tls,
    /// A larger answer than any of its sort.
    #[error("an answer of more than {max} bytes")]
    TooLarge {
        /// Bytes allowed.
        max: usize,
    },
}

impl TransportError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Protocol | Self::TooLarge { .. } => Reason::GatewayAnswer,
            Self::HostNotFound
            | Self::Io { .. }
            | Self::Status { .. }
            | Self::Timeout
            | Self::Tls => Reason::GatewayUnreachable,
        }
    }
}
