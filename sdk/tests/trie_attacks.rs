//! Proofs that were tampered with, and proofs for tries that no honest program makes: no false
//! answer, and no second form of a true one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test fails by panicking, and uses a part of its support"
)]

#[path = "support/raw_trie.rs"]
mod raw_trie;

use fairtrail::trie::{
    Claim, Item, KEY_BITS, Label, Trie, TrieKey, TrieProof, TrieRoot, TrieValue, verify,
};
use raw_trie::{Map, Raw, honest, key, root, value};
use std::collections::BTreeSet;

/// The first bytes of the keys with all prefixes of three bits.
const FIRST: [u8; 8] = [0x00, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0];

/// Every set of at most four of them, each with a value of its own.
fn sets() -> Vec<Map> {
    let chosen = (0..=0xff_u8).filter(|set| set.count_ones() <= 4);
    let map = |set: u8| -> Map {
        let members = (0..8).filter(|at| set >> at & 1 == 1);
        members
            .map(|at| (key(FIRST[at]), value(u8::try_from(at + 1).unwrap())))
            .collect()
    };
    chosen.map(map).collect()
}

struct Honest {
    map: Map,
    trie: Trie,
}

impl Honest {
    fn all() -> Vec<Self> {
        let made = sets().into_iter().map(|map| {
            let pairs: Vec<_> = map.iter().map(|(key, value)| (*key, *value)).collect();
            let mut trie = Trie::new();
            trie.apply(&pairs).unwrap();
            Self { map, trie }
        });
        made.collect()
    }

    fn root(&self) -> TrieRoot {
        self.trie.tip().root()
    }

    fn proof(&self, keys: &[TrieKey]) -> TrieProof {
        self.trie.tip().prove(keys).unwrap()
    }

    fn claims(&self, keys: &[TrieKey]) -> Vec<Claim> {
        keys.iter()
            .map(|key| (*key, self.map.get(key).copied()))
            .collect()
    }

    /// Every hash and value that occurs in it, and the empty child's.
    fn hashes(&self) -> Vec<[u8; 32]> {
        let mut found = BTreeSet::new();
        for side in honest(&self.map) {
            collect(&side, &mut found);
        }
        found.insert(Raw::Empty.hash());
        found.into_iter().collect()
    }
}

fn collect(node: &Raw, found: &mut BTreeSet<[u8; 32]>) {
    found.extend([node.hash(), node.value()]);
    if let Raw::Inner(_, children) = node {
        children.iter().for_each(|child| collect(child, found));
    }
}

/// What is asked: each key alone, and some of them together.
fn questions() -> Vec<Vec<TrieKey>> {
    let alone = FIRST.iter().map(|first| vec![key(*first)]);
    let together = [&[0, 1][..], &[0, 7], &[2, 3, 5], &[0, 1, 2, 3, 4, 5, 6, 7]];
    let together = together
        .iter()
        .map(|set| set.iter().map(|at| key(FIRST[*at])).collect());
    alone.chain(together).collect()
}

fn accepted(root: TrieRoot, claims: &[Claim], proof: &TrieProof) -> bool {
    verify(root, claims, proof).is_ok()
}

#[test]
fn no_flipped_bit_is_accepted() {
    for honest in Honest::all() {
        for keys in questions() {
            let (root, claims) = (honest.root(), honest.claims(&keys));
            let proof = honest.proof(&keys);
            assert!(accepted(root, &claims, &proof));
            let bytes = proof.to_bytes();
            let shape = bytes.len() - 32 * proof.hashes.len();
            for at in 0..bytes.len() {
                // Bits of hashes are all alike; one of each byte tells.
                let bits = if at < shape { 0..8 } else { at % 8..at % 8 + 1 };
                for bit in bits {
                    let mut flipped = bytes.clone();
                    flipped[at] ^= 1 << bit;
                    if let Ok(proof) = TrieProof::parse(&flipped, keys.len()) {
                        assert!(!accepted(root, &claims, &proof), "{keys:?} {proof:?}");
                    }
                }
            }
        }
    }
}

