//! A log of the network that admission is tested with, its index, and a signed index log.

use super::super::*;
use crate::admission::tests::{shuffle, world::world};
use crate::admission::{AdmittedSet, EarlyBuffer};
use crate::entry::SignedEntry;
use crate::id::EntryId;
use crate::key::SecretKey;
use crate::log::{Checkpoint, Origin};
use crate::merkle::{Hash, LeafIndex, Tree, TreeSize, leaf_hash};
use crate::note::NoteSigner;
use crate::subject::SubjectId;
use crate::time::Timestamp;
use std::collections::BTreeSet;

pub(crate) fn origin() -> Origin {
    "log.example/one/e1".parse().unwrap()
}

pub(crate) fn at(offset: u64) -> Timestamp {
    Timestamp::new(1_800_000_000 + offset).unwrap()
}

pub(crate) struct Log {
    pub(crate) set: AdmittedSet,
    pub(crate) entries: Vec<SignedEntry>,
    pub(crate) tree: Tree,
}

impl Log {
    /// Everything the world admits, in one of its orders.
    pub(crate) fn of_world(seed: u64) -> Self {
        let mut world = world();
        shuffle(&mut world.entries, seed);
        let mut set = AdmittedSet::new(world.charter);
        let (mut early, mut entries) = (EarlyBuffer::default(), Vec::new());
        for entry in world.entries {
            entries.extend(early.offer(&mut set, entry).admitted);
        }
        let tree = Tree::from_leaves(entries.iter().map(|entry| leaf_hash(entry.bytes())));
        let tree = tree.unwrap();
        Self { set, entries, tree }
    }

    /// The index with so many leaves under each head, and the proof of every head.
    pub(crate) fn index(&self, batch: usize) -> (Index, Vec<UpdateProof>) {
        let mut index = Index::new(origin());
        let batches = (0..).zip(self.entries.chunks(batch));
        let updates = batches.map(|(number, leaves)| {
            index
                .append_proving(leaves, at(number), &self.set, self)
                .unwrap()
        });
        let updates = updates.collect();
        index.settle();
        (index, updates)
    }

    pub(crate) fn subjects(&self) -> Vec<SubjectId> {
        let subjects: BTreeSet<_> = self.entries.iter().flat_map(posted_under).collect();
        subjects.into_iter().collect()
    }

    /// The postings of a subject, all of one time.
    pub(crate) fn postings(&self, subject: &SubjectId, class: Class) -> Vec<Posting> {
        let all = (0..).zip(&self.entries).map(|(leaf, entry)| {
            let named = names(entry, subject);
            let posting = Posting::of(entry, LeafIndex::new(leaf).unwrap(), at(leaf));
            (named, posting)
        });
        let own = all.filter(|(named, posting)| *named && posting.class() == class);
        own.map(|(_, posting)| posting).collect()
    }
}

impl EntrySource for Log {
    fn entry(&self, id: EntryId) -> Option<(LeafIndex, SignedEntry)> {
        let leaf = self.entries.iter().position(|entry| entry.id() == id)?;
        let index = LeafIndex::new(u64::try_from(leaf).unwrap()).unwrap();
        Some((index, self.entries[leaf].clone()))
    }

    fn path(&self, leaf: LeafIndex, size: TreeSize) -> Option<Vec<Hash>> {
        self.tree.inclusion(leaf, size).ok()
    }
}

/// An index log and its key.
pub(crate) struct IndexLog {
    pub(crate) tree: Tree,
    pub(crate) signer: NoteSigner,
}

impl IndexLog {
    pub(crate) fn of(heads: &[Vec<u8>]) -> Self {
        let tree = Tree::from_leaves(heads.iter().map(|head| leaf_hash(head))).unwrap();
        let name = origin().index(1).unwrap().key_name().unwrap();
        let signer = NoteSigner::new(name, SecretKey::from_seed([9; 32]));
        Self { tree, signer }
    }

    pub(crate) fn checkpoint(&self, log: &Origin) -> Checkpoint {
        Checkpoint::new(log.index(1).unwrap(), self.tree.size(), self.tree.root()).unwrap()
    }

    pub(crate) fn path(&self, leaf: usize) -> Vec<Hash> {
        let leaf = LeafIndex::new(u64::try_from(leaf).unwrap()).unwrap();
        self.tree.inclusion(leaf, self.tree.size()).unwrap()
    }
}
