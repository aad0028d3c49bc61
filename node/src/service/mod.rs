//! What a gateway, or anything else in this process, may ask of the log.
//!
//! A [`Service`] is cheap to clone and usable from every thread. Submitting is `async`: it waits
//! for the one writer. Reading is blocking file I/O in microseconds and never waits for a commit;
//! a gateway runs it through [`Service::read`]. What is read is what the last published checkpoint
//! covers, never the tail behind it; feed heads and receipts alone speak of what is admitted,
//! because authors need it before they sign.

mod answers;
mod bundle;
mod changes;
mod error;
mod follow;
mod forks;
mod index;
mod kept;
mod lacking;
mod log;
mod mirrored;
mod parts;
mod repair;
mod statements;
mod submit;

use std::sync::Arc;

pub use self::answers::{Acknowledged, Health, StoredEntry, Submitted};
pub use self::changes::ChangesPage;
pub use self::error::ReadError;
pub use self::index::IndexQuestion;
pub use self::kept::KEPT_BYTES;
use self::kept::Kept;
pub use self::mirrored::MirrorQuestion;
use crate::core::sequence::Offered;
use crate::gossip::Hub;
use crate::ledger::{Access, IndexAccess, SharedAdmitted};
pub use crate::ledger::{Published, SubmitError};
use crate::metrics::Metrics;
use crate::store::mirrored::Mirrors;
use crate::witness::{Cosigned, IndexWitness, Witness};
use fairtrail::api::LogInfo;
use fairtrail::charter::Charter;
use fairtrail::log::{AddCheckpoint, Origin};
use fairtrail::time::Timestamp;
use tokio::sync::{broadcast, watch};

/// The log as a service.
#[derive(Clone, Debug)]
pub struct Service {
    access: Access,
    fixed: Arc<Fixed>,
    witness: Option<Arc<Witness>>,
    index_witness: Option<Arc<IndexWitness>>,
    urgent: broadcast::Sender<Arc<[u8]>>,
    metrics: Metrics,
    mirrors: Arc<Mirrors>,
    gossip: Option<Arc<Hub>>,
    kept: Arc<Kept>,
}

/// Urgent entries that somebody who passes them on may be behind.
const URGENT: usize = 256;

/// What never changes while the process runs.
#[derive(Debug)]
struct Fixed {
    info: LogInfo,
    charter: Charter,
}

impl Service {
    /// Serves a running log. The size in `info` is filled in whenever it is asked for.
    pub fn new(access: Access, info: LogInfo, charter: Charter) -> Self {
        let index = info.index.filter(|_| access.index.is_some());
        let info = LogInfo { index, ..info };
        let fixed = Arc::new(Fixed { info, charter });
        Self {
            access,
            fixed,
            witness: None,
            index_witness: None,
            urgent: broadcast::Sender::new(URGENT),
            metrics: Metrics::default(),
            mirrors: Arc::default(),
            gossip: None,
            kept: Arc::default(),
        }
    }

    /// The same, cosigning for other logs.
    #[must_use]
    pub fn with_witness(self, witness: Arc<Witness>) -> Self {
        Self {
            witness: Some(witness),
            ..self
        }
    }

    /// The same, vouching for the indexes of other logs.
    #[must_use]
    pub fn with_index_witness(self, witness: Arc<IndexWitness>) -> Self {
        Self {
            index_witness: Some(witness),
            ..self
        }
    }

    /// The same, as a mirror of followed logs.
    #[must_use]
    pub fn with_mirrors(self, mirrors: Mirrors) -> Self {
        Self {
            mirrors: Arc::new(mirrors),
            ..self
        }
    }

    /// The same, showing what is known from gossip.
    #[must_use]
    pub fn with_gossip(self, gossip: Arc<Hub>) -> Self {
        Self {
            gossip: Some(gossip),
            ..self
        }
    }

    /// Cosigns a checkpoint of another log or of its index: see [`Witness::add_checkpoint`] and
    /// [`IndexWitness::add_checkpoint`].
    pub fn add_checkpoint(&self, request: &[u8]) -> Cosigned {
        let of_index = |request: &AddCheckpoint| {
            let origin: Option<Origin> = request.origin().parse().ok();
            origin.is_some_and(|origin| origin.is_index())
        };
        let cosigned = match (&self.witness, &self.index_witness) {
            (_, Some(witness)) if AddCheckpoint::parse(request).is_ok_and(|it| of_index(&it)) => {
                witness.add_checkpoint(request)
            }
            (Some(witness), _) => witness.add_checkpoint(request),
            (None, _) => Cosigned::unknown(),
        };
        self.metrics.cosigned(&cosigned);
        cosigned
    }

    /// What this process counts about itself.
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// The note cosigned last for the log with this SHA-256 of its origin.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when nothing was; [`ReadError::Store`].
    pub fn cosigned(&self, log: [u8; 32]) -> Result<String, ReadError> {
        let witness = self.witness.as_ref().ok_or(ReadError::NotFound)?;
        let note = match (witness.latest(&log), &self.index_witness) {
            (Ok(None), Some(index)) => index.latest(&log),
            (note, _) => note,
        };
        let note = note.map_err(|refusal| ReadError::Store {
            reason: refusal.reason,
        })?;
        note.ok_or(ReadError::NotFound)
    }

    /// The last published checkpoint.
    pub fn checkpoint(&self) -> Arc<Published> {
        Arc::clone(&self.access.published.borrow())
    }

    /// Follows what is published.
    pub fn published(&self) -> watch::Receiver<Arc<Published>> {
        self.access.published.clone()
    }

    /// Entries that do not wait for their turn (specs/follow.md §6), as they are admitted here.
    pub fn urgent(&self) -> broadcast::Receiver<Arc<[u8]>> {
        self.urgent.subscribe()
    }

    /// Looks at what is admitted.
    pub(crate) const fn admitted(&self) -> &SharedAdmitted {
        &self.access.admitted
    }

    /// What this log takes the time to be.
    pub(crate) fn now(&self) -> Timestamp {
        (self.access.clock)()
    }

    /// Which log this is and how to check it.
    pub fn log_info(&self) -> LogInfo {
        LogInfo {
            size: self.checkpoint().size().get(),
            ..self.fixed.info.clone()
        }
    }

    /// The charter's exact bytes.
    pub fn charter(&self) -> &[u8] {
        self.fixed.charter.bytes()
    }

    /// How the log is doing, for the operator.
    pub fn health(&self) -> Health {
        let published = self.checkpoint();
        Health {
            admitted: self.access.admitted.read().set.len() as u64,
            published: published.size().get(),
            published_at: published.signed_at(),
            halted: self.access.halted(),
            index: (self.access.index.as_ref()).and_then(IndexAccess::covered),
            index_halted: self.access.index_halted(),
            stopped: self.access.ended.borrow().is_some(),
            refused_indexes: self.index_witness.as_ref().map_or(0, |it| it.refused()),
        }
    }

    /// Runs a blocking read on a thread that may block.
    ///
    /// # Errors
    /// What `read` answers; [`ReadError::Stopped`] when the runtime is shutting down.
    pub async fn read<T, F>(&self, read: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> Result<T, ReadError> + Send + 'static,
    {
        let service = self.clone();
        let outcome = tokio::task::spawn_blocking(move || read(&service)).await;
        outcome.unwrap_or(Err(ReadError::Stopped))
    }
}