/// Every item that could be put anywhere.
fn items() -> Vec<Item> {
    let mut items = vec![Item::Empty];
    items.extend([1, 2, 3, 4, 255, 256].map(Item::Follow));
    for len in 1..=3 {
        let labels: BTreeSet<Label> = FIRST.iter().map(|f| Label::of(&key(*f), len)).collect();
        items.extend(labels.into_iter().map(Item::Explicit));
    }
    items.extend(FIRST.map(|first| Item::Explicit(Label::of(&key(first), KEY_BITS))));
    items
}

/// `list` with one element put in, replaced or taken out, or two of them swapped.
fn edits<T: Clone>(list: &[T], pool: &[T]) -> Vec<Vec<T>> {
    let mut edited = Vec::new();
    let mut with = |change: &dyn Fn(&mut Vec<T>)| {
        let mut list = list.to_vec();
        change(&mut list);
        edited.push(list);
    };
    for at in 0..=list.len() {
        for new in pool {
            with(&|list| list.insert(at, new.clone()));
        }
    }
    for at in 0..list.len() {
        with(&|list| drop(list.remove(at)));
        with(&|list| list.truncate(at));
        for new in pool {
            with(&|list| list[at] = new.clone());
        }
        for other in at + 1..list.len() {
            with(&|list| list.swap(at, other));
        }
    }
    edited
}

#[test]
fn no_edit_of_shape_or_hashes_is_accepted() {
    let items = items();
    for honest in Honest::all() {
        let (root, pool) = (honest.root(), honest.hashes());
        for keys in FIRST.map(|first| [key(first)]) {
            let proof = honest.proof(&keys);
            let truth = honest.claims(&keys);
            let [(key, _)] = truth[..] else { panic!() };
            let lies = [None, Some(value(9)), Some(TrieValue::new(pool[0]))];
            let claims: Vec<_> = lies
                .into_iter()
                .chain([truth[0].1])
                .map(|v| [(key, v)])
                .collect();
            let shapes = edits(&proof.shape, &items)
                .into_iter()
                .map(|shape| TrieProof {
                    shape,
                    hashes: proof.hashes.clone(),
                });
            let hashes = edits(&proof.hashes, &pool)
                .into_iter()
                .map(|hashes| TrieProof {
                    shape: proof.shape.clone(),
                    hashes,
                });
            for edited in shapes.chain(hashes).chain([proof.clone()]) {
                for claim in &claims {
                    let honest = edited == proof && claim[..] == truth;
                    assert_eq!(
                        accepted(root, claim, &edited),
                        honest,
                        "{claim:?} {edited:?}"
                    );
                }
            }
        }
    }
}

/// Every proof for one key whose nodes are those of this trie, whatever it is: on every way down, with
/// every way to name a node, ending at every depth.
fn forgeries(sides: &[Raw; 2]) -> Vec<TrieProof> {
    let mut found = vec![TrieProof::default()];
    descend(sides, &TrieProof::default(), &[], &mut found);
    found
}

fn descend(
    children: &[Raw; 2],
    above: &TrieProof,
    behind: &[[u8; 32]],
    found: &mut Vec<TrieProof>,
) {
    for (way, child) in children.iter().enumerate() {
        let other = children[1 - way].hash();
        let mut proof = above.clone();
        let mut behind = behind.to_vec();
        if way == 0 {
            behind.insert(0, other);
        } else {
            proof.hashes.push(other);
        }
        let names = match child {
            Raw::Empty => vec![Item::Empty, Item::Follow(256)],
            Raw::Leaf(key, _) => vec![Item::Follow(256), Item::Explicit(Label::of(key, 256))],
            Raw::Inner(label, _) => vec![Item::Follow(label.len()), Item::Explicit(*label)],
        };
        for name in names {
            let mut proof = proof.clone();
            proof.shape.push(name);
            for end in [vec![], vec![child.value()]] {
                let mut ended = proof.clone();
                ended.hashes.extend(end.iter().chain(&behind));
                found.push(ended);
            }
            if let Raw::Inner(_, children) = child {
                descend(children, &proof, &behind, found);
            }
        }
    }
}

