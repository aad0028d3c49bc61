//! Checking every head of an index in order, with little to remember from one to the next.

use super::evidence::{run, wanted};
use super::feeds::FeedSteps;
use super::wire::{Embedded, Nullable};
use super::{
    ClassMap, FeedFact, ForkedFeeds, Inclusion, IndexError, IndexHead, UpdateProof, keys,
    touched::Touched,
};
use crate::entry::SignedEntry;
use crate::feed::{FeedShape, FeedValue, Link};
use crate::id::{AuthorId, EntryId};
use crate::log::Origin;
use crate::merkle::{CompactRange, TreeSize, leaf_hash, verify};
use crate::trie::{Claim, PartialTrie, TrieKey, TrieProof, TrieRoot, TrieValue};
use std::collections::{BTreeMap, HashMap};

/// What a checker of an index remembers: the last head it checked, the hashes that make up its
/// log's tree, and the entries of forked feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    origin: Origin,
    head: Option<IndexHead>,
    range: CompactRange,
    forked: ForkedFeeds,
}

impl Checked {
    /// Begins before the first head of the index of a log.
    pub const fn new(origin: Origin) -> Self {
        Self {
            origin,
            head: None,
            range: CompactRange::new(),
            forked: ForkedFeeds::new(),
        }
    }

    /// Goes on from a head that was checked before, with what was kept of it.
    ///
    /// # Errors
    /// [`IndexError::Merkle`] unless the hashes make up the tree of the head.
    pub fn resume(
        head: IndexHead,
        range: CompactRange,
        forked: ForkedFeeds,
    ) -> Result<Self, IndexError> {
        let (expected, found) = (head.root, range.root());
        if range.size() != head.size || expected != found {
            return Err(crate::merkle::MerkleError::RootMismatch { expected, found }.into());
        }
        Ok(Self {
            origin: head.origin.clone(),
            head: Some(head),
            range,
            forked,
        })
    }

    /// The head checked last; nothing before the first.
    pub const fn head(&self) -> Option<&IndexHead> {
        self.head.as_ref()
    }

    /// The hashes that make up the tree of the log at the head checked last.
    pub const fn range(&self) -> &CompactRange {
        &self.range
    }

    /// What is kept of forked feeds.
    pub const fn forked(&self) -> &ForkedFeeds {
        &self.forked
    }

    /// Checks the next head, in the six steps of specs/index.md; what is to be remembered then.
    ///
    /// # Errors
    /// [`IndexError::Head`] when every step passes and another head comes out: that is fraud. All
    /// others say that the proof does not hold, and prove nothing.
    pub fn check(&self, update: &UpdateProof) -> Result<Self, IndexError> {
        let next = self.rebuild(update)?;
        let size = next.range.size().get();
        match &next.head {
            Some(head) if head.to_bytes() == update.new.0 => Ok(next),
            _ => Err(IndexError::Head { size }),
        }
    }

    /// The head that follows from the leaves of an update, whatever the update says it is.
    ///
    /// # Errors
    /// As [`Self::check`], except [`IndexError::Head`].
    pub fn rebuild(&self, update: &UpdateProof) -> Result<Self, IndexError> {
        let (before, time) = self.first_step(update)?;
        let entries = parse(&update.leaves, before.size)?;
        let touched = Touched::by(&entries)?;
        let subjects = old_subjects(&before, &touched, update)?;
        let (feeds, values) = old_feeds(&before, &touched, update)?;
        let mut maps = BTreeMap::new();
        for (key, map) in touched.subjects.keys().zip(&update.maps) {
            if let Some(bytes) = &map.0 {
                maps.insert(*key, ClassMap::parse(&bytes.0)?);
            }
        }
        let (values, forked) = self.step_feeds(&before, &entries, &values, update)?;
        touched.post(&mut maps, &entries, before.size, time)?;
        let changes: Vec<_> = maps.iter().map(|(key, map)| (*key, map.value())).collect();
        let mut range = self.range.clone();
        for hash in &touched.hashes {
            range.append(*hash)?;
        }
        let head = IndexHead {
            origin: self.origin.clone(),
            size: range.size(),
            root: range.root(),
            subjects: subjects.apply(&changes)?,
            feeds: feeds.apply(&values)?,
            time,
        };
        Ok(Self {
            origin: self.origin.clone(),
            head: Some(head),
            range,
            forked,
        })
    }

