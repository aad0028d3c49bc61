//! Parts, for those who may read them.

use std::collections::BTreeMap;

use fairtrail::api::{PartsPage, WithheldPage, WithheldView};
use fairtrail::entry::{Audience, Body};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::limits::{PART_ENTRIES, PARTS_PAGE_BYTES, PARTS_PAGE_LEAVES, WITHHELD_PAGE};
use fairtrail::reason::Reason;

use super::{ReadError, Service, StoredEntry};
use crate::core::follow::Reads;
use crate::ledger::lookup_fault;
use crate::ledger::tables::PartRow;
use crate::store::bodies::BodyPlace;
use crate::store::withheld::List;

/// Entries of which a reader is told why they do not give it a part; the rest is only looked at for
/// the part.
const EXPLAINED: usize = 256;

impl Service {
    /// A public part of a published entry; its digest is recomputed. Of the entries that name it,
    /// the first 65,536 are looked at.
    ///
    /// # Errors
    /// [`ReadError::Erased`], [`ReadError::WithheldByLaw`] or [`ReadError::Withheld`] when an entry
    /// names it and it is not served; [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn part(&self, digest: PartDigest) -> Result<Body, ReadError> {
        let published = self.checkpoint().size().get();
        let list = self.access.reader.withheld.now();
        let (mut outcome, mut after, mut seen) = (ReadError::NotFound, None, 0_usize);
        while seen < PART_ENTRIES {
            let rows = self.access.reader.tables().parts_named(digest, after);
            let rows = rows.map_err(|error| lookup_fault(&error))?;
            let Some(last) = rows.last() else { break };
            after = Some(last.leaf);
            for row in rows.into_iter().filter(|row| row.leaf < published) {
                seen = seen.saturating_add(1);
                if !is_held(row, Reads::Public) && seen > EXPLAINED {
                    continue;
                }
                let entry = self.entry_at(row.leaf)?.entry.id();
                match self.body_for(Reads::Public, entry, digest, row, &list) {
                    Ok(body) => return Ok(body),
                    Err(error @ ReadError::Store { .. }) => return Err(error),
                    // What says most about why stands first, as far as the log has come.
                    Err(ReadError::Withheld { refused: false })
                        if outcome != ReadError::NotFound => {}
                    Err(error) => outcome = error,
                }
            }
        }
        Err(outcome)
    }

    /// The public parts of an entry that are not served, and why.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn withheld(&self, stored: &StoredEntry) -> Result<Vec<WithheldView>, ReadError> {
        self.withheld_by(stored, &self.access.reader.withheld.now())
    }

    /// As [`Self::withheld`], by a list that was read.
    pub(super) fn withheld_by(
        &self,
        stored: &StoredEntry,
        list: &List,
    ) -> Result<Vec<WithheldView>, ReadError> {
        let leaf = stored.leaf_index.get();
        let mut withheld = Vec::new();
        for part in &stored.entry.header().parts {
            if part.audience != Audience::Public {
                continue;
            }
            let row = self.access.reader.tables().part_at(part.digest, leaf);
            let row = row.map_err(|error| lookup_fault(&error))?;
            let row = row.ok_or(ReadError::DAMAGED)?;
            match self.served(Reads::Public, stored.entry.id(), part.digest, row, list) {
                Ok(_) => {}
                Err(error @ ReadError::Store { .. }) => return Err(error),
                Err(error) => withheld.push(view(part.digest, error)),
            }
        }
        Ok(withheld)
    }

    /// Why public parts of at most `count` leaves from `first` on are not served, as far as one
    /// answer reaches. A part that several entries name stands there once.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when `first` is beyond the published tree; [`ReadError::Store`].
    pub fn withheld_of(&self, first: u64, count: u64) -> Result<WithheldPage, ReadError> {
        let end = self.end_of_run(first, count)?;
        let list = self.access.reader.withheld.now();
        let mut parts = BTreeMap::new();
        let mut next = first;
        while next < end && parts.len() < WITHHELD_PAGE {
            for view in self.withheld_by(&self.entry_at(next)?, &list)? {
                parts.entry(view.part).or_insert(view);
            }
            next = next.saturating_add(1);
        }
        let parts = parts.into_values().collect();
        Ok(WithheldPage { first, next, parts })
    }

    /// Behind the last leaf of a run.
    fn end_of_run(&self, first: u64, count: u64) -> Result<u64, ReadError> {
        let published = self.checkpoint().size().get();
        if first >= published {
            return Err(ReadError::NotFound);
        }
        let count = count.clamp(1, PARTS_PAGE_LEAVES);
        Ok(first.saturating_add(count).min(published))
    }

    /// The public parts of at most `count` leaves from `first` on, as far as one answer reaches.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when `first` is beyond the published tree; [`ReadError::Store`].
    pub fn parts(&self, first: u64, count: u64) -> Result<PartsPage, ReadError> {
        self.parts_for(Reads::Public, first, count)
    }

    /// The same for somebody who may have `reads`.
    ///
    /// # Errors
    /// As [`Self::parts`].
    pub fn parts_for(&self, reads: Reads, first: u64, count: u64) -> Result<PartsPage, ReadError> {
        let end = self.end_of_run(first, count)?;
        let list = self.access.reader.withheld.now();
        let mut parts = BTreeMap::new();
        let mut bytes = 0_usize;
        let mut next = first;
        while next < end && bytes < PARTS_PAGE_BYTES {
            bytes = bytes.saturating_add(self.take_parts(reads, next, &list, &mut parts)?);
            next = next.saturating_add(1);
        }
        let parts = parts.into_iter().collect();
        Ok(PartsPage { first, next, parts })
    }

    /// Adds the parts of one leaf that may be had; how many bytes they have.
    pub(super) fn take_parts(
        &self,
        reads: Reads,
        leaf: u64,
        list: &List,
        parts: &mut BTreeMap<PartDigest, Body>,
    ) -> Result<usize, ReadError> {
        let stored = self.entry_at(leaf)?;
        let mut bytes = 0_usize;
        for part in &stored.entry.header().parts {
            if !reads.may_have(part.audience) || parts.contains_key(&part.digest) {
                continue;
            }
            let row = self.access.reader.tables().part_at(part.digest, leaf);
            let row = row.map_err(|error| lookup_fault(&error))?;
            let Some(row) = row else { continue };
            let body = match self.body_for(reads, stored.entry.id(), part.digest, row, list) {
                Ok(body) => body,
                Err(error @ ReadError::Store { .. }) => return Err(error),
                Err(_) => continue,
            };
            bytes = bytes.saturating_add(body.bytes.len());
            parts.insert(part.digest, body);
        }
        Ok(bytes)
    }

    /// The body of a part as one entry names it, if it may be had and is served.
    pub(super) fn body_for(
        &self,
        reads: Reads,
        entry: EntryId,
        digest: PartDigest,
        row: PartRow,
        list: &List,
    ) -> Result<Body, ReadError> {
        let place = self.served(reads, entry, digest, row, list)?;
        let body = self.access.reader.body(digest, place)?;
        body.ok_or(ReadError::Withheld { refused: false })
    }

    /// Where the body of a part lies, if it may be served.
    fn served(
        &self,
        reads: Reads,
        entry: EntryId,
        digest: PartDigest,
        row: PartRow,
        list: &List,
    ) -> Result<BodyPlace, ReadError> {
        if self.access.admitted.read().erased().covers(entry, digest) {
            return Err(ReadError::Erased);
        }
        if let Some(ground) = list.ground(entry, digest) {
            return Err(ReadError::WithheldByLaw {
                log: self.fixed.info.origin.clone(),
                ground: Box::new(ground.clone()),
            });
        }
        let refused = row.place == Some(BodyPlace::REFUSED);
        let place = row.place.filter(|_| is_held(row, reads));
        place.ok_or(ReadError::Withheld { refused })
    }
}

/// Whether the bytes of a part are here, for somebody who may have `reads`.
fn is_held(row: PartRow, reads: Reads) -> bool {
    let held = row.place.is_some_and(|place| place != BodyPlace::REFUSED);
    held && reads.may_have(row.audience)
}

fn view(part: PartDigest, error: ReadError) -> WithheldView {
    let reason = match error {
        ReadError::Withheld { refused: true } => Reason::ClaimInadmissible,
        _ => error.code(),
    };
    let ground = match error {
        ReadError::WithheldByLaw { ground, .. } => Some(*ground),
        _ => None,
    };
    WithheldView {
        part,
        reason: reason.to_string(),
        ground,
    }
}
