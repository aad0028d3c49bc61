//! Comparing an opened trie with a whole one.

use super::partial::Opened;
use super::tree::{NodeRef, Place};
use super::{Iter, KEY_BITS, Label, PartialTrie, TrieKey, View, hash};

/// Where an opened trie has something that another one does not have so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differing {
    /// Below a node that the proof left closed.
    Below {
        /// All keys there begin with it.
        prefix: Label,
        /// A key of which a proof opens it.
        ask: TrieKey,
    },
    /// Under this key stands another value than here, where there may be none.
    Leaf(TrieKey),
}

impl PartialTrie {
    /// Where this trie, as far as it is opened, has what `whole` does not have so; by rising key, and
    /// only below one of the prefixes in `within`. Keys below `from` are left out, and so is what
    /// `whole` alone has.
    ///
    /// Asking for proofs of the keys that are found, and looking in their answers within the prefixes
    /// that are found with them, leads to every key that differs, in time proportional to their number and
    /// the depth: equal hashes mean equal keys and values below (specs/trie.md §7).
    ///
    /// ```
    /// use fairtrail::trie::{Differing, Label, Trie, TrieKey, TrieValue, verify};
    /// let (key, value) = (TrieKey::new([0x80; 32]), TrieValue::new([3; 32]));
    /// let (mut theirs, ours, from) = (Trie::new(), Trie::new(), TrieKey::new([0; 32]));
    /// theirs.apply(&[(key, value)])?;
    ///
    /// let proof = theirs.tip().prove(&[from])?;
    /// let opened = verify(theirs.tip().root(), &[(from, None)], &proof)?;
    /// let found = opened.differing(&ours.tip(), &from, &[Label::ROOT]);
    /// let [Differing::Below { prefix, ask }] = found[..] else {
    ///     panic!("one side was left closed");
    /// };
    /// let proof = theirs.tip().prove(&[ask])?;
    /// let opened = verify(theirs.tip().root(), &[(ask, None)], &proof)?;
    /// let found = opened.differing(&ours.tip(), &from, &[prefix]);
    /// assert_eq!(found, [Differing::Leaf(key)]);
    /// # Ok::<(), fairtrail::trie::TrieError>(())
    /// ```
    pub fn differing(&self, whole: &View<'_>, from: &TrieKey, within: &[Label]) -> Vec<Differing> {
        let mut walk = Walk {
            opened: self,
            whole,
            from,
            within,
            found: Vec::new(),
        };
        for (side, right) in self.sides().into_iter().zip([false, true]) {
            walk.node(side, &child(&Label::ROOT, right));
        }
        walk.found
    }
}

struct Walk<'a> {
    opened: &'a PartialTrie,
    whole: &'a View<'a>,
    from: &'a TrieKey,
    within: &'a [Label],
    found: Vec<Differing>,
}

impl Walk<'_> {
    /// A node whose label begins with `prefix`. No deeper than a key has bits.
    fn node(&mut self, at: u32, prefix: &Label) {
        let mut within = self.within.iter();
        if !within.any(|within| within.covers(prefix) || prefix.covers(within)) {
            return;
        }
        match self.opened.node(at) {
            Opened::Empty => {}
            Opened::Closed(hash) => self.closed(prefix, &hash),
            Opened::Shut { label, value } => self.closed(&label, &hash::node(&value, &label)),
            Opened::Leaf { key, value } => {
                let looked_at = key >= *self.from && self.is_within(&Label::of(&key, KEY_BITS));
                if looked_at && self.whole.value(&key) != Some(value) {
                    self.found.push(Differing::Leaf(key));
                }
            }
            Opened::Inner { label, children } => {
                for (node, right) in children.into_iter().zip([false, true]) {
                    self.node(node, &child(&label, right));
                }
            }
        }
    }

    /// A node of which the hash is known, at or below `prefix`.
    fn closed(&mut self, prefix: &Label, hash: &[u8; 32]) {
        // Where all keys are lower ones nothing is looked for.
        if !self.is_within(prefix) || Label::of(self.from, prefix.len()) > *prefix {
            return;
        }
        let own = self.whole.at_or_below(prefix);
        if own.is_some_and(|node| self.whole.hash(node) == *hash) {
            return;
        }
        // A key that both may have opens more than one that neither has.
        let own = own.and_then(|node| Iter::below(self.whole, node).next());
        let ask = if prefix.leads_to(self.from) {
            *self.from
        } else {
            own.map_or(TrieKey::new(*prefix.bits()), |(key, _)| key)
        };
        let prefix = *prefix;
        self.found.push(Differing::Below { prefix, ask });
    }

    fn is_within(&self, label: &Label) -> bool {
        self.within.iter().any(|within| within.covers(label))
    }
}

impl View<'_> {
    /// The highest node whose label is `prefix`, not the root's, or begins with it.
    fn at_or_below(&self, prefix: &Label) -> Option<NodeRef> {
        let mut node = self.version.side(prefix.bit(0))?;
        while let Place::Inner(at) = node.place() {
            let inner = self.inner(at);
            let len = u16::from(inner.len);
            if len >= prefix.len() {
                break;
            }
            node = inner.child(prefix.bit(len));
        }
        prefix.covers(&self.label(node)).then_some(node)
    }
}

/// What every label on one side below a node begins with.
fn child(label: &Label, right: bool) -> Label {
    let mut bits = *label.bits();
    let (byte, bit) = (usize::from(label.len() / 8), label.len() % 8);
    if let Some(byte) = bits.get_mut(byte).filter(|_| right) {
        *byte |= 0x80 >> bit;
    }
    let len = label.len().saturating_add(1).min(KEY_BITS);
    Label::of(&TrieKey::new(bits), len)
}
