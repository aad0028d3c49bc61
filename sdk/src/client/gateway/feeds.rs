//! A feed as its log holds it, read from an entry downwards.

use super::super::ClientError;
use super::{BYTES, Gateway};
use crate::entry::SignedEntry;
use crate::id::EntryId;
use crate::limits::{ENTRY_BYTES, HISTORY_PAGE};
use crate::log::decode_some_entries;
use crate::reason::Reason;

impl Gateway {
    /// An entry and those before it in its feed, newest first, as far as one answer reaches. Each is
    /// the one that the one after it names; signatures are not checked here.
    ///
    /// # Errors
    /// [`ClientError`]; also when the answer does not begin with the entry or does not hang together.
    pub fn feed_down_from(&self, id: EntryId) -> Result<Vec<SignedEntry>, ClientError> {
        let path = format!("/v1/entries/{id}/feed?limit={HISTORY_PAGE}");
        let max = HISTORY_PAGE.saturating_mul(ENTRY_BYTES.saturating_add(2));
        let bytes = self.get(&path, BYTES, max)?;
        let read = decode_some_entries(&bytes, HISTORY_PAGE);
        let read = read.map_err(|error| ClientError::answer(&path, error.code()))?;
        let (mut entries, mut wanted) = (Vec::new(), Some(id));
        for bytes in read {
            let entry = SignedEntry::parse(bytes);
            let entry = entry.map_err(|error| ClientError::answer(&path, error.code()))?;
            if wanted != Some(entry.id()) {
                return Err(ClientError::answer(&path, Reason::ProofInvalid));
            }
            wanted = entry.header().prev;
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(ClientError::answer(&path, Reason::BundleMalformed));
        }
        Ok(entries)
    }
}
