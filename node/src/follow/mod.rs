//! Following in a running node: one task per followed log drives its state machine
//! ([`crate::core::follow`]) over HTTP or libp2p, against the own log and the disk.
//!
//! A task waits for its peer and for nobody else: a slow or silent one delays only itself. Every
//! question has a deadline, every answer a bound, and at most eight are open per log.

mod drive;
mod files;
mod host;
mod http;
mod kept;
mod mirrors;
mod pull;
mod repair;
mod view;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fairtrail::log::SignedCheckpoint;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::drive::drive;
use self::host::Host;
use self::kept::keep;
pub(crate) use self::kept::path_of;
pub use self::kept::{KeptError, kept};
use self::mirrors::Mirrors;
pub use self::pull::{Pulled, pull};
pub use self::view::{PeerState, PeerView, Peers};
use crate::config::FollowSettings;
use crate::core::follow::{Follower, Gleaner, Known, Pace, Reads};
use crate::gossip::{Ear, ask_around};
use crate::p2p::Handle;
use crate::shutdown;
use crate::store;
use crate::store::mirrored::Mirrors as Mirrored;
use crate::store::tiles::TilesError;

/// Rounds of following for which others are asked once what they heard.
const ROUNDS: u32 = 8;

/// The tasks of all followed logs.
#[derive(Debug)]
pub struct Following {
    tasks: Vec<JoinHandle<()>>,
}

/// Reads what is kept of the logs that are to be followed from an own log of `own` leaves.
///
/// # Errors
/// [`KeptError`] when it cannot be read or written: what that log signed before must not be forgotten.
pub fn load(
    data_dir: &Path,
    follow: Vec<FollowSettings>,
    own: u64,
) -> Result<Vec<(FollowSettings, Known)>, KeptError> {
    let known = |settings: FollowSettings| {
        let Some(before) = kept(data_dir, &settings)? else {
            let nothing = Known::nothing(settings.followed.origin.clone());
            return Ok((settings, nothing));
        };
        let cursor = before.cursor();
        let known = before.on(own);
        if known.cursor() != cursor {
            // Now: the own log may grow past the leaves that the cursor rested on before anything
            // else is kept, and would then be taken for the log that it rested on.
            keep(data_dir, &known)?;
        }
        Ok((settings, known))
    };
    follow.into_iter().map(known).collect()
}

/// Opens the tiles that are kept of followed logs. A cursor that is ahead of them goes back to the
/// start: nothing that is held is fetched again.
///
/// # Errors
/// [`TilesError`].
pub fn mirrors(
    data_dir: &Path,
    logs: &mut [(FollowSettings, Known)],
) -> Result<Mirrored, TilesError> {
    let mut mirrors = Mirrored::new();
    for (settings, known) in logs {
        if !settings.keep_tiles {
            continue;
        }
        let origin = &settings.followed.origin;
        let mirrored = store::mirrored::Mirrored::open(data_dir, origin)?;
        if !mirrored.begin(known.cursor().head.size.get()) {
            *known = known.clone().on(0);
            mirrored.begin(known.cursor().head.size.get());
        }
        mirrors.insert(origin.digest(), mirrored);
    }
    Ok(mirrors)
}

/// Begins to follow; `stop` ends it. Has to be called within the runtime.
pub fn begin(
    data_dir: &Path,
    logs: Vec<(FollowSettings, Known)>,
    peers: &Peers,
    ear: &Ear,
    network: Option<&Handle>,
    mirrors: &Mirrored,
    stop: &watch::Receiver<bool>,
) -> Following {
    let begin = |(number, (settings, known)): (usize, (FollowSettings, Known))| {
        peers.know(number, &known);
        let carrier = Arc::new(Mirrors::new(&settings, network));
        tokio::spawn(listen(
            ear.clone(),
            Arc::clone(&carrier),
            known.seen().cloned(),
            settings.interval,
            stop.clone(),
        ));
        let task = drive::Task {
            host: Arc::new(Host::new(
                data_dir,
                ear.clone(),
                &settings,
                &carrier,
                mirrors.get(&settings.followed.origin.digest()).cloned(),
                network,
            )),
            carrier,
            told: ear.hub().follower(&settings.followed.origin),
            gleaner: Gleaner::new(Reads::Public),
            repairer: settings.repairer(),
            reads: settings.followed.reads,
            follower: Follower::new(settings.followed, known),
            pace: Pace::new(settings.interval),
            peers: peers.clone(),
            number,
        };
        tokio::spawn(watched(drive(task, stop.clone()), peers.clone(), number))
    };
    Following {
        tasks: logs.into_iter().enumerate().map(begin).collect(),
    }
}

