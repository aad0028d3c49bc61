//! Changes: every node above one is hashed once.

use super::hash::{self, Pair};
use super::label::{bit, common_bits};
use super::tree::{Inner, NodeRef, Place, State, Trie, Version};
use super::{KEY_BITS, Label, TrieKey, TrieRoot, TrieValue};
use std::ops::Range;

/// The tip with these changes: at least one, strictly rising by key.
pub(super) fn merged(trie: &mut Trie, changes: &[(TrieKey, TrieValue)]) -> Version {
    let old = trie.tip;
    let mut merge = Merge {
        shared: Vec::with_capacity(changes.len()),
        trie,
        changes,
        levels: Vec::new(),
        added: 0,
    };
    merge.look_up(old);
    let all = 0..changes.len();
    let split = merge.split(&all, 0);
    let left = merge.side(old.left, all.start..split);
    let right = merge.side(old.right, split..all.end);
    merge.hash_levels();
    let keys = old.keys.saturating_add(merge.added);
    let hash =
        |side: Option<NodeRef>| side.map_or(hash::EMPTY_CHILD, |node| trie.hash(node, State::Tip));
    let root = TrieRoot::new(hash::root(&hash(left), &hash(right)));
    Version {
        left,
        right,
        keys,
        root,
    }
}

/// A node that was changed or not, and how many changed inner nodes lie on a way below it at most,
/// itself included.
#[derive(Clone, Copy)]
struct Written {
    node: NodeRef,
    height: usize,
}

/// An inner node without its hash, and a change below it.
struct Unhashed {
    at: u32,
    change: usize,
}

