//! Calling peers.

use std::sync::Arc;

use libp2p::core::ConnectedPoint;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::{Multiaddr, PeerId};
use prometheus_client::metrics::gauge::Gauge;

use super::Run;
use crate::metrics::{Caller, NotConnected, Transport};
use crate::p2p::command::Command;
use crate::p2p::names::peer_of;
use crate::p2p::resolving::{is_named, resolved};

impl Run {
    /// Calls whom it is time to call. Names are looked up by tasks of their own.
    pub(super) fn call_due(&mut self) {
        let (now, swarm) = (self.shared.now(), &self.swarm);
        let is_connected = |key| peer_of(key).is_some_and(|peer| swarm.is_connected(&peer));
        for (key, addresses) in self.dialing.due(now, is_connected) {
            let Some(peer) = peer_of(key) else { continue };
            if !addresses.iter().any(is_named) {
                self.call(peer, addresses);
                continue;
            }
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move {
                let addresses = resolved(addresses).await;
                shared.tell(Command::Call { peer, addresses }).await;
            });
        }
    }

    pub(super) fn call(&mut self, peer: PeerId, addresses: Vec<Multiaddr>) {
        if addresses.is_empty() {
            let metrics = &self.shared.metrics;
            return metrics.not_connected(Caller::this, NotConnected::Unresolved);
        }
        let options = DialOpts::peer_id(peer)
            .condition(PeerCondition::DisconnectedAndNotDialing)
            .addresses(addresses)
            .build();
        if let Err(error) = self.swarm.dial(options) {
            tracing::debug!(%peer, %error, "not called");
        }
    }

    /// Connections over the transport of this one.
    pub(super) fn over(&self, endpoint: &ConnectedPoint) -> Gauge {
        let address = endpoint.get_remote_address();
        let quic = address.iter().any(|part| part == Protocol::QuicV1);
        let over = if quic {
            Transport::quic
        } else {
            Transport::tcp
        };
        self.shared.metrics.connections_over(over)
    }
}
