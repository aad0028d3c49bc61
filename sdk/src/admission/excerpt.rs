//! Admission of an excerpt: what a bundle holds of a network (specs/bundle.md §5).
//!
//! Of each feed only some entries are at hand. What the missing ones would say is proved otherwise:
//! up to a *base* the feed is linear, and every rotation up to there is at hand; after it, so is
//! every entry. Then all that admission asks is answered as if nothing were missing.

use super::{AdmissionError, AdmittedSet};
use crate::charter::Charter;
use crate::entry::SignedEntry;
use crate::feed::FeedShape;
use crate::id::{AuthorId, EntryId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The linear part of a feed of which only some entries are at hand.
#[derive(Debug, Clone)]
pub(super) struct Linear {
    /// The last sequence number of this part.
    last: u64,
    /// By sequence number, what set the key.
    keys: BTreeMap<u64, EntryId>,
}

impl Linear {
    const fn holds(&self, seq: u64) -> bool {
        seq <= self.last
    }
}

/// Entries that are not admitted, and why.
pub(crate) type Left = Vec<(EntryId, AdmissionError)>;

impl AdmittedSet {
    /// Admits the entries at hand; `shapes` are proved and cover every author. The order of the
    /// entries does not matter.
    pub(crate) fn excerpt<'a>(
        charter: Charter,
        shapes: HashMap<AuthorId, FeedShape>,
        entries: impl IntoIterator<Item = &'a SignedEntry>,
    ) -> (Self, Left) {
        let mut set = Self::new(charter);
        let linear = |(author, shape): (&AuthorId, &FeedShape)| {
            let (last, keys) = (shape.base().seq, BTreeMap::new());
            (*author, Linear { last, keys })
        };
        set.excerpts = shapes.iter().map(linear).collect();
        set.shapes = shapes.into_iter().collect();
        let mut pending: Vec<_> = entries.into_iter().collect();
        set.facts.reserve(pending.len());
        pending.sort_by_cached_key(|entry| (entry.author(), entry.header().seq, entry.id()));
        let left = set.admit_pending(pending);
        (set, left)
    }

    /// Offers what waits again until nothing is admitted any more.
    fn admit_pending(&mut self, mut pending: Vec<&SignedEntry>) -> Left {
        loop {
            let (before, mut left, mut waiting) = (pending.len(), Vec::new(), HashSet::new());
            pending.retain(|entry| {
                let author = entry.author();
                // What a rotation sets may not be passed over while it waits for its grant.
                if waiting.contains(&author) && self.is_linear(author, entry.header().seq) {
                    return true;
                }
                let Err(error) = self.admit(entry) else {
                    return false;
                };
                waiting.insert(author);
                left.push((entry.id(), error));
                true
            });
            if pending.is_empty() || pending.len() == before {
                return left;
            }
        }
    }

    fn is_linear(&self, author: AuthorId, seq: u64) -> bool {
        let part = self.excerpts.get(&author);
        part.is_some_and(|part| part.holds(seq))
    }

    /// Whether not every admitted entry is at hand.
    pub(super) fn is_excerpt(&self) -> bool {
        !self.excerpts.is_empty()
    }

    /// What set the key before an entry of a linear part, whatever came right before it.
    pub(super) fn excerpt_key(&self, author: AuthorId, seq: u64) -> Option<EntryId> {
        let part = self.excerpts.get(&author).filter(|part| part.holds(seq))?;
        let (_, key) = part.keys.range(..seq).next_back()?;
        Some(*key)
    }

    /// Notes what set a key. Whether the feed's shape is given already.
    pub(super) fn note_excerpt(
        &mut self,
        author: AuthorId,
        seq: u64,
        key: Option<EntryId>,
    ) -> bool {
        let Some(part) = self.excerpts.get_mut(&author) else {
            return false;
        };
        if let (Some(key), true) = (key, part.holds(seq)) {
            part.keys.insert(seq, key);
        }
        true
    }

    /// Whether `entry` is `of` or stands before it on its branch. An id that is not at hand stands
    /// nowhere.
    pub(crate) fn is_ancestor(&self, entry: EntryId, of: EntryId) -> bool {
        let (Some(wanted), Some(mut at)) = (self.fact(entry), self.fact(of)) else {
            return false;
        };
        if wanted.feed != at.feed {
            return false;
        }
        let mut id = of;
        while id != entry && at.seq > wanted.seq {
            id = at.prev;
            match self.fact(id) {
                Some(before) => at = before,
                // Only in the linear part of an excerpt is an entry missing.
                None => return true,
            }
        }
        id == entry
    }
}
