//! The trie against its definition, for random sets, orders and proofs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test fails by panicking, and uses a part of its support"
)]

#[path = "support/raw_trie.rs"]
mod raw_trie;

use fairtrail::trie::{
    Label, NodeContent, Trie, TrieKey, TrieProof, TrieValue, View, diff, verify,
};
use proptest::prelude::*;
use raw_trie::{Map, naive_root, value};
use std::collections::BTreeSet;

/// Keys that share long prefixes often: two bytes of few values, then bits from the end.
fn a_key() -> impl Strategy<Value = TrieKey> {
    let byte = prop_oneof![Just(0_u8), Just(0x80), Just(0x81), any::<u8>()];
    (byte.clone(), byte, 0..4_u8).prop_map(|(first, second, last)| {
        let mut bytes = [0; 32];
        (bytes[0], bytes[1], bytes[31]) = (first, second, last);
        TrieKey::new(bytes)
    })
}

fn changes(most: usize) -> impl Strategy<Value = Vec<(TrieKey, TrieValue)>> {
    let sets = prop::collection::btree_map(a_key(), any::<u8>().prop_map(value), 0..most);
    sets.prop_map(|map| map.into_iter().collect())
}

fn of(map: &Map) -> Trie {
    let mut trie = Trie::new();
    let pairs: Vec<_> = map.iter().map(|(key, value)| (*key, *value)).collect();
    trie.apply(&pairs).unwrap();
    trie
}

fn check(view: &View<'_>, map: &Map) {
    assert_eq!(view.root(), naive_root(map));
    assert_eq!(view.len(), map.len());
    assert_eq!(view.is_empty(), map.is_empty());
    assert!(
        view.iter()
            .eq(map.iter().map(|(key, value)| (*key, *value)))
    );
    assert!(
        map.iter()
            .all(|(key, value)| view.value(key) == Some(*value))
    );
}

/// Finds differing keys as two holders would: by what each says of single nodes.
fn descend(one: &View<'_>, other: &View<'_>, at: Label, found: &mut BTreeSet<TrieKey>) {
    let (a, b) = (one.node(&at), other.node(&at));
    if a.map(|node| node.hash) == b.map(|node| node.hash) {
        return;
    }
    for (view, node) in [(other, a), (one, b)] {
        let Some(node) = node else { continue };
        match node.content {
            NodeContent::Leaf(value) => {
                let key = TrieKey::new(*node.label.bits());
                if view.value(&key) != Some(value) {
                    found.insert(key);
                }
            }
            NodeContent::Inner(children) => {
                for (label, hash) in children.into_iter().flatten() {
                    if view.node(&label).is_none_or(|node| node.hash != hash) {
                        descend(one, other, label, found);
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_root_is_that_of_the_set_whatever_came_before(
        batches in prop::collection::vec((changes(24), 0..3_u8), 1..8),
    ) {
        let (mut trie, mut settled, mut map) = (Trie::new(), Map::new(), Map::new());
        for (batch, then) in batches {
            trie.apply(&batch).unwrap();
            map.extend(batch);
            check(&trie.tip(), &map);
            check(&trie.settled(), &settled);
            match then {
                0 => { trie.settle(); settled.clone_from(&map); }
                1 => { trie.roll_back(); map.clone_from(&settled); }
                _ => {}
            }
            check(&trie.tip(), &map);
            check(&trie.settled(), &settled);
        }
    }

    #[test]
    fn a_proof_shows_what_is_there_and_nothing_else(
        pairs in changes(20), asked in prop::collection::btree_set(a_key(), 1..8),
        wrong in any::<prop::sample::Index>(),
    ) {
        let map: Map = pairs.into_iter().collect();
        let trie = of(&map);
        let keys: Vec<_> = asked.into_iter().collect();
        let proof = trie.tip().prove(&keys).unwrap();
        let bytes = proof.to_bytes();
        prop_assert_eq!(TrieProof::parse(&bytes, keys.len()).unwrap(), proof.clone());
        let mut claims: Vec<_> = keys.iter().map(|key| (*key, map.get(key).copied())).collect();
        prop_assert!(verify(trie.tip().root(), &claims, &proof).is_ok());

        let claim = &mut claims[wrong.index(keys.len())].1;
        let truth = *claim;
        for lie in [None, Some(TrieValue::new([0xee; 32])), map.values().next().copied()] {
            claims[wrong.index(keys.len())].1 = lie;
            let found = verify(trie.tip().root(), &claims, &proof);
            prop_assert_eq!(found.is_ok(), lie == truth);
        }
    }

    #[test]
    fn a_changed_proof_is_refused(
        pairs in changes(20), asked in prop::collection::btree_set(a_key(), 1..6),
        at in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let map: Map = pairs.into_iter().collect();
        let trie = of(&map);
        let (root, keys) = (trie.tip().root(), asked.into_iter().collect::<Vec<_>>());
        let claims: Vec<_> = keys.iter().map(|key| (*key, map.get(key).copied())).collect();
        let proof = trie.tip().prove(&keys).unwrap();
        let mut bytes = proof.to_bytes();
        let place = at.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let read = TrieProof::parse(&bytes, keys.len());
        prop_assert!(read.is_err() || verify(root, &claims, &read.unwrap()).is_err());

        let mut short = proof.clone();
        if !short.shape.is_empty() {
            short.shape.remove(at.index(short.shape.len()));
            prop_assert!(verify(root, &claims, &short).is_err());
        }
        let mut short = proof;
        if !short.hashes.is_empty() {
            short.hashes.remove(at.index(short.hashes.len()));
            prop_assert!(verify(root, &claims, &short).is_err());
        }
    }

    #[test]
    fn changes_replayed_on_a_proof_give_the_root(
        pairs in changes(24), batch in changes(12),
    ) {
        prop_assume!(!batch.is_empty());
        let map: Map = pairs.into_iter().collect();
        let mut trie = of(&map);
        let keys: Vec<_> = batch.iter().map(|(key, _)| *key).collect();
        let claims: Vec<_> = keys.iter().map(|key| (*key, map.get(key).copied())).collect();
        let proof = trie.tip().prove(&keys).unwrap();
        let opened = verify(trie.tip().root(), &claims, &proof).unwrap();
        prop_assert_eq!(opened.root(), trie.tip().root());
        let replayed = opened.apply(&batch).unwrap();
        trie.apply(&batch).unwrap();
        prop_assert_eq!(replayed, trie.tip().root());
    }

    #[test]
    fn differences_are_found_by_descending(one in changes(24), other in changes(24)) {
        let one: Map = one.into_iter().collect();
        let other: Map = other.into_iter().collect();
        let keys: BTreeSet<_> = one.keys().chain(other.keys()).copied().collect();
        let differ = |key: &TrieKey| one.get(key) != other.get(key);
        let expected: Vec<_> = keys.into_iter().filter(differ).collect();
        let (one, other) = (of(&one), of(&other));
        prop_assert_eq!(&diff(&one.tip(), &other.tip()), &expected);
        let mut found = BTreeSet::new();
        descend(&one.tip(), &other.tip(), Label::ROOT, &mut found);
        prop_assert!(found.into_iter().eq(expected));
    }
}