/// Asks the addresses of one log what they know of others, from time to time.
async fn listen(
    ear: Ear,
    carrier: Arc<Mirrors>,
    seen: Option<SignedCheckpoint>,
    interval: Duration,
    stop: watch::Receiver<bool>,
) {
    if let Some(seen) = seen {
        ear.saw(seen).await;
    }
    let mut stopped = std::pin::pin!(shutdown::asked(stop));
    loop {
        let around = async {
            for (name, gateway) in carrier.gateways() {
                ask_around(&ear, name, gateway).await;
            }
            tokio::time::sleep(interval.saturating_mul(ROUNDS)).await;
        };
        tokio::select! {
            () = around => {}
            () = &mut stopped => return,
        }
    }
}

/// A task that panics is a defect here: it is told and shown, and the other logs are followed on.
async fn watched(task: impl Future<Output = ()> + Send + 'static, peers: Peers, number: usize) {
    if let Err(error) = tokio::spawn(task).await {
        tracing::error!(%error, "following a log ended by a defect; restart to follow it again");
        peers.broke(number);
    }
}

impl Following {
    /// Waits until every task has ended; they do once asked to stop.
    pub async fn ended(self) {
        for task in self.tasks {
            // What a task ended by was told.
            let _ = task.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::core::follow::{Cursor, Followed, Reads};
    use fairtrail::key::SecretKey;
    use fairtrail::note::NoteSigner;
    use fairtrail::reason::Reason;

    fn settings() -> FollowSettings {
        let key = SecretKey::from_seed([1; 32]);
        let log = NoteSigner::new("log.example/one/e1".parse().unwrap(), key);
        FollowSettings {
            followed: Followed {
                origin: "log.example/one/e1".parse().unwrap(),
                key: log.verifier().clone(),
                reads: Reads::Public,
            },
            index: None,
            peer: None,
            urls: Vec::new(),
            keep_tiles: false,
            repair_seconds: 600,
            interval: Duration::from_secs(1),
        }
    }

    #[test]
    fn a_cursor_that_rested_on_more_leaves_does_not_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let log = settings().followed.origin;
        let mut known = Known::nothing(log);
        let signed = known.signed();
        known.advance(Cursor {
            head: signed,
            own: 10,
        });
        keep(dir.path(), &known).unwrap();
        let own = |leaves| {
            let mut loaded = load(dir.path(), vec![settings()], leaves).unwrap();
            loaded.remove(0).1.cursor().own
        };
        assert_eq!(own(10), 10);
        assert_eq!(own(5), 0);
        // The own log grew, and no round of following came to an end before the next start.
        assert_eq!(own(20), 0);
    }

    #[tokio::test]
    async fn a_task_that_panics_is_shown_as_ended() {
        let peers = Peers::new(&[settings()], clock::system());
        watched(async {}, peers.clone(), 0).await;
        assert_eq!(peers.views()[0].state, PeerState::Starting);
        watched(async { panic!("a defect") }, peers.clone(), 0).await;
        let [view] = &peers.views()[..] else {
            panic!("one log is followed");
        };
        assert_eq!(view.state, PeerState::Ended);
        assert_eq!(view.reason, Some(Reason::Internal));
    }
}