/// The answers that some proof shows for a key, each with its proofs.
fn answers(
    root: TrieRoot,
    proofs: &[TrieProof],
    key: TrieKey,
    values: &[TrieValue],
) -> Vec<(Option<TrieValue>, Vec<u8>)> {
    let mut answers = Vec::new();
    for claim in values.iter().copied().map(Some).chain([None]) {
        let holds = |proof: &&TrieProof| accepted(root, &[(key, claim)], proof);
        answers.extend(
            proofs
                .iter()
                .filter(holds)
                .map(|proof| (claim, proof.to_bytes())),
        );
    }
    answers.sort();
    answers.dedup();
    answers
}

#[test]
fn every_way_through_an_honest_trie_gives_the_true_answer_in_one_form() {
    for honest in Honest::all() {
        let sides = raw_trie::honest(&honest.map);
        let proofs = forgeries(&sides);
        let values: Vec<_> = (1..=9).map(value).collect();
        for first in FIRST {
            let key = key(first);
            let found = answers(honest.root(), &proofs, key, &values);
            let truth = (
                honest.map.get(&key).copied(),
                honest.proof(&[key]).to_bytes(),
            );
            assert_eq!(found, [truth]);
        }
    }
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    /// A subtree with labels, keys and empty children where none belong.
    fn subtree(&mut self, depth: usize) -> Raw {
        let first = FIRST[self.below(8)];
        match self.below(if depth == 0 { 5 } else { 10 }) {
            0 => Raw::Empty,
            1..=4 => Raw::Leaf(key(first), value(u8::try_from(1 + self.below(3)).unwrap())),
            _ => {
                let len = u16::try_from(1 + self.below(3)).unwrap();
                let children = [self.subtree(depth - 1), self.subtree(depth - 1)];
                Raw::Inner(Label::of(&key(first), len), Box::new(children))
            }
        }
    }
}

#[test]
fn a_malformed_trie_answers_a_key_in_one_way_at_most() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let values: Vec<_> = (1..=3).map(value).collect();
    let mut answered = 0;
    for _ in 0..400 {
        let sides = [numbers.subtree(2), numbers.subtree(2)];
        let proofs = forgeries(&sides);
        for first in FIRST {
            let found = answers(root(&sides), &proofs, key(first), &values);
            assert!(found.len() <= 1, "{sides:?}: {found:?}");
            answered += found.len();
        }
    }
    assert!(answered > 400, "{answered}");
}

#[test]
fn swapped_sides_and_empty_children_below_the_root_lead_nowhere() {
    let leaf = |first: u8| Raw::Leaf(key(first), value(1));
    let inner = |first: u8, len: u16, left: Raw, right: Raw| {
        Raw::Inner(Label::of(&key(first), len), Box::new([left, right]))
    };
    let shorter = inner(0x00, 1, leaf(0x00), leaf(0x40));
    for sides in [
        [leaf(0x80), leaf(0x00)],
        [leaf(0x80), Raw::Empty],
        [Raw::Empty, Raw::Empty],
        [inner(0x80, 1, leaf(0x80), leaf(0xc0)), Raw::Empty],
        [inner(0x00, 2, leaf(0x20), leaf(0x00)), Raw::Empty],
        [inner(0x00, 1, leaf(0x00), Raw::Empty), Raw::Empty],
        [inner(0x00, 2, shorter, leaf(0x20)), Raw::Empty],
    ] {
        let found = answers(root(&sides), &forgeries(&sides), key(0x00), &[value(1)]);
        assert_eq!(found, [], "{sides:?}");
    }
}
