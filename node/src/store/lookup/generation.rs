//! A generation: one run of each table in a sled database of its own, written once. What is merged
//! away is removed as a whole directory.

use std::collections::BTreeMap;
use std::path::Path;

use super::Table;
use super::blocks::{BlockKey, Blocks, Sort};
use super::error::LookupError;
use super::filter::KeyHash;
use super::index::Sizes;
use super::manifest::generation_dir;
use super::merge::{self, Merge, Source};
use super::run::{Cursor, Run, RunInfo, RunWriter};
use crate::store::disk::{self, IoFault};

#[derive(Debug)]
pub(super) struct Generation {
    pub(super) number: u32,
    blocks: Blocks,
    runs: BTreeMap<Table, Run>,
}

impl Generation {
    /// Opens a generation the manifest names.
    pub(super) fn open(dir: &Path, number: u32, sizes: Sizes) -> Result<Self, LookupError> {
        let cache_bytes = sizes.generation_cache_bytes();
        let blocks = Blocks::open(&generation_dir(dir, number), number, cache_bytes)?;
        let contents = blocks.read(contents_key())?;
        let mut runs = BTreeMap::new();
        let mut rest: &[u8] = &contents;
        while !rest.is_empty() {
            let info = RunInfo::take(&mut rest).ok_or(blocks.damaged())?;
            runs.insert(info.table, Run::load(&blocks, info)?);
        }
        Ok(Self {
            number,
            blocks,
            runs,
        })
    }

    /// Rows in all tables, the measure of a generation's size.
    pub(super) fn rows(&self) -> u64 {
        self.runs.values().map(|run| run.info.rows).sum()
    }

    pub(super) fn rows_of(&self, table: Table) -> u64 {
        self.runs.get(&table).map_or(0, |run| run.info.rows)
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = Table> + '_ {
        self.runs.keys().copied()
    }

    pub(super) fn find(
        &self,
        table: Table,
        key: &[u8],
        hash: KeyHash,
    ) -> Result<Option<Vec<u8>>, LookupError> {
        match self.runs.get(&table) {
            Some(run) => run.find(&self.blocks, key, hash),
            None => Ok(None),
        }
    }

    /// The rows of a table from about `from` on: some smaller keys may come first.
    pub(super) fn rows_from(&self, table: Table, from: &[u8]) -> Option<Source<'_>> {
        let run = self.runs.get(&table)?;
        Some(merge::read(Cursor::new(&self.blocks, run, from)))
    }
}

/// Writes a new generation.
#[derive(Debug)]
pub(super) struct GenerationWriter {
    generation: Generation,
    chunk_bytes: usize,
}

impl GenerationWriter {
    pub(super) fn create(dir: &Path, number: u32, sizes: Sizes) -> Result<Self, LookupError> {
        let cache_bytes = sizes.generation_cache_bytes();
        let blocks = Blocks::open(&generation_dir(dir, number), number, cache_bytes)?;
        let generation = Generation {
            number,
            blocks,
            runs: BTreeMap::new(),
        };
        Ok(Self {
            generation,
            chunk_bytes: sizes.chunk_bytes,
        })
    }

    /// Writes a table's run, of at most `rows` rows.
    pub(super) fn add(
        &mut self,
        table: Table,
        rows: u64,
        merged: Merge<'_>,
    ) -> Result<(), LookupError> {
        let generation = &mut self.generation;
        let mut writer = RunWriter::new(&generation.blocks, self.chunk_bytes, table, rows);
        for row in merged {
            let (key, value) = row?;
            writer.push(&key, &value)?;
        }
        let run = writer.finish()?;
        generation.runs.insert(table, run);
        Ok(())
    }

    /// Writes the list of contents, waits until all of it is on the disk, and opens it anew: sled
    /// keeps much of what it has written in memory, whatever its cache is told.
    pub(super) fn finish(self, dir: &Path, sizes: Sizes) -> Result<Generation, LookupError> {
        let Generation {
            number,
            blocks,
            runs,
        } = self.generation;
        let mut contents = Vec::new();
        for run in runs.values() {
            run.info.encode(&mut contents);
        }
        blocks.write(contents_key(), &contents)?;
        blocks.flush()?;
        drop(blocks);
        let own_dir = generation_dir(dir, number);
        sync_files(&own_dir)?;
        let blocks = Blocks::open(&own_dir, number, sizes.generation_cache_bytes())?;
        Ok(Generation {
            number,
            blocks,
            runs,
        })
    }
}

fn contents_key() -> BlockKey {
    BlockKey {
        table: Table(0),
        sort: Sort::Contents,
        piece: 0,
    }
}

/// sled's own flush is no fsync; one through any other handle of the file is.
fn sync_files(dir: &Path) -> Result<(), IoFault> {
    for name in disk::names(dir)? {
        let path = dir.join(name);
        if path.is_file() {
            disk::sync_data(&disk::open_read(&path)?)?;
        }
    }
    disk::sync_dir(dir)?;
    disk::sync_dir(disk::parent(dir))
}
