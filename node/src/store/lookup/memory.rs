//! Rows in memory: their bytes back to back, and sorted lists of where each stands.
//!
//! What is put together becomes a list of its own, and lists are joined while the newer one is not much
//! the shorter: there are few of them, and a row is moved a logarithmic number of times.

use std::cmp::Ordering;
use std::ops::Bound;

use super::Row;

/// Rows of one table that are to be put; of those with the same key the last counts.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    bytes: Vec<u8>,
    slots: Vec<Slot>,
}

/// Where a row stands: its key, and its value right behind.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// What its key begins with. Most keys begin with a hash, so that this decides nearly every
    /// comparison.
    first: u64,
    at: usize,
    key_len: u32,
    value_len: u32,
}

impl Slot {
    fn key(self, bytes: &[u8]) -> &[u8] {
        let rest = bytes.get(self.at..).unwrap_or_default();
        rest.get(..self.key_len as usize).unwrap_or_default()
    }

    fn value(self, bytes: &[u8]) -> &[u8] {
        let rest = bytes.get(self.at + self.key_len as usize..);
        let value = rest.and_then(|rest| rest.get(..self.value_len as usize));
        value.unwrap_or_default()
    }
}

impl Rows {
    /// Adds a row; key and value are given in pieces.
    pub fn push(&mut self, key: &[&[u8]], value: &[&[u8]]) {
        let at = self.bytes.len();
        for piece in key {
            self.bytes.extend(*piece);
        }
        let middle = self.bytes.len();
        for piece in value {
            self.bytes.extend(*piece);
        }
        let len = |from: usize, to: usize| u32::try_from(to - from).unwrap_or(u32::MAX);
        self.slots.push(Slot {
            first: first(self.bytes.get(at..middle).unwrap_or_default()),
            at,
            key_len: len(at, middle),
            value_len: len(middle, self.bytes.len()),
        });
    }

    /// Keys and values, as they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let slots = self.slots.iter();
        slots.map(|slot| (slot.key(&self.bytes), slot.value(&self.bytes)))
    }

    /// Bytes of all keys and values.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }
}

impl FromIterator<Row> for Rows {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let mut all = Self::default();
        for (key, value) in rows {
            all.push(&[&key], &[&value]);
        }
        all
    }
}

/// The rows of one table.
#[derive(Debug, Default)]
pub(super) struct Memory {
    bytes: Vec<u8>,
    /// Oldest first; in each, keys rise strictly.
    lists: Vec<Vec<Slot>>,
}

impl Memory {
    /// Takes rows in, in place of those with the same keys.
    pub(super) fn put(&mut self, rows: Rows) {
        let behind = self.bytes.len();
        self.bytes.extend(rows.bytes);
        let mut list = rows.slots;
        for slot in &mut list {
            slot.at += behind;
        }
        self.sort(&mut list);
        while let Some(mut older) = self.lists.pop_if(|older| older.len() / 2 < list.len()) {
            older.append(&mut list);
            self.sort(&mut older);
            list = older;
        }
        self.lists.push(list);
    }

    /// Sorts a list; the last of the rows with the same key stays. Costs little where it consists of
    /// sorted pieces.
    fn sort(&self, list: &mut Vec<Slot>) {
        list.sort_by(|one, other| self.order(one, other.first, other.key(&self.bytes)));
        list.dedup_by(|later, earlier| {
            let same = self
                .order(later, earlier.first, earlier.key(&self.bytes))
                .is_eq();
            if same {
                *earlier = *later;
            }
            same
        });
    }

    /// Rows in all lists.
    pub(super) fn len(&self) -> usize {
        self.lists.iter().map(Vec::len).sum()
    }

    /// The newest value of a key.
    pub(super) fn find(&self, key: &[u8]) -> Option<&[u8]> {
        let first = first(key);
        self.lists.iter().rev().find_map(|list| {
            let slot = list.get(self.start(list, key, Ordering::is_lt))?;
            // Bytes lie anywhere in memory: looking at them costs as much as finding the slot.
            let found = slot.first == first && slot.key(&self.bytes) == key;
            found.then(|| slot.value(&self.bytes))
        })
    }

    /// The rows from a key on, list by list, newest first.
    pub(super) fn rows_from<'a>(
        &'a self,
        from: Bound<&[u8]>,
    ) -> impl Iterator<Item = impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a>> {
        self.lists.iter().rev().map(move |list| {
            let start = match from {
                Bound::Unbounded => 0,
                Bound::Included(key) => self.start(list, key, Ordering::is_lt),
                Bound::Excluded(key) => self.start(list, key, Ordering::is_le),
            };
            let slots = list.get(start..).unwrap_or_default().iter();
            slots.map(|slot| (slot.key(&self.bytes), slot.value(&self.bytes)))
        })
    }

    /// How many rows at the beginning of a list stand to `key` as `before` says.
    fn start(&self, list: &[Slot], key: &[u8], before: impl Fn(Ordering) -> bool) -> usize {
        let first = first(key);
        list.partition_point(|slot| before(self.order(slot, first, key)))
    }

    /// How a row's key stands to another, which begins with `first`.
    fn order(&self, slot: &Slot, first: u64, key: &[u8]) -> Ordering {
        let order = slot.first.cmp(&first);
        order.then_with(|| slot.key(&self.bytes).cmp(key))
    }
}

/// The first bytes of a key, as a number in the order of keys. Zeros stand before all that can
/// follow, and the keys themselves decide where these tie.
fn first(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.iter_mut().zip(key).for_each(|(to, byte)| *to = *byte);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn memory_answers_as_a_map_would(
            puts in prop::collection::vec(prop::collection::vec(
                (prop::collection::vec(0u8..3, 0..12), prop::collection::vec(any::<u8>(), 0..4)), 0..20), 0..20),
            sought in prop::collection::vec(0u8..3, 0..12),
        ) {
            let (mut memory, mut model) = (Memory::default(), BTreeMap::new());
            for rows in puts {
                model.extend(rows.clone());
                memory.put(rows.into_iter().collect());
            }
            for (key, value) in &model {
                prop_assert_eq!(memory.find(key), Some(&value[..]));
            }
            prop_assert_eq!(memory.find(&sought), model.get(&sought).map(|value| &value[..]));
            let mut found = BTreeMap::new();
            for list in memory.rows_from(Bound::Excluded(&sought)) {
                let rows: Vec<_> = list.collect();
                prop_assert!(rows.is_sorted_by(|one, next| one.0 < next.0));
                for (key, value) in rows {
                    found.entry(key.to_vec()).or_insert_with(|| value.to_vec());
                }
            }
            let behind = (Bound::Excluded(sought), Bound::Unbounded);
            let expected: BTreeMap<_, _> = model.range(behind).map(|(key, value)| (key.clone(), value.clone())).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn lists_stay_few() {
        let mut memory = Memory::default();
        for number in 0_u32..5_000 {
            memory.put(Rows::from_iter([(
                number.reverse_bits().to_be_bytes().to_vec(),
                vec![],
            )]));
        }
        assert!(memory.lists.len() <= 13, "{}", memory.lists.len());
        assert_eq!(memory.len(), 5_000);
    }
}
