//! The trie against the known answers of specs/trie.md §9.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test fails by panicking, and uses a part of its support"
)]

#[path = "support/raw_trie.rs"]
mod raw_trie;

use data_encoding::HEXLOWER;
use fairtrail::limits;
use fairtrail::reason::Reason;
use fairtrail::trie::{
    Item, Label, Trie, TrieError, TrieKey, TrieProof, TrieRoot, TrieValue, verify,
};
use raw_trie::{key, naive_root, value};

const KEYS: [u8; 5] = [0x00, 0x40, 0x80, 0xa0, 0xa1];

/// Key and value of this number, from 1.
fn pair(number: usize) -> (TrieKey, TrieValue) {
    let byte = u8::try_from(number).unwrap();
    (key(KEYS[number - 1]), value(byte))
}

fn trie(numbers: &[usize]) -> Trie {
    let mut trie = Trie::new();
    let pairs: Vec<_> = numbers.iter().map(|number| pair(*number)).collect();
    trie.apply(&pairs).unwrap();
    trie
}

fn root(text: &str) -> TrieRoot {
    TrieRoot::new(
        HEXLOWER
            .decode(text.as_bytes())
            .unwrap()
            .try_into()
            .unwrap(),
    )
}

const ROOTS: [(&[usize], &str); 7] = [
    (
        &[],
        "f48ded419214732a2c610c1e280543744bab3c17aec33e444997fa2d8f79792a",
    ),
    (
        &[1],
        "b702e95eae8ddc5d205e2c0c0568c345cb3c8a94455ee06cf0eeb4a025ec096f",
    ),
    (
        &[3],
        "57c514d9358e7fd3b41b40562d7081364cb547244e5a214aa623337501b933ac",
    ),
    (
        &[1, 3],
        "94cc38b348fef4c7b97cccd2ba40d0128f7410ad4a75dfd622848fc1df45bf77",
    ),
    (
        &[1, 2],
        "26edff55249dfc91af8b25fc4bdb798cb62113efa549bd048f4fc1f1a4690f14",
    ),
    (
        &[1, 2, 3],
        "447759fe9a92ab9cb20a36461a04959658c7ff30efa75e9c960f007b2f0cf48c",
    ),
    (
        &[1, 2, 3, 4, 5],
        "8ace7d7d223df92e3ce65b8ffd7173890e01894b831d79baffbdc285f1fa80dc",
    ),
];

#[test]
fn roots() {
    for (numbers, expected) in ROOTS {
        let found = trie(numbers).tip().root();
        assert_eq!(found, root(expected), "{numbers:?}");
        let map = numbers.iter().map(|number| pair(*number)).collect();
        assert_eq!(naive_root(&map), found);
    }
    assert_eq!(TrieRoot::empty(), root(ROOTS[0].1));
}

#[test]
fn two_empty_sides_are_no_root() {
    let two = root("9f4073e45f61706f1954a0fc141793cfd322e4a44b6a01df0d6afc7418bfb7a0");
    let empty = [0x85, 0xf8, 0x3b, 0x11];
    let proof = trie(&[3]).tip().prove(&[key(0), key(0x80)]).unwrap();
    assert_eq!(proof.shape, [Item::Empty, Item::Follow(256)]);
    let sibling = trie(&[3]).tip().prove(&[key(0x80)]).unwrap().hashes;
    assert_eq!(sibling[0][..4], empty);
    for (shape, hashes) in [
        (vec![], vec![]),
        (vec![Item::Empty], sibling.clone()),
        (vec![Item::Empty; 2], vec![]),
    ] {
        let proof = TrieProof { shape, hashes };
        for claims in [&[(key(0), None)][..], &[(key(0), None), (key(0x80), None)]] {
            assert!(verify(two, claims, &proof).is_err(), "{proof:?}");
        }
    }
}

fn hex(proof: &TrieProof) -> String {
    HEXLOWER.encode(&proof.to_bytes())
}

