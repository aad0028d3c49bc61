//! Parts that anybody may read.

use std::collections::BTreeMap;

use fairtrail::api::PartsPage;
use fairtrail::entry::{Audience, Body};
use fairtrail::id::PartDigest;
use fairtrail::limits::{PARTS_PAGE_BYTES, PARTS_PAGE_LEAVES};

use super::{ReadError, Service};
use crate::ledger::lookup_fault;
use crate::ledger::tables::PartRow;

impl Service {
    /// A public part of a published entry; its digest is recomputed.
    ///
    /// # Errors
    /// [`ReadError::Withheld`] when an entry names it and it is not public, not here or erased;
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn part(&self, digest: PartDigest) -> Result<Body, ReadError> {
        let published = self.checkpoint().size().get();
        let rows = self.access.reader.tables().parts_named(digest);
        let rows = rows.map_err(|error| lookup_fault(&error))?;
        let mut outcome = Err(ReadError::NotFound);
        for row in rows.into_iter().filter(|row| row.leaf < published) {
            if let Some(body) = self.public_body(digest, row)? {
                return Ok(body);
            }
            outcome = Err(ReadError::Withheld);
        }
        outcome
    }

    /// The public parts of at most `count` leaves from `first` on, as far as one answer reaches.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when `first` is beyond the published tree; [`ReadError::Store`].
    pub fn parts(&self, first: u64, count: u64) -> Result<PartsPage, ReadError> {
        let published = self.checkpoint().size().get();
        if first >= published {
            return Err(ReadError::NotFound);
        }
        let count = count.clamp(1, PARTS_PAGE_LEAVES);
        let end = first.saturating_add(count).min(published);
        let mut parts = BTreeMap::new();
        let mut bytes = 0_usize;
        let mut next = first;
        while next < end && bytes < PARTS_PAGE_BYTES {
            bytes = bytes.saturating_add(self.take_parts(next, &mut parts)?);
            next = next.saturating_add(1);
        }
        let parts = parts.into_iter().collect();
        Ok(PartsPage { first, next, parts })
    }

    /// Adds the public parts of one leaf; how many bytes they have.
    fn take_parts(
        &self,
        leaf: u64,
        parts: &mut BTreeMap<PartDigest, Body>,
    ) -> Result<usize, ReadError> {
        let stored = self.entry_at(leaf)?;
        let mut bytes = 0_usize;
        for part in &stored.entry.header().parts {
            if part.audience != Audience::Public || parts.contains_key(&part.digest) {
                continue;
            }
            let row = self.access.reader.tables().part_at(part.digest, leaf);
            let row = row.map_err(|error| lookup_fault(&error))?;
            let body = row
                .map(|row| self.public_body(part.digest, row))
                .transpose()?;
            if let Some(body) = body.flatten() {
                bytes = bytes.saturating_add(body.bytes.len());
                parts.insert(part.digest, body);
            }
        }
        Ok(bytes)
    }

    fn public_body(&self, digest: PartDigest, row: PartRow) -> Result<Option<Body>, ReadError> {
        let place = row.place.filter(|_| row.audience == Audience::Public);
        let Some(place) = place else {
            return Ok(None);
        };
        Ok(self.access.reader.body(digest, place)?)
    }
}
