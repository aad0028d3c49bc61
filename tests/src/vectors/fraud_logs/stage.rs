//! A log, an index that may lie about it, and those who sign for both.

use crate::vectors::world::{Author, at, secret};
use fairtrail::entry::{Body, Draft, SignedEntry};
use fairtrail::fraud::{Listed, ShownLeaf};
use fairtrail::id::{EntryId, NetworkId};
use fairtrail::index::{
    BadUpdate, ChainHead, Class, ClassMap, Embedded, EntrySource, FeedFact, Index, IndexHead,
    Posting, PostingList, names, subject_key, subject_value,
};
use fairtrail::key::SecretKey;
use fairtrail::log::{Checkpoint, Origin, Promise};
use fairtrail::merkle::{Hash, LeafIndex, Tree, TreeSize, leaf_hash};
use fairtrail::note::{Cosigner, Note, NoteSigner, NoteVerifier};
use fairtrail::subject::SubjectId;
use fairtrail::trie::{Trie, TrieRoot};
use std::collections::HashMap;

/// The subject most entries are about.
pub(super) const ABOUT: &str = "lei:EXAMPLE00FAIRTRAIL92";
/// Another one.
pub(super) const OTHER: &str = "olic:XA-LAB:777";
/// What a liar puts into the place of an entry.
pub(super) const FORGED: &[u8] = b"in the place of an entry";
const TIME: u64 = 1_790_100_000;

pub(super) struct Log {
    /// Leaf data; one leaf is no entry.
    pub(super) entries: Vec<Vec<u8>>,
    pub(super) tree: Tree,
}

fn origin() -> Origin {
    "ledger.example/coast/e1".parse().unwrap()
}

fn log_key(key: SecretKey) -> NoteSigner {
    NoteSigner::new(origin().key_name().unwrap(), key)
}

fn index_key() -> NoteSigner {
    let name = origin().index(1).unwrap().key_name().unwrap();
    NoteSigner::new(name, secret(61))
}

fn promise_key() -> NoteSigner {
    NoteSigner::new(origin().promise_key_name().unwrap(), secret(62))
}

fn witness(name: &str, key: u8) -> Cosigner {
    Cosigner::new(name.parse().unwrap(), secret(key))
}

/// The keys of log, index and promises.
pub(super) fn keys() -> Vec<NoteVerifier> {
    let keys = [log_key(secret(60)), index_key(), promise_key()];
    keys.iter().map(|key| key.verifier().clone()).collect()
}

/// A policy by which one witness dates what the log signs.
pub(super) fn policy() -> String {
    let (log, hill) = (log_key(secret(60)), witness("hill.example/watch", 63));
    let (log, hill) = (log.verifier(), hill.verifier());
    format!("log {log}\nwitness hill {hill}\nquorum hill\n")
}

pub(super) fn tree(leaves: &[Vec<u8>]) -> Tree {
    Tree::from_leaves(leaves.iter().map(|leaf| leaf_hash(leaf))).unwrap()
}

pub(super) fn bytes(note: &str) -> Embedded {
    Embedded(note.as_bytes().to_vec())
}

fn checkpoint(origin: Origin, tree: &Tree) -> Checkpoint {
    Checkpoint::new(origin, tree.size(), tree.root()).unwrap()
}

pub(super) fn note_by(tree: &Tree, key: SecretKey) -> String {
    checkpoint(origin(), tree)
        .sign(&log_key(key))
        .unwrap()
        .to_string()
}

pub(super) fn log_note(tree: &Tree) -> String {
    note_by(tree, secret(60))
}

pub(super) fn index_note(tree: &Tree) -> String {
    let checkpoint = checkpoint(origin().index(1).unwrap(), tree);
    checkpoint.sign(&index_key()).unwrap().to_string()
}

/// A checkpoint cosigned so many seconds after the first.
pub(super) fn cosigned(tree: &Tree, after: u64) -> String {
    let note: Note = Note::parse(log_note(tree).as_bytes()).unwrap();
    let line = witness("hill.example/watch", 63).cosign(note.text(), TIME + after);
    note.with(line.unwrap()).unwrap().to_string()
}

pub(super) fn with_strange_line(tree: &Tree, after: u64) -> String {
    let note = Note::parse(cosigned(tree, after).as_bytes()).unwrap();
    let line = witness("reef.example/watch", 64).cosign(note.text(), TIME + after);
    note.with(line.unwrap()).unwrap().to_string()
}

/// A promise of so many leaves from `first` on.
pub(super) fn promise(log: &Log, first: usize, count: usize, by: u64) -> String {
    let batch = tree(&log.entries[first..first + count]);
    let first = LeafIndex::new(first as u64).unwrap();
    let promise = Promise::new(origin(), first, count as u64, batch.root(), at(TIME + by));
    promise.unwrap().sign(&promise_key()).unwrap().to_string()
}

/// The bytes of an entry of another network.
pub(super) fn of_network(network: NetworkId) -> Vec<u8> {
    let next = secret(171).public().next_digest();
    let begin = Draft::begin(network, &secret(71), next, at(TIME)).unwrap();
    begin.bytes().to_vec()
}

fn about(author: &mut Author, subject: &str, salt: u8) -> SignedEntry {
    let claim = Body {
        salt: [salt; 16],
        bytes: vec![0xa1, 1, 1],
    };
    let subjects = vec![subject.parse().unwrap()];
    let draft = Draft::statement("finding".parse().unwrap(), subjects, claim, at(TIME));
    let key = secret(author.key);
    author.post(&draft, &key)
}

