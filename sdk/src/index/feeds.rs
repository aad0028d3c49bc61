//! The feed step: what new leaves make of the values of their feeds (specs/feed.md §6).

use super::IndexError;
use crate::admission::AdmittedSet;
use crate::entry::SignedEntry;
use crate::feed::{FeedShape, FeedValue, Link, rotates};
use crate::id::{AuthorId, EntryId, IdMap};
use crate::reason::Reason;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

/// What the step to the next entry of a feed needs of one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedFact {
    /// The feed.
    pub feed: AuthorId,
    /// The entry and the one before it.
    pub link: Link,
    /// The begin or rotation that set the key after it.
    pub key_state: EntryId,
}

/// Where earlier entries are looked up.
pub trait FeedFacts {
    /// What is known of an entry.
    fn fact(&self, entry: EntryId) -> Option<FeedFact>;
}

impl FeedFacts for AdmittedSet {
    fn fact(&self, entry: EntryId) -> Option<FeedFact> {
        let fact = self.fact(entry)?;
        Some(FeedFact {
            feed: fact.feed,
            link: self.link(entry)?,
            key_state: fact.key_state,
        })
    }
}

impl<S: BuildHasher> FeedFacts for HashMap<EntryId, FeedFact, S> {
    fn fact(&self, entry: EntryId) -> Option<FeedFact> {
        self.get(&entry).copied()
    }
}

/// The feeds that new leaves touch, while they are taken in log order.
#[derive(Debug)]
pub(super) struct FeedSteps<'a, F> {
    before: &'a F,
    new: IdMap<EntryId, FeedFact>,
    shapes: BTreeMap<AuthorId, FeedShape>,
}

impl<'a, F: FeedFacts> FeedSteps<'a, F> {
    /// Begins with the shapes the touched feeds have; those that have not begun have none.
    pub(super) fn new(before: &'a F, shapes: BTreeMap<AuthorId, FeedShape>) -> Self {
        let new = IdMap::default();
        Self {
            before,
            new,
            shapes,
        }
    }

    /// Takes the next leaf: a begin of a feed that has none, or the child of an entry of its feed.
    pub(super) fn take(&mut self, entry: &SignedEntry) -> Result<(), Reason> {
        let (id, feed, header) = (entry.id(), entry.author(), entry.header());
        if self.new.contains_key(&id) {
            return Err(Reason::DuplicateLeaf);
        }
        let Some(prev) = header.prev else {
            return self.begin(id, feed);
        };
        let before = self.fact(prev).ok_or(Reason::EarlyPrev)?;
        let follows = before.feed == feed && before.link.seq.checked_add(1) == Some(header.seq);
        let shape = self.shapes.remove(&feed).filter(|_| follows);
        let mut shape = shape.ok_or(Reason::PrevMismatch)?;
        let (seq, rotate) = (header.seq, rotates(entry));
        let link = Link {
            id,
            prev,
            seq,
            rotate,
        };
        let key_state = if rotate { id } else { before.key_state };
        self.new.insert(
            id,
            FeedFact {
                feed,
                link,
                key_state,
            },
        );
        shape.insert(link, |id| self.fact(id).map(|fact| fact.link));
        self.shapes.insert(feed, shape);
        Ok(())
    }

    fn begin(&mut self, id: EntryId, feed: AuthorId) -> Result<(), Reason> {
        if self.shapes.contains_key(&feed) {
            return Err(Reason::DuplicateLeaf);
        }
        let shape = FeedShape::new(id);
        let (link, key_state) = (shape.base(), id);
        let fact = FeedFact {
            feed,
            link,
            key_state,
        };
        self.new.insert(id, fact);
        self.shapes.insert(feed, shape);
        Ok(())
    }

    /// What is known of an entry, the new ones included.
    pub(super) fn fact(&self, entry: EntryId) -> Option<FeedFact> {
        let new = self.new.get(&entry).copied();
        new.or_else(|| self.before.fact(entry))
    }

    /// What a feed amounts to by now.
    pub(super) fn value(&self, author: AuthorId) -> Result<FeedValue, IndexError> {
        let walk = self.shapes.get(&author).map(FeedShape::walk);
        let known = walk.and_then(|walk| Some((self.fact(walk.head.id)?.key_state, walk)));
        let (key_state, walk) = known.ok_or(IndexError::Evidence)?;
        Ok(FeedValue {
            seq: walk.head.seq,
            head: walk.head.id,
            key_state,
            fork: walk.fork,
        })
    }

    /// The shapes of the touched feeds.
    pub(super) fn shapes(&self) -> &BTreeMap<AuthorId, FeedShape> {
        &self.shapes
    }

    /// Gives the shapes back.
    pub(super) fn into_shapes(self) -> BTreeMap<AuthorId, FeedShape> {
        self.shapes
    }
}
