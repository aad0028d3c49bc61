//! `devnet`: a network of real nodes on this machine, each a process of its own, each following and
//! cosigning all others, until asked to stop.
//!
//! Everything lies in one directory and is taken up again from there; only the addresses are new
//! each time unless a port was named.

mod error;
mod founding;
mod member;
mod text;

pub use error::DevnetError;
pub(crate) use text::policy;
pub use text::text;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use fairtrail::client::Gateway;
use fairtrail::files::replace;
use fairtrail::id::{AuthorId, NetworkId};
use fairtrail::time::Timestamp;
use serde::Serialize;
use tokio::runtime::Builder;
use tokio::sync::watch;

use crate::shutdown;
use founding::Network;
pub(crate) use member::Member;
use member::Running;

/// Nodes that can be run.
pub const MAX_NODES: usize = 16;

/// Seconds that all nodes have to take up what the others hold.
const AGREE_SECONDS: u64 = 60;
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// What a development network is run with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many nodes.
    pub nodes: usize,
    /// Where it lives; an existing one is taken up again.
    pub dir: PathBuf,
    /// Port of the first node, the others follow; any free ones without.
    pub port: Option<u16>,
    /// What the nodes write to their logs.
    pub filter: Option<String>,
}

/// What is told to whoever watches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "told")]
pub enum Told {
    /// Every node serves and holds the same entries.
    Ready(Ready),
    /// A node has ended by itself; the others go on.
    Ended {
        /// Its number.
        node: usize,
        /// How it ended.
        status: String,
        /// The line that starts it again.
        again: String,
    },
}

/// A network that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// The network.
    pub network: NetworkId,
    /// The root's author.
    pub root: AuthorId,
    /// The charter.
    pub charter: PathBuf,
    /// A policy that trusts all nodes.
    pub policy: PathBuf,
    /// Home directory of the authors: `root`, `reply-desk`, and one for each node.
    pub home: PathBuf,
    /// The program that signs and verifies.
    pub fairtrail: PathBuf,
    /// The nodes.
    pub nodes: Vec<NodeReady>,
}

/// A node that serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeReady {
    /// Its number, from 1.
    pub number: usize,
    /// Its gateway.
    pub url: String,
    /// Its log.
    pub origin: String,
    /// The key of its log.
    pub vkey: String,
    /// Its process.
    pub process: u32,
    /// Its data directory.
    pub data_dir: PathBuf,
    /// The file it writes to.
    pub log: PathBuf,
}

/// Runs a network until it is asked to stop, or every node has ended.
///
/// # Errors
/// [`DevnetError`]; every node has stopped then.
pub fn run(plan: &Plan, now: Timestamp, tell: &mut dyn FnMut(&Told)) -> Result<(), DevnetError> {
    if !(1..=MAX_NODES).contains(&plan.nodes) {
        return Err(DevnetError::Number { found: plan.nodes });
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| DevnetError::Refused {
            action: "start",
            kind: error.kind(),
        })?;
    let stop = runtime.block_on(async { shutdown::listen() });
    let program = std::env::current_exe().map_err(|error| DevnetError::Refused {
        action: "find this program",
        kind: error.kind(),
    })?;
    let mut devnet = Devnet::start(plan, now, program)?;
    if devnet.agree(&stop)? {
        tell(&Told::Ready(devnet.ready()?));
        devnet.watch(&stop, tell);
    }
    devnet.stop();
    Ok(())
}

struct Devnet {
    network: Network,
    nodes: Vec<Running>,
    program: PathBuf,
    dir: PathBuf,
}