    /// The update begins where the last one ended, is about the same log, and time does not fall.
    fn first_step(
        &self,
        update: &UpdateProof,
    ) -> Result<(IndexHead, crate::time::Timestamp), IndexError> {
        let last = self.head.as_ref().map(IndexHead::to_bytes);
        let before = self.head.clone();
        let before = before.unwrap_or_else(|| IndexHead::before_first(self.origin.clone()));
        if update.old.0.as_ref().map(|old| &old.0) != last.as_ref() {
            let expected = before.size.get();
            return Err(IndexError::Previous { expected });
        }
        let new = IndexHead::parse(&update.new.0)?;
        if new.origin != self.origin {
            return Err(IndexError::Log {
                expected: self.origin.clone(),
                found: new.origin,
            });
        }
        if new.time < before.time {
            return Err(IndexError::HeadTimeFell {
                before: before.time.seconds(),
                found: new.time.seconds(),
            });
        }
        Ok((before, new.time))
    }

    /// Takes the leaves into their feeds; the new values by rising key, and what is kept.
    fn step_feeds(
        &self,
        before: &IndexHead,
        entries: &[SignedEntry],
        values: &[OldFeed],
        update: &UpdateProof,
    ) -> Result<(Vec<(TrieKey, TrieValue)>, ForkedFeeds), IndexError> {
        let (mut facts, mut bases) = (HashMap::new(), Vec::new());
        let mut evidence = Evidence::of(update, before)?;
        let mut leaves: HashMap<AuthorId, Vec<&SignedEntry>> = HashMap::new();
        for entry in entries {
            leaves.entry(entry.author()).or_default().push(entry);
        }
        for feed in values {
            let Some(base) = self.known(feed, &mut facts)? else {
                continue;
            };
            let own = leaves.get(&feed.author).into_iter().flatten().copied();
            let wanted = wanted(own, |id| facts.contains_key(&id));
            let found = run(base, wanted, |id| evidence.next(id))?;
            facts.extend(found.iter().map(|fact| (fact.link.id, *fact)));
            bases.push((feed.author, base.link.id));
        }
        evidence.end()?;
        let mut shapes = BTreeMap::new();
        for (author, base) in bases {
            let base = facts.get(&base).ok_or(IndexError::Evidence)?.link;
            shapes.insert(author, self.shape(author, base));
        }
        let mut steps = FeedSteps::new(&facts, shapes);
        for (leaf, entry) in (before.size.get()..).zip(entries) {
            if facts.contains_key(&entry.id()) {
                let entry = entry.id();
                return Err(IndexError::DuplicateLeaf { entry });
            }
            let taken = steps.take(entry);
            taken.map_err(|reason| IndexError::Leaf { leaf, reason })?;
        }
        let mut forked = self.forked.clone();
        let mut changes = Vec::with_capacity(values.len());
        for feed in values {
            changes.push((feed.key, keys::feed_value(&steps.value(feed.author)?)));
            if let Some(shape) = steps.shapes().get(&feed.author) {
                forked.keep(feed.author, shape, |id| steps.fact(id));
            }
        }
        Ok((changes, forked))
    }

    /// Notes what is known of a feed without evidence; its last entry before any fork.
    fn known(
        &self,
        feed: &OldFeed,
        facts: &mut HashMap<EntryId, FeedFact>,
    ) -> Result<Option<FeedFact>, IndexError> {
        let Some(value) = &feed.value else {
            return Ok(None);
        };
        if value.fork.is_some() {
            let kept = self.forked.feed(feed.author);
            let kept = kept.filter(|kept| kept.amounts_to(value));
            let kept = kept.ok_or(IndexError::Evidence)?;
            facts.extend(kept.facts().map(|fact| (fact.link.id, fact)));
            return Ok(Some(kept.base));
        }
        let (id, seq, key_state) = (value.head, value.seq, value.key_state);
        let fact = FeedFact {
            feed: feed.author,
            // What stands before the head only its bytes tell; they come where they are needed.
            link: Link {
                id,
                prev: id,
                seq,
                rotate: key_state == id && seq > 0,
            },
            key_state,
        };
        facts.insert(id, fact);
        Ok(Some(fact))
    }

