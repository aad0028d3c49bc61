//! New leaves on their way from the writer to the index, so that it need not read them back.
//!
//! What is here is durable and stands in the journal. It is a short cut and nothing rests on it: whoever
//! finds a leaf missing reads it from the disk, and the root over all of them is compared with the
//! one that was signed.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fairtrail::entry::SignedEntry;

use super::reader::{Reader, StoreFault};
use crate::core::sequence::NewLeaf;

/// Leaves that wait at most: more than a node takes up in a second, after which they are fetched. The
/// oldest are kept, because they are wanted first.
const MAX_LEAVES: usize = 32_768;
/// Bytes of their entries at most.
const MAX_BYTES: usize = 16 << 20;

/// The newest leaves, in log order, perhaps with gaps.
#[derive(Debug, Default)]
pub(super) struct Fresh(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// Whether anybody comes for them.
    wanted: bool,
    leaves: VecDeque<(u64, SignedEntry)>,
    bytes: usize,
}

impl Fresh {
    /// From now on somebody comes for new leaves, or nobody does any more.
    pub(super) fn want(&self, wanted: bool) {
        *self.lock() = Waiting {
            wanted,
            ..Waiting::default()
        };
    }

    /// Takes new leaves, as far as there is room.
    pub(super) fn put(&self, first: u64, leaves: &[NewLeaf]) {
        let mut waiting = self.lock();
        if !waiting.wanted {
            return;
        }
        for (leaf, new) in (first..).zip(leaves) {
            let bytes = waiting.bytes.saturating_add(new.entry.bytes().len());
            if waiting.leaves.len() >= MAX_LEAVES || bytes > MAX_BYTES {
                return;
            }
            waiting.bytes = bytes;
            waiting.leaves.push_back((leaf, new.entry.clone()));
        }
    }

    /// The entries at these leaves, those that are not here from the disk.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub(super) fn entries(
        &self,
        wanted: Range<u64>,
        reader: &Reader,
    ) -> Result<Vec<SignedEntry>, StoreFault> {
        let mut here = self.within(&wanted).into_iter().peekable();
        let entries = wanted.map(|leaf| match here.next_if(|(at, _)| *at == leaf) {
            Some((_, entry)) => Ok(entry),
            None => reader.entry_at(leaf),
        });
        entries.collect()
    }

    fn within(&self, wanted: &Range<u64>) -> Vec<(u64, SignedEntry)> {
        let waiting = self.lock();
        let from = waiting.leaves.partition_point(|(at, _)| *at < wanted.start);
        let leaves = waiting.leaves.range(from..);
        let leaves = leaves.take_while(|(at, _)| *at < wanted.end);
        leaves.cloned().collect()
    }

    /// Nobody comes for leaves below this one again.
    pub(super) fn forget_below(&self, leaf: u64) {
        let mut waiting = self.lock();
        let over = waiting.leaves.partition_point(|(at, _)| *at < leaf);
        let bytes = waiting.leaves.drain(..over);
        let bytes: usize = bytes.map(|(_, entry)| entry.bytes().len()).sum();
        waiting.bytes = waiting.bytes.saturating_sub(bytes);
    }

    // Nothing below panics while it is held.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::entry::Draft;
    use fairtrail::id::NetworkId;
    use fairtrail::key::SecretKey;
    use fairtrail::time::Timestamp;

    fn leaf(seed: u8) -> NewLeaf {
        let key = SecretKey::from_seed([seed; 32]);
        let now = Timestamp::new(1_790_000_000).unwrap();
        let network = NetworkId::new([9; 32]);
        NewLeaf {
            entry: Draft::begin(network, &key, key.public().next_digest(), now).unwrap(),
            bodies: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn at(fresh: &Fresh, wanted: Range<u64>) -> Vec<u64> {
        let leaves = fresh.within(&wanted).into_iter();
        leaves.map(|(leaf, _)| leaf).collect()
    }

    #[test]
    fn leaves_wait_in_order_until_they_are_forgotten() {
        let fresh = Fresh::default();
        fresh.put(3, &[leaf(1)]);
        assert!(at(&fresh, 0..9).is_empty());
        fresh.want(true);
        fresh.put(3, &[leaf(1), leaf(2)]);
        fresh.put(7, &[leaf(3)]);
        assert_eq!(at(&fresh, 0..9), [3, 4, 7]);
        assert_eq!(at(&fresh, 4..7), [4]);
        fresh.forget_below(4);
        assert_eq!(at(&fresh, 0..9), [4, 7]);
        fresh.forget_below(8);
        assert_eq!(fresh.lock().bytes, 0);
        fresh.put(8, &[leaf(4)]);
        fresh.want(false);
        assert!(at(&fresh, 0..9).is_empty());
    }

    #[test]
    fn what_has_no_room_is_left_to_the_disk() {
        let fresh = Fresh::default();
        fresh.want(true);
        let leaves = vec![leaf(1); 4_096];
        for first in 0..9 {
            fresh.put(first * 4_096, &leaves);
        }
        let waiting = fresh.lock();
        assert!(waiting.bytes <= MAX_BYTES && waiting.leaves.len() <= MAX_LEAVES);
        assert_eq!(waiting.leaves.front().unwrap().0, 0);
    }
}
