//! What is kept besides the leaves of a trie, by their places.

use crate::trie::{Pool, TrieKey, View};

/// Something for each leaf of a trie. A changed value is another leaf at another place, and the place
/// of the one before is given away when the trie settles: so the settled state finds what it had.
#[derive(Debug)]
pub(super) struct Beside<T>(Pool<Option<T>>);

impl<T> Beside<T> {
    pub(super) const fn new() -> Self {
        Self(Pool::new())
    }

    /// Puts something beside a leaf.
    pub(super) fn put(&mut self, place: u32, value: T) {
        while self.0.places() <= place as usize {
            self.0.insert(None);
        }
        *self.0.at_mut(place) = Some(value);
    }

    /// What stands beside the leaf of each key, in one state of the trie.
    pub(super) fn all(&self, view: View<'_>, keys: &[TrieKey]) -> Vec<Option<&T>> {
        let places = view.places(keys).into_iter();
        places.map(|place| self.0.at(place?).as_ref()).collect()
    }

    /// What stands beside the leaf of one key.
    pub(super) fn one(&self, view: View<'_>, key: &TrieKey) -> Option<&T> {
        self.all(view, std::slice::from_ref(key)).pop().flatten()
    }
}
