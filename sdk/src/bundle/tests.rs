//! A bundle about everything in a small network, and bundles that leave something out.

use super::*;
use crate::admission::tests::world::world;
use crate::admission::{AdmittedSet, EarlyBuffer};
use crate::charter::Charter;
use crate::entry::SignedEntry;
use crate::id::EntryId;
use crate::index::{Class, Embedded, Index, IndexHead, Posting, PostingList, posted_under};
use crate::key::SecretKey;
use crate::log::{Checkpoint, Origin, TlogPolicy};
use crate::merkle::{LeafIndex, Tree, TreeSize, leaf_hash};
use crate::note::NoteSigner;
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

struct Made {
    bundle: Bundle,
    logs: TlogPolicy,
    indexes: TlogPolicy,
    charter: Charter,
    entries: Vec<SignedEntry>,
}

fn origin() -> Origin {
    "log.example/one/e1".parse().unwrap()
}

fn signer(name: &Origin, seed: u8) -> NoteSigner {
    NoteSigner::new(name.key_name().unwrap(), SecretKey::from_seed([seed; 32]))
}

fn policy(signer: &NoteSigner) -> TlogPolicy {
    let text = format!("log {}\nquorum none\n", signer.verifier());
    TlogPolicy::parse(&text).unwrap()
}

fn note(signer: &NoteSigner, checkpoint: &Checkpoint) -> Embedded {
    Embedded(checkpoint.sign(signer).unwrap().to_string().into_bytes())
}

fn time() -> Timestamp {
    Timestamp::new(1_800_000_000).unwrap()
}

/// Every whole list of the log, by subject and class.
fn lists(entries: &[SignedEntry]) -> Vec<SubjectList> {
    let mut lists: BTreeMap<(SubjectId, Class), Vec<Embedded>> = BTreeMap::new();
    for (leaf, entry) in (0..).zip(entries) {
        let posting = Posting::of(entry, LeafIndex::new(leaf).unwrap(), time());
        for subject in posted_under(entry) {
            let list = lists.entry((subject, posting.class())).or_default();
            list.push(Embedded(posting.to_bytes()));
        }
    }
    let list = |((subject, class), postings)| {
        let start_head = crate::index::ChainHead::START;
        let list = PostingList {
            class,
            start: 0,
            start_head,
            postings,
        };
        SubjectList {
            subject,
            list: Embedded(list.to_bytes()),
        }
    };
    lists.into_iter().map(list).collect()
}

fn made() -> Made {
    let world = world();
    let mut set = AdmittedSet::new(world.charter.clone());
    let (mut early, mut entries) = (EarlyBuffer::default(), Vec::new());
    for entry in world.entries {
        entries.extend(early.offer(&mut set, entry).admitted);
    }
    let tree = Tree::from_leaves(entries.iter().map(|entry| leaf_hash(entry.bytes()))).unwrap();
    let mut index = Index::new(origin());
    let head: IndexHead = index.append(&entries, time(), &set).unwrap();
    index.settle();
    let (log, of_index) = (signer(&origin(), 1), signer(&origin().index(1).unwrap(), 2));
    let head_log = Tree::from_leaves([leaf_hash(&head.to_bytes())]).unwrap();
    let name = origin().index(1).unwrap();
    let index_note = Checkpoint::new(name, head_log.size(), head_log.root()).unwrap();
    let old = TreeSize::new(3).unwrap();
    let archived = Checkpoint::new(origin(), old, tree.root_at(old).unwrap()).unwrap();
    let path = tree.consistency(old, tree.size()).unwrap();
    let subjects: BTreeSet<_> = entries.iter().flat_map(posted_under).collect();
    let answer = index
        .answer(subjects, set.authors().collect::<Vec<_>>())
        .unwrap();
    let by_id: BTreeMap<EntryId, _> = entries.iter().map(|entry| (entry.id(), entry)).collect();
    let part = LogPart {
        note: note(&of_index, &index_note),
        path: Vec::new(),
        answer: Embedded(answer.to_bytes()),
        lists: lists(&entries),
        notes: vec![OldNote {
            note: note(&log, &archived),
            path: path.iter().map(|hash| *hash.as_bytes()).collect(),
        }],
    };
    let bundle = Bundle {
        version: VERSION,
        charter: Embedded(world.charter.bytes().to_vec()),
        logs: vec![part],
        entries: by_id
            .values()
            .map(|entry| Embedded(entry.bytes().to_vec()))
            .collect(),
        bodies: Vec::new(),
        report: Some("for people".into()),
    };
    Made {
        bundle,
        logs: policy(&log),
        indexes: policy(&of_index),
        charter: world.charter,
        entries,
    }
}

impl Made {
    fn open(&self, bundle: &Bundle) -> Result<Evidence, BundleError> {
        let (logs, indexes) = (&self.logs, &self.indexes);
        let network = self.charter.network();
        open(
            &bundle.to_bytes(),
            Trust {
                network,
                logs,
                indexes,
            },
        )
    }

