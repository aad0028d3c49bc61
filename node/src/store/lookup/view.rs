//! What readers see: rows in memory in front of the runs on disk.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::error::LookupError;
use super::filter::KeyHash;
use super::generation::Generation;
use super::manifest::Manifest;
use super::memory::Memory;
use super::merge::{Found, Merge, Source, in_memory};
use super::open::Loaded;
use super::{MAX_SCAN_BYTES, MAX_SCAN_ROWS, Row, Scan, Table};
use crate::store::head::TreeHead;

pub(super) type Tables = BTreeMap<Table, Memory>;

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

    fn memory(&self, table: Table) -> impl Iterator<Item = &Memory> {
        let sealed = self.sealed.iter().rev().map(|sealed| &sealed.tables);
        std::iter::once(&self.active)
            .chain(sealed)
            .filter_map(move |tables| tables.get(&table))
    }

    /// The newest value of a key.
    pub(super) fn find(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, LookupError> {
        self.sound()?;
        if let Some(value) = self.memory(table).find_map(|rows| rows.find(key)) {
            return Ok(Some(value.to_vec()));
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
        for memory in self.memory(table) {
            sources.extend(memory.rows_from(bound).map(in_memory));
        }
        let newest_first = self.generations.iter().rev();
        for rows in newest_first.filter_map(|generation| generation.rows_from(table, from)) {
            let before = move |row: &Result<Found<'_>, LookupError>| match (row, bound) {
                (Ok((key, _)), Bound::Excluded(after)) => &**key <= after,
                (Ok((key, _)), _) => &**key < from,
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
        rows.push((key.into_owned(), value.into_owned()));
    }
    Ok(Scan { rows, resume: None })
}
