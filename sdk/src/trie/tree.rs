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

/// One cache line.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Leaf {
    pub(super) key: TrieKey,
    pub(super) value: TrieValue,
}

/// An inner node. Its label is the first `len` bits of any key below it.
///
/// Its hash stands elsewhere: whoever looks for a key needs none, and four nodes fit into one cache
/// line without.
#[derive(Debug, Clone, Copy)]
#[repr(align(16))]
pub(super) struct Inner {
    pub(super) left: NodeRef,
    pub(super) right: NodeRef,
    /// One more than the place of what this node was when the trie settled; 0 if it is that still.
    shadow: u32,
    /// 1 to 255: the root has no node, and 256 bits are a leaf's.
    pub(super) len: u8,
}

impl Inner {
    pub(super) const fn new(len: u8, left: NodeRef, right: NodeRef) -> Self {
        Self {
            left,
            right,
            shadow: 0,
            len,
        }
    }

    pub(super) const fn child(&self, right: bool) -> NodeRef {
        if right { self.right } else { self.left }
    }
}

/// The hash of an inner node, in one cache line.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(super) struct InnerHash(pub(super) [u8; 32]);

/// What an inner node was when the trie settled.
#[derive(Debug, Clone, Copy)]
struct Shadow {
    at: u32,
    inner: Inner,
    hash: InnerHash,
}

/// Which of the two states of a trie is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Settled,
    Tip,
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
/// What a changed node was is kept until the trie settles, so that the settled state stays readable,
/// and provable, while the tip waits to be made durable. [`Self::settle`] makes the tip the settled
/// state, [`Self::roll_back`] goes back to it. About 120 bytes a key.
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
    /// The hashes of the inner nodes, at the same places.
    pub(super) hashes: Pool<InnerHash>,
    pub(super) tip: Version,
    settled: Version,
    /// What changed inner nodes were when the trie settled.
    shadows: Vec<Shadow>,
    /// Inner nodes there were when the trie settled.
    settled_inners: usize,
    /// Leaves made since the trie settled; a changed value is another leaf.
    fresh: Vec<u32>,
    /// Leaves that an earlier state has and the tip has not.
    replaced: Vec<u32>,
}

impl Trie {
    /// The trie without keys.
    pub const fn new() -> Self {
        Self {
            leaves: Pool::new(),
            inners: Pool::new(),
            hashes: Pool::new(),
            tip: Version::EMPTY,
            settled: Version::EMPTY,
            shadows: Vec::new(),
            settled_inners: 0,
            fresh: Vec::new(),
            replaced: Vec::new(),
        }
    }

