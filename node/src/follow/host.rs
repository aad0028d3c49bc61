//! What a follower has done for it in this node: looking up, admitting, keeping, telling.

use std::path::{Path, PathBuf};

use fairtrail::api::{Batch, Submission};
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{Hash, TreeSize};
use fairtrail::note::Note;
use fairtrail::reason::Reason;

use super::kept::keep;
use crate::config::FollowSettings;
use crate::core::follow::{Known, Outcome, Report};
use crate::service::{ReadError, Service, SubmitError};
use crate::store::accusations::Accusations;
use crate::store::disk::IoFault;

/// The own log and the disk.
#[derive(Debug, Clone)]
pub(super) struct Host {
    service: Service,
    data_dir: PathBuf,
    accusations: Accusations,
    origin: Origin,
}

impl Host {
    pub(super) fn new(service: Service, data_dir: &Path, settings: &FollowSettings) -> Self {
        Self {
            service,
            data_dir: data_dir.to_path_buf(),
            accusations: Accusations::new(&data_dir.join("fraud")),
            origin: settings.followed.origin.clone(),
        }
    }

    pub(super) async fn compare(&self, leaves: Vec<Hash>) -> Result<(Vec<bool>, u64), ReadError> {
        self.service.read(move |log| log.held(&leaves)).await
    }

    /// Entries that are answered for are durable.
    pub(super) async fn admit(&self, entries: Vec<Submission>) -> Outcome {
        match self.service.take_up(Batch(entries)).await {
            Ok(taken) => {
                let leaves = taken.receipt.entries.iter().map(|entry| entry.leaf_index);
                let own = leaves.max().map_or(0, |leaf| leaf.saturating_add(1));
                Outcome::Taken { own }
            }
            Err(SubmitError {
                reason,
                position: Some(position),
                ..
            }) => Outcome::Refused { position, reason },
            Err(error) => Outcome::Busy(error.code()),
        }
    }

    pub(super) async fn keep(&self, known: Box<Known>) -> Result<(), Reason> {
        let dir = self.data_dir.clone();
        off_runtime(move || keep(&dir, &known)).await
    }

    pub(super) async fn tell(&self, report: Report) {
        let origin = &self.origin;
        match report {
            Report::CursorReset => {
                tracing::warn!(%origin, "what was kept of this log was wrong; reading it anew");
            }
            Report::Forked(view) => {
                let (older, newer) = (stated(view.older()), stated(view.newer()));
                let reason = Reason::LogForked;
                tracing::error!(%origin, older, newer, %reason, "this log signed two histories; it is not followed any further");
                let (accusations, origin) = (self.accusations.clone(), origin.clone());
                let size = TreeSize::new(newer).unwrap_or(TreeSize::ZERO);
                let kept = off_runtime(move || accusations.keep(&origin, size, &view)).await;
                tracing::error!(?kept, "the file that proves it");
            }
            Report::LeafRefused { leaf, reason, .. } => {
                tracing::error!(%origin, leaf, %reason, "this log holds what no log may hold");
            }
            Report::Shrunk { seen, found } => {
                let (seen, found) = (stated(&seen), stated(&found));
                let reason = Reason::RollbackSuspected;
                tracing::warn!(%origin, seen, found, %reason, "this log shows a smaller tree than before");
            }
        }
    }
}

/// The size a checkpoint states.
fn stated(note: &Note) -> u64 {
    let checkpoint: Result<Checkpoint, _> = note.text().parse();
    checkpoint.map_or(0, |checkpoint| checkpoint.size().get())
}

async fn off_runtime<T, F>(work: F) -> Result<T, Reason>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, IoFault> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|fault| fault.code()),
        Err(_) => Err(Reason::Stopping),
    }
}
