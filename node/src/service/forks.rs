//! Authors that signed two entries with one sequence number, and what proves it.

use std::collections::BTreeSet;

use fairtrail::api::{FraudList, SeenCheckpoints};
use fairtrail::entry::SignedEntry;
use fairtrail::fraud::FeedFork;
use fairtrail::id::{AuthorId, EntryId};

use super::{ReadError, Service};

/// Entries between a key and a fork beyond which no file is made: more cannot fit.
const LONGEST: usize = 65_536;

impl Service {
    /// Whether an entry is admitted, published or not.
    pub fn has_admitted(&self, id: EntryId) -> bool {
        self.access.admitted.read().set.contains(id)
    }

    /// The authors of which two branches are admitted, resolved or not.
    pub fn forked_authors(&self) -> BTreeSet<AuthorId> {
        self.access.admitted.read().forked().clone()
    }

    /// The evidence of an author's lowest fork (specs/fraud.md §3); nothing when there is none, or
    /// when it would need more entries than a file can hold.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn feed_fork(&self, author: AuthorId) -> Result<Option<FeedFork>, ReadError> {
        let value = self.access.admitted.read().set.feed_value(author);
        let Some(fork) = value.and_then(|value| value.fork) else {
            return Ok(None);
        };
        let children = [
            self.admitted_entry(fork.lowest.first)?,
            self.admitted_entry(fork.lowest.second)?,
        ];
        let [child, _] = &children;
        let (mut keys, mut path) = (Vec::new(), Vec::new());
        let mut next = child.header().prev;
        while let Some(id) = next {
            let entry = self.admitted_entry(id)?;
            let before = entry.header().prev;
            if self.key_state(id) == Some(id) {
                keys.push(entry);
                // From one key to the one before it, over everything between.
                next = before.and_then(|before| self.key_state(before));
            } else if path.len() < LONGEST {
                path.push(entry);
                next = before;
            } else {
                return Ok(None);
            }
        }
        keys.reverse();
        path.reverse();
        Ok(Some(FeedFork::new(author, keys, path, children)))
    }

    /// See [`crate::gossip::Hub::seen`]; nothing without gossip.
    pub fn seen_checkpoints(&self) -> SeenCheckpoints {
        let gossip = self.gossip.as_ref();
        gossip.map_or_else(SeenCheckpoints::default, |hub| hub.seen())
    }

    /// See [`crate::gossip::Hub::files`]; nothing without gossip.
    pub fn fraud_files(&self) -> FraudList {
        let gossip = self.gossip.as_ref();
        gossip.map_or_else(FraudList::default, |hub| hub.files())
    }

    /// See [`crate::gossip::Hub::file`].
    ///
    /// # Errors
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn fraud_file(&self, digest: [u8; 32]) -> Result<Vec<u8>, ReadError> {
        let gossip = self.gossip.as_ref().ok_or(ReadError::NotFound)?;
        gossip.file(digest)
    }

    /// The begin or rotation that set the key after an entry.
    fn key_state(&self, id: EntryId) -> Option<EntryId> {
        let admitted = self.access.admitted.read();
        admitted.set.fact(id).map(|fact| fact.key_state)
    }

    fn admitted_entry(&self, id: EntryId) -> Result<SignedEntry, ReadError> {
        let found = self.access.reader.entry(id)?;
        Ok(found.ok_or(ReadError::NotFound)?.1)
    }
}
