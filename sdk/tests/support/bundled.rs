//! The log of a world with its index, as a gateway that answers with bundles.

use super::World;
use super::reading::ORIGIN;
use fairtrail::bundle::{
    Bundle, BundleSource, IndexNote, Inquired, Inquiry, Question, build, complete,
};
use fairtrail::entry::{Body, SignedEntry};
use fairtrail::feed::{FeedValue, Link};
use fairtrail::id::{AuthorId, EntryId, PartDigest};
use fairtrail::index::{Answer, Class, ClassMap, EDITION, Index, posted_under};
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{Hash, LeafIndex, Root, Tree, TreeSize, leaf_hash};
use fairtrail::policy::Policy;
use fairtrail::subject::SubjectId;
use fairtrail::time::{Date, Timestamp};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// Entries to a bundle in tests.
const MAX_ENTRIES: usize = 100_000;

/// A log, its index at its end, and everything a bundle is made of.
pub(crate) struct Indexed {
    world: World,
    origin: Origin,
    index: Index,
    note: IndexNote,
    tree: Tree,
    leaves: BTreeMap<EntryId, LeafIndex>,
    lists: BTreeMap<SubjectId, BTreeMap<Class, Vec<LeafIndex>>>,
    bodies: BTreeMap<PartDigest, Body>,
    notes: BTreeMap<TreeSize, Vec<u8>>,
    times: Vec<Timestamp>,
    /// Entries read so far.
    pub(crate) reads: Cell<usize>,
}

impl World {
    pub(crate) fn indexed(&self) -> Indexed {
        self.indexed_as(ORIGIN)
    }

    /// The index has one head for each note of the log.
    pub(crate) fn indexed_as(&self, origin: &str) -> Indexed {
        let mut world = self.clone();
        world.stamp();
        let origin: Origin = origin.parse().unwrap();
        let name = origin.index(EDITION).unwrap();
        let (set, mut index) = (world.set(), Index::new(origin.clone()));
        let (mut heads, mut times) = (Tree::new(), Vec::new());
        for (size, time) in &world.notes {
            let new = &world.entries[times.len()..*size];
            let head = index.append(new, *time, &set).unwrap();
            heads.append(leaf_hash(&head.to_bytes())).unwrap();
            times.resize(*size, *time);
        }
        index.settle();
        let last = heads.size().get() - 1;
        let path = heads.inclusion(LeafIndex::new(last).unwrap(), heads.size());
        let checkpoint = Checkpoint::new(name.clone(), heads.size(), heads.root()).unwrap();
        let note = IndexNote {
            note: Self::stamped(&name, &checkpoint, world.now),
            path: path.unwrap(),
        };
        let leaves = world.entries.iter().map(|entry| leaf_hash(entry.bytes()));
        let tree = Tree::from_leaves(leaves).unwrap();
        let mut lists: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        let mut leaves = BTreeMap::new();
        for (leaf, entry) in (0..).zip(&world.entries) {
            let leaf = LeafIndex::new(leaf).unwrap();
            leaves.insert(entry.id(), leaf);
            let class = Class::of(&entry.header().kind);
            for subject in posted_under(entry) {
                let lists = lists.entry(subject).or_default();
                lists.entry(class).or_default().push(leaf);
            }
        }
        let bodies = world.bodies.iter();
        let bodies = bodies.map(|body| (body.digest(), body.clone())).collect();
        let notes = world.notes.iter().map(|(size, time)| {
            let size = TreeSize::new(u64::try_from(*size).unwrap()).unwrap();
            let root = tree.root_at(size).unwrap();
            let checkpoint = Checkpoint::new(origin.clone(), size, root).unwrap();
            (size, Self::stamped(&origin, &checkpoint, *time))
        });
        Indexed {
            notes: notes.collect(),
            origin,
            index,
            note,
            tree,
            leaves,
            lists,
            bodies,
            times,
            world,
            reads: Cell::default(),
        }
    }
}

impl Indexed {
    pub(crate) fn bundle(&self, question: &Question) -> Bundle {
        let (charter, note) = (&self.world.charter, self.note.clone());
        build(charter, note, self, question, MAX_ENTRIES).unwrap()
    }