    fn shape(&self, author: AuthorId, base: Link) -> FeedShape {
        match self.forked.feed(author) {
            Some(kept) => kept.shape(base),
            None => FeedShape::ending_in(base),
        }
    }
}

/// A touched feed as it was.
struct OldFeed {
    key: TrieKey,
    author: AuthorId,
    value: Option<FeedValue>,
}

fn parse(leaves: &[Embedded], first: TreeSize) -> Result<Vec<SignedEntry>, IndexError> {
    super::touched::check_leaves(leaves.len())?;
    let parsed = (first.get()..).zip(leaves).map(|(leaf, bytes)| {
        let parsed = SignedEntry::parse(&bytes.0);
        parsed.map_err(|error| {
            let reason = error.code();
            IndexError::Leaf { leaf, reason }
        })
    });
    parsed.collect()
}

fn old_subjects(
    before: &IndexHead,
    touched: &Touched,
    update: &UpdateProof,
) -> Result<PartialTrie, IndexError> {
    let keys = touched.subjects.keys().copied();
    prove(
        before.subjects,
        keys,
        &update.maps,
        &update.subjects,
        keys::subject_value,
    )
}

fn old_feeds(
    before: &IndexHead,
    touched: &Touched,
    update: &UpdateProof,
) -> Result<(PartialTrie, Vec<OldFeed>), IndexError> {
    let keys = touched.feeds.keys().copied();
    let trie = prove(before.feeds, keys, &update.values, &update.feeds, |bytes| {
        keys::feed_value_of(bytes)
    })?;
    let mut feeds = Vec::with_capacity(touched.feeds.len());
    for ((key, author), value) in touched.feeds.iter().zip(&update.values) {
        let value = value.0.as_ref();
        let value = value.map(|bytes| FeedValue::parse(&bytes.0)).transpose()?;
        feeds.push(OldFeed {
            key: *key,
            author: *author,
            value,
        });
    }
    Ok((trie, feeds))
}

/// Proves what stood under the touched keys, before a byte of it is used.
pub(super) fn prove(
    root: TrieRoot,
    keys: impl ExactSizeIterator<Item = TrieKey>,
    values: &[Nullable<Embedded>],
    proof: &Embedded,
    hash: impl Fn(&[u8]) -> TrieValue,
) -> Result<PartialTrie, IndexError> {
    let (expected, found) = (keys.len(), values.len());
    if expected != found {
        return Err(IndexError::Count { expected, found });
    }
    let hashed = values
        .iter()
        .map(|value| value.0.as_ref().map(|bytes| hash(&bytes.0)));
    let claims: Vec<Claim> = keys.zip(hashed).collect();
    let proof = TrieProof::parse(&proof.0, claims.len())?;
    Ok(crate::trie::verify(root, &claims, &proof)?)
}

/// The evidence of an update, taken in order; nothing may be left.
struct Evidence<'a> {
    before: &'a IndexHead,
    rest: std::iter::Zip<std::slice::Iter<'a, Embedded>, std::slice::Iter<'a, Inclusion>>,
}

impl<'a> Evidence<'a> {
    fn of(update: &'a UpdateProof, before: &'a IndexHead) -> Result<Self, IndexError> {
        let (expected, found) = (update.evidence.len(), update.inclusions.len());
        if expected != found {
            return Err(IndexError::Count { expected, found });
        }
        let rest = update.evidence.iter().zip(&update.inclusions);
        Ok(Self { before, rest })
    }

    fn next(&mut self, id: EntryId) -> Result<SignedEntry, IndexError> {
        let (bytes, at) = self.rest.next().ok_or(IndexError::Evidence)?;
        let (hash, head) = (leaf_hash(&bytes.0), self.before);
        verify::inclusion(hash, at.leaf, head.size, &at.path, head.root)?;
        let entry = SignedEntry::parse(&bytes.0).ok();
        let entry = entry.filter(|entry| entry.id() == id);
        entry.ok_or(IndexError::Evidence)
    }

    fn end(mut self) -> Result<(), IndexError> {
        match self.rest.next() {
            None => Ok(()),
            Some(_) => Err(IndexError::Evidence),
        }
    }
}
