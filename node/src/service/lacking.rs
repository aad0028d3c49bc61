//! Parts that entries of this log name and this node does not hold.

use std::collections::BTreeSet;

use fairtrail::entry::Body;
use fairtrail::id::PartDigest;

use super::{ReadError, Service};
use crate::core::follow::{GLEANED, Reads};
use crate::ledger::{SubmitError, lookup_fault};

/// Leaves that are looked at in one go.
const LEAVES: u64 = 256;

impl Service {
    /// Parts that whoever `reads` so may have and that are lacking here, of some leaves from `from`
    /// on; never what is erased, what the operator withholds, or what came and may not be kept.
    /// Before them, the leaf to go on at, 0 at the end of the published tree.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn lacking(
        &self,
        from: u64,
        reads: Reads,
    ) -> Result<(u64, BTreeSet<PartDigest>), ReadError> {
        let published = self.checkpoint().size().get();
        let end = from.saturating_add(LEAVES).min(published);
        let list = self.access.reader.withheld.now();
        let mut lacking = BTreeSet::new();
        let mut next = from;
        while next < end && lacking.len() < GLEANED {
            let entry = self.access.reader.entry_at(next)?;
            let id = entry.id();
            for part in &entry.header().parts {
                let digest = part.digest;
                if !reads.may_have(part.audience) || lacking.len() >= GLEANED {
                    continue;
                }
                let row = self.access.reader.tables().part_at(digest, next);
                let row = row.map_err(|error| lookup_fault(&error))?;
                let gone = list.ground(id, digest).is_some()
                    || self.access.admitted.read().erased().covers(id, digest);
                if row.is_some_and(|row| row.place.is_none()) && !gone {
                    lacking.insert(digest);
                }
            }
            next = next.saturating_add(1);
        }
        let next = if next < published { next } else { 0 };
        Ok((next, lacking))
    }

    /// Stores bodies for the entries that lack them; how many. Answers when they are durable.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then.
    pub async fn fill(&self, bodies: Vec<(PartDigest, Body)>) -> Result<u64, SubmitError> {
        self.access.fill(bodies).await
    }
}
