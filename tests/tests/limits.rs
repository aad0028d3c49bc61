//! Limits that no vector can show: tried at N and N + 1 (`specs/limits.md`).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use fairtrail::admission::{AdmittedSet, EarlyBuffer};
use fairtrail::cbor::{Rules, encode, validate};
use fairtrail::charter::{Charter, Terms};
use fairtrail::entry::{Body, Draft, Grant, NetworkClaim, Pair, Position, Role, SignedEntry};
use fairtrail::id::{EntryId, GrantId};
use fairtrail::key::SecretKey;
use fairtrail::limits;
use fairtrail::log::{ArchiveLine, ArchiveList, Origin, Promise, Tile, TlogProof};
use fairtrail::merkle::{Hash, LeafIndex, Root, TreeSize};
use fairtrail::note::{KeyName, Note};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;

const FOUNDED: u64 = 1_790_000_000;

fn at(offset: u64) -> Timestamp {
    Timestamp::new(FOUNDED + offset).unwrap()
}

#[test]
fn key_names_are_bounded() {
    let name = |bytes: usize| "a".repeat(bytes).parse::<KeyName>();
    assert!(name(limits::KEY_NAME_BYTES).is_ok());
    assert_eq!(
        name(limits::KEY_NAME_BYTES + 1).unwrap_err().code(),
        Reason::NoteMalformed
    );
}

#[test]
fn proof_files_are_bounded() {
    let text = format!("a/b/e1\n0\n{}\n", Root::empty());
    let note = Note::parse(format!("{text}\n\u{2014} a AAAAAAAA\n").as_bytes()).unwrap();
    let proof = |extra: usize, path: usize| {
        let path = vec![Hash::from_bytes([0; 32]); path];
        let proof = TlogProof::new(
            vec![0; extra],
            LeafIndex::new(0).unwrap(),
            path,
            note.clone(),
        );
        proof.map(|proof| assert!(TlogProof::parse(proof.to_string().as_bytes()) == Ok(proof)))
    };
    let (extra, path) = (limits::PROOF_EXTRA_BYTES, limits::PATH_HASHES);
    assert_eq!(proof(extra, path), Ok(()));
    for over in [proof(extra + 1, path), proof(extra, path + 1)] {
        assert_eq!(over.unwrap_err().code(), Reason::ProofInvalid);
    }
}

#[test]
fn tiles_are_bounded() {
    assert!(Tile::new(0, 0, limits::TILE_WIDTH).is_ok());
    let over = Tile::new(0, 0, limits::TILE_WIDTH + 1);
    assert_eq!(over.unwrap_err().code(), Reason::ProofInvalid);
}

#[test]
fn promises_are_bounded() {
    let promise = |count: u64| {
        let origin: Origin = "ledger.example/coast/e1".parse().unwrap();
        Promise::new(
            origin,
            LeafIndex::new(0).unwrap(),
            count,
            Root::from_bytes([0; 32]),
            at(0),
        )
    };
    assert!(promise(limits::PROMISE_ENTRIES).is_ok());
    let over = promise(limits::PROMISE_ENTRIES + 1);
    assert_eq!(over.unwrap_err().code(), Reason::PromiseInvalid);
}

#[test]
fn archive_lists_are_bounded() {
    let mut list = ArchiveList::new();
    let line = |size: usize| {
        let size = TreeSize::new(u64::try_from(size).unwrap()).unwrap();
        ArchiveLine {
            size,
            digest: [0; 32],
        }
    };
    for size in 1..=limits::ARCHIVE_NOTES {
        list.push(line(size)).unwrap();
    }
    let over = list.push(line(limits::ARCHIVE_NOTES + 1));
    assert_eq!(over.unwrap_err().code(), Reason::ArchiveMalformed);
    assert!(list.to_string().len() <= limits::ARCHIVE_LIST_BYTES);
}

