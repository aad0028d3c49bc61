//! What one index head may cover, at the limits and one past them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail::entry::{Draft, SignedEntry};
use fairtrail::id::NetworkId;
use fairtrail::index::head_covers;
use fairtrail::key::SecretKey;
use fairtrail::limits::{INDEX_HEAD_LEAF_BYTES, INDEX_HEAD_LEAVES, TRIE_KEYS};
use fairtrail::time::Timestamp;

fn begin() -> SignedEntry {
    let (key, next) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
    let at = Timestamp::new(1_790_000_000).unwrap();
    Draft::begin(
        NetworkId::new([7; 32]),
        &key,
        next.public().next_digest(),
        at,
    )
    .unwrap()
}

#[test]
fn leaves_of_a_head_are_bounded_at_n_and_n_plus_one() {
    let leaves = vec![begin(); INDEX_HEAD_LEAVES + 1];
    assert_eq!(
        head_covers(leaves[..INDEX_HEAD_LEAVES].iter()),
        INDEX_HEAD_LEAVES
    );
    assert_eq!(head_covers(leaves.iter()), INDEX_HEAD_LEAVES);
}

/// A statement about so many subjects of its own, padded by their length.
fn statement(number: usize, subjects: usize, padding: usize) -> SignedEntry {
    use fairtrail::entry::{Body, Position};
    let begin = begin();
    let subject = |at: usize| format!("x{padding:03}:{number:06}-{at:02}{:->padding$}", "");
    let subjects = (0..subjects)
        .map(|at| subject(at).parse().unwrap())
        .collect();
    let claim = Body {
        salt: [1; 16],
        bytes: vec![0xa1, 1, 1],
    };
    let at = Timestamp::new(1_790_000_001).unwrap();
    let draft = Draft::statement("finding".parse().unwrap(), subjects, claim, at);
    let position = Position {
        network: begin.header().network,
        feed: begin.author(),
        seq: 1,
        prev: begin.id(),
        grant: None,
    };
    draft
        .sign(&position, &SecretKey::from_seed([1; 32]))
        .unwrap()
}

#[test]
fn bytes_of_a_head_are_bounded_at_n_and_n_plus_one() {
    let large = statement(0, 16, 100);
    let fit = INDEX_HEAD_LEAF_BYTES / large.bytes().len();
    assert!(fit < INDEX_HEAD_LEAVES);
    let leaves = vec![large; fit + 1];
    assert_eq!(head_covers(leaves.iter()), fit);
    assert_eq!(head_covers(leaves[..fit].iter()), fit);
}

#[test]
fn keys_of_a_head_are_bounded() {
    // 16 subjects each, and one feed for all.
    let fit = (TRIE_KEYS - 1) / 16;
    let leaves: Vec<_> = (0..=fit).map(|number| statement(number, 16, 0)).collect();
    assert_eq!(head_covers(leaves.iter()), fit);
}
