//! A swarm that listens: tcp with noise and yamux, and quic.

use std::time::Duration;

use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::{Boxed, OrTransport};
use libp2p::core::upgrade::Version;
use libp2p::futures::FutureExt;
use libp2p::futures::future::Either;
use libp2p::identity::Keypair;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId, Swarm, Transport, TransportError, noise, quic, swarm, tcp, yamux};
use tokio::sync::mpsc;

use super::behaviour::Behaviour;
use super::error::P2pError;
use super::names::Names;
use super::resolving::is_name;
use crate::config::P2pSettings;
use crate::metrics::Metrics;

/// Time for a handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Time after which a connection that nothing uses is closed.
const IDLE: Duration = Duration::from_secs(120);
/// Streams of one connection.
const STREAMS: u16 = 128;
/// Bytes of one stream, and of one quic connection, that may wait here.
const STREAM_BYTES: u32 = 2 << 20;
const CONNECTION_BYTES: u32 = 8 << 20;

/// A swarm, and the news that one of its tasks has panicked.
pub(super) struct Listening {
    pub(super) swarm: Swarm<Behaviour>,
    pub(super) broken: mpsc::Receiver<()>,
}

/// Makes a swarm and listens.
///
/// # Errors
/// [`P2pError`]: an address is in use or of no use.
pub(super) fn listen(
    keypair: &Keypair,
    names: &Names,
    settings: &P2pSettings,
    metrics: &Metrics,
) -> Result<Listening, P2pError> {
    let behaviour = Behaviour::new(keypair, names, settings, metrics);
    let behaviour = behaviour.map_err(|what| P2pError::Setup { what })?;
    let (breaks, broken) = mpsc::channel(1);
    let config = swarm::Config::with_executor(move |task: Task| spawn(task, breaks.clone()))
        .with_idle_connection_timeout(IDLE)
        .with_max_negotiating_inbound_streams(64)
        .with_per_connection_event_buffer_size(16);
    let id = keypair.public().to_peer_id();
    let mut swarm = Swarm::new(transport(keypair)?, behaviour, id, config);
    for address in &settings.listen {
        swarm.listen_on(address.clone()).map_err(|error| {
            let kind = match error {
                TransportError::Other(error) => error.kind(),
                TransportError::MultiaddrNotSupported(_) => std::io::ErrorKind::Unsupported,
            };
            P2pError::Listen {
                address: address.clone(),
                kind,
            }
        })?;
    }
    Ok(Listening { swarm, broken })
}

type Task = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs the task of a connection. One that panics leaves a swarm that waits for it, so that it is
/// told of.
fn spawn(task: Task, breaks: mpsc::Sender<()>) {
    tokio::spawn(async move {
        let task = std::panic::AssertUnwindSafe(task);
        if task.catch_unwind().await.is_err() {
            // Told once is enough.
            let _ = breaks.try_send(());
        }
    });
}

fn transport(keypair: &Keypair) -> Result<Boxed<(PeerId, StreamMuxerBox)>, P2pError> {
    let noise = noise::Config::new(keypair).map_err(|_| P2pError::Setup {
        what: "noise refuses the node's key",
    })?;
    let mut streams = yamux::Config::default();
    streams.set_max_num_streams(STREAMS.into());
    let tcp = tcp::tokio::Transport::new(tcp::Config::new())
        .upgrade(Version::V1Lazy)
        .authenticate(noise)
        .multiplex(streams)
        .timeout(HANDSHAKE);
    let mut config = quic::Config::new(keypair);
    config.handshake_timeout = HANDSHAKE;
    config.max_concurrent_stream_limit = STREAMS.into();
    config.max_stream_data = STREAM_BYTES;
    config.max_connection_data = CONNECTION_BYTES;
    let quic = quic::tokio::Transport::new(config);
    Ok(OrTransport::new(quic, tcp)
        .map(|either, _| match either {
            Either::Left((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
            Either::Right((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
        })
        .boxed())
}

/// Whether an address can be listened on: an IP address, tcp or quic.
pub fn is_supported(address: &Multiaddr) -> bool {
    let mut parts = address.iter();
    let ip = matches!(parts.next(), Some(Protocol::Ip4(_) | Protocol::Ip6(_)));
    ip && is_port(parts)
}

/// Whether an address can be called if the operator says so: as for listening, or with a name in the
/// place of the IP address.
pub fn is_callable(address: &Multiaddr) -> bool {
    let mut parts = address.iter();
    match parts.next() {
        Some(Protocol::Dns4(name) | Protocol::Dns6(name)) => is_name(&name) && is_port(parts),
        _ => is_supported(address),
    }
}

fn is_port<'a>(mut parts: impl Iterator<Item = Protocol<'a>>) -> bool {
    let port = match parts.next() {
        Some(Protocol::Tcp(_)) => true,
        Some(Protocol::Udp(_)) => parts.next() == Some(Protocol::QuicV1),
        _ => false,
    };
    port && parts.next().is_none()
}
