//! Going over heads that were made before.

use super::{ClassMap, FeedFacts, Index, IndexError, IndexHead, keys};
use crate::entry::SignedEntry;
use crate::log::Origin;
use crate::merkle::TreeSize;
use crate::time::Timestamp;

/// Makes an index again from leaves and the log times of their heads. Tries are made once, at the
/// end, and compared with the last head; so it costs much less than making every head.
#[derive(Debug)]
pub struct Rebuild(Index);

impl Rebuild {
    /// Begins before the first head.
    pub fn new(origin: Origin) -> Self {
        Self(Index::new(origin))
    }

    /// Leaves taken so far.
    pub const fn size(&self) -> TreeSize {
        self.0.size()
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
        let step = self.0.step(entries, time, facts)?;
        self.0.keep(time, step)?;
        // Nobody asks about a state before the last.
        self.0.maps.settle();
        self.0.values.settle();
        Ok(())
    }

    /// The index, if it stands at this head; it has not settled.
    ///
    /// # Errors
    /// [`IndexError::Head`] when another head comes out.
    pub fn finish(self, last: Option<&IndexHead>) -> Result<Index, IndexError> {
        let mut index = self.0;
        let Some(last) = last else {
            return Ok(index);
        };
        let maps = index
            .maps
            .iter()
            .map(|(key, map)| (*key, ClassMap::value(map)));
        let mut maps: Vec<_> = maps.collect();
        maps.sort_unstable();
        index.subjects.apply(&maps)?;
        let values = index.values.iter();
        let values = values.map(|(key, value)| (*key, keys::feed_value_of(value)));
        let mut values: Vec<_> = values.collect();
        values.sort_unstable();
        index.feeds.apply(&values)?;
        let size = last.size.get();
        if index.stand() == *last {
            return Ok(index);
        }
        Err(IndexError::Head { size })
    }
}
