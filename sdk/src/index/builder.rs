//! Building the index of a log from its leaves.

use super::beside::Beside;
use super::evidence::{run, wanted};
use super::feeds::FeedSteps;
use super::packed::Packed;
use super::touched::Touched;
use super::wire::{Embedded, Nullable};
use super::{
    Answer, ClassMap, FeedFact, FeedFacts, Inclusion, IndexError, IndexHead, UpdateProof, keys,
};
use crate::cbor::encode;
use crate::entry::SignedEntry;
use crate::feed::{FeedShape, FeedValue, Link};
use crate::id::{AuthorId, EntryId};
use crate::log::Origin;
use crate::merkle::{CompactRange, Hash, LeafIndex, TreeSize};
use crate::subject::SubjectId;
use crate::time::Timestamp;
use crate::trie::{Trie, TrieError, TrieKey, TrieValue, View};
use std::collections::{BTreeMap, HashMap};

/// Where the builder of an update proof finds earlier entries of the log.
pub trait EntrySource {
    /// An entry and its leaf; nothing when it cannot be read.
    fn entry(&self, id: EntryId) -> Option<(LeafIndex, SignedEntry)>;

    /// The path of a leaf in the tree of the first `size` leaves; nothing when it cannot be made.
    fn path(&self, leaf: LeafIndex, size: TreeSize) -> Option<Vec<Hash>>;
}

/// The index of a log, in memory. Two states are readable: the *tip*, which leaves are added to,
/// and the one that has *settled*, which answers are given from.
#[derive(Debug)]
pub struct Index {
    origin: Origin,
    head: Option<IndexHead>,
    settled: Option<IndexHead>,
    range: CompactRange,
    time: Timestamp,
    pub(super) subjects: Trie,
    pub(super) feeds: Trie,
    /// Beside the leaves of the subjects trie.
    maps: Beside<Packed>,
    /// Beside those of the feeds trie.
    values: Beside<Box<[u8]>>,
    shapes: HashMap<AuthorId, FeedShape>,
}

/// What new leaves make of the state, before any of it is taken over.
pub(super) struct Step {
    pub(super) touched: Touched,
    pub(super) maps: BTreeMap<TrieKey, ClassMap>,
    pub(super) values: Vec<(TrieKey, Box<[u8]>)>,
    pub(super) shapes: BTreeMap<AuthorId, FeedShape>,
}

impl Index {
    /// The index of a log without leaves.
    pub fn new(origin: Origin) -> Self {
        Self {
            origin,
            head: None,
            settled: None,
            range: CompactRange::new(),
            time: Timestamp::EPOCH,
            subjects: Trie::new(),
            feeds: Trie::new(),
            maps: Beside::new(),
            values: Beside::new(),
            shapes: HashMap::new(),
        }
    }

    /// The log.
    pub(super) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The hashes that make up the tree of the log at the tip.
    pub(super) const fn range(&self) -> &CompactRange {
        &self.range
    }

    /// Every feed.
    pub(super) fn shapes(&self) -> impl Iterator<Item = (&AuthorId, &FeedShape)> {
        self.shapes.iter()
    }

    /// The head at the tip; nothing before the first.
    pub const fn head(&self) -> Option<&IndexHead> {
        self.head.as_ref()
    }

    /// The head that has settled; nothing before the first.
    pub const fn settled(&self) -> Option<&IndexHead> {
        self.settled.as_ref()
    }

    /// Leaves covered at the tip.
    pub const fn size(&self) -> TreeSize {
        self.range.size()
    }

    /// Subjects that have a list, at the tip.
    pub const fn subjects(&self) -> usize {
        self.subjects.tip().len()
    }