    /// The state with every change.
    pub const fn tip(&self) -> View<'_> {
        View::new(self, self.tip, State::Tip)
    }

    /// The state without what was changed since it last settled.
    pub const fn settled(&self) -> View<'_> {
        View::new(self, self.settled, State::Settled)
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
        self.apply_placing(changes).map(drop)
    }

    /// As [`Self::apply`]; where the leaves of the changes stand now, one for each.
    pub(crate) fn apply_placing(
        &mut self,
        changes: &[(TrieKey, TrieValue)],
    ) -> Result<&[u32], TrieError> {
        if !changes.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(TrieError::NotAscending);
        }
        // A change makes one leaf, and one inner node at most.
        let places = self.leaves.places().max(self.inners.places());
        if places.saturating_add(changes.len()) >= LEAF as usize {
            return Err(TrieError::Full);
        }
        let before = self.fresh.len();
        if !changes.is_empty() {
            self.tip = super::change::merged(self, changes);
        }
        // Every change makes a leaf, from the left to the right.
        Ok(self.fresh.get(before..).unwrap_or_default())
    }

    /// Makes the tip the settled state.
    pub fn settle(&mut self) {
        self.settled = self.tip;
        self.settled_inners = self.inners.places();
        for Shadow { at, .. } in self.shadows.drain(..) {
            self.inners.at_mut(at).shadow = 0;
        }
        self.fresh.clear();
        for leaf in self.replaced.drain(..) {
            self.leaves.free(leaf);
        }
    }

    /// Undoes every change since the trie last settled.
    pub fn roll_back(&mut self) {
        self.tip = self.settled;
        for Shadow { at, inner, hash } in self.shadows.drain(..) {
            *self.inners.at_mut(at) = inner;
            *self.hashes.at_mut(at) = hash;
        }
        self.inners.truncate(self.settled_inners);
        self.hashes.truncate(self.settled_inners);
        self.replaced.clear();
        for leaf in self.fresh.drain(..) {
            self.leaves.free(leaf);
        }
    }

    /// Adds a leaf.
    pub(super) fn add_leaf(&mut self, key: TrieKey, value: TrieValue) -> NodeRef {
        let at = self.leaves.insert(Leaf { key, value });
        self.fresh.push(at);
        NodeRef::leaf(at)
    }

    /// Puts another value in place of a leaf's.
    pub(super) fn replace_leaf(&mut self, at: u32, value: TrieValue) -> NodeRef {
        let key = self.leaves.at(at).key;
        self.replaced.push(at);
        self.add_leaf(key, value)
    }

    /// Adds an inner node; its hash is to be computed yet.
    pub(super) fn add_inner(&mut self, len: u8, left: NodeRef, right: NodeRef) -> u32 {
        self.hashes.insert(InnerHash([0; 32]));
        self.inners.insert(Inner::new(len, left, right))
    }

    /// Gives an inner node other children; its hash is to be computed again.
    pub(super) fn change_inner(&mut self, at: u32, left: NodeRef, right: NodeRef) {
        let place = u32::try_from(self.shadows.len().saturating_add(1)).unwrap_or(u32::MAX);
        let settled = (at as usize) < self.settled_inners;
        let inner = self.inners.at_mut(at);
        if settled && inner.shadow == 0 {
            let (inner_was, hash) = (*inner, *self.hashes.at(at));
            self.shadows.push(Shadow {
                at,
                inner: inner_was,
                hash,
            });
            inner.shadow = place;
        }
        (inner.left, inner.right) = (left, right);
    }

    /// An inner node as it is, or was.
    pub(super) fn inner(&self, at: u32, state: State) -> &Inner {
        let inner = self.inners.at(at);
        let shadow = self.shadow(inner, state);
        shadow.map_or(inner, |shadow| &shadow.inner)
    }

    /// What an inner node was, if it has changed since.
    fn shadow(&self, inner: &Inner, state: State) -> Option<&Shadow> {
        match state {
            State::Tip => None,
            State::Settled => self.shadows.get((inner.shadow as usize).checked_sub(1)?),
        }
    }

    /// Bytes of memory held.
    pub fn bytes(&self) -> usize {
        let shadow = size_of::<Shadow>();
        let shadows = self.shadows.capacity().saturating_mul(shadow);
        let inners = self.inners.bytes().saturating_add(self.hashes.bytes());
        let nodes = self.leaves.bytes().saturating_add(inners);
        nodes.saturating_add(shadows)
    }

    /// The leaf that `key` leads to when only the bits at which paths part are looked at. If any key
    /// below a node shares the node's label with `key`, this one does.
    pub(super) fn blind(&self, mut node: NodeRef, key: &TrieKey, state: State) -> &Leaf {
        loop {
            match node.place() {
                Place::Leaf(at) => return self.leaves.at(at),
                Place::Inner(at) => {
                    let inner = self.inner(at, state);
                    node = inner.child(bit(key.as_bytes(), inner.len.into()));
                }
            }
        }
    }

    /// The hash by which the node above knows this one.
    pub(super) fn hash(&self, node: NodeRef, state: State) -> [u8; 32] {
        match node.place() {
            Place::Inner(at) => {
                let shadow = self.shadow(self.inners.at(at), state);
                shadow.map_or_else(|| self.hashes.at(at).0, |shadow| shadow.hash.0)
            }
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
