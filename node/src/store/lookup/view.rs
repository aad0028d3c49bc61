//! What readers see: rows in memory in front of the runs on disk.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::error::LookupError;
use super::filter::KeyHash;
use super::generation::Generation;
use super::manifest::Manifest;
use super::merge::{Merge, Source};
use super::open::Loaded;
use super::{MAX_SCAN_BYTES, MAX_SCAN_ROWS, Row, Scan, Table};
use crate::store::head::TreeHead;

pub(super) type Rows = BTreeMap<Key, Vec<u8>>;
pub(super) type Tables = BTreeMap<Table, Rows>;

/// A key in the order of its bytes. Most keys begin with a hash, so that their first bytes, which stand in the
/// tree itself, decide nearly every comparison.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    first: u64,
    bytes: Vec<u8>,
}

impl Key {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        let mut first = [0; 8];
        // Zeros stand before all that can follow, and the bytes themselves decide where they tie.
        first
            .iter_mut()
            .zip(&bytes)
            .for_each(|(to, byte)| *to = *byte);
        let first = u64::from_be_bytes(first);
        Self { first, bytes }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What readers see, newest first: `active`, `sealed` from the back, generations from the back.
#[derive(Debug)]
pub(super) struct View {
    pub(super) active: Tables,
    pub(super) active_bytes: usize,
    pub(super) sealed: Vec<Arc<Sealed>>,
    pub(super) generations: Vec<Arc<Generation>>,
    pub(super) manifest: Manifest,
    pub(super) broken: bool,
}

/// Rows that are put no more, with the tree they complete.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) tables: Tables,
    pub(super) covers: TreeHead,
}

impl View {
    pub(super) fn new(loaded: Loaded) -> Self {
        Self {
            active: Tables::new(),
            active_bytes: 0,
            sealed: Vec::new(),
            generations: loaded.generations,
            manifest: loaded.manifest,
            broken: false,
        }
    }

    /// A view of nothing, which answers nothing.
    pub(super) fn broken() -> Self {
        let nothing = Loaded {
            manifest: Manifest::new(),
            generations: Vec::new(),
        };
        Self {
            broken: true,
            ..Self::new(nothing)
        }
    }

    pub(super) fn sound(&self) -> Result<(), LookupError> {
        if self.broken {
            Err(LookupError::Broken)
        } else {
            Ok(())
        }
    }

    fn memory(&self, table: Table) -> impl Iterator<Item = &Rows> {
        let sealed = self.sealed.iter().rev().map(|sealed| &sealed.tables);
        std::iter::once(&self.active)
            .chain(sealed)
            .filter_map(move |tables| tables.get(&table))
    }

    /// The newest value of a key.
    pub(super) fn find(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, LookupError> {
        self.sound()?;
        let sought = Key::of(key.to_vec());
        if let Some(value) = self.memory(table).find_map(|rows| rows.get(&sought)) {
            return Ok(Some(value.clone()));
        }
        let hash = KeyHash::of(key);
        for generation in self.generations.iter().rev() {
            if let Some(value) = generation.find(table, key, hash)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// See [`super::IndexStore::scan_prefix`].
    pub(super) fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Scan, LookupError> {
        self.sound()?;
        let (from, bound) = match after.filter(|after| *after >= prefix) {
            Some(after) => (after, Bound::Excluded(after)),
            None => (prefix, Bound::Included(prefix)),
        };
        let mut sources: Vec<Source<'_>> = Vec::new();
        let begin = bound.map(|from| Key::of(from.to_vec()));
        for rows in self.memory(table) {
            let rows = rows.range((begin.as_ref(), Bound::Unbounded));
            sources.push(Box::new(
                rows.map(|(key, value)| Ok((key.bytes().to_vec(), value.clone()))),
            ));
        }
        let newest_first = self.generations.iter().rev();
        for rows in newest_first.filter_map(|generation| generation.rows_from(table, from)) {
            let before = move |row: &Result<Row, LookupError>| match (row, bound) {
                (Ok((key, _)), Bound::Excluded(after)) => key.as_slice() <= after,
                (Ok((key, _)), _) => key.as_slice() < from,
                (Err(_), _) => false,
            };
            sources.push(Box::new(rows.skip_while(before)));
        }
        page(Merge::new(sources), prefix, limit.clamp(1, MAX_SCAN_ROWS))
    }
}

/// Rows while they begin with `prefix`, up to the bounds of a page.
fn page(merged: Merge<'_>, prefix: &[u8], limit: usize) -> Result<Scan, LookupError> {
    let mut rows: Vec<Row> = Vec::new();
    let mut bytes = 0;
    for row in merged {
        let (key, value) = row?;
        if !key.starts_with(prefix) {
            break;
        }
        if rows.len() >= limit || bytes >= MAX_SCAN_BYTES {
            let resume = rows.last().map(|(key, _)| key.clone());
            return Ok(Scan { rows, resume });
        }
        bytes += key.len() + value.len();
        rows.push((key, value));
    }
    Ok(Scan { rows, resume: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_stand_in_the_order_of_their_bytes(
            one in prop::collection::vec(0u8..3, 0..12),
            other in prop::collection::vec(0u8..3, 0..12),
        ) {
            let keys = (Key::of(one.clone()), Key::of(other.clone()));
            prop_assert_eq!(keys.0.cmp(&keys.1), one.cmp(&other));
        }
    }
}
