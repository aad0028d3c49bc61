use super::*;
use fairtrail::entry::{Draft, NetworkClaim, Position, Pulse};
use fairtrail::id::NetworkId;
use fairtrail::key::SecretKey;
use fairtrail::log::{Origin, SignedPromise};
use fairtrail::merkle::leaf_hash;
use fairtrail::note::NoteSigner;
use fairtrail::time::Timestamp;
use std::collections::BTreeMap;

/// Admits everything but the entries it is told to refuse.
#[derive(Default)]
struct Book {
    leaves: BTreeMap<EntryId, LeafIndex>,
    refused: Option<EntryId>,
}

impl Admit for Book {
    type Refusal = usize;

    fn leaf_of(&mut self, id: EntryId) -> Result<Option<LeafIndex>, usize> {
        Ok(self.leaves.get(&id).copied())
    }

    fn admit(&mut self, offered: &Offered) -> Result<(), usize> {
        let blamed = |entry: &SignedEntry| Some(entry.id()) == self.refused;
        offered.entries.iter().position(blamed).map_or(Ok(()), Err)
    }

    fn keeps(&self, _: &SignedEntry, _: &Part, _: &Body) -> Keep {
        Keep::Body
    }
}

fn pulses(count: u64) -> Vec<SignedEntry> {
    let key = SecretKey::from_seed([1; 32]);
    let now = Timestamp::new(1_790_000_000).unwrap();
    let network = NetworkId::new([9; 32]);
    let begin = Draft::begin(network, &key, key.public().next_digest(), now).unwrap();
    let feed = begin.author();
    let mut entries = vec![begin];
    while (entries.len() as u64) < count {
        let last = entries.last().unwrap();
        let seq = entries.len() as u64;
        let position = Position {
            network,
            feed,
            seq,
            prev: last.id(),
            grant: None,
        };
        let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), feed, now);
        entries.push(draft.sign(&position, &key).unwrap());
    }
    entries
}

fn offered(entries: &[SignedEntry]) -> Offered {
    Offered {
        entries: entries.to_vec(),
        bodies: vec![Vec::new(); entries.len()],
    }
}

fn leaf(index: u64) -> LeafIndex {
    LeafIndex::new(index).unwrap()
}

#[test]
fn known_and_repeated_entries_get_one_leaf_each() {
    let entries = pulses(4);
    let mut book = Book::default();
    book.leaves.insert(entries[0].id(), leaf(7));
    let mut group = Group::new(leaf(100));
    let first = group.offer(offered(&entries[..3]), &mut book).unwrap();
    let again = group.offer(offered(&entries[1..]), &mut book).unwrap();
    let same = group.offer(offered(&entries[2..]), &mut book).unwrap();
    let sealed = group.seal();
    assert_eq!(sealed.leaves().len(), 3);
    let tree = sealed.tree().unwrap();
    let lines = |ticket| {
        let receipt = sealed.receipt(&tree, ticket, Some("note")).unwrap();
        assert!(receipt.promise.is_some());
        let entries = receipt.entries.into_iter();
        entries
            .map(|e| (e.leaf_index, e.known, e.position))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lines(&first),
        [
            (7, true, None),
            (100, false, Some(0)),
            (101, false, Some(1))
        ]
    );
    assert_eq!(
        lines(&again),
        [(100, true, None), (101, true, None), (102, false, Some(2))]
    );
    let receipt = sealed.receipt(&tree, &same, Some("note")).unwrap();
    assert!(receipt.promise.is_none() && receipt.entries.iter().all(|entry| entry.known));
}

#[test]
fn a_refused_submission_leaves_the_group_as_it_was() {
    let entries = pulses(4);
    let mut book = Book {
        refused: Some(entries[2].id()),
        ..Book::default()
    };
    let mut group = Group::new(leaf(0));
    assert_eq!(group.offer(offered(&entries), &mut book), Err(2));
    group.offer(offered(&entries[..2]), &mut book).unwrap();
    assert_eq!(group.seal().leaves().len(), 2);
}

#[test]
fn a_promise_covers_each_new_leaf_at_its_position() {
    let entries = pulses(5);
    let mut group = Group::new(leaf(40));
    let ticket = group
        .offer(offered(&entries), &mut Book::default())
        .unwrap();
    let sealed = group.seal();
    let tree = sealed.tree().unwrap();
    let origin: Origin = "log.example/one/e1".parse().unwrap();
    let name = origin.promise_key_name().unwrap();
    let signer = NoteSigner::new(name, SecretKey::from_seed([3; 32]));
    let include_by = Timestamp::new(1_790_000_060).unwrap();
    let promise = sealed.promise(&tree, &origin, include_by).unwrap().unwrap();
    let note = promise.sign(&signer).unwrap().to_string();
    let receipt = sealed.receipt(&tree, &ticket, Some(&note)).unwrap();
    let promise = SignedPromise::open(note.as_bytes(), signer.verifier()).unwrap();
    for (entry, line) in entries.iter().zip(receipt.entries) {
        let path: Vec<_> = line.path.iter().map(|hash| hash.parse().unwrap()).collect();
        let position = line.position.unwrap();
        let found = promise.covers(leaf_hash(entry.bytes()), position, &path);
        assert_eq!(found, Ok(leaf(line.leaf_index)));
    }
}

#[test]
fn a_group_of_known_entries_promises_nothing() {
    let entries = pulses(1);
    let mut book = Book::default();
    book.leaves.insert(entries[0].id(), leaf(7));
    let mut group = Group::new(leaf(9));
    let ticket = group.offer(offered(&entries), &mut book).unwrap();
    let sealed = group.seal();
    let tree = sealed.tree().unwrap();
    let origin: Origin = "log.example/one/e1".parse().unwrap();
    let now = Timestamp::new(0).unwrap();
    assert_eq!(sealed.promise(&tree, &origin, now), Ok(None));
    let receipt = sealed.receipt(&tree, &ticket, None).unwrap();
    assert_eq!((receipt.promise, receipt.entries[0].leaf_index), (None, 7));
}

#[test]
fn limits_hold_but_never_keep_a_single_submission_out() {
    let entries = pulses(3);
    let mut group = Group::new(leaf(0));
    let mut large = offered(&entries[..1]);
    large.bodies[0].push(Body {
        salt: [0; 16],
        bytes: vec![0; GROUP_BODY_BYTES + 1],
    });
    assert!(group.fits(&large));
    group
        .offer(offered(&entries[..2]), &mut Book::default())
        .unwrap();
    assert!(!group.fits(&large));
    assert!(group.fits(&offered(&entries[2..])));
    let many = Offered {
        entries: vec![entries[2].clone(); GROUP_ENTRIES - 1],
        bodies: Vec::new(),
    };
    assert!(!group.fits(&many));
}
