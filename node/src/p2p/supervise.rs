//! Keeping the network's task alive: one that panics or breaks is told of, shown, and started anew,
//! after a wait that doubles. Nothing else in the process notices.

use std::sync::Arc;
use std::time::Duration;

use libp2p::identity::Keypair;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::bulk;
use super::dialing::Dialing;
use super::run::{Ended, run};
use super::shared::{Link, Shared};
use super::transport::{Listening, listen};
use crate::config::P2pSettings;
use crate::shutdown;

/// Time to the first start after a break; it doubles.
const FIRST: Duration = Duration::from_secs(1);
/// The longest time to a start.
const LONGEST: Duration = Duration::from_secs(60);
/// Time a swarm has to run for the next wait to be short again.
const STEADY: Duration = Duration::from_secs(300);
/// Commands that may wait.
const COMMANDS: usize = 256;

pub(super) struct Supervisor {
    pub(super) shared: Arc<Shared>,
    pub(super) keypair: Keypair,
    pub(super) settings: P2pSettings,
    pub(super) dialing: Vec<(fairtrail::id::KeyId, libp2p::Multiaddr)>,
    pub(super) stop: watch::Receiver<bool>,
}

/// Runs the first swarm, and others after it, until asked to stop.
pub(super) async fn supervise(supervisor: Supervisor, first: Listening) {
    let (mut next, mut wait) = (Some(first), FIRST);
    loop {
        let began = supervisor.shared.now();
        if let Some(listening) = next.take()
            && supervisor.once(listening).await
        {
            return;
        }
        let ran = supervisor.shared.now().saturating_sub(began);
        wait = if ran >= STEADY { FIRST } else { wait };
        let stopped = shutdown::asked(supervisor.stop.clone());
        if tokio::time::timeout(wait, stopped).await.is_ok() {
            return;
        }
        wait = wait.saturating_mul(2).min(LONGEST);
        let Supervisor {
            keypair,
            shared,
            settings,
            ..
        } = &supervisor;
        match listen(keypair, &shared.names, settings, &shared.metrics) {
            Ok(listening) => next = Some(listening),
            Err(error) => tracing::error!(%error, "the network cannot be started; trying again"),
        }
    }
}

impl Supervisor {
    /// Runs one swarm to its end; whether that was asked for.
    async fn once(&self, listening: Listening) -> bool {
        let (commands, waiting) = mpsc::channel(COMMANDS);
        let mut control = listening.swarm.behaviour().pull.new_control();
        let mut tasks = JoinSet::new();
        match control.accept(self.shared.names.pull.clone()) {
            Ok(incoming) => {
                tasks.spawn(bulk::accept(Arc::clone(&self.shared), incoming));
            }
            Err(error) => tracing::error!(%error, "bulk questions are not answered"),
        }
        self.shared.set_link(Some(Link { commands, control }));
        self.shared.status_mut().running = true;
        self.shared.metrics.nobody_connected();
        let dialing = Dialing::new(self.dialing.iter().cloned());
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(run(listening, shared, dialing, waiting, self.stop.clone()));
        let ended = task.await;
        self.shared.set_link(None);
        self.shared.metrics.nobody_connected();
        let mut status = self.shared.status_mut();
        status.ended();
        let stopped = matches!(ended, Ok(Ended::Stopped));
        if !stopped {
            status.restarts = status.restarts.saturating_add(1);
            self.shared.metrics.network_broke();
            tracing::error!(?ended, "the network's task broke; it is started anew");
        }
        stopped
    }
}
