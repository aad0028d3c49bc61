//! A Bloom filter per run, so that looking for an entry nobody has (which every new entry is)
//! reads no chunk: ten bits a key, about one false "perhaps" in a hundred.

const BITS_PER_KEY: u64 = 10;
const PROBES: u64 = 7;

/// A key's hash, computed once for all runs. It is a cheap one: keys that meet in it cost a chunk that
/// is read in vain.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyHash {
    first: u64,
    step: u64,
}

impl KeyHash {
    pub(super) fn of(key: &[u8]) -> Self {
        let sum = u64::from(crc32c::crc32c(key));
        let spread = |factor: u64| {
            let product = sum.wrapping_mul(factor);
            product ^ product >> 32
        };
        Self {
            first: spread(0x9e37_79b9_7f4a_7c15),
            step: spread(0xc2b2_ae3d_27d4_eb4f) | 1,
        }
    }

    fn probes(self, bits: u64) -> impl Iterator<Item = u64> {
        (0..PROBES).map(move |probe| {
            self.first
                .wrapping_add(probe.wrapping_mul(self.step))
                .checked_rem(bits)
                .unwrap_or(0)
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    bytes: Vec<u8>,
}

impl Filter {
    /// A filter for up to `keys` keys.
    pub(super) fn new(keys: u64) -> Self {
        let bytes = keys.saturating_mul(BITS_PER_KEY).div_ceil(8).max(1);
        Self {
            bytes: vec![0; usize::try_from(bytes).unwrap_or(usize::MAX)],
        }
    }

    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn bits(&self) -> u64 {
        self.bytes.len() as u64 * 8
    }

    pub(super) fn insert(&mut self, key: KeyHash) {
        for bit in key.probes(self.bits()) {
            let byte = usize::try_from(bit / 8).unwrap_or(usize::MAX);
            if let Some(byte) = self.bytes.get_mut(byte) {
                *byte |= 1 << (bit % 8);
            }
        }
    }

    /// `false` only when the key was never inserted.
    pub(super) fn may_hold(&self, key: KeyHash) -> bool {
        key.probes(self.bits()).all(|bit| {
            let byte = usize::try_from(bit / 8).unwrap_or(usize::MAX);
            self.bytes
                .get(byte)
                .is_none_or(|byte| byte & (1 << (bit % 8)) != 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_inserted_is_held_and_few_others() {
        let mut filter = Filter::new(10_000);
        for key in 0u32..10_000 {
            filter.insert(KeyHash::of(&key.to_le_bytes()));
        }
        let held = |key: u32| filter.may_hold(KeyHash::of(&key.to_le_bytes()));
        assert!((0..10_000).all(held));
        let wrong = (10_000..20_000).filter(|key| held(*key)).count();
        assert!(wrong < 200, "{wrong} of 10,000");
    }

    #[test]
    fn an_empty_filter_panics_on_nothing() {
        assert!(!Filter::new(0).may_hold(KeyHash::of(b"x")));
        assert!(Filter::from_bytes(Vec::new()).may_hold(KeyHash::of(b"x")));
    }
}
