//! Reading one state of a trie.

use super::label::bit;
use super::tree::{Inner, Leaf, NodeRef, Place, State, Trie, Version};
use super::{KEY_BITS, Label, TrieKey, TrieProof, TrieRoot, TrieValue};
use super::{TrieError, hash, prove};

/// One state of a [`Trie`].
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub(super) trie: &'a Trie,
    pub(super) version: Version,
    state: State,
}

impl<'a> View<'a> {
    pub(super) const fn new(trie: &'a Trie, version: Version, state: State) -> Self {
        Self {
            trie,
            version,
            state,
        }
    }

    /// How many keys there are.
    pub const fn len(&self) -> usize {
        self.version.keys
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.version.keys == 0
    }

    /// The root.
    pub const fn root(&self) -> TrieRoot {
        self.version.root
    }

    /// What stands under a key.
    pub fn value(&self, key: &TrieKey) -> Option<TrieValue> {
        let side = self.version.side(bit(key.as_bytes(), 0))?;
        let leaf = self.blind(side, key);
        (leaf.key == *key).then_some(leaf.value)
    }

    /// Where the leaves of these keys stand; nothing for a key without a value. All keys are led to
    /// their leaves one step at a time: the steps of one wait for memory, those of different ones do
    /// not wait for each other.
    pub(crate) fn places(&self, keys: &[TrieKey]) -> Vec<Option<u32>> {
        let side = |key: &TrieKey| self.version.side(bit(key.as_bytes(), 0));
        let mut nodes: Vec<_> = keys.iter().map(side).collect();
        let mut moved = true;
        while std::mem::take(&mut moved) {
            for (node, key) in nodes.iter_mut().zip(keys) {
                if let Some(Place::Inner(at)) = node.map(NodeRef::place) {
                    let inner = self.inner(at);
                    *node = Some(inner.child(bit(key.as_bytes(), inner.len.into())));
                    moved = true;
                }
            }
        }
        let found = nodes.into_iter().zip(keys);
        let found = found.map(|(node, key)| match node?.place() {
            Place::Leaf(at) => (self.trie.leaves.at(at).key == *key).then_some(at),
            Place::Inner(_) => None,
        });
        found.collect()
    }

    /// The one proof of what stands under `keys`, those without a value included.
    ///
    /// # Errors
    /// [`TrieError::NoKeys`], [`TrieError::NotAscending`] unless the keys rise strictly.
    pub fn prove(&self, keys: &[TrieKey]) -> Result<TrieProof, TrieError> {
        prove::prove(self, keys)
    }

    /// Every key and value, by rising key.
    pub fn iter(&self) -> Iter<'a> {
        let sides = [self.version.right, self.version.left];
        Iter {
            view: *self,
            stack: sides.into_iter().flatten().collect(),
        }
    }

    /// The highest node whose label is `prefix` or begins with it; the root itself for the empty
    /// prefix. Two holders of tries that differ find the differing keys by comparing hashes from
    /// the root down.
    pub fn node(&self, prefix: &Label) -> Option<Node> {
        if prefix.is_empty() {
            let child = |side: Option<NodeRef>| side.map(|node| self.named(node));
            let children = [child(self.version.left), child(self.version.right)];
            return Some(Node {
                label: Label::ROOT,
                hash: *self.version.root.as_bytes(),
                content: NodeContent::Inner(children),
            });
        }
        let mut node = self.version.side(prefix.bit(0))?;
        while let Place::Inner(at) = node.place() {
            let inner = self.inner(at);
            let len = u16::from(inner.len);
            if len >= prefix.len() {
                break;
            }
            node = inner.child(prefix.bit(len));
        }
        let found = self.describe(node);
        prefix.covers(&found.label).then_some(found)
    }

    /// The leaf that `key` leads to when only the bits at which paths part are looked at: if any key
    /// below `node` shares the node's label with `key`, this one does.
    pub(super) fn blind(&self, node: NodeRef, key: &TrieKey) -> &'a Leaf {
        self.trie.blind(node, key, self.state)
    }

    pub(super) fn inner(&self, at: u32) -> &'a Inner {
        self.trie.inner(at, self.state)
    }

    /// The hash by which the node above knows this one.
    pub(super) fn hash(&self, node: NodeRef) -> [u8; 32] {
        self.trie.hash(node, self.state)
    }

    fn describe(&self, node: NodeRef) -> Node {
        let (label, hash) = self.named(node);
        let content = match node.place() {
            Place::Leaf(at) => NodeContent::Leaf(self.trie.leaves.at(at).value),
            Place::Inner(at) => {
                let inner = self.inner(at);
                let children = [inner.left, inner.right];
                NodeContent::Inner(children.map(|child| Some(self.named(child))))
            }
        };
        Node {
            label,
            hash,
            content,
        }
    }

    fn named(&self, node: NodeRef) -> (Label, [u8; 32]) {
        (self.label(node), self.hash(node))
    }

    pub(super) fn label(&self, node: NodeRef) -> Label {
        let len = match node.place() {
            Place::Leaf(_) => KEY_BITS,
            Place::Inner(at) => self.inner(at).len.into(),
        };
        // Any key below has the label; this is the lowest.
        Label::of(&self.blind(node, &TrieKey::new([0; 32])).key, len)
    }

    /// Both children of an inner node; a leaf has none.
    pub(super) fn children(&self, node: NodeRef) -> [Option<NodeRef>; 2] {
        match node.place() {
            Place::Leaf(_) => [None; 2],
            Place::Inner(at) => {
                let inner = self.inner(at);
                [Some(inner.left), Some(inner.right)]
            }
        }
    }

    /// The value of a node, which its own hash binds to its label.
    pub(super) fn node_value(&self, node: NodeRef) -> [u8; 32] {
        match node.place() {
            Place::Leaf(at) => *self.trie.leaves.at(at).value.as_bytes(),
            Place::Inner(at) => {
                let inner = self.inner(at);
                let (left, right) = (self.hash(inner.left), self.hash(inner.right));
                hash::pair(&left, &right)
            }
        }
    }
}

impl<'a> IntoIterator for &View<'a> {
    type Item = (TrieKey, TrieValue);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// A node as another holder of a trie can compare it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its path from the root.
    pub label: Label,
    /// Its hash; equal hashes mean equal labels, keys and values below.
    pub hash: [u8; 32],
    /// What is below.
    pub content: NodeContent,
}

/// What is below a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeContent {
    /// Two children by label and hash; only the root may lack one or both.
    Inner([Option<(Label, [u8; 32])>; 2]),
    /// The value under the key that is the label.
    Leaf(TrieValue),
}

/// Keys and values by rising key.
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    view: View<'a>,
    stack: Vec<NodeRef>,
}

impl<'a> Iter<'a> {
    pub(super) fn below(view: &View<'a>, node: NodeRef) -> Self {
        Self {
            view: *view,
            stack: vec![node],
        }
    }
}

impl Iterator for Iter<'_> {
    type Item = (TrieKey, TrieValue);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.stack.pop()?.place() {
                Place::Leaf(at) => {
                    let leaf = self.view.trie.leaves.at(at);
                    return Some((leaf.key, leaf.value));
                }
                Place::Inner(at) => {
                    let inner = self.view.inner(at);
                    self.stack.extend([inner.right, inner.left]);
                }
            }
        }
    }
}
