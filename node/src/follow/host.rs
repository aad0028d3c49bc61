//! What a follower has done for it in this node: looking up, admitting, keeping, telling.

use std::path::{Path, PathBuf};

use fairtrail::api::{Batch, Submission};
use fairtrail::log::Origin;
use fairtrail::merkle::Hash;
use fairtrail::reason::Reason;

use super::kept::{keep, keep_proof};
use crate::config::FollowSettings;
use crate::core::follow::{Known, Outcome, Report};
use crate::service::{ReadError, Service, SubmitError};
use crate::store::disk::IoFault;

/// The own log and the disk.
#[derive(Debug, Clone)]
pub(super) struct Host {
    service: Service,
    data_dir: PathBuf,
    origin: Origin,
}

impl Host {
    pub(super) fn new(service: Service, data_dir: &Path, settings: &FollowSettings) -> Self {
        Self {
            service,
            data_dir: data_dir.to_path_buf(),
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
                let (older, newer) = (
                    second_line(view.older().text()),
                    second_line(view.newer().text()),
                );
                let (dir, text) = (self.data_dir.clone(), view.to_string());
                let kept = off_runtime(move || keep_proof(&dir, &text)).await;
                let proof = kept.map(|path| path.display().to_string());
                let reason = Reason::LogForked;
                tracing::error!(%origin, older, newer, ?proof, %reason, "this log signed two histories; it is not followed any further");
            }
            Report::LeafRefused { leaf, reason, .. } => {
                tracing::error!(%origin, leaf, %reason, "this log holds what no log may hold");
            }
            Report::Shrunk { seen, found } => {
                let (seen, found) = (second_line(seen.text()), second_line(found.text()));
                let reason = Reason::RollbackSuspected;
                tracing::warn!(%origin, seen, found, %reason, "this log shows a smaller tree than before");
            }
        }
    }
}

/// The size a checkpoint states.
fn second_line(text: &str) -> &str {
    text.split('\n').nth(1).unwrap_or_default()
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
