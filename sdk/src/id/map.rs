//! Maps by identifier.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A map by identifier.
pub type IdMap<K, V> = HashMap<K, V, IdHashing>;

/// Hashes identifiers for a map. They are hashes already, so that little has to be done to them; it is
/// done under a key that nobody else knows, so that nobody can make them meet.
#[derive(Debug, Clone)]
pub struct IdHashing {
    key: [u64; 2],
}

impl Default for IdHashing {
    fn default() -> Self {
        let random = RandomState::new();
        Self {
            key: [random.hash_one(0), random.hash_one(1)],
        }
    }
}

impl BuildHasher for IdHashing {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        let [state, factor] = self.key;
        IdHasher {
            state,
            factor: factor | 1,
        }
    }
}

/// See [`IdHashing`].
#[derive(Debug, Clone)]
pub struct IdHasher {
    state: u64,
    factor: u64,
}

impl IdHasher {
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.state ^ word).wrapping_mul(u128::from(self.factor));
        self.state = product as u64 ^ (product >> 64) as u64;
    }
}

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        for byte in rest {
            self.mix(u64::from(*byte));
        }
    }

    fn write_usize(&mut self, _: usize) {
        // The length of an identifier, which is the same for all.
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EntryId;
    use std::collections::BTreeSet;

    #[test]
    fn identifiers_that_differ_anywhere_are_spread() {
        let hashing = IdHashing::default();
        let ids = (0..32).flat_map(|at| {
            (0..=255).map(move |byte| {
                let mut id = [0; 32];
                id[at] = byte;
                EntryId::new(id)
            })
        });
        let ids: BTreeSet<_> = ids.collect();
        let hashes = ids.iter().map(|id| hashing.hash_one(id) >> 48);
        let hashes: BTreeSet<_> = hashes.collect();
        assert!(hashes.len() > ids.len() * 4 / 5, "{}", hashes.len());
    }

    #[test]
    fn every_map_has_a_key_of_its_own() {
        let hash = || IdHashing::default().hash_one(EntryId::new([7; 32]));
        assert_ne!(hash(), hash());
    }
}
