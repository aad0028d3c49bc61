//! A node over libp2p that answers with what a test wants.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fairtrail::log::{Tile, TilePath};
use fairtrail::reason::Reason;
use fairtrail_node::p2p::message::{Ask, Head, Hello, Pull, Told};
use libp2p::futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, StreamExt};
use libp2p::identity::Keypair;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{StreamProtocol, Swarm, SwarmBuilder, noise, ping, tcp, yamux};

use crate::liar::{LOG, Shown, served};
use crate::peer::Carrier;
use crate::support::{charter, secret};

/// What is noted when somebody says who it is.
pub(crate) const HELLO: &str = "hello";

#[derive(NetworkBehaviour)]
struct Behaviour {
    ask: request_response::Behaviour<Frames>,
    pull: libp2p_stream::Behaviour,
    ping: ping::Behaviour,
}

/// Listens for as long as the process runs; the address, with the peer id.
pub(crate) fn listen(over: Carrier, shown: Arc<Mutex<Shown>>) -> String {
    let address = over.at(over.free());
    let keypair = Keypair::ed25519_from_bytes(*secret(78).seed()).unwrap();
    let named = format!("{address}/p2p/{}", keypair.public().to_peer_id());
    std::thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(serve(&keypair, &address, shown));
    });
    named
}

async fn serve(keypair: &Keypair, address: &str, shown: Arc<Mutex<Shown>>) {
    let mut swarm = swarm(keypair);
    swarm.listen_on(address.parse().unwrap()).unwrap();
    let mut control = swarm.behaviour().pull.new_control();
    let mut streams = control.accept(protocol("pull")).unwrap();
    let answers = Arc::clone(&shown);
    tokio::spawn(async move {
        while let Some((_, mut stream)) = streams.next().await {
            // Whoever went away needs no answer.
            let _ = pulled(&mut stream, &answers).await;
        }
    });
    loop {
        let SwarmEvent::Behaviour(BehaviourEvent::Ask(request_response::Event::Message {
            message:
                request_response::Message::Request {
                    request, channel, ..
                },
            ..
        })) = swarm.select_next_some().await
        else {
            continue;
        };
        let told = told(&shown, &request).to_bytes();
        let _ = swarm.behaviour_mut().ask.send_response(channel, told);
    }
}

fn swarm(keypair: &Keypair) -> Swarm<Behaviour> {
    let ask = request_response::Behaviour::with_codec(
        Frames,
        [(protocol("ask"), ProtocolSupport::Full)],
        request_response::Config::default(),
    );
    let behaviour = Behaviour {
        ask,
        pull: libp2p_stream::Behaviour::new(),
        ping: ping::Behaviour::default(),
    };
    SwarmBuilder::with_existing_identity(keypair.clone())
        .with_tokio()
        .with_tcp(
            tcp::Config::default(),
            noise::Config::new,
            yamux::Config::default,
        )
        .unwrap()
        .with_quic()
        .with_behaviour(|_| behaviour)
        .unwrap()
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(60)))
        .build()
}

fn protocol(what: &str) -> StreamProtocol {
    let network = charter().network().to_string();
    let (_, network) = network.split_once(':').unwrap();
    StreamProtocol::try_from_owned(format!("/fairtrail/{network}/{what}/1")).unwrap()
}

/// The answer to a small question.
fn told(shown: &Mutex<Shown>, question: &[u8]) -> Told {
    let found = match Ask::parse(question).unwrap() {
        Ask::Hello(_) => {
            shown.lock().unwrap().asked.insert(HELLO.to_owned());
            let network = charter().network();
            let origin = LOG.parse().unwrap();
            return Told::Hello(Hello { network, origin });
        }
        Ask::IndexTile(tile) => served(shown, &index_tile(tile)),
        _ => None,
    };
    found.map_or(Told::Refused(Reason::NotFound), Told::Tile)
}

fn index_tile(tile: Tile) -> String {
    format!("/index/{}", TilePath::Hashes(tile))
}

/// Answers one bulk question.
async fn pulled(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    shown: &Mutex<Shown>,
) -> io::Result<()> {
    let question = read(stream).await?;
    let path = match Pull::parse(&question).unwrap() {
        Pull::Heads { bundle } => format!("/index/{}", TilePath::Entries(bundle)),
        Pull::Entries { bundle, .. } => format!("/{}", TilePath::Entries(bundle)),
        Pull::Update { leaf } => format!("/index/update/{leaf}"),
        Pull::Down { .. } | Pull::File { .. } | Pull::Parts { .. } => String::new(),
    };
    match served(shown, &path) {
        Some(bytes) => {
            write(stream, &Head::Bytes(bytes.len() as u64).to_bytes()).await?;
            for piece in bytes.chunks(1 << 18) {
                write(stream, piece).await?;
            }
        }
        None => write(stream, &Head::Refused(Reason::NotFound).to_bytes()).await?,
    }
    stream.close().await
}

/// A length of four bytes, and what has it.
async fn read(io: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    io.read_exact(&mut length).await?;
    let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
    io.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn write(io: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).unwrap();
    io.write_all(&length.to_be_bytes()).await?;
    io.write_all(bytes).await
}

/// One frame each way.
#[derive(Debug, Clone)]
struct Frames;

impl request_response::Codec for Frames {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io).await
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        bytes: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, &bytes).await?;
        io.close().await
    }

    async fn write_response<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        bytes: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, &bytes).await?;
        io.close().await
    }
}
