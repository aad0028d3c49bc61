//! Running a node: from settings to a log behind two listeners, until asked to stop.

use std::net::{self, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use fairtrail::api::{LogInfo, WitnessInfo};
use fairtrail::charter::Charter;
use fairtrail::id::NetworkId;
use fairtrail::key::SecretKey;
use fairtrail::log::Origin;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::asking::{AskedWitness, Plan};
use crate::clock;
use crate::config::{FollowSettings, P2pSettings, PeerAddress, Settings};
use crate::core::follow::Known;
use crate::follow::{self, Peers};
use crate::gossip::{self, Ear, PeerEar};
use crate::http::{self, GatewayLimits};
use crate::ledger::{Keys, Ledger, LedgerError};
use crate::ops::{self, NodeError, Vkeys, index_info, keys_to_run, read_charter};
use crate::p2p;
use crate::service::Service;
use crate::shutdown;
use crate::store::mirrored::Mirrors;

mod listening;
mod setup;

use listening::Listening;

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything.
    Full,
    /// Shows what was published last; takes nothing and signs nothing, for itself or for others.
    ReadOnly,
}

/// A node that runs.
pub struct Node {
    runtime: Runtime,
    ledger: Ledger,
    service: Service,
    stop: watch::Receiver<bool>,
    gateway: Listening,
    admin: Option<Listening>,
    follow: Follow,
    network: Option<Peering>,
    closing: watch::Sender<bool>,
    limits: GatewayLimits,
}

/// Other nodes: asked through the one, ended with the other.
struct Peering {
    handle: p2p::Handle,
    running: p2p::Running,
    listens: usize,
}

/// What is to be followed, and how it goes.
struct Follow {
    data_dir: PathBuf,
    logs: Vec<(FollowSettings, Known)>,
    peers: Peers,
    mirrors: Mirrors,
    ear: Ear,
}

impl Node {
    /// Opens the log and listens. Clients may connect; they are answered once [`Node::serve`] runs.
    ///
    /// # Errors
    /// [`NodeError`]: nothing runs then.
    pub fn start(settings: Settings) -> Result<Self, NodeError> {
        Self::start_as(settings, Mode::Full)
    }

    /// As [`Node::start`], or for reading alone.
    ///
    /// # Errors
    /// [`NodeError`]: nothing runs then.
    pub fn start_as(settings: Settings, mode: Mode) -> Result<Self, NodeError> {
        let listener = Self::listen(settings.listen)?;
        Self::start_on(settings, mode, listener)
    }

    /// Listens, for whoever has to tell others the address before the node stands.
    ///
    /// # Errors
    /// [`NodeError::Listen`].
    pub fn listen(address: SocketAddr) -> Result<net::TcpListener, NodeError> {
        listening::bind(address)
    }

