//! Whether what a gateway shows continues what was seen, and agrees with what others show.

use super::{Session, SyncError};
use crate::client::{Gateway, Store};
use crate::fraud::SplitView;
use crate::log::{LogError, SignedCheckpoint, VerifiedTiles};
use crate::merkle::{CompactRange, ProveError, prove};
use crate::note::Note;
use crate::policy::Policy;
use crate::replica::Replica;

/// What another gateway of a log shows, compared with a copy of it: one history, or
/// [`compare`] refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mirror {
    /// A larger tree that continues the copy.
    Ahead {
        /// Its leaves.
        size: u64,
    },
    /// A smaller tree that the copy continues.
    Behind {
        /// Its leaves.
        size: u64,
    },
    /// The tree of the copy.
    Same,
}

/// Compares a checkpoint note that `gateway` showed with a copy of the same log, just read from
/// another gateway. However many cosigned the note: what the log's key signed binds the log.
///
/// # Errors
/// [`crate::client::StoreError::Forked`], with the proof kept in `store`, when they are two
/// histories; else what keeps the two from being compared.
pub fn compare(
    gateway: &Gateway,
    note: &Note,
    store: &Store,
    policy: &Policy,
    replica: &Replica,
) -> Result<Mirror, SyncError> {
    store.read_note(policy, note)?;
    let found = store.signed(note)?;
    if let Some(view) = replica.contradiction(&found)? {
        return Err(store.convict(&view)?.into());
    }
    let size = found.checkpoint().size();
    if size <= replica.size() {
        let size = size.get();
        return Ok(if size == replica.size().get() {
            Mirror::Same
        } else {
            Mirror::Behind { size }
        });
    }
    if let Some(newest) = replica.newest() {
        let tiles = VerifiedTiles::open(gateway, found.checkpoint())?;
        check_growth(store, &store.signed(newest.note())?, &found, &tiles)?;
    }
    Ok(Mirror::Ahead { size: size.get() })
}

/// Refuses a larger tree that has another root where one was seen.
pub(super) fn check_growth(
    store: &Store,
    seen: &SignedCheckpoint,
    found: &SignedCheckpoint,
    tiles: &VerifiedTiles<&Gateway>,
) -> Result<(), SyncError> {
    match contradiction(seen, found, tiles)? {
        None => Ok(()),
        Some(view) => Err(store.convict(&view)?.into()),
    }
}

/// The proof that a tree, not smaller than one that was seen, has another root there.
pub(super) fn contradiction(
    seen: &SignedCheckpoint,
    found: &SignedCheckpoint,
    tiles: &VerifiedTiles<&Gateway>,
) -> Result<Option<SplitView>, SyncError> {
    let (old, new) = (seen.checkpoint().size(), found.checkpoint().size());
    let prefix = CompactRange::read(tiles, old)?.root();
    if prefix == seen.checkpoint().root() {
        return Ok(None);
    }
    let path = if old == new {
        Vec::new()
    } else {
        prove::consistency(tiles, old, new).map_err(unproved)?
    };
    let (seen, found) = (seen.note().clone(), found.note().clone());
    Ok(Some(SplitView::new(seen, found, prefix, path)))
}

fn unproved<E: Into<SyncError>>(error: ProveError<E>) -> SyncError {
    match error {
        ProveError::Merkle(error) => LogError::from(error).into(),
        ProveError::Source(error) => error.into(),
    }
}

impl Session<'_> {
    /// What a new checkpoint must continue: the newest one ever seen, by whatever way, and the one
    /// held, which is another when the copy was deleted or put back.
    pub(super) fn known(&self) -> Result<Vec<SignedCheckpoint>, SyncError> {
        let (seen, held) = (self.store.seen()?, self.store.held_checkpoint()?);
        let by_index = self.store.seen_by_index()?;
        Ok(seen.into_iter().chain(held).chain(by_index).collect())
    }

    /// Refuses a checkpoint that is smaller than one seen before, or another of the same size.
    pub(super) fn check_size(
        &self,
        seen: &SignedCheckpoint,
        found: &SignedCheckpoint,
        replica: &Replica,
    ) -> Result<(), SyncError> {
        let (before, now) = (seen.checkpoint(), found.checkpoint());
        if now.size() > before.size() {
            return Ok(());
        }
        if now.size() == before.size() {
            if now.root() == before.root() {
                return Ok(());
            }
            let view = SplitView::of_one_size(seen, found);
            return Err(self.store.convict(&view)?.into());
        }
        if let Some(view) = replica.contradiction(found)? {
            return Err(self.store.convict(&view)?.into());
        }
        Err(SyncError::RolledBack {
            origin: now.origin().clone(),
            seen: before.size().get(),
            found: now.size().get(),
            evidence: self.store.keep_step_back(seen.note(), found.note())?,
        })
    }
}
