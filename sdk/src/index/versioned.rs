//! A map of which two states are readable: the one that has settled and the tip.

use std::collections::HashMap;
use std::hash::Hash;

/// What changed since it settled is held twice, everything else once.
#[derive(Debug, Clone)]
pub(super) struct Versioned<K, V> {
    tip: HashMap<K, V>,
    /// What stood at the settled state under every key that has changed since.
    before: HashMap<K, Option<V>>,
}

impl<K: Copy + Eq + Hash, V> Versioned<K, V> {
    pub(super) fn new() -> Self {
        Self {
            tip: HashMap::new(),
            before: HashMap::new(),
        }
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        let old = self.tip.insert(key, value);
        self.before.entry(key).or_insert(old);
    }

    pub(super) fn tip(&self, key: &K) -> Option<&V> {
        self.tip.get(key)
    }

    pub(super) fn settled(&self, key: &K) -> Option<&V> {
        match self.before.get(key) {
            Some(before) => before.as_ref(),
            None => self.tip.get(key),
        }
    }

    pub(super) fn settle(&mut self) {
        self.before = HashMap::new();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.tip.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.tip.len()
    }
}