    /// As [`Node::start_as`], with a gateway that listens already.
    ///
    /// # Errors
    /// [`NodeError`]: nothing runs then.
    pub fn start_on(
        mut settings: Settings,
        mode: Mode,
        gateway: net::TcpListener,
    ) -> Result<Self, NodeError> {
        if mode == Mode::ReadOnly {
            // What is followed could not be taken up.
            settings.follow.clear();
            settings.p2p.listen.clear();
            settings.p2p.bootstrap.clear();
        }
        let whole = (mode == Mode::Full).then(|| settings.clone());
        let charter = read_charter(&settings.charter)?;
        let keys = keys_to_run(&settings, mode == Mode::Full)?;
        let info = log_info(&settings, &keys, &charter);
        let runtime = runtime()?;
        let gateway = Listening::within(&runtime, settings.listen, gateway)?;
        let admin = settings
            .admin
            .map(|at| Listening::within(&runtime, at, Self::listen(at)?));
        let admin = admin.transpose()?;
        let witness = Arc::new(ops::witness(&settings)?);
        let plan = PeeringPlan::of(&settings, charter.network())?;
        let hub = Arc::new(ops::gossip(&settings, &keys, charter.network())?);
        let data_dir = settings.data_dir.clone();
        let peers = Peers::new(&settings.follow, clock::system());
        let setup = setup::of(&settings, charter.clone(), keys);
        let ledger = match mode {
            Mode::Full => Ledger::open(setup)?,
            Mode::ReadOnly => Ledger::open_read_only(setup)?,
        };
        let service = Service::new(ledger.access(), info, charter).with_gossip(Arc::clone(&hub));
        let service = match mode {
            Mode::Full => service.with_witness(witness),
            // Nothing is signed, for others neither.
            Mode::ReadOnly => service,
        };
        service.metrics().watch_disk(&data_dir);
        let own = service.health().admitted;
        let mut logs = follow::load(&data_dir, settings.follow, own)?;
        let mirrors = follow::mirrors(&data_dir, &mut logs).map_err(LedgerError::from)?;
        let service = service.with_kept_bundles(settings.bundle_bytes);
        let mut service = service.with_mirrors(mirrors.clone());
        let vouching = whole.map(|whole| ops::index_witness(&whole, &service));
        let vouching = vouching.transpose()?.flatten().map(Arc::new);
        if let Some(vouching) = &vouching {
            service = service.with_index_witness(Arc::clone(vouching));
        }
        let ear = Ear::new(hub, service.clone());
        let stop = runtime.block_on(async { shutdown::listen() });
        let (closing, closes) = watch::channel(false);
        let entered = runtime.enter();
        let network = plan.map(|plan| peer(plan, service.clone(), ear.clone(), closes));
        let network = network.transpose()?;
        if let Some((vouching, network)) = vouching.zip(network.as_ref()) {
            vouching.reach(network.handle.waiting());
        }
        drop(entered);
        Ok(Self {
            runtime,
            ledger,
            service,
            stop,
            gateway,
            admin,
            follow: Follow {
                data_dir,
                logs,
                peers,
                mirrors,
                ear,
            },
            network,
            closing,
            limits: settings.limits,
        })
    }

    /// Where the gateway listens.
    pub const fn address(&self) -> SocketAddr {
        self.gateway.address
    }

    /// Where other nodes reach this one, with its peer id.
    pub fn peer_addresses(&self) -> Vec<String> {
        let network = self.network.as_ref();
        let known = network.map(|network| {
            let listening = network.handle.listening(network.listens);
            self.runtime.block_on(listening)
        });
        known.unwrap_or_default()
    }

    /// The log.
    pub fn service(&self) -> Service {
        self.service.clone()
    }

    /// The runtime that serves, for whoever has questions of his own.
    pub const fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Serves until asked to stop by a signal, the log ends, or `done` is done; then lets requests
    /// under way end, commits and publishes what is waiting, and returns.
    ///
    /// # Errors
    /// [`NodeError::Ledger`] when the log had to stop.
    pub fn serve(self, done: impl Future<Output = ()> + Send) -> Result<(), NodeError> {
        let Self {
            runtime,
            ledger,
            service,
            stop,
            gateway,
            admin,
            follow,
            network,
            closing,
            limits,
        } = self;
        let checkpoint = service.checkpoint();
        let size = checkpoint.size().get();
        tracing::info!(address = %gateway.address, size, "serving");
        let ended = ledger.access().ended;
        let log: Arc<dyn http::LogService> = Arc::new(service.clone());
        let metrics = service.metrics();
        let router = http::router(Arc::clone(&log), limits.clone(), metrics.clone());
        let Follow {
            data_dir,
            logs,
            peers,
            mirrors,
            ear,
        } = follow;
        let closes = closing.subscribe();
        let handle = network.as_ref().map(|network| network.handle.clone());
        runtime.block_on(async {
            let publishing = metrics
                .clone()
                .watch_published(service.published(), clock::system());
            tokio::spawn(publishing);
            let through = handle.as_ref();
            let following =
                follow::begin(&data_dir, logs, &peers, &ear, through, &mirrors, &closes);
            let forks = gossip::watch(ear, service.clone(), closes.clone());
            let forks = tokio::spawn(forks);
            let admin = admin.map(|admin| {
                let router = http::admin_router(log, peers.clone(), handle, metrics.clone());
                let stop = shutdown::asked(closes);
                http::serve(admin.listener, router, limits.clone(), stop)
            });
            let admin = admin.map(tokio::spawn);
            let asked = async {
                tokio::select! {
                    () = shutdown::asked(stop) => {}
                    () = has_ended(ended) => {}
                    () = done => {}
                }
            };
            http::serve_counted(gateway.listener, router, limits.clone(), &metrics, asked).await;
            closing.send_replace(true);
            following.ended().await;
            if let Some(network) = network {
                network.running.ended().await;
            }
            // A watch that panicked has nothing more to find.
            let _ = forks.await;
            if let Some(admin) = admin {
                // A task that panicked has nothing more to serve.
                let _ = admin.await;
            }
        });
        runtime.shutdown_background();
        Ok(ledger.shutdown()?)
    }
}