#[test]
fn proofs() {
    let all = trie(&[1, 2, 3, 4, 5]);
    assert_eq!(
        hex(&trie(&[]).tip().prove(&[key(0)]).unwrap()),
        "a201800240"
    );
    let leaf = "593fd8dd7200b0915fdaf99c7488f68c05c77c3dd50febe9bef87df449ce7402";
    let absent = trie(&[3]).tip().prove(&[key(0)]).unwrap();
    assert_eq!(hex(&absent), format!("a20181f6025820{leaf}"));

    let present = all.tip().prove(&[key(0xa1)]).unwrap();
    let shape = [2, 7, 256].map(Item::Follow);
    assert_eq!((&present.shape[..], present.hashes.len()), (&shape[..], 3));
    let bytes = hex(&present);
    assert!(bytes.starts_with("a201830207190100025860") && bytes[22..].starts_with("a8c1a70e"));
    assert!(bytes.ends_with("174efb"));

    let absent = all.tip().prove(&[key(0xa8)]).unwrap();
    let stop = Item::Explicit(Label::parse(7, &[0xa0]).unwrap());
    assert_eq!(
        (&absent.shape[..], absent.hashes.len()),
        (&[Item::Follow(2), stop][..], 3)
    );
    verify(all.tip().root(), &[(key(0xa8), None)], &absent).unwrap();
}

#[test]
fn an_update_gives_the_same_root_with_and_without_the_whole_trie() {
    let expected = root("c39fcfa324d2f00b134287ffd88bc97727ded2f3765035597f4b1d107b9f643d");
    let mut all = trie(&[1, 2, 3, 4, 5]);
    let before = all.tip().root();
    let changes = [(key(0x40), value(0x22)), (key(0xa8), value(0x66))];
    let proof = all.tip().prove(&changes.map(|(key, _)| key)).unwrap();
    let claims = [(key(0x40), Some(value(2))), (key(0xa8), None)];
    let opened = verify(before, &claims, &proof).unwrap();
    assert_eq!(opened.root(), before);
    assert_eq!(opened.clone().apply(&changes), Ok(expected));
    all.apply(&changes).unwrap();
    assert_eq!(all.tip().root(), expected);

    let outside = opened.apply(&[(key(0xa1), value(9))]).unwrap_err();
    assert_eq!(outside, TrieError::Closed { key: key(0xa1) });
    assert_eq!(outside.code(), Reason::TrieNodeClosed);
}

#[test]
fn keys_are_asked_for_once_and_in_order() {
    let all = trie(&[1, 2, 3, 4, 5]);
    let view = all.tip();
    assert_eq!(view.prove(&[]), Err(TrieError::NoKeys));
    for keys in [[0x40, 0x00], [0x40, 0x40]] {
        assert_eq!(view.prove(&keys.map(key)), Err(TrieError::NotAscending));
        let proof = view.prove(&[key(0x00), key(0x40)]).unwrap();
        let claims = keys.map(|first| (key(first), Some(value(1))));
        assert_eq!(
            verify(view.root(), &claims, &proof),
            Err(TrieError::NotAscending)
        );
    }
    let proof = view.prove(&[key(0x00)]).unwrap();
    assert_eq!(verify(view.root(), &[], &proof), Err(TrieError::NoKeys));
}

#[test]
fn a_proof_is_bounded_by_what_it_is_asked() {
    let most = limits::TRIE_STEPS;
    for (keys, bound) in [(1, most), (limits::TRIE_KEYS + 1, most * limits::TRIE_KEYS)] {
        assert_eq!(TrieProof::bound(keys), bound);
    }
    let proof = |items: usize, hashes: usize| TrieProof {
        shape: vec![Item::Follow(256); items],
        hashes: vec![[0; 32]; hashes],
    };
    let claims = [(key(0), None)];
    let refused = |proof: &TrieProof| {
        let read = TrieProof::parse(&proof.to_bytes(), 1).map(|_| ());
        let refused = verify(root(ROOTS[1].1), &claims, proof).unwrap_err().code();
        (read.map_err(|error| error.code()), refused)
    };
    let (long, shape) = (Reason::TooLarge, Reason::TrieClaimMismatch);
    assert_eq!(refused(&proof(most, most)), (Ok(()), shape));
    assert_eq!(refused(&proof(most + 1, most)), (Err(long), long));
    assert_eq!(refused(&proof(most, most + 1)), (Err(long), long));
    let huge = proof(most, 3 * most).to_bytes();
    assert_eq!(TrieProof::parse(&huge, 1).unwrap_err().code(), long);
}
