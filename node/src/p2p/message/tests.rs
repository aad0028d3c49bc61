use super::*;
use fairtrail::id::EntryId;
use fairtrail::limits::{FEED_FORK_BYTES, INTEGER, UPDATE_BYTES, WIRE_BYTES};
use fairtrail::log::EntryTile;
use fairtrail::merkle::LeafIndex;

fn hello() -> Hello {
    Hello {
        network: NetworkId::new([5; 32]),
        origin: "log.example/one/e1".parse().unwrap(),
    }
}

fn asks() -> Vec<Ask> {
    vec![
        Ask::Hello(hello()),
        Ask::Checkpoint,
        Ask::Tile(Tile::new(1, 300, 256).unwrap()),
        Ask::Push(vec![7; ENTRY_BYTES]),
        Ask::Tell(vec![7; GOSSIP_BYTES]),
        Ask::Open(Vec::new()),
        Ask::Open((0..16).map(|at| TrieKey::new([at; 32])).collect()),
        Ask::IndexTile(Tile::new(0, 3, 7).unwrap()),
    ]
}

fn told() -> Vec<Told> {
    vec![
        Told::Hello(hello()),
        Told::Checkpoint(b"note".to_vec()),
        Told::Tile(vec![1; 8_192]),
        Told::Taken,
        Told::Refused(Reason::NotFound),
        Told::Opening(vec![4; 100_000]),
    ]
}

fn pulls() -> Vec<Pull> {
    let bundle = EntryTile::new(4, 256).unwrap();
    vec![
        Pull::Entries { bundle, skip: 255 },
        Pull::Parts {
            first: 1_000,
            count: 256,
        },
        Pull::File {
            digest: [6; 32],
            bytes: FEED_FORK_BYTES,
        },
        Pull::Down {
            id: EntryId::new([8; 32]),
            limit: 256,
        },
        Pull::Heads { bundle },
        Pull::Update {
            leaf: LeafIndex::new(INTEGER - 1).unwrap(),
        },
    ]
}

/// Every prefix, and every longer form, is refused; a flipped bit is refused or read as something
/// that is written as it was read.
fn strict<T: PartialEq + std::fmt::Debug>(
    message: &T,
    bytes: &[u8],
    parse: impl Fn(&[u8]) -> Result<T, CborError>,
    write: impl Fn(&T) -> Vec<u8>,
) {
    assert_eq!(parse(bytes).as_ref(), Ok(message));
    for end in 0..bytes.len().min(600) {
        assert!(parse(&bytes[..end]).is_err(), "{message:?} cut at {end}");
    }
    let longer = [bytes, &[0]].concat();
    assert!(parse(&longer).is_err());
    for bit in 0..bytes.len().min(64) * 8 {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(found) = parse(&flipped) {
            assert_eq!(write(&found), flipped);
            assert_ne!(found, *message);
        }
    }
}

#[test]
fn messages_are_read_back_and_nothing_else_is_read() {
    for ask in asks() {
        strict(&ask, &ask.to_bytes(), Ask::parse, Ask::to_bytes);
    }
    for told in told() {
        strict(&told, &told.to_bytes(), Told::parse, Told::to_bytes);
    }
    for pull in pulls() {
        strict(&pull, &pull.to_bytes(), Pull::parse, Pull::to_bytes);
    }
    for head in [Head::Bytes(5), Head::Refused(Reason::QuotaExceeded)] {
        strict(&head, &head.to_bytes(), Head::parse, Head::to_bytes);
    }
}

#[test]
fn what_is_beyond_a_limit_is_refused_with_its_reason() {
    let code = |bytes: &[u8]| Ask::parse(bytes).map_err(|error| error.code());
    let long = Ask::Push(vec![7; ENTRY_BYTES + 1]).to_bytes();
    assert_eq!(code(&long), Err(Reason::TooLarge));
    let long = Ask::Tell(vec![7; GOSSIP_BYTES + 1]).to_bytes();
    assert_eq!(code(&long), Err(Reason::TooLarge));
    let opening = |length| Told::parse(&Told::Opening(vec![7; length]).to_bytes());
    assert!(opening(OPENING_BYTES).is_ok());
    let long = opening(OPENING_BYTES + 1).map_err(|error| error.code());
    assert_eq!(long, Err(Reason::TooLarge));
    let pull = |bytes: &[u8]| Pull::parse(bytes).map_err(|error| error.code());
    for bytes in [0, FEED_FORK_BYTES + 1] {
        let digest = [6; 32];
        let file = Pull::File { digest, bytes }.to_bytes();
        assert_eq!(pull(&file), Err(Reason::TooLarge));
    }
    for (numbers, reason) in [
        (&[0, 4, 257, 0][..], Reason::TilePath),
        (&[0, 4, 5, 5], Reason::TilePath),
        (&[1, 0, 0], Reason::RequestMalformed),
        (&[1, 0, 257], Reason::RequestMalformed),
        (&[4, 4, 0], Reason::TilePath),
        (&[4, 4, 257], Reason::TilePath),
        (&[5, INTEGER], Reason::TilePath),
    ] {
        let mut writer = Writer::new();
        put(&mut writer, numbers[0], &numbers[1..]);
        assert_eq!(pull(&writer.into_bytes()), Err(reason), "{numbers:?}");
    }
}

#[test]
fn another_version_is_named_as_such() {
    let mut bytes = Ask::Hello(hello()).to_bytes();
    assert_eq!(bytes[2], 1);
    bytes[2] = 2;
    let refused = Ask::parse(&bytes).map_err(|error| error.code());
    assert_eq!(refused, Err(Reason::VersionUnknown));
}

#[test]
fn an_answer_is_bounded_by_its_question() {
    let [entries, parts, file, down, heads, update] = &pulls()[..] else {
        panic!("six");
    };
    assert_eq!(entries.most(), ENTRY_BYTES + 2);
    assert_eq!(parts.most(), WIRE_BYTES);
    assert_eq!(file.most(), FEED_FORK_BYTES);
    assert_eq!(down.most(), 256 * (ENTRY_BYTES + 2));
    assert_eq!(heads.most(), 256 * (ENTRY_BYTES + 2));
    assert_eq!(update.most(), UPDATE_BYTES);
}