struct Merge<'a> {
    trie: &'a mut Trie,
    changes: &'a [(TrieKey, TrieValue)],
    /// For each change, how many bits it shares with the leaf its key leads to: where it parts from
    /// the trie, or 256 for a key that is there.
    shared: Vec<u16>,
    /// Inner nodes by height, so that one level can be hashed at once.
    levels: Vec<Vec<Unhashed>>,
    added: usize,
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "ranges are parts of that of all changes, none is empty where its ends are looked at, and heights are at most 256"
)]
impl Merge<'_> {
    /// Leads every key to its leaf, all of them one step at a time: the steps of one key wait for
    /// memory, those of different keys do not wait for each other.
    fn look_up(&mut self, old: Version) {
        let side = |(key, _): &(TrieKey, TrieValue)| old.side(bit(key.as_bytes(), 0));
        let mut nodes: Vec<_> = self.changes.iter().map(side).collect();
        loop {
            let mut moved = false;
            for (node, (key, _)) in nodes.iter_mut().zip(self.changes) {
                if let Some(Place::Inner(at)) = node.map(NodeRef::place) {
                    let inner = self.trie.inners.at(at);
                    *node = Some(inner.child(bit(key.as_bytes(), inner.len.into())));
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        for (node, (key, _)) in nodes.iter().zip(self.changes) {
            self.shared.push(match node.map(NodeRef::place) {
                Some(Place::Leaf(at)) => {
                    let leaf = self.trie.leaves.at(at);
                    common_bits(leaf.key.as_bytes(), key.as_bytes())
                }
                _ => 0,
            });
        }
    }

    /// Where the changes with bit `at` set begin; they share all bits before it.
    fn split(&self, range: &Range<usize>, at: u16) -> usize {
        let changes = &self.changes[range.clone()];
        range.start + changes.partition_point(|(key, _)| !bit(key.as_bytes(), at))
    }

    fn side(&mut self, old: Option<NodeRef>, range: Range<usize>) -> Option<NodeRef> {
        if range.is_empty() {
            return old;
        }
        Some(match old {
            None => self.build(range).node,
            Some(node) => self.merge(node, range).node,
        })
    }

    /// A subtree of changes alone.
    fn build(&mut self, range: Range<usize>) -> Written {
        let (first, value) = self.changes[range.start];
        let (last, _) = self.changes[range.end - 1];
        let len = common_bits(first.as_bytes(), last.as_bytes());
        if len == KEY_BITS {
            self.added += 1;
            let node = self.trie.add_leaf(first, value);
            return Written { node, height: 0 };
        }
        let split = self.split(&range, len);
        let change = range.start;
        let left = self.build(range.start..split);
        let right = self.build(split..range.end);
        self.inner(len, left, right, change)
    }

    /// The subtree of `node` with changes, all of which pass the edge above it.
    fn merge(&mut self, node: NodeRef, range: Range<usize>) -> Written {
        let len = match node.place() {
            Place::Leaf(_) => KEY_BITS,
            Place::Inner(at) => self.trie.inners.at(at).len.into(),
        };
        let parts = self.shared[range.clone()].iter().enumerate();
        let (offset, parts) = parts
            .min_by_key(|(_, shared)| **shared)
            .map_or((0, KEY_BITS), |(offset, shared)| (offset, *shared));
        if parts < len {
            return self.fork(node, parts, range.start + offset, range);
        }
        match node.place() {
            Place::Leaf(at) => {
                let (_, value) = self.changes[range.start];
                let node = self.trie.replace_leaf(at, value);
                Written { node, height: 0 }
            }
            Place::Inner(at) => {
                let Inner { left, right, .. } = *self.trie.inners.at(at);
                let split = self.split(&range, len);
                let change = range.start;
                let left = self.below(left, range.start..split);
                let right = self.below(right, split..range.end);
                self.trie.change_inner(at, left.node, right.node);
                self.above(at, left, right, change)
            }
        }
    }

    fn below(&mut self, node: NodeRef, range: Range<usize>) -> Written {
        if range.is_empty() {
            Written { node, height: 0 }
        } else {
            self.merge(node, range)
        }
    }

    /// A new node above `node` where the change `parting` parts from it: at bit `len`.
    fn fork(&mut self, node: NodeRef, len: u16, parting: usize, range: Range<usize>) -> Written {
        let split = self.split(&range, len);
        let change = range.start;
        let (before, behind) = (range.start..split, split..range.end);
        let goes_right = bit(self.changes[parting].0.as_bytes(), len);
        let (left, right) = if goes_right {
            (self.below(node, before), self.build(behind))
        } else {
            (self.build(before), self.below(node, behind))
        };
        self.inner(len, left, right, change)
    }

    fn inner(&mut self, len: u16, left: Written, right: Written, change: usize) -> Written {
        // Below 256, where paths part.
        let inner = Inner::new(len.to_le_bytes()[0], left.node, right.node);
        let at = self.trie.inners.insert(inner);
        self.above(at, left, right, change)
    }

    /// Notes that an inner node is to be hashed once its children are.
    fn above(&mut self, at: u32, left: Written, right: Written, change: usize) -> Written {
        let level = left.height.max(right.height);
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        self.levels[level].push(Unhashed { at, change });
        Written {
            node: NodeRef::inner(at),
            height: level + 1,
        }
    }

    /// Hashes what was written, from the bottom up: each level needs the one below only.
    fn hash_levels(&mut self) {
        let levels = std::mem::take(&mut self.levels);
        let mut work = Work::default();
        for level in &levels {
            self.hash_level(level, &mut work);
        }
    }

    fn hash_level(&mut self, level: &[Unhashed], work: &mut Work) {
        let children = level.iter().flat_map(|unhashed| {
            let inner = self.trie.inners.at(unhashed.at);
            [inner.left, inner.right]
        });
        work.inputs.clear();
        for child in children.clone() {
            if let Place::Leaf(at) = child.place() {
                let leaf = self.trie.leaves.at(at);
                let label = hash::label(&Label::of(&leaf.key, KEY_BITS));
                work.inputs.push(hash::join(leaf.value.as_bytes(), &label));
            }
        }
        hash::pairs(&work.inputs, &mut work.leaves);
        let mut leaves = work.leaves.iter().copied();
        let mut hashes = children.map(|child| match child.place() {
            Place::Leaf(_) => leaves.next().unwrap_or_default(),
            Place::Inner(at) => self.trie.inners.at(at).hash,
        });
        work.inputs.clear();
        while let (Some(left), Some(right)) = (hashes.next(), hashes.next()) {
            work.inputs.push(hash::join(&left, &right));
        }
        hash::pairs(&work.inputs, &mut work.hashes);
        for (unhashed, (input, value)) in level.iter().zip(work.inputs.iter_mut().zip(&work.hashes))
        {
            let len = self.trie.inners.at(unhashed.at).len;
            let (key, _) = &self.changes[unhashed.change];
            *input = hash::join(value, &hash::label(&Label::of(key, len.into())));
        }
        hash::pairs(&work.inputs, &mut work.hashes);
        for (unhashed, hash) in level.iter().zip(&work.hashes) {
            self.trie.inners.at_mut(unhashed.at).hash = *hash;
        }
    }
}

/// Buffers that every level uses again.
#[derive(Default)]
struct Work {
    inputs: Vec<Pair>,
    leaves: Vec<[u8; 32]>,
    hashes: Vec<[u8; 32]>,
}
