//! Changes: every node above one is hashed once.

use super::hash::{self, Pair};
use super::label::{bit, common_bits};
use super::tree::{Inner, Leaf, NodeRef, Place, State, Trie, Version};
use super::{KEY_BITS, Label, TrieKey, TrieRoot, TrieValue};
use std::hint::black_box;
use std::ops::Range;

/// Changes whose way is led and hashed together: the nodes above so many stay in the cache of a core,
/// and there are enough of them to hash several at once.
const TOGETHER: usize = 128;

/// The tip with these changes: at least one, strictly rising by key.
pub(super) fn merged(trie: &mut Trie, changes: &[(TrieKey, TrieValue)]) -> Version {
    let old = trie.tip;
    let mut merge = Merge {
        shared: Vec::with_capacity(changes.len()),
        trie,
        changes,
        levels: Vec::new(),
        work: Work::default(),
        together: false,
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

/// A node that was changed or not, and how many inner nodes without hash lie on a way below it at
/// most, itself included.
#[derive(Clone, Copy)]
struct Written {
    node: NodeRef,
    height: usize,
}

impl Written {
    /// A leaf, or an inner node that has its hash.
    const fn hashed(node: NodeRef) -> Self {
        Self { node, height: 0 }
    }
}

/// An inner node without its hash.
struct Unhashed {
    at: u32,
    len: u8,
    /// A change below it.
    change: usize,
    children: [NodeRef; 2],
}

struct Merge<'a> {
    trie: &'a mut Trie,
    changes: &'a [(TrieKey, TrieValue)],
    /// For each change, how many bits it shares with the leaf its key leads to: where it parts from
    /// the trie, or 256 for a key that is there.
    shared: Vec<u16>,
    /// Inner nodes by height, so that one level can be hashed at once.
    levels: Vec<Vec<Unhashed>>,
    work: Work,
    /// Whether what is written now belongs to few enough changes to be hashed together.
    together: bool,
    added: usize,
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "ranges are parts of that of all changes, none is empty where its ends are looked at, and heights are at most 256"
)]
impl Merge<'_> {
    /// Where every key parts from the trie.
    fn look_up(&mut self, old: Version) {
        let side = |(key, _): &(TrieKey, TrieValue)| old.side(bit(key.as_bytes(), 0));
        let mut nodes: Vec<_> = self.changes.iter().map(side).collect();
        descend(self.trie, self.changes, &mut nodes, |_, _| ());
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
        if self.begins(&range) {
            return self.hashed(|merge| merge.build(range));
        }
        let (first, value) = self.changes[range.start];
        let (last, _) = self.changes[range.end - 1];
        let len = common_bits(first.as_bytes(), last.as_bytes());
        if len == KEY_BITS {
            self.added += 1;
            let node = self.trie.add_leaf(first, value);
            return Written::hashed(node);
        }
        let split = self.split(&range, len);
        let change = range.start;
        let left = self.build(range.start..split);
        let right = self.build(split..range.end);
        self.inner(len, left, right, change)
    }

    /// The subtree of `node` with changes, all of which pass the edge above it.
    fn merge(&mut self, node: NodeRef, range: Range<usize>) -> Written {
        if self.begins(&range) {
            self.fetch(node, &range);
            return self.hashed(|merge| merge.merge(node, range));
        }
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
                Written::hashed(node)
            }
            Place::Inner(at) => {
                let Inner { left, right, .. } = *self.trie.inners.at(at);
                let split = self.split(&range, len);
                let change = range.start;
                let left = self.below(left, range.start..split);
                let right = self.below(right, split..range.end);
                self.trie.change_inner(at, left.node, right.node);
                self.above(at, len, [left, right], change)
            }
        }
    }

    /// Whether these changes are the first on the way down that are few enough to go together.
    fn begins(&self, range: &Range<usize>) -> bool {
        !self.together && range.len() <= TOGETHER
    }

    /// What is written, with hashes.
    fn hashed(&mut self, write: impl FnOnce(&mut Self) -> Written) -> Written {
        self.together = true;
        let Written { node, .. } = write(self);
        self.hash_levels();
        self.together = false;
        Written::hashed(node)
    }

    /// Reads what the changes below `node` will need: the hash of each node on their ways and that of
    /// the one beside it. Then they are near when they are needed, one by one.
    fn fetch(&self, node: NodeRef, range: &Range<usize>) {
        let changes = &self.changes[range.clone()];
        let mut nodes = vec![Some(node); changes.len()];
        let mut read = 0;
        descend(self.trie, changes, &mut nodes, |at, beside| {
            read ^= self.trie.hashes.at(at).0[0];
            read ^= match beside.place() {
                Place::Inner(at) => self.trie.hashes.at(at).0[0],
                Place::Leaf(at) => self.trie.leaves.at(at).key.as_bytes()[0],
            };
        });
        black_box(read);
    }

    fn below(&mut self, node: NodeRef, range: Range<usize>) -> Written {
        if range.is_empty() {
            Written::hashed(node)
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
        let at = self.trie.add_inner(byte(len), left.node, right.node);
        self.above(at, len, [left, right], change)
    }

    /// Notes that an inner node is to be hashed once its children are.
    fn above(&mut self, at: u32, len: u16, children: [Written; 2], change: usize) -> Written {
        let [left, right] = children;
        let level = left.height.max(right.height);
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        self.levels[level].push(Unhashed {
            at,
            len: byte(len),
            change,
            children: children.map(|child| child.node),
        });
        Written {
            node: NodeRef::inner(at),
            height: level + 1,
        }
    }

    /// Hashes what was written, from the bottom up: each level needs those below only.
    fn hash_levels(&mut self) {
        let mut levels = std::mem::take(&mut self.levels);
        for level in &mut levels {
            self.hash_level(level);
            level.clear();
        }
        self.levels = levels;
    }

    fn hash_level(&mut self, level: &[Unhashed]) {
        let Work { inputs, hashes } = &mut self.work;
        inputs.clear();
        for leaf in leaves_below(self.trie, level) {
            let label = hash::label(&Label::of(&leaf.key, KEY_BITS));
            inputs.push(hash::join(leaf.value.as_bytes(), &label));
        }
        hash::pairs(inputs, hashes);
        let mut leaves = hashes.iter();
        inputs.clear();
        for unhashed in level {
            let [left, right] = unhashed.children.map(|child| match child.place() {
                Place::Inner(at) => self.trie.hashes.at(at).0,
                Place::Leaf(_) => leaves.next().copied().unwrap_or_default(),
            });
            inputs.push(hash::join(&left, &right));
        }
        hash::pairs(inputs, hashes);
        let values = inputs.iter_mut().zip(&*hashes);
        for (unhashed, (input, value)) in level.iter().zip(values) {
            let (key, _) = &self.changes[unhashed.change];
            *input = hash::join(value, &hash::label(&Label::of(key, unhashed.len.into())));
        }
        hash::pairs(inputs, hashes);
        for (unhashed, hash) in level.iter().zip(&*hashes) {
            self.trie.hashes.at_mut(unhashed.at).0 = *hash;
        }
    }
}

