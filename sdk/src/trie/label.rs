//! Paths from the root.

use super::TrieKey;
use data_encoding::HEXLOWER;
use std::cmp::Ordering;
use std::fmt;

/// Bits of a key, and the length of a leaf's label.
pub const KEY_BITS: u16 = 256;

/// The path from the root to a node: its length in bits and the bits, those past the length zero.
///
/// Labels are absolute, so a node keeps its label when the edge above it is split.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    len: u16,
    bits: [u8; 32],
}

impl Label {
    /// The root's.
    pub const ROOT: Self = Self {
        len: 0,
        bits: [0; 32],
    };

    /// The first `len` bits of `key`; all of them for a `len` above 256.
    pub fn of(key: &TrieKey, len: u16) -> Self {
        let len = len.min(KEY_BITS);
        let (mut bits, mut left) = (*key.as_bytes(), u32::from(len));
        for word in bits.as_chunks_mut::<8>().0 {
            let cleared = u64::MAX.checked_shr(left).unwrap_or_default();
            *word = (u64::from_be_bytes(*word) & !cleared).to_be_bytes();
            left = left.saturating_sub(u64::BITS);
        }
        Self { len, bits }
    }

    /// A label from its length and its shortest whole number of bytes; `None` when there are more
    /// or fewer of them, when a bit past the length is set, or for more than 256 bits.
    pub fn parse(len: u16, bytes: &[u8]) -> Option<Self> {
        if len > KEY_BITS || bytes.len() != usize::from(len.div_ceil(8)) {
            return None;
        }
        let mut bits = [0; 32];
        bits.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let label = Self::of(&TrieKey::new(bits), len);
        (label.bits == bits).then_some(label)
    }

    /// Bits, at most 256.
    pub const fn len(&self) -> u16 {
        self.len
    }

    /// Whether this is the root's.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bits, most significant first, and zeros behind them.
    pub const fn bits(&self) -> &[u8; 32] {
        &self.bits
    }

    /// The bits in the shortest whole number of bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bits
            .get(..usize::from(self.len.div_ceil(8)))
            .unwrap_or_default()
    }

    /// Whether `key` lies at or below this node.
    pub fn leads_to(&self, key: &TrieKey) -> bool {
        common_bits(&self.bits, key.as_bytes()) >= self.len
    }

    /// Whether this is `below`, or a node above it.
    pub fn covers(&self, below: &Self) -> bool {
        self.len <= below.len && common_bits(&self.bits, &below.bits) >= self.len
    }

    /// How many bits this and `key` have in common before they part.
    pub(super) fn common(&self, key: &TrieKey) -> u16 {
        common_bits(&self.bits, key.as_bytes()).min(self.len)
    }

    /// Bit `at`, the first being 0.
    pub(super) fn bit(&self, at: u16) -> bool {
        bit(&self.bits, at)
    }
}

impl Ord for Label {
    /// By the bits, then the shorter first: the order in which a walk from the left meets nodes.
    fn cmp(&self, other: &Self) -> Ordering {
        self.bits.cmp(&other.bits).then(self.len.cmp(&other.len))
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = HEXLOWER.encode(self.bytes()).chars().take(8).collect();
        write!(f, "Label({}:{text})", self.len)
    }
}

/// Bit `at` of 32 bytes, the most significant of the first byte being 0; clear past the end.
pub(super) fn bit(bytes: &[u8; 32], at: u16) -> bool {
    let byte = bytes.get(usize::from(at / 8)).copied().unwrap_or_default();
    byte & (0x80 >> (at % 8)) != 0
}

/// How many bits two strings have in common from the first on.
pub(super) fn common_bits(one: &[u8; 32], other: &[u8; 32]) -> u16 {
    let mut common = 0_u16;
    let pairs = one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0);
    for (a, b) in pairs {
        let differing = u64::from_be_bytes(*a) ^ u64::from_be_bytes(*b);
        let zeros = u16::try_from(differing.leading_zeros()).unwrap_or_default();
        common = common.saturating_add(zeros);
        if differing != 0 {
            break;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_keeps_its_bits_and_nothing_behind_them() {
        let key = TrieKey::new([0xff; 32]);
        assert_eq!(Label::of(&key, 0), Label::ROOT);
        assert_eq!(Label::of(&key, 256).bits(), key.as_bytes());
        for len in 0..=256 {
            let label = Label::of(&key, len);
            let ones: u32 = label.bits().iter().map(|byte| byte.count_ones()).sum();
            assert_eq!((label.len(), ones), (len, u32::from(len)));
            assert_eq!(label.bytes().len(), usize::from(len).div_ceil(8));
            assert_eq!(Label::parse(len, label.bytes()), Some(label));
            assert!(label.leads_to(&key) && label.covers(&Label::of(&key, 256)));
            assert_eq!(label.common(&TrieKey::new([0xfe; 32])), len.min(7));
        }
    }

    #[test]
    fn spare_bits_and_other_lengths_are_no_label() {
        assert_eq!(Label::parse(3, &[0xe0]).unwrap().len(), 3);
        for (len, bytes) in [(3, &[0xf0][..]), (3, &[]), (3, &[0xe0, 0]), (257, &[0; 33])] {
            assert_eq!(Label::parse(len, bytes), None, "{len} {bytes:?}");
        }
    }

    #[test]
    fn strings_part_at_their_first_different_bit() {
        for at in 0..256_u16 {
            let mut other = [0x5a; 32];
            other[usize::from(at / 8)] ^= 0x80 >> (at % 8);
            assert_eq!(common_bits(&[0x5a; 32], &other), at);
            assert_ne!(bit(&[0x5a; 32], at), bit(&other, at));
        }
        assert_eq!(common_bits(&[7; 32], &[7; 32]), KEY_BITS);
        assert!(!bit(&[0xff; 32], KEY_BITS));
    }
}
