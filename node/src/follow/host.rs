//! What a follower has done for it in this node: looking up, admitting, keeping, telling.

use std::path::{Path, PathBuf};

use fairtrail::api::{Batch, Receipt, Submission};
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{Hash, TreeSize};
use fairtrail::note::Note;
use fairtrail::reason::Reason;

use super::kept::keep;
use crate::config::FollowSettings;
use crate::core::follow::{Known, Outcome, Report};
use crate::core::head::Head;
use crate::service::{ReadError, Service, SubmitError};
use crate::store::accusations::Accusations;
use crate::store::disk::IoFault;
use crate::store::mirrored::Mirrored;

/// The own log and the disk.
#[derive(Debug, Clone)]
pub(super) struct Host {
    service: Service,
    data_dir: PathBuf,
    accusations: Accusations,
    origin: Origin,
    mirrored: Option<Mirrored>,
}

impl Host {
    pub(super) fn new(
        service: Service,
        data_dir: &Path,
        settings: &FollowSettings,
        mirrored: Option<Mirrored>,
    ) -> Self {
        Self {
            service,
            data_dir: data_dir.to_path_buf(),
            accusations: Accusations::new(&data_dir.join("fraud")),
            origin: settings.followed.origin.clone(),
            mirrored,
        }
    }

    pub(super) async fn compare(&self, leaves: Vec<Hash>) -> Result<(Vec<bool>, u64), ReadError> {
        if let Some(mirrored) = &self.mirrored {
            mirrored.verified(&leaves);
        }
        self.service.read(move |log| log.held(&leaves)).await
    }

    /// Entries that are answered for are durable.
    pub(super) async fn admit(&self, entries: Vec<Submission>) -> Outcome {
        let taken = self.service.take_up(Batch(entries)).await;
        outcome(taken.map(|taken| taken.receipt))
    }

    pub(super) async fn keep(&self, known: Box<Known>) -> Result<(), Reason> {
        let dir = self.data_dir.clone();
        let mirrored = self.mirrored.clone();
        off_runtime(move || {
            keep(&dir, &known)?;
            if let Some(mirrored) = mirrored {
                mirror(&mirrored, &known);
            }
            Ok(())
        })
        .await
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

/// What admission said, as a follower takes it.
pub(super) fn outcome(taken: Result<Receipt, SubmitError>) -> Outcome {
    match taken {
        Ok(receipt) => {
            let leaves = receipt.entries.iter().map(|entry| entry.leaf_index);
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

/// Lets the kept tiles move with the cursor. Following does not rest on them.
fn mirror(mirrored: &Mirrored, known: &Known) {
    let moved = mirrored.moved(known.cursor().head.stored());
    let signed = moved.and_then(|()| match known.seen() {
        Some(seen) => {
            let checkpoint = seen.checkpoint();
            let head = Head {
                size: checkpoint.size(),
                root: checkpoint.root(),
            };
            mirrored.signed(head.stored(), &seen.note().to_string())
        }
        None => Ok(()),
    });
    if let Err(error) = signed {
        tracing::warn!(origin = %known.origin(), %error, "tiles of a followed log could not be kept");
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
