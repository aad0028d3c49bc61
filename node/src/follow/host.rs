//! What a follower has done for it in this node: looking up, admitting, keeping, telling.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairtrail::api::{Batch, Receipt, Submission};
use fairtrail::client::inadmissible_leaf;
use fairtrail::entry::Body;
use fairtrail::fraud::{Accused, FraudFile};
use fairtrail::id::PartDigest;
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::Hash;
use fairtrail::note::{Note, NoteVerifier};
use fairtrail::reason::Reason;

use super::kept::keep;
use super::mirrors::Mirrors;
use crate::config::FollowSettings;
use crate::core::follow::{GleanInput, GleanOutput, Known, Outcome, Report};
use crate::core::head::Head;
use crate::gossip::Ear;
use crate::p2p::{Handle, Membership};
use crate::service::{ReadError, Service, SubmitError};
use crate::store::disk::IoFault;
use crate::store::mirrored::Mirrored;

/// The own log and the disk.
#[derive(Debug, Clone)]
pub(super) struct Host {
    service: Service,
    data_dir: PathBuf,
    ear: Ear,
    origin: Origin,
    key: NoteVerifier,
    carrier: Arc<Mirrors>,
    mirrored: Option<Mirrored>,
    network: Option<Handle>,
}

impl Host {
    pub(super) fn new(
        data_dir: &Path,
        ear: Ear,
        settings: &FollowSettings,
        carrier: &Arc<Mirrors>,
        mirrored: Option<Mirrored>,
        network: Option<&Handle>,
    ) -> Self {
        Self {
            service: ear.service().clone(),
            data_dir: data_dir.to_path_buf(),
            ear,
            origin: settings.followed.origin.clone(),
            key: settings.followed.key.clone(),
            carrier: Arc::clone(carrier),
            mirrored,
            network: network.cloned(),
        }
    }

    pub(super) const fn service(&self) -> &Service {
        &self.service
    }

    pub(super) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Which of these leaves, verified ones from `first` on, are held here.
    pub(super) async fn compare(
        &self,
        first: u64,
        leaves: Vec<Hash>,
    ) -> Result<(Vec<bool>, u64), ReadError> {
        if let Some(mirrored) = &self.mirrored {
            mirrored.verified(first, &leaves);
        }
        self.service.read(move |log| log.held(&leaves)).await
    }

    /// Entries that are answered for are durable.
    pub(super) async fn admit(&self, entries: Vec<Submission>) -> Outcome {
        let taken = self.service.take_up(Batch(entries)).await;
        outcome(taken.map(|taken| taken.receipt))
    }

    /// What this node is to its network by now.
    pub(super) fn membership(&self) -> Membership {
        let network = self.network.as_ref();
        network.map_or(Membership::Unnamed, Handle::membership)
    }

    /// What a look or a match of a gleaner brings.
    ///
    /// # Errors
    /// [`ReadError`]; nothing for what is neither.
    pub(super) async fn gleaned(&self, todo: GleanOutput) -> Result<Option<GleanInput>, ReadError> {
        let read = self.service.read(move |log| match todo {
            GleanOutput::Look(from, reads) => {
                let (next, lacking) = log.lacking(from, reads)?;
                Ok(Some(GleanInput::Looked { next, lacking }))
            }
            GleanOutput::Match(leaves, reads) => {
                let (looked, lacking) = log.lacking_of(&leaves, reads)?;
                Ok(Some(GleanInput::Matched { looked, lacking }))
            }
            GleanOutput::Ask(_) | GleanOutput::Fill(_) | GleanOutput::Rest => Ok(None),
        });
        read.await
    }

    /// Stores bodies that came after their entries; how many.
    pub(super) async fn fill(&self, bodies: Vec<(PartDigest, Body)>) -> u64 {
        let origin = &self.origin;
        match self.service.fill(bodies).await {
            Ok(stored) => {
                tracing::info!(%origin, stored, "parts that were lacking came");
                stored
            }
            Err(error) => {
                let reason = error.code();
                tracing::warn!(%origin, %reason, "parts that were lacking cannot be taken up");
                0
            }
        }
    }

    /// Whether it is proved that the log signed two histories.
    pub(super) fn is_convicted(&self) -> bool {
        let accused = Accused::Log(self.origin.clone());
        self.ear.hub().is_held(&accused)
    }

    /// Keeps it, then tells others what the log signed.
    pub(super) async fn keep(&self, known: Box<Known>) -> Result<(), Reason> {
        let (dir, seen) = (self.data_dir.clone(), known.seen().cloned());
        let mirrored = self.mirrored.clone();
        off_runtime(move || {
            keep(&dir, &known)?;
            if let Some(mirrored) = mirrored {
                mirror(&mirrored, &known);
            }
            Ok(())
        })
        .await?;
        if let Some(seen) = seen {
            self.ear.saw(seen).await;
        }
        Ok(())
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
                self.ear.found(FraudFile::SplitView(view)).await;
            }
            Report::LeafRefused { leaf, reason, .. } => {
                tracing::error!(%origin, leaf, %reason, "this log holds what no log may hold");
                let host = self.clone();
                tokio::spawn(async move { host.accuse(leaf).await });
            }
            Report::Shrunk { seen, found } => {
                let (seen, found) = (stated(&seen), stated(&found));
                let reason = Reason::RollbackSuspected;
                tracing::warn!(%origin, seen, found, %reason, "this log shows a smaller tree than before");
            }
        }
    }
}

impl Host {
    /// Makes the file that shows a refused leaf to others, from a gateway of the log, and hands it on.
    /// One file of a log is enough, and of some leaves there is none.
    async fn accuse(&self, leaf: u64) {
        let network = self.service.log_info().network;
        let accused = Accused::Log(self.origin.clone());
        for (_, gateway) in self.carrier.gateways() {
            if self.ear.hub().holds_other(&accused) {
                return;
            }
            let (gateway, key) = (Arc::clone(gateway), self.key.clone());
            let made = move || inadmissible_leaf(&gateway, &key, network, leaf);
            match tokio::task::spawn_blocking(made).await {
                Ok(Ok(Some(fraud))) => self.ear.found(FraudFile::Log(Box::new(fraud))).await,
                Ok(Err(error)) => {
                    let (origin, reason) = (&self.origin, error.code());
                    tracing::warn!(%origin, leaf, %reason, "no file could be made of a refused leaf");
                }
                // No file shows this leaf by itself, or the runtime is going down.
                Ok(Ok(None)) | Err(_) => return,
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
