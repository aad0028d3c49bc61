//! What the tasks of the network share. It outlives a swarm that breaks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use fairtrail::id::KeyId;
use libp2p::PeerId;
use tokio::sync::{Semaphore, broadcast, mpsc};
use tokio::time::Instant;

use super::budget::{Bucket, Budgets, Kind};
use super::command::Command;
use super::gossip::Listener;
use super::message::Hello;
use super::names::{Names, key_of};
use super::roster::{Membership, Roster, Standing};
use super::view::Status;
use crate::metrics::Metrics;
use crate::service::Service;

/// Small questions and told messages worked on at once.
const SMALL: usize = 64;
/// Bulk answers sent at once: they bound the memory used.
const BULK: usize = 16;
/// Bulk answers sent to one peer at once, and asked of one.
const BULK_PER_PEER: usize = 4;
/// Peers that said who they are, of whom somebody has not heard yet.
const GREETED: usize = 256;

/// The swarm that runs now.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) control: libp2p_stream::Control,
}

pub(super) struct Shared {
    /// Of this node.
    pub(super) key: KeyId,
    pub(super) names: Names,
    pub(super) hello: Hello,
    pub(super) service: Service,
    pub(super) listener: Arc<dyn Listener>,
    pub(super) metrics: Metrics,
    /// Those the operator configured.
    pub(super) configured: BTreeSet<KeyId>,
    pub(super) small: Arc<Semaphore>,
    pub(super) bulk: Arc<Semaphore>,
    pub(super) greeted: broadcast::Sender<KeyId>,
    roster: RwLock<Roster>,
    membership: RwLock<Membership>,
    budgets: Mutex<Budgets>,
    status: RwLock<Status>,
    link: RwLock<Option<Link>>,
    serving: Lanes,
    pulling: Lanes,
    own: Mutex<BTreeMap<(KeyId, Kind), Bucket>>,
    started: Instant,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Shared").field(&self.hello.origin).finish()
    }
}

/// Who one node is to the others.
pub(super) struct Identity {
    pub(super) key: KeyId,
    pub(super) names: Names,
    pub(super) hello: Hello,
}

impl Shared {
    pub(super) fn new(
        identity: Identity,
        service: Service,
        listener: Arc<dyn Listener>,
        configured: BTreeSet<KeyId>,
    ) -> Self {
        Self {
            key: identity.key,
            names: identity.names,
            hello: identity.hello,
            metrics: service.metrics(),
            service,
            listener,
            roster: RwLock::new(Roster::new(&configured, &BTreeSet::new())),
            membership: RwLock::default(),
            configured,
            small: Arc::new(Semaphore::new(SMALL)),
            bulk: Arc::new(Semaphore::new(BULK)),
            greeted: broadcast::Sender::new(GREETED),
            budgets: Mutex::default(),
            status: RwLock::new(Status::new(identity.key)),
            link: RwLock::new(None),
            serving: Lanes::default(),
            pulling: Lanes::default(),
            own: Mutex::default(),
            started: Instant::now(),
        }
    }

    /// Time since the start.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn status(&self) -> RwLockReadGuard<'_, Status> {
        self.status.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn status_mut(&self) -> RwLockWriteGuard<'_, Status> {
        self.status.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn roster(&self) -> Roster {
        let roster = self.roster.read().unwrap_or_else(PoisonError::into_inner);
        roster.clone()
    }

    /// What a peer is here.
    pub(super) fn standing(&self, key: KeyId) -> Option<Standing> {
        let roster = self.roster.read().unwrap_or_else(PoisonError::into_inner);
        roster.standing(key)
    }

    /// What this node is to the network.
    pub(super) fn membership(&self) -> Membership {
        *self
            .membership
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_membership(&self, own: Membership) {
        let mut now = self
            .membership
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *now = own;
    }

    /// Lets in others than before; whether that is so.
    pub(super) fn let_in(&self, roster: Roster) -> bool {
        let mut now = self.roster.write().unwrap_or_else(PoisonError::into_inner);
        let changed = *now != roster;
        *now = roster;
        changed
    }

    /// Takes from what a peer may have here.
    pub(super) fn take(&self, peer: KeyId, kind: Kind, tokens: u64) -> bool {
        let taken = self.budgets().take(peer, kind, tokens, self.now());
        if !taken {
            self.metrics.over_budget(kind.word());
        }
        taken
    }

    /// Notes that a peer sent what no honest node sends.
    pub(super) fn fault(&self, peer: KeyId, what: &str) {
        tracing::warn!(%peer, what, "a peer sent what no honest node sends");
        self.metrics.fault();
        self.budgets().fault(peer, self.now());
    }

    pub(super) fn link(&self) -> Option<Link> {
        let link = self.link.read().unwrap_or_else(PoisonError::into_inner);
        link.clone()
    }

    pub(super) fn set_link(&self, link: Option<Link>) {
        let mut now = self.link.write().unwrap_or_else(PoisonError::into_inner);
        *now = link;
    }

    /// Tells the swarm to do something; lost when none runs.
    pub(super) async fn tell(&self, command: Command) {
        if let Some(link) = self.link() {
            // A swarm that ended has nobody to answer to.
            let _ = link.commands.send(command).await;
        }
    }

    /// Bulk answers to one peer.
    pub(super) fn serving(&self, peer: KeyId) -> Arc<Semaphore> {
        self.serving.of(peer)
    }

    /// Bulk questions to one peer.
    pub(super) fn pulling(&self, peer: KeyId) -> Arc<Semaphore> {
        self.pulling.of(peer)
    }

    /// Waits until a peer that counts as this node does would answer one more question.
    pub(super) async fn pace(&self, peer: KeyId, kind: Kind) {
        loop {
            let wait = {
                let now = self.now();
                let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
                let full = || Bucket::new(kind.own_rate(), now);
                let bucket = own.entry((peer, kind)).or_insert_with(full);
                bucket.take(1, now)
            };
            match wait {
                Ok(()) => return,
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// The key of a peer, if it is let in.
    pub(super) fn known(&self, peer: PeerId) -> Option<KeyId> {
        key_of(peer).filter(|key| self.standing(*key).is_some())
    }

    /// Forgets what is counted of those who are not let in any more.
    pub(super) fn forget(&self) {
        let roster = self.roster();
        let stays = |key: KeyId| roster.standing(key).is_some();
        self.budgets().retain(stays);
        self.serving.retain(stays);
        self.pulling.retain(stays);
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|(key, _), _| stays(*key));
    }
}

/// So many at once with each peer.
#[derive(Default)]
struct Lanes(Mutex<BTreeMap<KeyId, Arc<Semaphore>>>);

impl Lanes {
    fn of(&self, peer: KeyId) -> Arc<Semaphore> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Semaphore::new(BULK_PER_PEER));
        Arc::clone(lanes.entry(peer).or_insert_with(new))
    }

    fn retain(&self, stays: impl Fn(KeyId) -> bool) {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.retain(|peer, _| stays(*peer));
    }
}
