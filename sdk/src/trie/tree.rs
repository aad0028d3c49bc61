//! All keys in memory.

use super::hash;
use super::label::bit;
use super::pool::Pool;
use super::{Label, TrieError, TrieKey, TrieRoot, TrieValue, View};

/// A leaf by its index, or an inner node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeRef(u32);

/// What a [`NodeRef`] points to.
pub(super) enum Place {
    Leaf(u32),
    Inner(u32),
}

/// Marks indices of leaves; so there are at most this many of each sort.
const LEAF: u32 = 1 << 31;

impl NodeRef {
    pub(super) const fn leaf(at: u32) -> Self {
        Self(at | LEAF)
    }

    pub(super) const fn inner(at: u32) -> Self {
        Self(at)
    }

    pub(super) const fn place(self) -> Place {
        if self.0 & LEAF == 0 {
            Place::Inner(self.0)
        } else {
            Place::Leaf(self.0 & !LEAF)
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    pub(super) key: TrieKey,
    pub(super) value: TrieValue,
}

/// An inner node. Its label is the first `len` bits of any key below it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inner {
    pub(super) hash: [u8; 32],
    pub(super) left: NodeRef,
    pub(super) right: NodeRef,
    /// 1 to 255: the root has no node, and 256 bits are a leaf's.
    pub(super) len: u8,
}

impl Inner {
    pub(super) const fn child(&self, right: bool) -> NodeRef {
        if right { self.right } else { self.left }
    }
}

/// One state of the trie: what hangs on either side of the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) left: Option<NodeRef>,
    pub(super) right: Option<NodeRef>,
    pub(super) keys: usize,
    pub(super) root: TrieRoot,
}

impl Version {
    const EMPTY: Self = Self {
        left: None,
        right: None,
        keys: 0,
        root: TrieRoot::empty(),
    };

    pub(super) const fn side(&self, right: bool) -> Option<NodeRef> {
        if right { self.right } else { self.left }
    }
}

/// A trie of which two states are readable at any time: the one that has *settled* and the *tip*,
/// which changes are made to. Nothing is ever removed, only added and replaced.
///
/// Changed nodes are written anew, so that the settled state stays readable, and provable, while
/// the tip waits to be made durable. [`Self::settle`] makes the tip the settled state and frees what
/// only the old one used; [`Self::roll_back`] goes back to it. About 110 bytes a key.
///
/// ```
/// use fairtrail::trie::{Trie, TrieError, TrieKey, TrieRoot, TrieValue};
/// let key = TrieKey::new([7; 32]);
/// let mut trie = Trie::new();
/// trie.apply(&[(key, TrieValue::new([1; 32]))])?;
/// assert_eq!(trie.settled().root(), TrieRoot::empty());
/// trie.settle();
/// trie.apply(&[(key, TrieValue::new([2; 32]))])?;
/// trie.roll_back();
/// assert_eq!(trie.tip().value(&key), Some(TrieValue::new([1; 32])));
///
/// let twice = [(key, TrieValue::new([1; 32])), (key, TrieValue::new([2; 32]))];
/// assert_eq!(trie.apply(&twice), Err(TrieError::NotAscending));
/// # Ok::<(), TrieError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Trie {
    pub(super) leaves: Pool<Leaf>,
    pub(super) inners: Pool<Inner>,
    pub(super) tip: Version,
    settled: Version,
    /// Made since the trie settled.
    pub(super) fresh: Vec<NodeRef>,
    /// Used by a state before the tip, not by the tip.
    pub(super) replaced: Vec<NodeRef>,
}

impl Trie {
    /// The trie without keys.
    pub const fn new() -> Self {
        Self {
            leaves: Pool::new(),
            inners: Pool::new(),
            tip: Version::EMPTY,
            settled: Version::EMPTY,
            fresh: Vec::new(),
            replaced: Vec::new(),
        }
    }

    /// The state with every change.
    pub const fn tip(&self) -> View<'_> {
        View::new(self, self.tip)
    }

    /// The state without what was changed since it last settled.
    pub const fn settled(&self) -> View<'_> {
        View::new(self, self.settled)
    }

    /// Puts values under keys, new ones or in place of those that stand there.
    ///
    /// Each inner node above them is hashed once, however many changes lie below it: about
    /// log2(keys / changes) nodes for each change.
    ///
    /// # Errors
    /// [`TrieError::NotAscending`] unless the keys rise strictly, [`TrieError::Full`]; then nothing has
    /// changed.
    pub fn apply(&mut self, changes: &[(TrieKey, TrieValue)]) -> Result<(), TrieError> {
        if !changes.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(TrieError::NotAscending);
        }
        // A change makes one leaf and writes at most every node of one path anew.
        let made = changes.len().saturating_mul(256);
        let places = self.leaves.places().max(self.inners.places());
        if places.saturating_add(made) >= LEAF as usize {
            return Err(TrieError::Full);
        }
        if !changes.is_empty() {
            self.tip = super::change::merged(self, changes);
        }
        Ok(())
    }

    /// Makes the tip the settled state.
    pub fn settle(&mut self) {
        self.settled = self.tip;
        self.fresh.clear();
        while let Some(node) = self.replaced.pop() {
            self.free(node);
        }
    }

    /// Undoes every change since the trie last settled.
    pub fn roll_back(&mut self) {
        self.tip = self.settled;
        self.replaced.clear();
        while let Some(node) = self.fresh.pop() {
            self.free(node);
        }
    }

    fn free(&mut self, node: NodeRef) {
        match node.place() {
            Place::Leaf(at) => self.leaves.free(at),
            Place::Inner(at) => self.inners.free(at),
        }
    }

    /// Bytes of memory held.
    pub fn bytes(&self) -> usize {
        let lists = self
            .fresh
            .capacity()
            .saturating_add(self.replaced.capacity());
        let lists = lists.saturating_mul(size_of::<NodeRef>());
        let nodes = self.leaves.bytes().saturating_add(self.inners.bytes());
        nodes.saturating_add(lists)
    }

    /// The leaf that `key` leads to when only the bits at which paths part are looked at. If any key
    /// below a node shares the node's label with `key`, this one does.
    pub(super) fn blind(&self, mut node: NodeRef, key: &TrieKey) -> &Leaf {
        loop {
            match node.place() {
                Place::Leaf(at) => return self.leaves.at(at),
                Place::Inner(at) => {
                    let inner = self.inners.at(at);
                    node = inner.child(bit(key.as_bytes(), inner.len.into()));
                }
            }
        }
    }

    /// The hash by which the node above knows this one.
    pub(super) fn hash(&self, node: NodeRef) -> [u8; 32] {
        match node.place() {
            Place::Inner(at) => self.inners.at(at).hash,
            Place::Leaf(at) => {
                let leaf = self.leaves.at(at);
                let label = Label::of(&leaf.key, super::KEY_BITS);
                hash::node(leaf.value.as_bytes(), &label)
            }
        }
    }
}

impl Default for Trie {
    fn default() -> Self {
        Self::new()
    }
}
