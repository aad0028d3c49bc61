//! Why a connection did not come about, in one word.

use libp2p::allow_block_list::NotAllowed;
use libp2p::connection_limits::Exceeded;
use libp2p::memory_connection_limits::MemoryUsageLimitExceeded;
use libp2p::swarm::{ConnectionDenied, DialError, ListenError};

use crate::metrics::NotConnected;

/// Of a connection that a peer began.
pub(super) fn taken(error: &ListenError) -> NotConnected {
    match error {
        ListenError::Denied { cause } => denied(cause),
        ListenError::Aborted | ListenError::Transport(_) => NotConnected::Handshake,
        ListenError::WrongPeerId { .. } | ListenError::LocalPeerId { .. } => {
            NotConnected::WrongPeer
        }
    }
}

/// Of a connection that this node began; nothing when it was not needed.
pub(super) fn made(error: &DialError) -> Option<NotConnected> {
    Some(match error {
        DialError::DialPeerConditionFalse(_) => return None,
        DialError::Denied { cause } => denied(cause),
        DialError::Aborted | DialError::Transport(_) => NotConnected::Handshake,
        DialError::WrongPeerId { .. } | DialError::LocalPeerId { .. } => NotConnected::WrongPeer,
        DialError::NoAddresses => NotConnected::Unresolved,
    })
}

fn denied(cause: &ConnectionDenied) -> NotConnected {
    if cause.downcast_ref::<NotAllowed>().is_some() {
        NotConnected::NotLetIn
    } else if cause.downcast_ref::<Exceeded>().is_some() {
        NotConnected::Limit
    } else if cause.downcast_ref::<MemoryUsageLimitExceeded>().is_some() {
        NotConnected::Memory
    } else {
        NotConnected::Other
    }
}