    /// The feeds trie as it has settled: two holders of logs find where these differ by descending
    /// it.
    pub const fn feeds(&self) -> View<'_> {
        self.feeds.settled()
    }

    /// Covers the next leaves of the log by a head of this log time. `facts` knows every entry that
    /// they follow.
    ///
    /// # Errors
    /// [`IndexError::Limit`] unless one head can cover so many, [`IndexError::HeadTimeFell`],
    /// [`IndexError::Leaf`]; nothing has changed then.
    pub fn append(
        &mut self,
        entries: &[SignedEntry],
        time: Timestamp,
        facts: &impl FeedFacts,
    ) -> Result<IndexHead, IndexError> {
        let step = self.step(entries, time, facts, |keys| self.tip_maps(keys))?;
        self.take(time, step)
    }

    /// Covers the next leaves, and proves to whoever checked the head before that this one follows.
    ///
    /// # Errors
    /// As [`Self::append`], and [`IndexError::Evidence`] when `source` lacks an entry.
    pub fn append_proving(
        &mut self,
        entries: &[SignedEntry],
        time: Timestamp,
        facts: &impl FeedFacts,
        source: &impl EntrySource,
    ) -> Result<UpdateProof, IndexError> {
        let step = self.step(entries, time, facts, |keys| self.tip_maps(keys))?;
        let mut proof = self.prove(entries, &step, facts, source)?;
        proof.new = Embedded(self.take(time, step)?.to_bytes());
        Ok(proof)
    }

    /// Makes the tip the state that answers are given from.
    pub fn settle(&mut self) {
        self.settled.clone_from(&self.head);
        self.subjects.settle();
        self.feeds.settle();
    }

    /// The class map of a subject in the state that has settled.
    pub fn class_map(&self, subject: &SubjectId) -> Option<ClassMap> {
        let key = keys::subject_key(subject);
        let map = self.maps.one(self.subjects.settled(), &key);
        map.map(ClassMap::from)
    }

    /// The value of a feed in the state that has settled; nothing where none has begun.
    pub fn feed(&self, author: AuthorId) -> Option<FeedValue> {
        let bytes = self.feed_value(&keys::feed_key(author))?;
        FeedValue::parse(bytes).ok()
    }

    /// The bytes of the value under a key of the feeds trie, in the state that has settled.
    pub(super) fn feed_value(&self, key: &TrieKey) -> Option<&[u8]> {
        let value = self.values.one(self.feeds.settled(), key);
        value.map(AsRef::as_ref)
    }

    /// What stood under keys of the subjects trie before the next head.
    fn tip_maps(&self, keys: &[TrieKey]) -> Vec<Option<ClassMap>> {
        let maps = self.maps.all(self.subjects.tip(), keys).into_iter();
        maps.map(|map| map.map(ClassMap::from)).collect()
    }

    /// The entries of a feed from the last one before its lowest fork on, at the tip, in no order;
    /// of a feed without forks the last one.
    pub fn links(&self, author: AuthorId) -> Vec<Link> {
        let shape = self.shapes.get(&author);
        let base = shape.map(FeedShape::base);
        let after = shape.into_iter().flat_map(FeedShape::after_base);
        base.into_iter().chain(after.copied()).collect()
    }

    /// What the index says of these subjects and authors, in the state that has settled, with proof.
    ///
    /// # Errors
    /// [`IndexError::NoHead`] before the first head has settled; [`IndexError::Trie`] when nothing
    /// is asked.
    pub fn answer(
        &self,
        subjects: impl IntoIterator<Item = SubjectId>,
        authors: impl IntoIterator<Item = AuthorId>,
    ) -> Result<Answer, IndexError> {
        let head = self.settled.as_ref().ok_or(IndexError::NoHead)?;
        let subjects = subjects.into_iter();
        let subjects: BTreeMap<_, _> = subjects.map(|id| (keys::subject_key(&id), id)).collect();
        let authors = authors.into_iter();
        let authors: BTreeMap<_, _> = authors.map(|id| (keys::feed_key(id), id)).collect();
        let named: Vec<_> = subjects.keys().copied().collect();
        let maps = self.maps.all(self.subjects.settled(), &named);
        let maps = maps.into_iter().map(encoded);
        let feeds: Vec<_> = authors.keys().copied().collect();
        let values = self.values.all(self.feeds.settled(), &feeds);
        let values = values.into_iter();
        let values = values.map(|value| embed(value.map(|value| value.to_vec())));
        let prove = |trie: &Trie, keys: &[TrieKey]| {
            let proof = (!keys.is_empty()).then(|| trie.settled().prove(keys));
            Ok::<_, TrieError>(proof.transpose()?.map(|proof| Embedded(proof.to_bytes())))
        };
        Ok(Answer {
            head: Embedded(head.to_bytes()),
            maps: maps.collect(),
            values: values.collect(),
            subjects_proof: prove(&self.subjects, &named)?,
            feeds_proof: prove(&self.feeds, &feeds)?,
            subjects: subjects.into_values().collect(),
            authors: authors.into_values().collect(),
        })
    }

    /// What the next leaves make of the state; `old` tells what stood under the subjects they touch.
    pub(super) fn step(
        &self,
        entries: &[SignedEntry],
        time: Timestamp,
        facts: &impl FeedFacts,
        old: impl FnOnce(&[TrieKey]) -> Vec<Option<ClassMap>>,
    ) -> Result<Step, IndexError> {
        let before = self.time;
        if time < before {
            return Err(IndexError::HeadTimeFell {
                before: before.seconds(),
                found: time.seconds(),
            });
        }
        let touched = Touched::by(entries)?;
        let shapes = touched.feeds.values();
        let shapes = shapes.filter_map(|id| Some((*id, self.shapes.get(id)?.clone())));
        let mut steps = FeedSteps::new(facts, shapes.collect());
        for (leaf, entry) in (self.size().get()..).zip(entries) {
            let taken = steps.take(entry);
            taken.map_err(|reason| IndexError::Leaf { leaf, reason })?;
        }
        let mut values = Vec::with_capacity(touched.feeds.len());
        for (key, author) in &touched.feeds {
            values.push((*key, encode(&steps.value(*author)?).into_boxed_slice()));
        }
        let keys: Vec<_> = touched.subjects.keys().copied().collect();
        let old = keys.iter().zip(old(&keys));
        let mut maps = old.filter_map(|(key, map)| Some((*key, map?))).collect();
        touched.post(&mut maps, entries, self.size(), time)?;
        Ok(Step {
            maps,
            values,
            shapes: steps.into_shapes(),
            touched,
        })
    }

    fn take(&mut self, time: Timestamp, step: Step) -> Result<IndexHead, IndexError> {
        let maps = step.maps.iter();
        let maps: Vec<_> = maps.map(|(key, map)| (*key, map.value())).collect();
        let values = step.values.iter();
        let values = values.map(|(key, value)| (*key, keys::feed_value_of(value)));
        let values: Vec<_> = values.collect();
        self.keep(time, &step.touched.hashes, step.shapes)?;
        let step_maps = step.maps.into_values().map(Packed::from);
        self.put_maps(&maps, step_maps)?;
        self.put_values(&values, step.values.into_iter().map(|(_, value)| value))?;
        Ok(self.stand())
    }

    /// Puts class maps, whose values these are, into the subjects trie and beside it.
    pub(super) fn put_maps(
        &mut self,
        values: &[(TrieKey, TrieValue)],
        maps: impl Iterator<Item = Packed>,
    ) -> Result<(), IndexError> {
        for (place, map) in self.subjects.apply_placing(values)?.iter().zip(maps) {
            self.maps.put(*place, map);
        }
        Ok(())
    }

    /// As [`Self::put_maps`], feed values.
    pub(super) fn put_values(
        &mut self,
        values: &[(TrieKey, TrieValue)],
        bytes: impl Iterator<Item = Box<[u8]>>,
    ) -> Result<(), IndexError> {
        for (place, bytes) in self.feeds.apply_placing(values)?.iter().zip(bytes) {
            self.values.put(*place, bytes);
        }
        Ok(())
    }

    /// Takes over what new leaves make of the state, all but the tries and what stands beside them.
    pub(super) fn keep(
        &mut self,
        time: Timestamp,
        leaves: &[Hash],
        shapes: BTreeMap<AuthorId, FeedShape>,
    ) -> Result<(), IndexError> {
        let mut range = self.range.clone();
        for hash in leaves {
            range.append(*hash)?;
        }
        self.shapes.extend(shapes);
        self.range = range;
        self.time = time;
        Ok(())
    }

    /// The head of what is covered by now.
    pub(super) fn stand(&mut self) -> IndexHead {
        let head = IndexHead {
            origin: self.origin.clone(),
            size: self.range.size(),
            root: self.range.root(),
            subjects: self.subjects.tip().root(),
            feeds: self.feeds.tip().root(),
            time: self.time,
        };
        self.head = Some(head.clone());
        head
    }

    /// All of an update proof but the new head.
    fn prove(
        &self,
        entries: &[SignedEntry],
        step: &Step,
        facts: &impl FeedFacts,
        source: &impl EntrySource,
    ) -> Result<UpdateProof, IndexError> {
        let touched = &step.touched;
        let subjects: Vec<_> = touched.subjects.keys().copied().collect();
        let feeds: Vec<_> = touched.feeds.keys().copied().collect();
        let maps = self.maps.all(self.subjects.tip(), &subjects).into_iter();
        let values = self.values.all(self.feeds.tip(), &feeds).into_iter();
        let (evidence, inclusions) = self.evidence(entries, touched, facts, source)?;
        let old = self.head.as_ref().map(IndexHead::to_bytes);
        let leaves = entries.iter().map(|entry| Embedded(entry.bytes().to_vec()));
        Ok(UpdateProof {
            old: embed(old),
            new: Embedded(Vec::new()),
            leaves: leaves.collect(),
            maps: maps.map(encoded).collect(),
            subjects: Embedded(self.subjects.tip().prove(&subjects)?.to_bytes()),
            values: values
                .map(|value| embed(value.map(|value| value.to_vec())))
                .collect(),
            feeds: Embedded(self.feeds.tip().prove(&feeds)?.to_bytes()),
            evidence,
            inclusions,
        })
    }

    fn evidence(
        &self,
        entries: &[SignedEntry],
        touched: &Touched,
        facts: &impl FeedFacts,
        source: &impl EntrySource,
    ) -> Result<(Vec<Embedded>, Vec<Inclusion>), IndexError> {
        let (mut evidence, mut inclusions) = (Vec::new(), Vec::new());
        for author in touched.feeds.values() {
            let Some(shape) = self.shapes.get(author) else {
                continue;
            };
            let base = shape.base().id;
            let known = |id| id == base || shape.after_base().any(|link| link.id == id);
            let own = entries.iter().filter(|entry| entry.author() == *author);
            let wanted = wanted(own, known);
            let base: FeedFact = facts.fact(base).ok_or(IndexError::Evidence)?;
            run(base, wanted, |id| {
                let (leaf, entry) = source.entry(id).ok_or(IndexError::Evidence)?;
                let path = source.path(leaf, self.size()).ok_or(IndexError::Evidence)?;
                evidence.push(Embedded(entry.bytes().to_vec()));
                inclusions.push(Inclusion { leaf, path });
                Ok(entry)
            })?;
        }
        Ok((evidence, inclusions))
    }
}

fn encoded(map: Option<&Packed>) -> Nullable<Embedded> {
    embed(map.map(|map| ClassMap::from(map).to_bytes()))
}

fn embed(bytes: Option<Vec<u8>>) -> Nullable<Embedded> {
    Nullable(bytes.map(Embedded))
}