/// Leads every key from its node to its leaf, all of them one step at a time: the steps of one key
/// wait for memory, those of different keys do not wait for each other. `see` gets each inner node on
/// the ways, and the one beside the way below it.
fn descend(
    trie: &Trie,
    changes: &[(TrieKey, TrieValue)],
    nodes: &mut [Option<NodeRef>],
    mut see: impl FnMut(u32, NodeRef),
) {
    let mut moved = true;
    while moved {
        moved = false;
        for (node, (key, _)) in nodes.iter_mut().zip(changes) {
            if let Some(Place::Inner(at)) = node.map(NodeRef::place) {
                let inner = trie.inners.at(at);
                let right = bit(key.as_bytes(), inner.len.into());
                see(at, inner.child(!right));
                *node = Some(inner.child(right));
                moved = true;
            }
        }
    }
}

/// The leaves right below these nodes, in their order.
fn leaves_below<'a>(trie: &'a Trie, level: &'a [Unhashed]) -> impl Iterator<Item = &'a Leaf> {
    let children = level.iter().flat_map(|unhashed| unhashed.children);
    children.filter_map(|child| match child.place() {
        Place::Leaf(at) => Some(trie.leaves.at(at)),
        Place::Inner(_) => None,
    })
}

/// The length of an inner node's label, which is below 256: that is where paths part.
const fn byte(len: u16) -> u8 {
    len.to_le_bytes()[0]
}

/// Buffers that every level uses again.
#[derive(Default)]
struct Work {
    inputs: Vec<Pair>,
    hashes: Vec<[u8; 32]>,
}
