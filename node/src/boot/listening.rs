//! A listener, bound before a runtime takes it over.

use std::net::{self, SocketAddr};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::ops::NodeError;

/// A listener of a runtime, and its address.
pub(super) struct Listening {
    pub(super) listener: TcpListener,
    pub(super) address: SocketAddr,
}

impl Listening {
    /// Hands a listener to the runtime.
    pub(super) fn within(
        runtime: &Runtime,
        address: SocketAddr,
        listener: net::TcpListener,
    ) -> Result<Self, NodeError> {
        let refused = |error| refused(address, &error);
        let _entered = runtime.enter();
        listener.set_nonblocking(true).map_err(refused)?;
        let listener = TcpListener::from_std(listener).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        Ok(Self { listener, address })
    }
}

/// Listens.
pub(super) fn bind(address: SocketAddr) -> Result<net::TcpListener, NodeError> {
    net::TcpListener::bind(address).map_err(|error| refused(address, &error))
}

fn refused(address: SocketAddr, error: &std::io::Error) -> NodeError {
    let kind = error.kind();
    NodeError::Listen { address, kind }
}