impl Devnet {
    fn start(plan: &Plan, now: Timestamp, program: PathBuf) -> Result<Self, DevnetError> {
        let dir = std::path::absolute(&plan.dir).map_err(|error| DevnetError::Refused {
            action: "resolve the directory",
            kind: error.kind(),
        })?;
        let network = Network::in_dir(&dir, now)?;
        // Gateways first, then where the nodes reach each other.
        let addresses = member::addresses(2 * plan.nodes, plan.port)?;
        let (gateways, peers) = addresses.split_at(plan.nodes);
        let places = (1..).zip(gateways.iter().zip(peers));
        let members = places.map(|(number, (gateway, peer))| {
            let member = Member::in_dir(&dir, "devnet", &network.charter, number, *gateway);
            member.map(|member| member.with_peers(*peer))
        });
        let members: Vec<_> = members.collect::<Result<_, _>>()?;
        for member in &members {
            member.configure(&members, quorum(members.len()))?;
        }
        let policy = text::policy(&network.charter, &members, quorum(members.len()));
        replace(&dir.join(POLICY), policy.as_bytes())?;
        let start = |member: &Member| member.start(&program, plan.filter.as_deref());
        let mut nodes: Vec<_> = members.iter().map(start).collect::<Result<_, _>>()?;
        nodes.iter_mut().try_for_each(Running::serves)?;
        if let Some(first) = self::gateways(&nodes)?.first() {
            network.enrol(&members, first, now)?;
        }
        Ok(Self {
            network,
            nodes,
            program,
            dir,
        })
    }

    /// Waits until all nodes have published the same number of entries; false when asked to stop.
    fn agree(&self, stop: &watch::Receiver<bool>) -> Result<bool, DevnetError> {
        let gateways = gateways(&self.nodes)?;
        // Begin and grant of each node, and the begins of root and reply desk.
        let least = 2 + 2 * gateways.len() as u64;
        let mut sizes = Vec::new();
        let looks = AGREE_SECONDS * 1_000 / u64::try_from(LOOKS_EVERY.as_millis()).unwrap_or(1);
        for _ in 0..looks {
            if *stop.borrow() {
                return Ok(false);
            }
            let size = |gateway: &Gateway| Ok(gateway.log()?.size);
            sizes = gateways
                .iter()
                .map(size)
                .collect::<Result<Vec<_>, DevnetError>>()?;
            let first = sizes.first().copied().unwrap_or_default();
            if first >= least && sizes.iter().all(|size| *size == first) {
                return Ok(true);
            }
            thread::sleep(LOOKS_EVERY);
        }
        let seconds = AGREE_SECONDS;
        Err(DevnetError::Slow { seconds, sizes })
    }

    fn ready(&self) -> Result<Ready, DevnetError> {
        let node = |running: &Running| {
            let member = &running.member;
            NodeReady {
                number: member.number,
                url: member.url(),
                origin: member.origin.to_string(),
                vkey: member.keys.vkeys.log.clone(),
                process: running.process(),
                data_dir: member.data_dir.clone(),
                log: member.log(),
            }
        };
        let beside = self.program.with_file_name("fairtrail");
        Ok(Ready {
            network: self.network.charter.network(),
            root: self.network.root()?,
            charter: self.dir.join("network.charter"),
            policy: self.dir.join(POLICY),
            home: self.network.home.path().to_path_buf(),
            fairtrail: if beside.exists() {
                beside
            } else {
                PathBuf::from("fairtrail")
            },
            nodes: self.nodes.iter().map(node).collect(),
        })
    }

    /// Until asked to stop, or no node is left.
    fn watch(&mut self, stop: &watch::Receiver<bool>, tell: &mut dyn FnMut(&Told)) {
        while !*stop.borrow() && !self.nodes.is_empty() {
            thread::sleep(LOOKS_EVERY);
            for at in (0..self.nodes.len()).rev() {
                let status = self.nodes.get_mut(at).and_then(Running::ended);
                // A signal from a terminal reaches the nodes as well.
                if let (Some(status), false) = (status, *stop.borrow()) {
                    let member = self.nodes.remove(at).member.clone();
                    let again = member.run_line(&self.program);
                    let node = member.number;
                    tell(&Told::Ended {
                        node,
                        status,
                        again,
                    });
                }
            }
        }
    }

    /// Stops all at once, then waits for each.
    fn stop(&mut self) {
        self.nodes.iter_mut().for_each(Running::ask_to_stop);
        self.nodes.clear();
    }
}

const POLICY: &str = "policy.toml";

fn gateways(nodes: &[Running]) -> Result<Vec<Gateway>, DevnetError> {
    let gateway = |running: &Running| Ok(Gateway::at(&running.member.url())?);
    nodes.iter().map(gateway).collect()
}

/// Cosignatures of others that a checkpoint needs: so many that, with its own, most nodes stand
/// behind it, while a minority may be away.
pub(crate) const fn quorum(nodes: usize) -> usize {
    nodes / 2
}
