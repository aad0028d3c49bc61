//! Making every head of an index again, from the first on.

use super::{Checked, EntrySource, FeedFact, ForkedFeeds, Index, IndexError, IndexHead};
use super::{UpdateProof, wire::Embedded};
use crate::entry::SignedEntry;
use crate::feed::rotates;
use crate::id::EntryId;
use crate::log::Origin;
use crate::merkle::{CompactRange, MerkleError, TreeSize, leaf_hash};
use std::collections::HashMap;

/// An index made again from the leaves of its log and compared head by head: what a checker does
/// that is too far behind for update proofs, or gets none.
///
/// It costs what building the index costs, and some 150 bytes for every entry while it lives;
/// [`Self::checked`] is what is left to remember.
#[derive(Debug)]
pub struct Replay {
    index: Index,
    facts: HashMap<EntryId, FeedFact>,
}

impl Replay {
    /// Begins before the first head of the index of a log.
    pub fn new(origin: Origin) -> Self {
        Self {
            index: Index::new(origin),
            facts: HashMap::new(),
        }
    }

    /// Leaves of the log taken so far.
    pub const fn size(&self) -> TreeSize {
        self.index.size()
    }

    /// Takes the leaves up to the next head, which was signed.
    ///
    /// # Errors
    /// [`IndexError::Head`] when the leaves are the log's and another head follows from them: that
    /// is fraud, which [`Self::prove`] shows when it was not taken before. [`IndexError::Merkle`]
    /// when they are not the leaves that the head speaks of; all others as [`Checked::check`].
    pub fn take(&mut self, entries: &[SignedEntry], signed: &[u8]) -> Result<(), IndexError> {
        let head = self.check_leaves(entries, signed)?;
        let made = self.index.append(entries, head.time, &self.facts)?;
        // Nobody asks about a state before the last.
        self.index.settle();
        for entry in entries {
            self.learn(entry);
        }
        if made.to_bytes() == signed {
            return Ok(());
        }
        let size = made.size.get();
        Err(IndexError::Head { size })
    }

    /// The update from the last head to one that was signed, to whoever checked the last one: with
    /// it [`Checked::check`] says what [`Self::take`] said.
    ///
    /// # Errors
    /// As [`Self::take`] but [`IndexError::Head`], and [`IndexError::Evidence`] when `source` lacks
    /// an entry.
    pub fn prove(
        mut self,
        entries: &[SignedEntry],
        signed: &[u8],
        source: &impl EntrySource,
    ) -> Result<UpdateProof, IndexError> {
        let head = self.check_leaves(entries, signed)?;
        let index = &mut self.index;
        let mut update = index.append_proving(entries, head.time, &self.facts, source)?;
        update.new = Embedded(signed.to_vec());
        Ok(update)
    }

    /// What is to be remembered of the heads taken.
    ///
    /// # Errors
    /// [`IndexError`], never after heads that were taken.
    pub fn checked(&self) -> Result<Checked, IndexError> {
        let Some(head) = self.index.head() else {
            return Ok(Checked::new(self.index.origin().clone()));
        };
        let mut forked = ForkedFeeds::new();
        for (author, shape) in self.index.shapes() {
            forked.keep(*author, shape, |id| self.facts.get(&id).copied());
        }
        Checked::resume(head.clone(), self.index.range().clone(), forked)
    }

    /// These are new leaves, and those that the head speaks of.
    fn check_leaves(
        &self,
        entries: &[SignedEntry],
        signed: &[u8],
    ) -> Result<IndexHead, IndexError> {
        let head = IndexHead::parse(signed)?;
        if head.origin != *self.index.origin() {
            return Err(IndexError::Log {
                expected: self.index.origin().clone(),
                found: head.origin,
            });
        }
        let mut range: CompactRange = self.index.range().clone();
        for entry in entries {
            let id = entry.id();
            if self.facts.contains_key(&id) {
                return Err(IndexError::DuplicateLeaf { entry: id });
            }
            range.append(leaf_hash(entry.bytes()))?;
        }
        let (expected, found) = (head.root, range.root());
        if range.size() != head.size || expected != found {
            return Err(MerkleError::RootMismatch { expected, found }.into());
        }
        Ok(head)
    }

    /// Remembers an entry that was taken: the one before it is known.
    fn learn(&mut self, entry: &SignedEntry) {
        let (id, feed, header) = (entry.id(), entry.author(), entry.header());
        let rotate = rotates(entry);
        let before = header.prev.and_then(|prev| self.facts.get(&prev));
        let key_state = before.filter(|_| !rotate).map(|before| before.key_state);
        let link = crate::feed::Link {
            id,
            prev: header.prev.unwrap_or(id),
            seq: header.seq,
            rotate,
        };
        let fact = FeedFact {
            feed,
            link,
            key_state: key_state.unwrap_or(id),
        };
        self.facts.insert(id, fact);
    }
}
