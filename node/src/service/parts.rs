//! Parts that anybody may read.

use std::collections::BTreeMap;

use fairtrail::api::{PartsPage, WithheldView};
use fairtrail::entry::{Audience, Body};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::limits::{PARTS_PAGE_BYTES, PARTS_PAGE_LEAVES};
use fairtrail::reason::Reason;

use super::{ReadError, Service, StoredEntry};
use crate::ledger::lookup_fault;
use crate::ledger::tables::PartRow;
use crate::store::bodies::BodyPlace;

impl Service {
    /// A public part of a published entry; its digest is recomputed.
    ///
    /// # Errors
    /// [`ReadError::Erased`], [`ReadError::WithheldByLaw`] or [`ReadError::Withheld`] when an entry
    /// names it and it is not served; [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn part(&self, digest: PartDigest) -> Result<Body, ReadError> {
        let published = self.checkpoint().size().get();
        let rows = self.access.reader.tables().parts_named(digest, None);
        let rows = rows.map_err(|error| lookup_fault(&error))?;
        let mut outcome = Err(ReadError::NotFound);
        for row in rows.into_iter().filter(|row| row.leaf < published) {
            let entry = self.entry_at(row.leaf)?.entry.id();
            match self.public_body(entry, digest, row) {
                Ok(body) => return Ok(body),
                Err(error @ ReadError::Store { .. }) => return Err(error),
                // What says most about why stands first, as far as the log has come.
                Err(ReadError::Withheld { refused: false })
                    if outcome != Err(ReadError::NotFound) => {}
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    }

    /// The public parts of an entry that are not served, and why.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn withheld(&self, stored: &StoredEntry) -> Result<Vec<WithheldView>, ReadError> {
        let leaf = stored.leaf_index.get();
        let mut withheld = Vec::new();
        for part in &stored.entry.header().parts {
            if part.audience != Audience::Public {
                continue;
            }
            let row = self.access.reader.tables().part_at(part.digest, leaf);
            let row = row.map_err(|error| lookup_fault(&error))?;
            let row = row.ok_or(ReadError::DAMAGED)?;
            match self.served(stored.entry.id(), part.digest, row) {
                Ok(_) => {}
                Err(error @ ReadError::Store { .. }) => return Err(error),
                Err(error) => withheld.push(view(part.digest, &error)),
            }
        }
        Ok(withheld)
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
            let Some(row) = row else { continue };
            let body = match self.public_body(stored.entry.id(), part.digest, row) {
                Ok(body) => body,
                Err(error @ ReadError::Store { .. }) => return Err(error),
                Err(_) => continue,
            };
            bytes = bytes.saturating_add(body.bytes.len());
            parts.insert(part.digest, body);
        }
        Ok(bytes)
    }

    /// The body of a part as one entry names it, if it is for the public and served.
    fn public_body(
        &self,
        entry: EntryId,
        digest: PartDigest,
        row: PartRow,
    ) -> Result<Body, ReadError> {
        let place = self.served(entry, digest, row)?;
        let body = self.access.reader.body(digest, place)?;
        body.ok_or(ReadError::Withheld { refused: false })
    }

    /// Where the body of a part lies, if it may be served to anybody.
    fn served(
        &self,
        entry: EntryId,
        digest: PartDigest,
        row: PartRow,
    ) -> Result<BodyPlace, ReadError> {
        if self.access.admitted.read().erased().covers(entry, digest) {
            return Err(ReadError::Erased);
        }
        let refused = row.place == Some(BodyPlace::REFUSED);
        if let Some(basis) = self.access.reader.withheld.basis(entry, digest) {
            return Err(ReadError::WithheldByLaw { basis });
        }
        let place = row
            .place
            .filter(|_| row.audience == Audience::Public && !refused);
        place.ok_or(ReadError::Withheld { refused })
    }
}

fn view(part: PartDigest, error: &ReadError) -> WithheldView {
    let (reason, basis) = match error {
        ReadError::Withheld { refused: true } => (Reason::ClaimInadmissible, None),
        error => (error.code(), error.basis()),
    };
    WithheldView {
        part,
        reason: reason.to_string(),
        basis,
    }
}
