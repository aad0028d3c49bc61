//! Which chunk of a run a key can be in: for each chunk the shortest bytes that divide it from the
//! chunk before, kept in memory back to back.

use super::chunk::shared_len;
use crate::store::bytes::{put_varint, take_slice, take_varint};

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Fences {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Fences {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds the fence of a chunk that begins with `first`, behind one that ended with `last`.
    pub(super) fn push_between(&mut self, last: &[u8], first: &[u8]) {
        // One byte beyond what both share already compares greater than `last`. The first chunk
        // needs no fence: what lies before it is looked for in it and not found.
        let len = if self.ends.is_empty() {
            0
        } else {
            shared_len(last, first) + 1
        };
        self.push(first.get(..len).unwrap_or(first));
    }

    fn push(&mut self, fence: &[u8]) {
        self.bytes.extend(fence);
        self.ends.push(self.bytes.len());
    }

    fn fence(&self, at: usize) -> Option<&[u8]> {
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes.get(start..*self.ends.get(at)?)
    }

    /// The only chunk that can hold `key`, by its number.
    pub(super) fn locate(&self, key: &[u8]) -> u32 {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.fence(middle).is_some_and(|fence| fence <= key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        u32::try_from(low.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len() + self.ends.len());
        for fence in (0..self.ends.len()).filter_map(|at| self.fence(at)) {
            put_varint(&mut out, u32::try_from(fence.len()).unwrap_or(u32::MAX));
            out.extend(fence);
        }
        out
    }

    pub(super) fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut fences = Self::default();
        while !bytes.is_empty() {
            let len = take_varint(&mut bytes)? as usize;
            fences.push(take_slice(&mut bytes, len)?);
        }
        Some(fences)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_located_in_the_chunk_that_holds_it() {
        let chunks: [&[&[u8]]; 4] = [
            &[b"aa", b"ab"],
            &[b"abc", b"abcz"],
            &[b"b", b"bbbb", b"bbbbb"],
            &[b"bbbbbb"],
        ];
        let mut fences = Fences::default();
        let mut last: &[u8] = b"";
        for chunk in chunks {
            fences.push_between(last, chunk[0]);
            last = chunk[chunk.len() - 1];
        }
        assert_eq!(Fences::decode(&fences.encode()).as_ref(), Some(&fences));
        for (number, chunk) in (0..).zip(chunks) {
            assert!(chunk.iter().all(|key| fences.locate(key) == number));
        }
        assert_eq!((fences.locate(b""), fences.locate(b"zz")), (0, 3));
    }
}
