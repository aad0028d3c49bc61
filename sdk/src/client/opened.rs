//! What a node that repairs asks of another one (specs/repair.md).

use super::{ClientError, Gateway};
use crate::id::EntryId;
use crate::limits::{ENTRY_BYTES, HISTORY_PAGE, QUESTION_BYTES};
use crate::log::decode_some_entries;
use crate::trie::TrieKey;
use data_encoding::HEXLOWER;

const BYTES: &str = "application/octet-stream";

impl Gateway {
    /// The feeds trie at the newest index head, opened at these keys; without keys that head alone.
    /// Nothing of it is verified: [`crate::index::Opening::verify`] does that.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn opened_feeds(&self, keys: &[TrieKey]) -> Result<Vec<u8>, ClientError> {
        let mut path = "/index/feeds".to_owned();
        for (key, before) in keys
            .iter()
            .zip(["/"].into_iter().chain(std::iter::repeat("")))
        {
            path += before;
            path += &HEXLOWER.encode(key.as_bytes());
        }
        self.get(&path, BYTES, QUESTION_BYTES)
    }

    /// An entry and those before it in its feed, at most `limit` and 256, newest first. That they
    /// are is not verified.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn down_from(&self, id: EntryId, limit: usize) -> Result<Vec<Vec<u8>>, ClientError> {
        let limit = limit.clamp(1, HISTORY_PAGE);
        let path = format!("/v1/entries/{id}/feed?limit={limit}");
        let most = limit.saturating_mul(ENTRY_BYTES.saturating_add(2));
        let bytes = self.get(&path, BYTES, most)?;
        let entries = decode_some_entries(&bytes, limit);
        let entries = entries.map_err(|error| ClientError::answer(&path, error.code()))?;
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }
}