#[test]
fn messages_are_bounded() {
    let wire = |value: &[u8]| validate(value, Rules::WIRE).map_err(|error| error.code());
    let ones = |items: usize| encode(&vec![1_u8; items - 1]);
    assert_eq!(wire(&ones(limits::WIRE_ITEMS)), Ok(()));
    assert_eq!(
        wire(&ones(limits::WIRE_ITEMS + 1)),
        Err(Reason::CborTooManyItems)
    );

    // Two bodies, the second filled up to the byte: one alone is bounded as a document is.
    let body = |len: usize| Body {
        salt: [0; 16],
        bytes: vec![0; len],
    };
    let sized = |bytes: usize| {
        // Head of the list 1; of a body: array 1, salt 17, content 5.
        let first = limits::DOCUMENT_BYTES;
        encode(&vec![body(first), body(bytes - 1 - 23 - first - 23)])
    };
    assert_eq!(sized(limits::WIRE_BYTES).len(), limits::WIRE_BYTES);
    assert_eq!(wire(&sized(limits::WIRE_BYTES)), Ok(()));
    assert_eq!(wire(&sized(limits::WIRE_BYTES + 1)), Err(Reason::TooLarge));
    let document = |bytes: usize| wire(&encode(&body(bytes)));
    assert_eq!(document(limits::DOCUMENT_BYTES), Ok(()));
    assert_eq!(document(limits::DOCUMENT_BYTES + 1), Err(Reason::TooLarge));
}

/// A network of one root that has let `count` auditors begin.
fn network(count: u16) -> (AdmittedSet, Vec<SignedEntry>) {
    let key = |seed: u8| SecretKey::from_seed([seed; 32]);
    let pair = |seed: u8| Pair {
        key: key(seed).public().id(),
        next: key(seed + 1).public().next_digest(),
    };
    let charter = Charter::new(&Terms {
        version: 1,
        created: at(0),
        name: "One root".into(),
        roots: vec![pair(1)],
        threshold: 1,
        reply_desks: vec![pair(3)],
        roles: vec!["auditor".into()],
        terms: String::new(),
        contact: String::new(),
        licence: String::new(),
        envelope: 1,
    })
    .unwrap();
    let network = charter.network();
    let begin = |number: u16| {
        // Authors share keys: what tells them apart is when they begin.
        let next = key(6).public().next_digest();
        Draft::begin(network, &key(5), next, at(1 + u64::from(number))).unwrap()
    };
    let mut last = Draft::begin(network, &key(1), pair(1).next, at(0)).unwrap();
    let (root, mut set) = (last.author(), AdmittedSet::new(charter));
    set.admit(&last).unwrap();
    let mut begins = Vec::new();
    for number in 0..count {
        let claim = NetworkClaim::Grant(Grant {
            to: begin(number).author(),
            role: Role::Auditor,
            scope: Vec::new(),
            from: "2026-01-01".parse().unwrap(),
            to_date: "2030-01-01".parse().unwrap(),
            may_delegate: Vec::new(),
            succeeds: None,
        });
        let (seq, prev) = (u64::from(number) + 1, last.id());
        let position = Position {
            network,
            feed: root,
            seq,
            prev,
            grant: None,
        };
        last = Draft::network(claim, root, at(0))
            .sign(&position, &key(1))
            .unwrap();
        set.admit(&last).unwrap();
        set.admit(&begin(number)).unwrap();
        begins.push(begin(number));
    }
    (set, begins)
}

#[test]
fn early_entries_are_bounded_in_all() {
    let per_feed = u16::try_from(limits::EARLY_PER_FEED).unwrap();
    let feeds = u16::try_from(limits::EARLY_TOTAL / limits::EARLY_PER_FEED).unwrap();
    let (mut set, begins) = network(feeds + 1);
    let mut early = EarlyBuffer::default();
    let mut offer = |begin: &SignedEntry, number: u16| {
        let pulse = Draft::network(
            NetworkClaim::Pulse(fairtrail::entry::Pulse {}),
            begin.author(),
            at(0),
        );
        let position = Position {
            network: begin.header().network,
            feed: begin.author(),
            seq: u64::from(number) + 2,
            prev: EntryId::new([7; 32]),
            grant: Some(GrantId::new([8; 32])),
        };
        let entry = pulse
            .sign(&position, &SecretKey::from_seed([5; 32]))
            .unwrap();
        early.offer(&mut set, entry).dropped
    };
    for begin in &begins[..usize::from(feeds)] {
        for number in 0..per_feed {
            assert!(!offer(begin, number));
        }
    }
    assert!(offer(&begins[usize::from(feeds)], 0));
    assert_eq!(early.len(), limits::EARLY_TOTAL);
}
