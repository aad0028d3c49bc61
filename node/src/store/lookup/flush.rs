//! Writing sealed rows as a new generation, merged with the newest ones where there are too many.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use super::Table;
use super::error::LookupError;
use super::generation::{Generation, GenerationWriter};
use super::index::Sizes;
use super::manifest::Manifest;
use super::merge::{self, Merge, in_memory};
use super::view::{Sealed, View};

/// One flush: from the view as it is, the generations and the manifest that shall follow.
pub(super) struct Flush {
    sealed: Vec<Arc<Sealed>>,
    generations: Vec<Arc<Generation>>,
    manifest: Manifest,
}

impl Flush {
    pub(super) fn of(view: &View) -> Self {
        Self {
            sealed: view.sealed.clone(),
            generations: view.generations.clone(),
            manifest: view.manifest.clone(),
        }
    }

    /// Nothing is sealed.
    pub(super) fn is_empty(&self) -> bool {
        self.sealed.is_empty()
    }

    /// Writes the new generation, waits until it is on the disk, then writes the manifest that
    /// names it.
    pub(super) fn write(&mut self, dir: &Path, sizes: Sizes) -> Result<(), LookupError> {
        let rows = self.sealed.iter().flat_map(|sealed| sealed.tables.values());
        let rows = rows.map(|rows| rows.len() as u64).sum();
        if rows > 0 {
            let start = self.merge_from(rows, sizes.max_generations);
            let merged = self.generations.split_off(start);
            let generation = self.write_generation(dir, sizes, &merged)?;
            self.generations.push(Arc::new(generation));
        }
        self.manifest.covers = self.sealed.last().map(|sealed| sealed.covers);
        self.manifest.generations = self
            .generations
            .iter()
            .map(|generation| generation.number)
            .collect();
        self.manifest.write(dir)
    }

    /// Puts the outcome into the view.
    pub(super) fn apply(self, view: &mut View) {
        view.sealed.drain(..self.sealed.len());
        view.generations = self.generations;
        view.manifest = self.manifest;
    }

    /// From which generation on all are merged with the new one of `rows` rows.
    fn merge_from(&self, rows: u64, max_generations: usize) -> usize {
        let sizes = self.generations.iter().map(|generation| generation.rows());
        let sizes: Vec<u64> = sizes.chain([rows]).collect();
        merge::plan(&sizes, max_generations).unwrap_or(self.generations.len())
    }

    fn write_generation(
        &mut self,
        dir: &Path,
        sizes: Sizes,
        merged: &[Arc<Generation>],
    ) -> Result<Generation, LookupError> {
        let number = self.manifest.next;
        self.manifest.next = number.saturating_add(1);
        let mut writer = GenerationWriter::create(dir, number, sizes)?;
        for table in self.tables(merged) {
            let memory = self
                .sealed
                .iter()
                .rev()
                .filter_map(|sealed| sealed.tables.get(&table));
            let disk = merged.iter().rev();
            let rows = memory.clone().map(|rows| rows.len() as u64).sum::<u64>()
                + disk
                    .clone()
                    .map(|generation| generation.rows_of(table))
                    .sum::<u64>();
            let memory = memory.flat_map(|rows| rows.rows_from(Bound::Unbounded).map(in_memory));
            let disk = disk.filter_map(|generation| generation.rows_from(table, &[]));
            writer.add(table, rows, Merge::new(memory.chain(disk).collect()))?;
        }
        writer.finish(dir, sizes)
    }

    fn tables(&self, merged: &[Arc<Generation>]) -> BTreeSet<Table> {
        let memory = self
            .sealed
            .iter()
            .flat_map(|sealed| sealed.tables.keys().copied());
        memory
            .chain(merged.iter().flat_map(|generation| generation.tables()))
            .collect()
    }
}
