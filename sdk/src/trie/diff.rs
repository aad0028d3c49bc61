//! Where two tries differ.

use super::tree::NodeRef;
use super::{Iter, KEY_BITS, Label, TrieKey, View};

/// The keys that have a value in one of the two only, or another value in each, by rising key.
///
/// Descends from the root where hashes differ, so that few differences between large tries are
/// found in time proportional to their number and the depth.
///
/// ```
/// use fairtrail::trie::{Trie, TrieKey, TrieValue, diff};
/// let (key, value) = (TrieKey::new([1; 32]), TrieValue::new([2; 32]));
/// let mut trie = Trie::new();
/// trie.apply(&[(key, value)])?;
/// assert_eq!(diff(&trie.settled(), &trie.tip()), [key]);
/// # Ok::<(), fairtrail::trie::TrieError>(())
/// ```
pub fn diff(one: &View<'_>, other: &View<'_>) -> Vec<TrieKey> {
    let mut walk = Walk {
        one: *one,
        other: *other,
        found: Vec::new(),
    };
    walk.compare(one.version.left, other.version.left);
    walk.compare(one.version.right, other.version.right);
    walk.found
}

struct Walk<'a> {
    one: View<'a>,
    other: View<'a>,
    found: Vec<TrieKey>,
}

impl Walk<'_> {
    fn compare(&mut self, one: Option<NodeRef>, other: Option<NodeRef>) {
        let (Some(a), Some(b)) = (one, other) else {
            self.only(one, other);
            return;
        };
        if self.one.hash(a) == self.other.hash(b) {
            return;
        }
        let (at, to) = (self.one.label(a), self.other.label(b));
        if at == to {
            self.children(&at, self.one.children(a), self.other.children(b));
        } else if at.covers(&to) {
            let b = on_side(to.bit(at.len()), b);
            self.children(&at, self.one.children(a), b);
        } else if to.covers(&at) {
            let a = on_side(at.bit(to.len()), a);
            self.children(&to, a, self.other.children(b));
        } else if at < to {
            self.only(one, None);
            self.only(None, other);
        } else {
            self.only(None, other);
            self.only(one, None);
        }
    }

    /// Two nodes of one label, or what would hang below it.
    fn children(&mut self, label: &Label, one: Children, other: Children) {
        if label.len() == KEY_BITS {
            self.found.push(TrieKey::new(*label.bits()));
        }
        for (a, b) in one.into_iter().zip(other) {
            self.compare(a, b);
        }
    }

    fn only(&mut self, one: Option<NodeRef>, other: Option<NodeRef>) {
        let one = one.map(|node| Iter::below(&self.one, node));
        let other = other.map(|node| Iter::below(&self.other, node));
        let keys = one.into_iter().chain(other).flatten();
        self.found.extend(keys.map(|(key, _)| key));
    }
}

/// Left and right.
type Children = [Option<NodeRef>; 2];

const fn on_side(right: bool, node: NodeRef) -> Children {
    if right {
        [None, Some(node)]
    } else {
        [Some(node), None]
    }
}