    pub(crate) fn inquire(
        &self,
        subjects: &[SubjectId],
        policy: &Policy,
        known_at: Option<Date>,
    ) -> Inquired {
        inquire(&[self], subjects, policy, known_at)
    }

    fn at(leaf: LeafIndex) -> usize {
        usize::try_from(leaf.get()).unwrap()
    }
}

/// Asks the gateways of these logs until nothing is missing.
pub(crate) fn inquire(
    logs: &[&Indexed],
    subjects: &[SubjectId],
    policy: &Policy,
    known_at: Option<Date>,
) -> Inquired {
    let mut inquiry = Inquiry::new(policy, subjects.to_vec(), known_at);
    loop {
        let question = inquiry.question().clone();
        let bundles = logs.iter().map(|log| log.bundle(&question)).collect();
        if let Some(inquired) = inquiry.take(bundles).unwrap() {
            return inquired;
        }
    }
}

/// The answer of one log to a question as it grew, of which the first was whole and each further one
/// only what came since.
pub(crate) fn kept_up(log: &[Indexed], question: &Question) -> Bundle {
    let (first, later) = log.split_first().unwrap();
    later.iter().fold(first.bundle(question), |held, log| {
        let since = question.since(&held).unwrap();
        complete(&held, log.bundle(&since)).unwrap()
    })
}

impl BundleSource for Indexed {
    type Error = Infallible;

    fn feed(&self, author: AuthorId) -> Result<Option<FeedValue>, Infallible> {
        Ok(self.index.feed(author))
    }

    fn links(&self, author: AuthorId) -> Result<Vec<Link>, Infallible> {
        Ok(self.index.links(author))
    }

    fn answer(
        &self,
        subjects: BTreeSet<SubjectId>,
        authors: &BTreeSet<AuthorId>,
    ) -> Result<Answer, Infallible> {
        Ok(self
            .index
            .answer(subjects, authors.iter().copied())
            .unwrap())
    }

    fn lists(&self, subject: &SubjectId) -> Result<Vec<(Class, u64)>, Infallible> {
        let map = self.index.class_map(subject);
        let lists = map.iter().flat_map(ClassMap::classes);
        Ok(lists.map(|(class, tally)| (class, tally.count)).collect())
    }

    fn leaves(&self, subject: &SubjectId, class: Class) -> Result<Vec<LeafIndex>, Infallible> {
        let lists = self.lists.get(subject);
        let list = lists.and_then(|lists| lists.get(&class));
        Ok(list.cloned().unwrap_or_default())
    }

    fn entry_at(&self, leaf: LeafIndex) -> Result<SignedEntry, Infallible> {
        self.reads.set(self.reads.get() + 1);
        Ok(self.world.entries[Self::at(leaf)].clone())
    }

    fn leaf_of(&self, entry: EntryId) -> Result<Option<LeafIndex>, Infallible> {
        Ok(self.leaves.get(&entry).copied())
    }

    fn log_time(&self, leaf: LeafIndex) -> Result<Timestamp, Infallible> {
        Ok(self.times[Self::at(leaf)])
    }

    fn inclusion(&self, leaf: LeafIndex) -> Result<Vec<Hash>, Infallible> {
        Ok(self.tree.inclusion(leaf, self.tree.size()).unwrap())
    }

    fn size(&self) -> TreeSize {
        self.tree.size()
    }

    fn root(&self, at: TreeSize) -> Result<Root, Infallible> {
        Ok(self.tree.root_at(at).unwrap())
    }

    fn growth(&self, from: TreeSize) -> Result<Vec<Hash>, Infallible> {
        Ok(self.tree.consistency(from, self.tree.size()).unwrap())
    }

    fn note_sizes(&self) -> Result<Vec<TreeSize>, Infallible> {
        Ok(self.notes.keys().copied().collect())
    }

    fn note(&self, size: TreeSize) -> Result<Vec<u8>, Infallible> {
        Ok(self.notes[&size].clone())
    }

    fn body(&self, _: &SignedEntry, part: PartDigest) -> Result<Option<Body>, Infallible> {
        Ok(self.bodies.get(&part).cloned())
    }
}
