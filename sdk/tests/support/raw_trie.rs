//! Tries written down node by node, hashed from the formulas alone: honest ones to compare with, and
//! ones that no honest program makes.

use fairtrail::trie::{KEY_BITS, Label, TrieKey, TrieRoot, TrieValue};
use std::collections::BTreeMap;

pub(crate) type Map = BTreeMap<TrieKey, TrieValue>;

/// A node with any label, value and children.
#[derive(Debug, Clone)]
pub(crate) enum Raw {
    Empty,
    Leaf(TrieKey, TrieValue),
    Inner(Label, Box<[Self; 2]>),
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    *blake3::hash(&parts.concat()).as_bytes()
}

fn label_hash(len: u16, bits: &[u8; 32]) -> [u8; 32] {
    hash(&[&u32::from(len).to_be_bytes(), bits])
}

impl Raw {
    pub(crate) fn value(&self) -> [u8; 32] {
        match self {
            Self::Empty => hash(&[&hash(&[&[0]]), &label_hash(0, &[1; 32])]),
            Self::Leaf(_, value) => *value.as_bytes(),
            Self::Inner(_, children) => hash(&[&children[0].hash(), &children[1].hash()]),
        }
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        let label = match self {
            Self::Empty => label_hash(0, &[1; 32]),
            Self::Leaf(key, _) => label_hash(KEY_BITS, key.as_bytes()),
            Self::Inner(label, _) => label_hash(label.len(), label.bits()),
        };
        hash(&[&self.value(), &label])
    }
}

/// The root above two sides.
pub(crate) fn root(sides: &[Raw; 2]) -> TrieRoot {
    let value = hash(&[&sides[0].hash(), &sides[1].hash()]);
    TrieRoot::new(hash(&[&value, &label_hash(0, &[0; 32])]))
}

/// The root of a set by the definition.
pub(crate) fn naive_root(map: &Map) -> TrieRoot {
    if map.is_empty() {
        return TrieRoot::new(hash(&[&hash(&[&[0]]), &label_hash(0, &[0; 32])]));
    }
    root(&honest(map))
}

/// The two sides of the trie of a set.
pub(crate) fn honest(map: &Map) -> [Raw; 2] {
    let all: Vec<_> = map.iter().map(|(key, value)| (*key, *value)).collect();
    let split = all.partition_point(|(key, _)| !bit(key, 0));
    [subtree(&all[..split]), subtree(&all[split..])]
}

fn subtree(pairs: &[(TrieKey, TrieValue)]) -> Raw {
    match pairs {
        [] => Raw::Empty,
        [(key, value)] => Raw::Leaf(*key, *value),
        [(first, _), .., (last, _)] => {
            let len = (0..KEY_BITS).find(|at| bit(first, *at) != bit(last, *at));
            let len = len.unwrap();
            let split = pairs.partition_point(|(key, _)| !bit(key, len));
            let children = [subtree(&pairs[..split]), subtree(&pairs[split..])];
            Raw::Inner(Label::of(first, len), Box::new(children))
        }
    }
}

pub(crate) fn bit(key: &TrieKey, at: u16) -> bool {
    key.as_bytes()[usize::from(at / 8)] & (0x80 >> (at % 8)) != 0
}

/// A key with this first byte, and zeros.
pub(crate) fn key(first: u8) -> TrieKey {
    let mut bytes = [0; 32];
    bytes[0] = first;
    TrieKey::new(bytes)
}

/// A value of 32 equal bytes.
pub(crate) fn value(byte: u8) -> TrieValue {
    TrieValue::new([byte; 32])
}
