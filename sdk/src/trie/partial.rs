//! As much of a trie as a proof opened.

use super::label::bit;
use super::{KEY_BITS, Label, TrieError, TrieKey, TrieRoot, TrieValue, hash};

/// A node as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    /// A side of the root without keys.
    Empty,
    /// Known by its hash only.
    Closed([u8; 32]),
    /// An inner node of which nothing below is known.
    Shut {
        label: Label,
        value: [u8; 32],
    },
    Leaf {
        key: TrieKey,
        value: TrieValue,
    },
    Inner {
        label: Label,
        children: [u32; 2],
    },
}

/// The part of a trie that [`super::verify`] found proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialTrie {
    nodes: Vec<Opened>,
    sides: [u32; 2],
}

#[expect(
    clippy::indexing_slicing,
    reason = "indices come from `add`, and both sides stand at 0 at first"
)]
impl PartialTrie {
    /// Both sides empty.
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![Opened::Empty],
            sides: [0; 2],
        }
    }

    /// Adds a node; its children were added before it.
    pub(super) fn add(&mut self, node: Opened) -> u32 {
        // A proof has fewer nodes than the limit of items and hashes, far below 2^32.
        let at = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(node);
        at
    }

    pub(super) const fn set_sides(&mut self, sides: [u32; 2]) {
        self.sides = sides;
    }

    /// Both sides of the root.
    pub(super) const fn sides(&self) -> [u32; 2] {
        self.sides
    }

    /// A node by the number that [`Self::add`] gave it.
    pub(super) fn node(&self, at: u32) -> Opened {
        self.nodes[at as usize]
    }

    /// Whether neither side of the root has keys.
    pub(super) fn is_empty(&self) -> bool {
        let sides = self.sides.map(|side| self.nodes[side as usize]);
        sides == [Opened::Empty; 2]
    }

    /// The root.
    pub fn root(&self) -> TrieRoot {
        if self.is_empty() {
            return TrieRoot::empty();
        }
        let [left, right] = self.sides.map(|side| self.hash(side));
        TrieRoot::new(hash::root(&left, &right))
    }

    fn hash(&self, at: u32) -> [u8; 32] {
        match &self.nodes[at as usize] {
            Opened::Empty => hash::EMPTY_CHILD,
            Opened::Closed(hash) => *hash,
            Opened::Shut { label, value } => hash::node(value, label),
            Opened::Leaf { key, value } => hash::node(value.as_bytes(), &Label::of(key, KEY_BITS)),
            Opened::Inner { label, children } => {
                let [left, right] = children.map(|child| self.hash(child));
                hash::node(&hash::pair(&left, &right), label)
            }
        }
    }

    /// The root after values were put under keys, new ones or in place of those that stand there.
    ///
    /// # Errors
    /// [`TrieError::NotAscending`] unless the keys rise strictly; [`TrieError::Closed`] for a key that leads
    /// below a node which the proof left closed.
    ///
    /// ```
    /// use fairtrail::trie::{Trie, TrieError, TrieKey, TrieValue, verify};
    /// let at = |first: u8| TrieKey::new([first; 32]);
    /// let [one, two, other] = [1, 2, 3].map(|byte| TrieValue::new([byte; 32]));
    /// let mut trie = Trie::new();
    /// trie.apply(&[(at(0x10), one), (at(0x80), two), (at(0xc0), two)])?;
    ///
    /// let proof = trie.tip().prove(&[at(0x10), at(0x20)])?;
    /// let claims = [(at(0x10), Some(one)), (at(0x20), None)];
    /// let opened = verify(trie.tip().root(), &claims, &proof)?;
    /// let refused = opened.clone().apply(&[(at(0xc0), one)]);
    /// assert_eq!(refused, Err(TrieError::Closed { key: at(0xc0) }));
    ///
    /// let changes = [(at(0x10), other), (at(0x20), other)];
    /// let root = opened.apply(&changes)?;
    /// trie.apply(&changes)?;
    /// assert_eq!(root, trie.tip().root());
    /// # Ok::<(), TrieError>(())
    /// ```
    pub fn apply(mut self, changes: &[(TrieKey, TrieValue)]) -> Result<TrieRoot, TrieError> {
        if !changes.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(TrieError::NotAscending);
        }
        for (key, value) in changes {
            let [left, right] = self.sides;
            self.sides = if bit(key.as_bytes(), 0) {
                [left, self.put(right, *key, *value)?]
            } else {
                [self.put(left, *key, *value)?, right]
            };
        }
        Ok(self.root())
    }

    /// Puts a value below the node at `top`; returns what stands there now.
    fn put(&mut self, top: u32, key: TrieKey, value: TrieValue) -> Result<u32, TrieError> {
        let (mut at, mut above) = (top, None);
        loop {
            let node = self.nodes[at as usize];
            let label = match &node {
                Opened::Closed(_) => return Err(TrieError::Closed { key }),
                Opened::Empty => return Ok(self.add(Opened::Leaf { key, value })),
                Opened::Shut { label, .. } | Opened::Inner { label, .. } => *label,
                Opened::Leaf { key, .. } => Label::of(key, KEY_BITS),
            };
            let common = label.common(&key);
            if common < label.len() {
                let leaf = self.add(Opened::Leaf { key, value });
                let goes_right = bit(key.as_bytes(), common);
                let children = if goes_right { [at, leaf] } else { [leaf, at] };
                let label = Label::of(&key, common);
                let fork = self.add(Opened::Inner { label, children });
                return Ok(self.hang(top, above, fork));
            }
            match node {
                Opened::Leaf { .. } => {
                    self.nodes[at as usize] = Opened::Leaf { key, value };
                    return Ok(top);
                }
                Opened::Inner { children, .. } => {
                    let right = bit(key.as_bytes(), label.len());
                    above = Some((at, usize::from(right)));
                    at = children[usize::from(right)];
                }
                _ => return Err(TrieError::Closed { key }),
            }
        }
    }

    /// Puts `node` where the way ended: below the node above, or at the top.
    fn hang(&mut self, top: u32, above: Option<(u32, usize)>, node: u32) -> u32 {
        let Some((at, side)) = above else {
            return node;
        };
        if let Opened::Inner { children, .. } = &mut self.nodes[at as usize] {
            children[side] = node;
        }
        top
    }
}
