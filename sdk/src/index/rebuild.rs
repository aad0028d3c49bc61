//! Going over heads that were made before.

use super::packed::Packed;
use super::{ClassMap, FeedFacts, Index, IndexError, IndexHead, keys};
use crate::entry::SignedEntry;
use crate::log::Origin;
use crate::merkle::TreeSize;
use crate::time::Timestamp;
use crate::trie::{TrieKey, TrieValue};
use std::collections::HashMap;

/// Makes an index again from leaves and the log times of their heads. Tries are made once, at the
/// end, and compared with the last head; so it costs much less than making every head.
#[derive(Debug)]
pub struct Rebuild {
    /// Without its tries.
    index: Index,
    maps: HashMap<TrieKey, Packed>,
    values: HashMap<TrieKey, Box<[u8]>>,
}

impl Rebuild {
    /// Begins before the first head.
    pub fn new(origin: Origin) -> Self {
        Self {
            index: Index::new(origin),
            maps: HashMap::new(),
            values: HashMap::new(),
        }
    }

    /// Leaves taken so far.
    pub const fn size(&self) -> TreeSize {
        self.index.size()
    }

    /// Takes the leaves of the next head, which has this log time.
    ///
    /// # Errors
    /// As [`Index::append`]; nothing has changed then.
    pub fn take(
        &mut self,
        entries: &[SignedEntry],
        time: Timestamp,
        facts: &impl FeedFacts,
    ) -> Result<(), IndexError> {
        let old = |keys: &[TrieKey]| {
            let maps = keys.iter().map(|key| self.maps.get(key));
            maps.map(|map| map.map(ClassMap::from)).collect()
        };
        let step = self.index.step(entries, time, facts, old)?;
        self.index.keep(time, &step.touched.hashes, step.shapes)?;
        let maps = step.maps.into_iter();
        self.maps.extend(maps.map(|(key, map)| (key, map.into())));
        self.values.extend(step.values);
        Ok(())
    }

    /// The index, if it stands at this head; it has not settled.
    ///
    /// # Errors
    /// [`IndexError::Head`] when another head comes out.
    pub fn finish(self, last: Option<&IndexHead>) -> Result<Index, IndexError> {
        let mut index = self.index;
        let Some(last) = last else {
            return Ok(index);
        };
        let (maps, values) = (sorted(self.maps), sorted(self.values));
        let of_maps = values_of(&maps, |map| ClassMap::from(map).value());
        index.put_maps(&of_maps, maps.into_iter().map(|(_, map)| map))?;
        let of_feeds = values_of(&values, |value| keys::feed_value_of(value));
        index.put_values(&of_feeds, values.into_iter().map(|(_, value)| value))?;
        let size = last.size.get();
        if index.stand() == *last {
            return Ok(index);
        }
        Err(IndexError::Head { size })
    }
}

/// By rising key.
fn sorted<T>(found: HashMap<TrieKey, T>) -> Vec<(TrieKey, T)> {
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable_by_key(|(key, _)| *key);
    found
}

fn values_of<T>(
    found: &[(TrieKey, T)],
    value: impl Fn(&T) -> TrieValue,
) -> Vec<(TrieKey, TrieValue)> {
    let found = found.iter();
    found.map(|(key, found)| (*key, value(found))).collect()
}
