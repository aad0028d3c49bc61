//! What the reader of histories needs of one log: all of it, or what a bundle proves.

use super::Replica;
use crate::api::WithheldView;
use crate::entry::{Body, SignedEntry};
use crate::history::LogView;
use crate::id::{EntryId, PartDigest};
use crate::log::{Checkpoint, CosignedCheckpoint, Origin};
use std::fmt::Debug;

/// One log, as far as it is at hand.
pub(crate) trait LogCopy: Debug {
    /// The log.
    fn origin(&self) -> &Origin;

    /// Where an entry stands, if it is at hand.
    fn leaf(&self, entry: EntryId) -> Option<u64>;

    /// The entries at hand, in log order.
    fn in_order(&self) -> &[SignedEntry];

    /// A part, if its bytes are at hand.
    fn body(&self, part: PartDigest) -> Option<&Body>;

    /// What the gateway says of a part that it does not serve.
    fn said(&self, part: PartDigest) -> Option<&WithheldView>;

    /// The archived note that is named so.
    fn note(&self, digest: &[u8; 32]) -> Option<&CosignedCheckpoint>;

    /// All notes at hand, in no order.
    fn all_notes(&self) -> Vec<&CosignedCheckpoint>;

    /// How far the log was read, with `f` operators that may lie; nothing before the first
    /// checkpoint.
    fn view(&self, f: usize) -> Option<LogView>;
}

impl LogCopy for Replica {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn leaf(&self, entry: EntryId) -> Option<u64> {
        self.leaf_of(entry)
    }

    fn in_order(&self) -> &[SignedEntry] {
        &self.entries
    }

    fn body(&self, part: PartDigest) -> Option<&Body> {
        self.part(part)
    }

    fn said(&self, part: PartDigest) -> Option<&WithheldView> {
        self.withheld.get(&part)
    }

    fn note(&self, digest: &[u8; 32]) -> Option<&CosignedCheckpoint> {
        self.archive.get(digest)
    }

    fn all_notes(&self) -> Vec<&CosignedCheckpoint> {
        self.archive.values().chain(&self.newest).collect()
    }

    fn view(&self, f: usize) -> Option<LogView> {
        let newest = self.newest.as_ref()?;
        Some(view_at(newest.checkpoint(), Some(newest), f))
    }
}

/// A log read up to a checkpoint, and who vouches for when that was.
pub(crate) fn view_at(
    checkpoint: &Checkpoint,
    note: Option<&CosignedCheckpoint>,
    f: usize,
) -> LogView {
    let stamps = note.into_iter().flat_map(CosignedCheckpoint::stamps);
    LogView {
        origin: checkpoint.origin().to_string(),
        size: checkpoint.size().get(),
        root: checkpoint.root().to_string(),
        cosigned_by: stamps
            .map(|stamps| (stamps.operator.clone(), stamps.earliest))
            .collect(),
        time: note.and_then(|note| note.not_after(f)),
        not_before: note.and_then(|note| note.not_before(f)),
    }
}
