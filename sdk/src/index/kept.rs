//! What is kept of forked feeds between two updates.

use super::{FeedFact, IndexError};
use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::entry::SignedEntry;
use crate::feed::{FeedShape, FeedValue, Link, rotates};
use crate::id::{AuthorId, EntryId};
use std::collections::BTreeMap;

/// Per forked feed the last entry before its lowest fork, and every entry after it.
///
/// Feeds without forks need nothing: their values say all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForkedFeeds(BTreeMap<AuthorId, ForkedFeed>);

/// One forked feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ForkedFeed {
    pub(super) base: FeedFact,
    pub(super) after: Vec<FeedFact>,
}

impl ForkedFeeds {
    /// No feed is forked.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Number of feeds kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no feed is forked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is kept of the feeds these entries are of, which rise by author, sequence number and
    /// id: of each feed all from the entry on that set the key before its lowest fork.
    ///
    /// # Errors
    /// [`IndexError::Evidence`] when an entry does not follow another one, or a feed has no fork.
    pub fn of(entries: &[SignedEntry]) -> Result<Self, IndexError> {
        let place = |entry: &SignedEntry| (entry.author(), entry.header().seq, entry.id());
        if !entries.is_sorted_by(|one, next| place(one) < place(next)) {
            return Err(IndexError::Evidence);
        }
        let feeds = entries.chunk_by(|one, next| one.author() == next.author());
        let feeds = feeds.map(ForkedFeed::of).collect::<Option<_>>();
        feeds.map(Self).ok_or(IndexError::Evidence)
    }

    /// Whether this feed is among them.
    pub fn has(&self, author: AuthorId) -> bool {
        self.0.contains_key(&author)
    }

    pub(super) fn feed(&self, author: AuthorId) -> Option<&ForkedFeed> {
        self.0.get(&author)
    }

    /// The entries of one feed that [`Self::of`] asks for, rising by sequence number and id; `entry`
    /// finds them. Nothing if the feed has no fork.
    ///
    /// # Errors
    /// [`IndexError::Evidence`] when one is not found.
    pub(super) fn entries_of(
        &self,
        author: AuthorId,
        entry: impl Fn(EntryId) -> Option<SignedEntry>,
    ) -> Result<Vec<SignedEntry>, IndexError> {
        let Some(feed) = self.feed(author) else {
            return Ok(Vec::new());
        };
        let find = |id| entry(id).ok_or(IndexError::Evidence);
        let mut entries = Vec::with_capacity(feed.after.len().saturating_add(1));
        let mut below = feed.base.link.id;
        loop {
            let found = find(below)?;
            let prev = found.header().prev;
            entries.push(found);
            match prev {
                Some(prev) if below != feed.base.key_state => below = prev,
                _ => break,
            }
        }
        for fact in &feed.after {
            entries.push(find(fact.link.id)?);
        }
        entries.sort_by_key(|entry| (entry.header().seq, entry.id()));
        Ok(entries)
    }

    /// Keeps what a shape shows, if it is forked.
    pub(super) fn keep(
        &mut self,
        author: AuthorId,
        shape: &FeedShape,
        fact: impl Fn(EntryId) -> Option<FeedFact>,
    ) {
        if !shape.is_forked() {
            return;
        }
        let after = shape
            .after_base()
            .filter_map(|link| fact(link.id))
            .collect();
        if let Some(base) = fact(shape.base().id) {
            self.0.insert(author, ForkedFeed { base, after });
        }
    }
}

