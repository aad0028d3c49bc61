//! Building proofs.

use super::hash;
use super::label::{bit, common_bits};
use super::tree::{NodeRef, Place};
use super::{Item, KEY_BITS, Label, TrieError, TrieKey, TrieProof, View};
use std::ops::Range;

/// The proof of what stands under these keys.
pub(super) fn prove(view: &View<'_>, keys: &[TrieKey]) -> Result<TrieProof, TrieError> {
    if keys.is_empty() {
        return Err(TrieError::NoKeys);
    }
    if !keys.is_sorted_by(|one, next| one < next) {
        return Err(TrieError::NotAscending);
    }
    let found = keys.iter().map(|key| {
        let side = view.version.side(bit(key.as_bytes(), 0));
        let led = side.map_or(*key, |node| view.blind(node, key).key);
        let shared = common_bits(led.as_bytes(), key.as_bytes());
        Found { led, shared }
    });
    let mut walk = Walk {
        view,
        keys,
        found: found.collect(),
        proof: TrieProof::default(),
    };
    if !view.is_empty() {
        let sides = [view.version.left, view.version.right];
        walk.sides(0, sides, 0..keys.len());
    }
    Ok(walk.proof)
}

/// Where a key leads to.
struct Found {
    /// A key below every node on the way.
    led: TrieKey,
    /// How many bits the two share: the labels on the way up to this length lead to the key.
    shared: u16,
}

struct Walk<'a> {
    view: &'a View<'a>,
    keys: &'a [TrieKey],
    found: Vec<Found>,
    proof: TrieProof,
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "ranges are parts of that of all keys"
)]
impl Walk<'_> {
    /// What hangs below a node of `len` bits, for the keys that pass it.
    fn sides(&mut self, len: u16, children: [Option<NodeRef>; 2], range: Range<usize>) {
        let keys = &self.keys[range.clone()];
        let split = range.start + keys.partition_point(|key| !bit(key.as_bytes(), len));
        let ranges = [range.start..split, split..range.end];
        for (child, range) in children.into_iter().zip(ranges) {
            match child {
                _ if range.is_empty() => {
                    let hash = child.map_or(hash::EMPTY_CHILD, |node| self.view.hash(node));
                    self.proof.hashes.push(hash);
                }
                None => self.proof.shape.push(Item::Empty),
                Some(node) => self.node(node, range),
            }
        }
    }

    fn node(&mut self, node: NodeRef, range: Range<usize>) {
        let len = match node.place() {
            Place::Leaf(_) => KEY_BITS,
            Place::Inner(at) => self.view.inner(at).len.into(),
        };
        let Found { led, shared } = &self.found[range.start];
        self.proof.shape.push(if *shared >= len {
            Item::Follow(len)
        } else {
            Item::Explicit(Label::of(led, len))
        });
        // Keys with the node's label stand together, because they rise.
        let inside = |found: &Found| found.shared >= len;
        let found = &self.found[range.clone()];
        let outside = found.iter().take_while(|found| !inside(found)).count();
        let first = range.start + outside;
        let count = found[outside..]
            .iter()
            .take_while(|found| inside(found))
            .count();
        match node.place() {
            _ if count == 0 => self.proof.hashes.push(self.view.node_value(node)),
            Place::Leaf(_) => {}
            Place::Inner(_) => {
                let children = self.view.children(node);
                self.sides(len, children, first..first + count);
            }
        }
    }
}