    fn refused(&self, change: impl Fn(&mut Bundle)) -> Reason {
        let mut bundle = self.bundle.clone();
        change(&mut bundle);
        assert_ne!(bundle, self.bundle);
        self.open(&bundle).unwrap_err().code()
    }
}

#[test]
fn everything_is_there_and_nothing_else() {
    let made = made();
    let bytes = made.bundle.to_bytes();
    assert_eq!(Bundle::parse(&bytes).unwrap(), made.bundle);
    let evidence = made.open(&made.bundle).unwrap();
    assert_eq!(evidence.entries.len(), made.entries.len());
    let [log] = &evidence.logs[..] else { panic!() };
    assert_eq!((log.origin(), log.notes.len()), (&origin(), 1));
    for (leaf, entry) in (0..).zip(&made.entries) {
        for subject in posted_under(entry) {
            let list = log.list(&subject, Class::of(&entry.header().kind)).unwrap();
            assert!(list.iter().any(|posting| posting.leaf.get() == leaf));
            assert_eq!(log.list(&subject, Class::Certificate), Some(&[][..]));
        }
    }
    assert_eq!(
        log.list(&"gln:0614141000012".parse().unwrap(), Class::Net),
        None
    );
}

#[test]
fn no_entry_and_no_list_can_be_left_out() {
    let made = made();
    for at in 0..made.bundle.entries.len() {
        let reason = made.refused(|bundle| drop(bundle.entries.remove(at)));
        assert_eq!(reason, Reason::EvidenceIncomplete);
    }
    for at in 0..made.bundle.logs[0].lists.len() {
        let list = made.bundle.logs[0].lists[at].clone();
        let class = PostingList::parse(&list.list.0).unwrap().class;
        let mut bundle = made.bundle.clone();
        bundle.logs[0].lists.remove(at);
        let found = made.open(&bundle).map_err(|error| error.code());
        // Without the acts that name an author no entry of that author counts; other lists may be
        // left out, and then their entries must be too unless another list names them.
        if class == Class::Net && list.subject.as_str().starts_with("author:") {
            assert!(found.is_err(), "{}", list.subject);
        } else if let Err(reason) = found {
            assert_eq!(reason, Reason::EvidenceStray);
        }
    }
}

#[test]
fn order_trust_and_version_are_checked() {
    let made = made();
    let swapped = made.refused(|bundle| bundle.entries.swap(0, 1));
    assert_eq!(swapped, Reason::NotAscending);
    let swapped = made.refused(|bundle| bundle.logs[0].lists.swap(0, 1));
    assert_eq!(swapped, Reason::NotAscending);
    let twice = made.refused(|bundle| bundle.logs.push(bundle.logs[0].clone()));
    assert_eq!(twice, Reason::NotAscending);
    let version = made.refused(|bundle| bundle.version = 2);
    assert_eq!(version, Reason::VersionUnknown);
    let none = made.refused(|bundle| bundle.logs.clear());
    assert_eq!(none, Reason::TooLarge);
    let path = made.refused(|bundle| bundle.logs[0].notes[0].path[0][0] ^= 1);
    assert_eq!(path, Reason::RootMismatch);
    let moved = made.refused(|bundle| bundle.logs[0].path.push([0; 32]));
    assert_eq!(moved, Reason::ProofInvalid);
    let stranger = policy(&signer(&"log.example/two/e1".parse().unwrap(), 1));
    let mut bundle = made.bundle.clone();
    bundle.logs[0].notes.clear();
    let unknown = Made {
        logs: stranger,
        ..self::made()
    };
    let unknown = unknown.open(&bundle).unwrap_err().code();
    assert_eq!(unknown, Reason::OriginMismatch);
    assert!(made.open(&bundle).is_ok());
    let swap = Made {
        logs: made.indexes.clone(),
        indexes: made.logs.clone(),
        ..self::made()
    };
    assert!(swap.open(&made.bundle).is_err());
    let other = Trust {
        network: crate::id::NetworkId::new([1; 32]),
        logs: &made.logs,
        indexes: &made.indexes,
    };
    let other = open(&made.bundle.to_bytes(), other).unwrap_err();
    assert_eq!(other.code(), Reason::NetworkMismatch);
}

#[test]
fn a_flipped_byte_is_refused_outside_the_report() {
    let made = made();
    let bytes = made.bundle.to_bytes();
    let report = bytes.len() - 12..bytes.len();
    let (logs, indexes) = (&made.logs, &made.indexes);
    let trust = Trust {
        network: made.charter.network(),
        logs,
        indexes,
    };
    assert!(open(&bytes, trust).is_ok());
    for at in (0..bytes.len())
        .step_by(101)
        .filter(|at| !report.contains(at))
    {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        assert!(open(&flipped, trust).is_err(), "byte {at}");
    }
}