impl ForkedFeed {
    fn of(entries: &[SignedEntry]) -> Option<(AuthorId, Self)> {
        let (mut facts, mut order) = (BTreeMap::new(), Vec::with_capacity(entries.len()));
        let mut children: BTreeMap<EntryId, usize> = BTreeMap::new();
        for entry in entries {
            let (id, seq, feed) = (entry.id(), entry.header().seq, entry.author());
            let sets = rotates(entry) || seq == 0;
            let prev = entry.header().prev.unwrap_or(id);
            let before = facts.get(&prev).map(|before: &FeedFact| before.key_state);
            if before.is_none() && !(sets && order.is_empty()) {
                return None;
            }
            let key_state = if sets { id } else { before? };
            let rotate = rotates(entry);
            let link = Link {
                id,
                prev,
                seq,
                rotate,
            };
            let fact = FeedFact {
                feed,
                link,
                key_state,
            };
            facts.insert(id, fact);
            order.push(fact);
            let siblings = children.entry(prev).or_default();
            *siblings = siblings.saturating_add(1);
        }
        let forks = |fact: &&FeedFact| children.get(&fact.link.id).is_some_and(|count| *count > 1);
        let base = *order.iter().find(forks)?;
        let after = order
            .into_iter()
            .filter(|fact| fact.link.seq > base.link.seq);
        let after = after.collect();
        Some((base.feed, Self { base, after }))
    }

    /// Whether this is all of the feed that has this value, from its lowest fork on. Every entry
    /// hangs on one that is here, and none is missing because the value names the childless ones.
    pub(super) fn amounts_to(&self, value: &FeedValue) -> bool {
        let facts: BTreeMap<EntryId, FeedFact> =
            self.facts().map(|fact| (fact.link.id, fact)).collect();
        let whole = self
            .after
            .iter()
            .all(|fact| facts.contains_key(&fact.link.prev));
        let walk = self.shape(self.base.link).walk();
        let key_state = facts.get(&walk.head.id).map(|fact| fact.key_state);
        let found = key_state.map(|key_state| FeedValue {
            seq: walk.head.seq,
            head: walk.head.id,
            key_state,
            fork: walk.fork,
        });
        whole && found.as_ref() == Some(value)
    }

    /// The shape above a base, of which the bytes may tell more than was kept.
    pub(super) fn shape(&self, base: Link) -> FeedShape {
        FeedShape::forked(base, self.after.iter().map(|fact| fact.link))
    }

    pub(super) fn facts(&self) -> impl Iterator<Item = FeedFact> {
        std::iter::once(self.base).chain(self.after.iter().copied())
    }
}

impl Encode for ForkedFeeds {
    fn encode(&self, writer: &mut Writer) {
        writer.array(self.0.len());
        for (author, feed) in &self.0 {
            writer.array(2);
            author.encode(writer);
            writer.array(feed.after.len().saturating_add(1));
            feed.facts().for_each(|fact| encode_fact(&fact, writer));
        }
    }
}

fn encode_fact(fact: &FeedFact, writer: &mut Writer) {
    writer.array(4);
    fact.link.id.encode(writer);
    fact.link.prev.encode(writer);
    writer.uint(fact.link.seq);
    fact.key_state.encode(writer);
}

impl Decode for ForkedFeeds {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let mut feeds = BTreeMap::new();
        for _ in 0..reader.array()? {
            reader.array_of(2, "an author and its entries")?;
            let author = AuthorId::decode(reader)?;
            let expected = "at least one entry of a forked feed";
            let more = reader.array()?.checked_sub(1);
            let more = more.ok_or(CborError::Expected { expected })?;
            let base = decode_fact(author, reader)?;
            let after = (0..more).map(|_| decode_fact(author, reader));
            let after = after.collect::<Result<_, _>>()?;
            feeds.insert(author, ForkedFeed { base, after });
        }
        Ok(Self(feeds))
    }
}

fn decode_fact(feed: AuthorId, reader: &mut Reader<'_>) -> Result<FeedFact, CborError> {
    reader.array_of(4, "an entry of a forked feed")?;
    let (id, prev) = (EntryId::decode(reader)?, EntryId::decode(reader)?);
    let (seq, key_state) = (reader.uint()?, EntryId::decode(reader)?);
    let rotate = key_state == id && seq > 0;
    let link = Link {
        id,
        prev,
        seq,
        rotate,
    };
    Ok(FeedFact {
        feed,
        link,
        key_state,
    })
}
