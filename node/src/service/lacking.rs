//! Parts that entries of this log name and this node does not hold.

use std::collections::BTreeSet;

use fairtrail::entry::Body;
use fairtrail::id::PartDigest;
use fairtrail::merkle::Hash;

use super::{ReadError, Service};
use crate::core::follow::{GLEANED, Reads};
use crate::ledger::{SubmitError, lookup_fault};
use crate::store::withheld::List;

/// Leaves that are looked at in one go.
const LEAVES: u64 = 256;

impl Service {
    /// Whether parts that whoever `reads` so may have are lacking here, in some leaves from `from`
    /// on; never what is erased, what the operator withholds, or what came and may not be kept.
    /// Before it, the leaf to go on at, 0 at the end of the published tree.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn lacking(&self, from: u64, reads: Reads) -> Result<(u64, bool), ReadError> {
        let published = self.checkpoint().size().get();
        let end = from.saturating_add(LEAVES).min(published);
        let list = self.access.reader.withheld.now();
        for leaf in from..end {
            if !self.lacking_at(leaf, reads, &list)?.is_empty() {
                return Ok((leaf, true));
            }
        }
        Ok((if end < published { end } else { 0 }, false))
    }

    /// The same for the entries with these leaf hashes, as far as they stand here: how many of the
    /// hashes were looked at, and what is lacking, each with the place of its hash. It ends behind
    /// the leaf with the 256th part.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn lacking_of(
        &self,
        leaves: &[Hash],
        reads: Reads,
    ) -> Result<(usize, Vec<(usize, PartDigest)>), ReadError> {
        let list = self.access.reader.withheld.now();
        let (mut looked, mut lacking) = (0_usize, Vec::new());
        for (place, hash) in leaves.iter().enumerate() {
            if lacking.len() >= GLEANED {
                break;
            }
            looked = looked.saturating_add(1);
            let leaf = self.access.reader.tables().leaf_with(*hash);
            if let Some(leaf) = leaf.map_err(|error| lookup_fault(&error))? {
                let parts = self.lacking_at(leaf, reads, &list)?.into_iter();
                lacking.extend(parts.map(|part| (place, part)));
            }
        }
        Ok((looked, lacking))
    }

    /// What the entry of one leaf lacks.
    fn lacking_at(
        &self,
        leaf: u64,
        reads: Reads,
        list: &List,
    ) -> Result<BTreeSet<PartDigest>, ReadError> {
        let mut lacking = BTreeSet::new();
        let entry = self.access.reader.entry_at(leaf)?;
        let id = entry.id();
        for part in &entry.header().parts {
            let digest = part.digest;
            if !reads.may_have(part.audience) {
                continue;
            }
            let row = self.access.reader.tables().part_at(digest, leaf);
            let row = row.map_err(|error| lookup_fault(&error))?;
            let gone = list.ground(id, digest).is_some()
                || self.access.admitted.read().erased().covers(id, digest);
            if row.is_some_and(|row| row.place.is_none()) && !gone {
                lacking.insert(digest);
            }
        }
        Ok(lacking)
    }

    /// Stores bodies for the entries that lack them; how many. Answers when they are durable.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then.
    pub async fn fill(&self, bodies: Vec<(PartDigest, Body)>) -> Result<u64, SubmitError> {
        self.access.fill(bodies).await
    }
}
