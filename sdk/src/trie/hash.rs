//! BLAKE3 in plain mode over labels and nodes (specs/trie.md §3).

use super::Label;
use blake3::IncrementCounter;
use blake3::platform::{Platform, le_bytes_from_words_32};

/// The hash of the root's label.
pub(super) const ROOT_LABEL: [u8; 32] = [
    0x24, 0x50, 0x97, 0xbf, 0xbd, 0x70, 0x49, 0xdb, 0x2f, 0xb9, 0xa8, 0x00, 0x4c, 0xb0, 0x70, 0xf1,
    0x17, 0x50, 0x11, 0xba, 0x47, 0xb1, 0x1e, 0xd9, 0x24, 0x08, 0x64, 0xcc, 0x87, 0x07, 0x2d, 0x33,
];
/// The node hash of the side of the root that has no keys.
pub(super) const EMPTY_CHILD: [u8; 32] = [
    0x85, 0xf8, 0x3b, 0x11, 0xe7, 0x6f, 0xbd, 0xe5, 0x76, 0x38, 0x84, 0xd1, 0x69, 0xf3, 0x01, 0x52,
    0xa0, 0xda, 0xab, 0x89, 0xf6, 0x25, 0x54, 0x21, 0xe5, 0x2c, 0xef, 0x6f, 0x0d, 0x12, 0xea, 0xa2,
];
/// The root of the trie without keys; not that of two empty sides.
pub(super) const EMPTY_ROOT: [u8; 32] = [
    0xf4, 0x8d, 0xed, 0x41, 0x92, 0x14, 0x73, 0x2a, 0x2c, 0x61, 0x0c, 0x1e, 0x28, 0x05, 0x43, 0x74,
    0x4b, 0xab, 0x3c, 0x17, 0xae, 0xc3, 0x3e, 0x44, 0x49, 0x97, 0xfa, 0x2d, 0x8f, 0x79, 0x79, 0x2a,
];

/// What is hashed of two hashes side by side.
pub(super) type Pair = [u8; 64];

/// Two hashes side by side.
pub(super) fn join(left: &[u8; 32], right: &[u8; 32]) -> Pair {
    let mut pair = [0; 64];
    let (first, second) = pair.split_at_mut(32);
    first.copy_from_slice(left);
    second.copy_from_slice(right);
    pair
}

/// The hash of two hashes side by side: a node's value from its children.
pub(super) fn pair(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    block(&join(left, right), 64)
}

/// The hash of a label.
pub(super) fn label(label: &Label) -> [u8; 32] {
    let mut bytes = [0; 64];
    let (len, rest) = bytes.split_at_mut(4);
    len.copy_from_slice(&u32::from(label.len()).to_be_bytes());
    let (bits, _) = rest.split_at_mut(32);
    bits.copy_from_slice(label.bits());
    block(&bytes, 36)
}

/// The hash of a node: its value bound to its label.
pub(super) fn node(value: &[u8; 32], at: &Label) -> [u8; 32] {
    pair(value, &label(at))
}

/// The root above the node hashes of two sides, at least one of them not empty.
pub(super) fn root(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    pair(&pair(left, right), &ROOT_LABEL)
}

/// The words that BLAKE3 starts from when it has no key.
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];
/// Flags of the first block, and of the last: here one is both, and the whole input.
const CHUNK_START: u8 = 1;
const CHUNK_END_AND_ROOT: u8 = 2 | 8;

/// The hash of an input of at most one block: its first `len` bytes, those behind them being zero.
fn block(bytes: &[u8; 64], len: u8) -> [u8; 32] {
    let mut words = START;
    let flags = CHUNK_START | CHUNK_END_AND_ROOT;
    Platform::detect().compress_in_place(&mut words, bytes, len, 0, flags);
    le_bytes_from_words_32(&words)
}

/// Hashes every pair, several at once where the processor can: six times as fast as one by one.
///
/// The library shows this function and that of one block for benches only, so its version is pinned
/// and tests compare the ways.
pub(super) fn pairs(inputs: &[Pair], hashes: &mut Vec<[u8; 32]>) {
    hashes.clear();
    hashes.resize(inputs.len(), [0; 32]);
    let inputs: Vec<&Pair> = inputs.iter().collect();
    Platform::detect().hash_many(
        &inputs,
        &START,
        0,
        IncrementCounter::No,
        0,
        CHUNK_START,
        CHUNK_END_AND_ROOT,
        hashes.as_flattened_mut(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_follow_from_the_formulas() {
        let zero = *blake3::hash(&[0]).as_bytes();
        let empty_label = *blake3::hash(&[&[0; 4][..], &[1; 32]].concat()).as_bytes();
        assert_eq!(label(&Label::ROOT), ROOT_LABEL);
        assert_eq!(pair(&pair(&zero, &empty_label), &empty_label), EMPTY_CHILD);
        assert_eq!(pair(&zero, &ROOT_LABEL), EMPTY_ROOT);
        assert_ne!(root(&EMPTY_CHILD, &EMPTY_CHILD), EMPTY_ROOT);
    }

    #[test]
    fn a_block_hashes_as_its_bytes() {
        let key = super::super::TrieKey::new([0xa5; 32]);
        for len in 0..=256 {
            let at = Label::of(&key, len);
            let bytes = [&u32::from(len).to_be_bytes()[..], at.bits()].concat();
            assert_eq!(label(&at), *blake3::hash(&bytes).as_bytes());
            let two = join(at.bits(), key.as_bytes());
            assert_eq!(
                pair(at.bits(), key.as_bytes()),
                *blake3::hash(&two).as_bytes()
            );
        }
    }

    #[test]
    fn many_pairs_hash_as_one_by_one() {
        let mut hashes = Vec::new();
        for count in 0..70_u8 {
            let inputs: Vec<Pair> = (0..count).map(|n| [n; 64]).collect();
            pairs(&inputs, &mut hashes);
            let one_by_one = inputs.iter().map(|input| *blake3::hash(input).as_bytes());
            assert_eq!(hashes, one_by_one.collect::<Vec<_>>());
        }
    }
}