/// Runs a node until it is asked to stop or `done` is done. `listening` is told of it once it
/// listens.
///
/// # Errors
/// [`NodeError`].
pub fn run(
    settings: Settings,
    mode: Mode,
    listening: impl FnOnce(&Node),
    done: impl Future<Output = ()> + Send,
) -> Result<(), NodeError> {
    let node = Node::start_as(settings, mode)?;
    listening(&node);
    node.serve(done)
}

/// What reaching other nodes takes.
struct PeeringPlan {
    key: SecretKey,
    network: NetworkId,
    origin: Origin,
    settings: P2pSettings,
    followed: Vec<PeerAddress>,
}

impl PeeringPlan {
    /// Nothing, when the configuration names neither an address to listen on nor a peer.
    fn of(settings: &Settings, network: NetworkId) -> Result<Option<Self>, NodeError> {
        let followed = settings.follow.iter();
        let followed: Vec<_> = followed.filter_map(|log| log.peer.clone()).collect();
        let p2p = &settings.p2p;
        if p2p.listen.is_empty() && p2p.bootstrap.is_empty() && followed.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            key: ops::node_key(&settings.keys_dir)?,
            network,
            origin: settings.origin.clone(),
            settings: p2p.clone(),
            followed,
        }))
    }
}

/// Listens for other nodes, and calls them. Has to be called within the runtime.
fn peer(
    plan: PeeringPlan,
    service: Service,
    ear: Ear,
    stop: watch::Receiver<bool>,
) -> Result<Peering, NodeError> {
    let listens = plan.settings.listen.len();
    let (listener, announced) = PeerEar::new(ear.clone());
    let setup = p2p::Setup {
        key: &plan.key,
        network: plan.network,
        origin: plan.origin,
        settings: plan.settings,
        followed: plan.followed,
        service,
        listener: Arc::new(listener),
    };
    let network = p2p::Network::listen(setup, stop.clone())?;
    let handle = network.handle();
    let fetching = gossip::fetch(ear.clone(), handle.clone(), announced, stop.clone());
    tokio::spawn(fetching);
    tokio::spawn(gossip::tell(ear, handle.clone(), stop));
    Ok(Peering {
        handle,
        running: network.run(),
        listens,
    })
}

pub(crate) fn log_info(settings: &Settings, keys: &Keys, charter: &Charter) -> LogInfo {
    let Vkeys {
        log,
        promise,
        witness,
        ..
    } = Vkeys::of(keys);
    let terms = charter.terms();
    LogInfo {
        origin: settings.origin.to_string(),
        vkey: log,
        promise_vkey: promise,
        witness_vkey: witness,
        witnesses: witness_infos(&settings.witnesses),
        index: index_info(keys),
        network: charter.network(),
        size: 0,
        terms: terms.terms.clone(),
        contact: terms.contact.clone(),
    }
}

fn witness_infos(plan: &Plan) -> Vec<WitnessInfo> {
    let info = |asked: &AskedWitness| WitnessInfo {
        name: asked.key.name().to_string(),
        vkey: asked.key.to_string(),
    };
    plan.witnesses.iter().map(info).collect()
}

fn runtime() -> Result<Runtime, NodeError> {
    let built = Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| NodeError::Runtime { kind: error.kind() })
}

async fn has_ended(mut ended: watch::Receiver<Option<Arc<LedgerError>>>) {
    // All senders gone means the same: every thread has ended.
    let _ = ended.wait_for(Option::is_some).await;
}