impl Log {
    pub(super) fn new() -> Self {
        let mut author = Author::under(11, EntryId::new([5; 32]));
        let mut entries = vec![author.begin.bytes().to_vec()];
        for (salt, subject) in (1..).zip([ABOUT, OTHER, ABOUT, OTHER]) {
            entries.push(about(&mut author, subject, salt).bytes().to_vec());
        }
        entries.push(b"not an entry".to_vec());
        entries.push(about(&mut author, ABOUT, 9).bytes().to_vec());
        let tree = tree(&entries);
        Self { entries, tree }
    }

    /// The leaf that is no entry.
    pub(super) fn odd(&self) -> u64 {
        let leaf = self
            .entries
            .iter()
            .position(|leaf| SignedEntry::parse(leaf).is_err());
        leaf.unwrap() as u64
    }

    /// The first leaf about a subject.
    pub(super) fn of(&self, subject: &str) -> u64 {
        self.postings(subject, Class::Finding)[0].leaf.get()
    }

    pub(super) fn tree_of(&self, leaves: usize) -> Tree {
        tree(&self.entries[..leaves])
    }

    /// The log with another leaf in the place of the fourth.
    pub(super) fn forked(&self) -> Tree {
        let mut entries = self.entries.clone();
        entries[3] = FORGED.to_vec();
        tree(&entries)
    }

    pub(super) fn leaf(&self, at: u64) -> ShownLeaf {
        let data = &self.entries[usize::try_from(at).unwrap()];
        ShownLeaf::of(&self.tree, at, data).unwrap()
    }

    pub(super) fn postings(&self, subject: &str, class: Class) -> Vec<Posting> {
        let subject: SubjectId = subject.parse().unwrap();
        let entries = (0..).zip(&self.entries).filter_map(|(leaf, bytes)| {
            let entry = SignedEntry::parse(bytes).ok()?;
            let posting = Posting::of(&entry, LeafIndex::new(leaf).unwrap(), at(TIME));
            (names(&entry, &subject) && posting.class() == class).then_some(posting)
        });
        entries.collect()
    }

    /// A head over the log.
    pub(super) fn head(&self) -> IndexHead {
        IndexHead {
            origin: origin(),
            size: self.tree.size(),
            root: self.tree.root(),
            subjects: TrieRoot::empty(),
            feeds: TrieRoot::empty(),
            time: at(TIME),
        }
    }

    /// An index that lists these postings under [`ABOUT`], shown with a list of those.
    pub(super) fn listed(&self, postings: &[Posting], shown: &[Posting]) -> Listed {
        let (about, other): (SubjectId, SubjectId) =
            (ABOUT.parse().unwrap(), OTHER.parse().unwrap());
        let map = |postings: &[Posting]| {
            postings.iter().fold(None, |map, posting| {
                Some(ClassMap::after(map, Class::Finding, &posting.to_bytes()))
            })
        };
        let strange = map(&self.postings(OTHER, Class::Finding)).unwrap();
        let mut trie = Trie::new();
        let value = |map: &ClassMap| subject_value(&map.to_bytes());
        trie.apply(&[(subject_key(&other), value(&strange))])
            .unwrap();
        let map = map(postings);
        if let Some(map) = &map {
            trie.apply(&[(subject_key(&about), value(map))]).unwrap();
        }
        trie.settle();
        let head = IndexHead {
            subjects: trie.settled().root(),
            ..self.head()
        };
        let proof = trie.settled().prove(&[subject_key(&about)]).unwrap();
        let answer = fairtrail::index::Answer {
            head: Embedded(head.to_bytes()),
            subjects: vec![about.clone()],
            maps: vec![fairtrail::index::Nullable(
                map.map(|map| Embedded(map.to_bytes())),
            )],
            subjects_proof: Some(Embedded(proof.to_bytes())),
            authors: Vec::new(),
            values: Vec::new(),
            feeds_proof: None,
        };
        let index = tree(&[b"an earlier leaf".to_vec(), head.to_bytes()]);
        let leaf = ShownLeaf::of(&index, 1, &head.to_bytes()).unwrap();
        let list = PostingList {
            class: Class::Finding,
            start: 0,
            start_head: ChainHead::START,
            postings: shown
                .iter()
                .map(|posting| Embedded(posting.to_bytes()))
                .collect(),
        };
        Listed {
            note: bytes(&index_note(&index)),
            leaf: leaf.index,
            path: leaf.path,
            answer: Embedded(answer.to_bytes()),
            list: (!shown.is_empty()).then(|| Embedded(list.to_bytes())),
            subject: about,
        }
    }

    /// The update to the first head over the first five leaves, which may lie.
    pub(super) fn first_update(&self, lies: bool) -> BadUpdate {
        let entries: Vec<_> = self.entries[..5]
            .iter()
            .map(|leaf| SignedEntry::parse(leaf).unwrap())
            .collect();
        let facts: HashMap<EntryId, FeedFact> = HashMap::new();
        let mut index = Index::new(origin());
        let mut update = index
            .append_proving(&entries, at(TIME), &facts, &Nowhere)
            .unwrap();
        if lies {
            let mut head = IndexHead::parse(&update.new.0).unwrap();
            head.subjects = TrieRoot::new([3; 32]);
            update.new = Embedded(head.to_bytes());
        }
        let heads = tree(&[update.new.0.clone()]);
        BadUpdate {
            checkpoint: bytes(&index_note(&heads)),
            leaf: 0,
            new_path: Vec::new(),
            old_path: Vec::new(),
            range: Vec::new(),
            update: Embedded(update.to_bytes()),
            forked: Vec::new(),
        }
    }
}

/// Finds no entries: there are none before the first.
struct Nowhere;

impl EntrySource for Nowhere {
    fn entry(&self, _: EntryId) -> Option<(LeafIndex, SignedEntry)> {
        None
    }

    fn path(&self, _: LeafIndex, _: TreeSize) -> Option<Vec<Hash>> {
        None
    }
}
