//! Making a head together with the proof that it follows from the one before.

use fairtrail::entry::SignedEntry;
use fairtrail::id::EntryId;
use fairtrail::index::{EntrySource, FeedFact, FeedFacts, Index, IndexError, IndexHead};
use fairtrail::limits::UPDATE_BYTES;
use fairtrail::merkle::{Hash, LeafIndex, TreeSize, prove};
use fairtrail::time::Timestamp;

use super::super::admitted::SharedAdmitted;
use super::super::reader::Reader;

/// Looks entries up one by one, so that whoever admits need not wait for a whole head.
pub(super) struct Facts<'a>(pub(super) &'a SharedAdmitted);

impl FeedFacts for Facts<'_> {
    fn fact(&self, entry: EntryId) -> Option<FeedFact> {
        FeedFacts::fact(&self.0.read().set, entry)
    }
}

/// Covers the next leaves by a head; its update proof if one is wanted, can be made and is not too
/// large. A head never waits for its proof.
pub(super) fn append(
    index: &mut Index,
    leaves: &[SignedEntry],
    time: Timestamp,
    facts: &impl FeedFacts,
    proved_from: Option<&Reader>,
) -> Result<(IndexHead, Option<Vec<u8>>), IndexError> {
    if let Some(reader) = proved_from {
        match index.append_proving(leaves, time, facts, &Earlier(reader)) {
            Ok(proof) => {
                let head = IndexHead::parse(&proof.new.0)?;
                let proof = Some(proof.to_bytes()).filter(|proof| proof.len() <= UPDATE_BYTES);
                return Ok((head, proof));
            }
            Err(error) => tracing::warn!(%error, "an index head is made without its update proof"),
        }
    }
    Ok((index.append(leaves, time, facts)?, None))
}

/// Earlier entries of the log, where a leaf forks a feed.
struct Earlier<'a>(&'a Reader);

impl EntrySource for Earlier<'_> {
    fn entry(&self, id: EntryId) -> Option<(LeafIndex, SignedEntry)> {
        let (leaf, entry) = self.0.entry(id).ok()??;
        Some((LeafIndex::new(leaf).ok()?, entry))
    }

    fn path(&self, leaf: LeafIndex, size: TreeSize) -> Option<Vec<Hash>> {
        prove::inclusion(&self.0.tiles, leaf, size).ok()
    }
}
