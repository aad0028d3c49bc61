//! What is looked up when somebody asks.

use std::path::Path;

use fairtrail::time::Timestamp;

use super::labels::{HaltedFor, OfLog, OfPart, Stated, Version};
use super::{Inner, Metrics, is_read_only};
use crate::follow::{PeerState, PeerView};
use crate::service::Health;
use crate::store::disk;

/// How the node is doing at this moment.
#[derive(Debug, Clone)]
pub struct Now {
    /// The log.
    pub health: Health,
    /// What is followed.
    pub peers: Vec<PeerView>,
    /// Proofs that are held against authors and logs.
    pub proofs: u64,
    /// The time.
    pub at: Timestamp,
}

const STATES: [PeerState; 4] = [
    PeerState::Ended,
    PeerState::Following,
    PeerState::Starting,
    PeerState::Trying,
];

impl Metrics {
    /// Sets what is told of this moment.
    pub(super) fn look(&self, now: &Now) {
        let inner = &self.0;
        let at = &inner.at_scrape;
        let health = now.health;
        let age = now
            .at
            .seconds()
            .saturating_sub(health.published_at.seconds());
        at.log_entries.set(whole(health.admitted));
        at.checkpoint_entries.set(whole(health.published));
        at.checkpoint_age.set(whole(age));
        at.waiting
            .set(whole(health.admitted.saturating_sub(health.published)));
        at.ready
            .set(i64::from(!health.stopped && health.halted.is_none()));
        at.read_only.set(i64::from(is_read_only(health.halted)));
        inner.peering.proofs.set(whole(now.proofs));
        let refused = &inner.peering.refused_indexes;
        refused.set(whole(now.health.refused_indexes));
        at.index_entries.set(whole(health.index.unwrap_or(0)));
        for (family, halted) in [
            (&at.halted, health.halted),
            (&at.index_halted, health.index_halted),
        ] {
            family.clear();
            if let Some(reason) = halted {
                let reason = reason.as_str();
                family.get_or_create(&HaltedFor { reason }).set(1);
            }
        }
        let version = env!("CARGO_PKG_VERSION");
        at.build.get_or_create(&Version { version }).set(1);
        for peer in &now.peers {
            inner.look_at(peer);
        }
        if let Some(dir) = inner.data_dir.get() {
            inner.look_at_disk(dir);
        }
    }
}

impl Inner {
    fn look_at(&self, peer: &PeerView) {
        let at = &self.at_scrape;
        let log = OfLog {
            log: peer.origin.clone(),
        };
        at.followed_entries
            .get_or_create(&log)
            .set(whole(peer.size));
        at.followed_seen.get_or_create(&log).set(whole(peer.seen));
        let failures = i64::from(peer.failures);
        at.followed_failures.get_or_create(&log).set(failures);
        let differs = &self.repairing.differs;
        differs.get_or_create(&log).set(i64::from(peer.differs));
        for state in STATES {
            let stated = Stated {
                log: peer.origin.clone(),
                state: state.as_str(),
            };
            let is = i64::from(state == peer.state);
            at.followed_state.get_or_create(&stated).set(is);
        }
    }

    fn look_at_disk(&self, dir: &Path) {
        let at = &self.at_scrape;
        // A disk that does not answer is told by what fails over it.
        if let Ok(free) = disk::free_bytes(dir) {
            at.disk_free.set(free);
        }
        for part in ["bodies", "journal"] {
            if let Ok(bytes) = disk::folder_bytes(&dir.join(part)) {
                at.store_bytes.get_or_create(&OfPart { part }).set(bytes);
            }
        }
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
