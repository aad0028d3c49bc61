//! The nodes of a demonstration: three operators in one process, each following and cosigning the
//! others.
//!
//! They are threads, not processes: a demonstration has to be ready in a moment, end with one
//! Ctrl-C, and listen before anybody is told where. Real processes are what `devnet` runs.

use super::{DemoError, World};
use crate::boot::{Mode, Node};
use crate::config::{Overrides, Settings};
use crate::devnet::{Member, policy, quorum};
use crate::service::Service;
use fairtrail::api::Batch;
use fairtrail::client::{ClientError, Gateway, Pinned};
use fairtrail::note::NoteVerifier;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::thread;
use std::time::Duration;
use tokio::runtime::Handle;

/// How many nodes there are.
pub(super) const NODES: usize = 3;
/// From one publication to the next, and from one look at the others to the next. What is said at
/// one node is waited for at another, a few times in a row.
const INTERVAL: Duration = Duration::from_millis(100);
/// How often it is looked whether entries have come, and how many times at most.
const LOOKS_EVERY: Duration = Duration::from_millis(10);
const LOOKS: u32 = 6_000;

/// The nodes, listening, and the policy of somebody who trusts them together.
pub(super) struct Nodes {
    pub(super) nodes: Vec<Node>,
    pub(super) policy: String,
}

/// Makes the nodes or takes them up again, and starts them; the first one listens where the plan
/// says.
pub(super) fn start(dir: &Path, listen: SocketAddr, world: &World) -> Result<Nodes, DemoError> {
    let others = SocketAddr::new(listen.ip(), 0);
    let (mut listeners, mut members) = (Vec::new(), Vec::new());
    for number in 1..=NODES {
        let address = if number == 1 { listen } else { others };
        let listener = Node::listen(address)?;
        let address = listener.local_addr().map_err(DemoError::Read)?;
        let member = Member::in_dir(dir, "demo", &world.charter, number, address)?;
        listeners.push(listener);
        members.push(member);
    }
    let quorum = quorum(members.len());
    let mut nodes = Vec::new();
    for (member, listener) in members.iter().zip(listeners) {
        member.configure(&members, quorum)?;
        nodes.push(run(member, listener)?);
    }
    let policy = policy(&world.charter, &members, quorum);
    Ok(Nodes { nodes, policy })
}

fn run(member: &Member, listener: TcpListener) -> Result<Node, DemoError> {
    let mut settings = Settings::load(&member.data_dir, Overrides::default())?;
    settings.interval = INTERVAL;
    for followed in &mut settings.follow {
        followed.interval = INTERVAL;
    }
    Ok(Node::start_on(settings, Mode::Full, listener)?)
}

/// One node, asked from outside.
pub(super) struct Seat {
    pub(super) url: String,
    service: Service,
    handle: Handle,
    gateway: Gateway,
}

impl Seat {
    pub(super) fn at(node: &Node) -> Result<Self, DemoError> {
        let url = format!("http://{}", node.address());
        Ok(Self {
            gateway: Gateway::at(&url)?,
            service: node.service(),
            handle: node.runtime().handle().clone(),
            url,
        })
    }

    /// Submits a batch as an author does, once this node holds the `before` entries that may be
    /// needed for it. What is known from an earlier run is acknowledged again.
    pub(super) fn submit(&self, batch: &Batch, before: u64) -> Result<(), DemoError> {
        let promise: NoteVerifier = self
            .gateway
            .log()?
            .promise_vkey
            .parse()
            .map_err(|_| DemoError::Panicked)?;
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        // Looked at before asking: what was missing may have come while the refusal was on its way.
        let held = self.admitted();
        match self.gateway.submit(batch, &pinned, None) {
            Err(ClientError::Refused(_)) if held < before => {
                self.wait_to_hold(before);
                self.gateway.submit(batch, &pinned, None)?;
            }
            taken => drop(taken?),
        }
        Ok(())
    }

    /// Takes a batch up as if another log had brought it.
    pub(super) fn take_up(&self, batch: &Batch, before: u64) -> Result<(), DemoError> {
        self.wait_to_hold(before);
        self.handle.block_on(self.service.take_up(batch.clone()))?;
        Ok(())
    }

    /// Waits until so many entries are published here.
    pub(super) fn wait_for(&self, entries: u64) {
        let mut published = self.service.published();
        // A log that has ended publishes nothing more; asking it will say so.
        let _ = self
            .handle
            .block_on(published.wait_for(|now| now.size().get() >= entries));
    }

    /// Waits until so many entries are admitted here; should they never come, whoever needs them is
    /// told so.
    pub(super) fn wait_to_hold(&self, entries: u64) {
        for _ in 0..LOOKS {
            if self.admitted() >= entries {
                return;
            }
            thread::sleep(LOOKS_EVERY);
        }
    }

    fn admitted(&self) -> u64 {
        self.service.health().admitted
    }
}
