//! Roots against those that crate `akd` computes, mode `NoLeafEpoch`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/other_trie.rs"]
mod other_trie;

use fairtrail::trie::{Trie, TrieKey, TrieRoot, TrieValue};
use other_trie::Other;

type Pairs = Vec<(TrieKey, TrieValue)>;

/// So many keys that look random, each with a value.
fn pairs(count: u32) -> Pairs {
    let hash = |byte: u8, number: u32| {
        *blake3::hash(&[&[byte][..], &number.to_be_bytes()].concat()).as_bytes()
    };
    let pair = |number| {
        (
            TrieKey::new(hash(0, number)),
            TrieValue::new(hash(1, number)),
        )
    };
    (0..count).map(pair).collect()
}

/// Our root when the pairs come in this order, so many at a time.
fn ours(pairs: &[(TrieKey, TrieValue)], at_once: usize) -> TrieRoot {
    let mut trie = Trie::new();
    for batch in pairs.chunks(at_once) {
        let mut batch = batch.to_vec();
        batch.sort();
        trie.apply(&batch).unwrap();
        trie.settle();
    }
    trie.tip().root()
}

fn theirs(pairs: &[(TrieKey, TrieValue)], at_once: usize) -> TrieRoot {
    let mut other = Other::new();
    for batch in pairs.chunks(at_once) {
        other.insert(batch);
    }
    other.root()
}

#[test]
fn roots_agree_for_sets_of_many_sizes() {
    for count in [0, 1, 2, 3, 10, 1_000] {
        let pairs = pairs(count);
        assert_eq!(ours(&pairs, 1_000), theirs(&pairs, 1_000), "{count}");
    }
}

#[test]
fn twenty_thousand_keys_agree_in_any_order() {
    let mut pairs = pairs(20_000);
    let expected = theirs(&pairs, 20_000);
    assert_eq!(ours(&pairs, 20_000), expected);
    pairs.reverse();
    assert_eq!(ours(&pairs, 997), expected);
    assert_ne!(ours(&pairs[1..], 20_000), expected, "one key is missing");
    assert_ne!(ours(&pairs[..19_999], 997), expected, "one key is missing");
}

#[test]
fn sets_on_one_side_of_the_root_agree() {
    let (left, right): (Pairs, Pairs) = pairs(300)
        .into_iter()
        .partition(|(key, _)| key.as_bytes()[0] < 0x80);
    for side in [left, right] {
        for count in [1, 2, side.len()] {
            let pairs = &side[..count];
            assert_eq!(ours(pairs, 7), theirs(pairs, 1_000), "{count}");
        }
    }
}

#[test]
fn a_changed_value_gives_the_root_of_the_changed_set() {
    let mut pairs = pairs(1_000);
    let mut changed = pairs[3..503].to_vec();
    for (number, (_, value)) in changed.iter_mut().enumerate() {
        *value = TrieValue::new([u8::try_from(number % 251).unwrap(); 32]);
    }
    let all = [&pairs[..], &changed].concat();
    pairs[3..503].copy_from_slice(&changed);
    assert_eq!(ours(&all, 100), theirs(&pairs, 1_000));
    assert_ne!(ours(&all[..1_000], 100), theirs(&pairs, 1_000));
}

#[test]
fn batches_and_orders_of_theirs_agree_too() {
    let mut pairs = pairs(500);
    let expected = ours(&pairs, 500);
    assert_eq!(theirs(&pairs, 3), expected);
    pairs.rotate_left(123);
    assert_eq!(theirs(&pairs, 50), expected);
    assert_ne!(theirs(&pairs[1..], 50), expected, "one key is missing");
}
