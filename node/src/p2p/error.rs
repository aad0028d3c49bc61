use std::io::ErrorKind;

use fairtrail::reason::Reason;
use libp2p::Multiaddr;

/// Why nothing is heard of other nodes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum P2pError {
    /// The address cannot be listened on.
    #[error("cannot listen for peers on {address}: {kind}")]
    Listen {
        /// The address.
        address: Multiaddr,
        /// How the operating system answered.
        kind: ErrorKind,
    },
    /// A library refuses what it is set up with.
    #[error("{what}")]
    Setup {
        /// What is refused.
        what: &'static str,
    },
}

impl P2pError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Listen {
                kind: ErrorKind::AddrInUse,
                ..
            } => Reason::AddressInUse,
            Self::Listen { .. } => Reason::ConfigInvalid,
            Self::Setup { .. } => Reason::Internal,
        }
    }
}
