use super::*;
use crate::entry::{Draft, NetworkClaim, Position, Pulse, Rotate};
use crate::id::NetworkId;
use crate::key::SecretKey;
use crate::reason::Reason;
use crate::time::Timestamp;
use proptest::prelude::*;

const NETWORK: NetworkId = NetworkId::new([9; 32]);

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::new(1_790_000_000 + seconds).unwrap()
}

fn begin() -> SignedEntry {
    Draft::begin(NETWORK, &key(1), key(2).public().next_digest(), at(0)).unwrap()
}

fn after(prev: &SignedEntry, claim: NetworkClaim, signer: &SecretKey, second: u64) -> SignedEntry {
    let position = Position {
        network: NETWORK,
        feed: prev.author(),
        seq: prev.header().seq + 1,
        prev: prev.id(),
        grant: None,
    };
    let draft = Draft::network(claim, prev.author(), at(second));
    draft.sign(&position, signer).unwrap()
}

fn pulse(prev: &SignedEntry, signer: u8, second: u64) -> SignedEntry {
    after(prev, NetworkClaim::Pulse(Pulse {}), &key(signer), second)
}

fn rotate(prev: &SignedEntry, signer: u8, to: (u8, u8)) -> SignedEntry {
    let claim = NetworkClaim::Rotate(Rotate {
        key: key(to.0).public().id(),
        next: key(to.1).public().next_digest(),
    });
    after(prev, claim, &key(signer), 5)
}

/// Begin, an entry, a rotation, an entry, and two entries after that one.
fn feed() -> Vec<SignedEntry> {
    let begin = begin();
    let one = pulse(&begin, 1, 1);
    let rotation = rotate(&one, 2, (3, 4));
    let two = pulse(&rotation, 3, 6);
    let (a, b) = (pulse(&two, 3, 7), pulse(&two, 3, 8));
    vec![begin, one, rotation, two, a, b]
}

fn fork() -> FeedFork {
    let feed = feed();
    FeedFork::find(feed[0].author(), &feed).unwrap()
}

#[test]
fn two_entries_at_one_place_are_proved_by_the_file_alone() {
    let feed = feed();
    let text = fork().to_string();
    let read: FeedFork = text.parse().unwrap();
    let proved = read.verify().unwrap();
    assert_eq!((proved.author, proved.seq), (feed[0].author(), 4));
    assert_eq!(proved.prev, feed[3].id());
    let mut ids = [feed[4].id(), feed[5].id()];
    ids.sort();
    assert_eq!(proved.entries, ids);
    assert_eq!(proved.keys, [key(3).public().id(); 2]);
    // One key line each for begin and rotation; the entry between them is not needed.
    assert_eq!((read.keys.len(), read.path.len()), (2, 1));
}

#[test]
fn whoever_holds_the_same_entries_makes_the_same_bytes() {
    let mut feed = feed();
    let author = feed[0].author();
    let text = fork().to_string();
    feed.reverse();
    assert_eq!(FeedFork::find(author, &feed).unwrap().to_string(), text);
    feed.retain(|entry| entry.header().seq < 4);
    assert_eq!(FeedFork::find(author, &feed), None);
}

#[test]
fn the_lowest_fork_is_shown_and_a_rotation_may_be_one_of_the_two() {
    let mut feed = feed();
    let rotation = rotate(&feed[0], 2, (5, 6));
    feed.push(rotation.clone());
    let found = FeedFork::find(feed[0].author(), &feed).unwrap();
    let proved = found.verify().unwrap();
    assert_eq!(proved.seq, 1);
    assert!(proved.entries.contains(&rotation.id()));
}

#[test]
fn one_entry_strange_keys_and_other_places_prove_nothing() {
    let feed = feed();
    let with = |children: [SignedEntry; 2]| {
        let fork = FeedFork { children, ..fork() };
        fork.verify().unwrap_err().code()
    };
    let [a, b] = fork().children;
    assert_eq!(with([a.clone(), a.clone()]), Reason::ProofInvalid);
    assert_eq!(with([b, a.clone()]), Reason::FraudMalformed);
    let old = pulse(&feed[3], 1, 9);
    assert_eq!(with([a.clone(), old]), Reason::KeyMismatch);
    let elsewhere = pulse(&feed[2], 3, 9);
    assert_eq!(with([a.clone(), elsewhere]), Reason::PrevMismatch);
    let stolen = rotate(&feed[3], 7, (8, 9));
    assert_eq!(with([a.clone(), stolen]), Reason::RotationMismatch);
    let mut forged = a.bytes().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let forged = SignedEntry::parse(&forged).unwrap();
    assert_eq!(with([forged, a.clone()]), Reason::SignatureInvalid);
    let other = FeedFork {
        author: AuthorId::new([1; 32]),
        ..fork()
    };
    assert_eq!(other.verify().unwrap_err().code(), Reason::PrevMismatch);
    let mut unrotated = fork();
    unrotated.keys.truncate(1);
    assert!(unrotated.verify().is_err());
}

#[test]
fn a_file_has_one_form_and_is_bounded() {
    let text = fork().to_string();
    for changed in [
        text.replace("v1", "v2"),
        text.replace("\nfork", "\n\nfork"),
        text.replacen("key ", "path ", 1),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        String::new(),
    ] {
        let read = changed.parse::<FeedFork>();
        assert!(read.and_then(|fork| fork.verify()).is_err(), "{changed}");
    }
    let at_limit = "x".repeat(FEED_FORK_BYTES);
    assert_eq!(at_limit.parse::<FeedFork>(), Err(FraudError::Malformed));
    let len = FEED_FORK_BYTES + 1;
    let above = "x".repeat(len).parse::<FeedFork>();
    assert_eq!(above, Err(FraudError::TooLarge { len }));
}

proptest! {
    #[test]
    fn evidence_with_any_byte_changed_is_refused(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = fork().to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let holds = String::from_utf8(bytes)
            .ok()
            .and_then(|text| text.parse::<FeedFork>().ok())
            .is_some_and(|fork| fork.verify().is_ok());
        prop_assert!(!holds);
    }
}
