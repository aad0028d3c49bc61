//! Going through the heads of an index that were not checked yet: by update proofs where these
//! reach, by making every head again where they do not.

use fairtrail::index::{
    BadUpdate, BadUpdateProof, Checked, IndexError, IndexHead, Replay, SignedHead, UpdateProof,
};
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{CompactRange, LeafIndex, leaf_hash};
use fairtrail::note::Note;

use super::carrier::Carrier;
use super::rebuild::{self, Earlier};
use super::source::{Heads, Leaves};
use super::{Indexed, Unread};
use crate::core::index::PROVED_HEADS;
use crate::core::vouching::Vouching;

/// Heads after which what is checked is written down.
const PER_WRITE: u64 = 64;

/// The proof that a head was signed which does not follow.
pub(super) struct Conviction {
    pub(super) leaf: u64,
    pub(super) file: Vec<u8>,
}

/// What came of checking.
pub(super) enum Outcome {
    /// All heads follow.
    Checked,
    /// One does not.
    Convicted(Conviction),
}

/// One check: up to which checkpoint, from where.
pub(super) struct Check<'a> {
    pub(super) index: &'a Indexed,
    pub(super) checkpoint: &'a Checkpoint,
    pub(super) note: &'a Note,
    pub(super) carrier: &'a Carrier,
}

impl Check<'_> {
    /// Takes `vouching` as far as the checkpoint reaches; `keep` writes it down.
    pub(super) fn run(
        &self,
        vouching: &mut Vouching,
        keep: &mut dyn FnMut(&Vouching) -> Result<(), Unread>,
    ) -> Result<Outcome, Unread> {
        let heads = Heads::open(self.carrier, self.checkpoint)?;
        if heads.range(vouching.heads().size())? != *vouching.heads() {
            return Err(Unread::OtherHistory);
        }
        let end = self.checkpoint.size().get();
        let behind = end.saturating_sub(vouching.heads().size().get());
        if behind <= PROVED_HEADS
            && let Some(outcome) = self.by_proofs(&heads, vouching, keep)?
        {
            return Ok(outcome);
        }
        self.by_leaves(&heads, vouching, keep)
    }

    /// Nothing when a proof is missing or does not hold.
    fn by_proofs(
        &self,
        heads: &Heads<'_>,
        vouching: &mut Vouching,
        keep: &mut dyn FnMut(&Vouching) -> Result<(), Unread>,
    ) -> Result<Option<Outcome>, Unread> {
        let end = self.checkpoint.size().get();
        while vouching.heads().size().get() < end {
            for head in heads.from(vouching.heads().size().get())? {
                let leaf = vouching.heads().size().get();
                let update = self.carrier.update(leaf);
                let update = update.and_then(|bytes| UpdateProof::parse(&bytes).ok());
                let Some(update) = update else {
                    return Ok(None);
                };
                match vouching.take(&head, &update) {
                    Ok(()) => {}
                    Err(IndexError::Head { .. }) => {
                        let file = self.accuse(heads, vouching.checked(), &update, leaf, |id| {
                            self.index.entry(id)
                        });
                        // Leaves that are not the log's prove nothing; others are read then.
                        return Ok(file.map(Outcome::Convicted));
                    }
                    Err(error) => {
                        tracing::warn!(index = %self.index.origin, leaf, %error, "an update proof does not hold");
                        return Ok(None);
                    }
                }
                if leaf.is_multiple_of(PER_WRITE) {
                    keep(vouching)?;
                }
            }
        }
        keep(vouching)?;
        Ok(Some(Outcome::Checked))
    }

    /// Makes every head again, from the first on.
    fn by_leaves(
        &self,
        heads: &Heads<'_>,
        vouching: &mut Vouching,
        keep: &mut dyn FnMut(&Vouching) -> Result<(), Unread>,
    ) -> Result<Outcome, Unread> {
        let end = self.checkpoint.size().get();
        tracing::info!(index = %self.index.origin, heads = end, "an index is made again from its log");
        let mut leaves = self.leaves(heads)?;
        let mut replay = Replay::new(self.index.log.clone());
        let mut range = CompactRange::new();
        while range.size().get() < end {
            for head in heads.from(range.size().get())? {
                let entries = rebuild::entries(&mut leaves, replay.size(), &head)?;
                match replay.take(&entries, &head) {
                    Ok(()) => {}
                    Err(IndexError::Head { .. }) => {
                        let leaf = range.size().get();
                        return self.convict(heads, leaf).map(Outcome::Convicted);
                    }
                    Err(error) => return Err(error.into()),
                }
                range.append(leaf_hash(&head)).map_err(IndexError::from)?;
            }
        }
        vouching.adopt(range, replay.checked()?);
        keep(vouching)?;
        Ok(Outcome::Checked)
    }

    fn leaves(&self, heads: &Heads<'_>) -> Result<Leaves<'_>, Unread> {
        let last = self.checkpoint.size().get().saturating_sub(1);
        let last = heads.from(last)?.into_iter().next().ok_or(Unread::Short)?;
        let size = IndexHead::parse(&last).map_err(IndexError::from)?.size;
        let Indexed { log, own, .. } = self.index;
        Ok(Leaves::of(own, log, self.carrier, size))
    }

    /// Goes over everything before the head at `leaf` once more, remembering what a proof takes.
    fn convict(&self, heads: &Heads<'_>, leaf: u64) -> Result<Conviction, Unread> {
        let mut leaves = self.leaves(heads)?;
        let mut replay = Replay::new(self.index.log.clone());
        let mut earlier = Earlier::default();
        let mut next = 0;
        loop {
            for head in heads.from(next)? {
                let entries = rebuild::entries(&mut leaves, replay.size(), &head)?;
                if next == leaf {
                    let checked = replay.checked()?;
                    let update = replay.prove(&entries, &head, &earlier)?;
                    let file = self.accuse(heads, &checked, &update, leaf, |id| earlier.found(id));
                    return file.ok_or(Unread::Short);
                }
                replay.take(&entries, &head)?;
                earlier.remember(entries)?;
                next = next.saturating_add(1);
            }
        }
    }

    /// The file, if it verifies.
    fn accuse(
        &self,
        heads: &Heads<'_>,
        checked: &Checked,
        update: &UpdateProof,
        leaf: u64,
        entry: impl Fn(fairtrail::id::EntryId) -> Option<fairtrail::entry::SignedEntry>,
    ) -> Option<Conviction> {
        let path = |leaf: u64| heads.path(LeafIndex::new(leaf).ok()?).ok();
        let signed = SignedHead {
            note: self.note.to_string().into_bytes(),
            leaf: LeafIndex::new(leaf).ok()?,
            path: path(leaf)?,
            old_path: leaf.checked_sub(1).map_or(Some(Vec::new()), path)?,
        };
        let file = BadUpdate::against(checked, update, signed, entry).ok()?;
        let proof: BadUpdateProof = file.verify(&self.index.key).ok()?;
        tracing::error!(
            index = %self.index.origin, leaf, size = %proof.signed.size,
            "an index head was signed that does not follow from its log"
        );
        let file = file.to_bytes();
        Some(Conviction { leaf, file })
    }
}
