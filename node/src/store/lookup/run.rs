//! A run: the sorted rows of one table, written once, in chunks, with fences and a filter.

use super::blocks::{BlockKey, Blocks, Sort};
use super::chunk::{self, ChunkWriter, Malformed};
use super::error::LookupError;
use super::fences::Fences;
use super::filter::{Filter, KeyHash};
use super::{Row, Table};
use crate::store::bytes::{take_u8, take_u32, take_u64};

/// Fences and filters are stored in pieces of this size.
const PIECE_BYTES: usize = 8 << 10;

/// A run, as its generation's list of contents knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunInfo {
    pub(super) table: Table,
    pub(super) rows: u64,
    chunks: u32,
    fence_pieces: u32,
    filter_pieces: u32,
}

impl RunInfo {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.table.0);
        out.extend(self.rows.to_le_bytes());
        for number in [self.chunks, self.fence_pieces, self.filter_pieces] {
            out.extend(number.to_le_bytes());
        }
    }

    pub(super) fn take(rest: &mut &[u8]) -> Option<Self> {
        Some(Self {
            table: Table(take_u8(rest)?),
            rows: take_u64(rest)?,
            chunks: take_u32(rest)?,
            fence_pieces: take_u32(rest)?,
            filter_pieces: take_u32(rest)?,
        })
    }
}

#[derive(Debug)]
pub(super) struct Run {
    pub(super) info: RunInfo,
    fences: Fences,
    filter: Filter,
}

impl Run {
    /// Loads what is kept in memory of a run.
    pub(super) fn load(blocks: &Blocks, info: RunInfo) -> Result<Self, LookupError> {
        let fences = read_pieces(blocks, info.table, Sort::Fences, info.fence_pieces)?;
        let filter = read_pieces(blocks, info.table, Sort::Filter, info.filter_pieces)?;
        let fences = Fences::decode(&fences)
            .filter(|fences| fences.len() == info.chunks as usize)
            .ok_or(blocks.damaged())?;
        Ok(Self {
            info,
            fences,
            filter: Filter::from_bytes(filter),
        })
    }

    pub(super) fn find(
        &self,
        blocks: &Blocks,
        key: &[u8],
        hash: KeyHash,
    ) -> Result<Option<Vec<u8>>, LookupError> {
        if self.info.chunks == 0 || !self.filter.may_hold(hash) {
            return Ok(None);
        }
        let chunk = blocks.read(self.chunk_key(self.fences.locate(key)))?;
        chunk::find(&chunk, key).map_err(|Malformed| blocks.damaged())
    }

    fn rows(&self, blocks: &Blocks, chunk: u32) -> Result<Vec<Row>, LookupError> {
        let chunk = blocks.read(self.chunk_key(chunk))?;
        chunk::rows(&chunk).map_err(|Malformed| blocks.damaged())
    }

    fn chunk_key(&self, piece: u32) -> BlockKey {
        BlockKey {
            table: self.info.table,
            sort: Sort::Chunk,
            piece,
        }
    }
}

/// The rows of a run from a key on, one chunk in memory at a time.
pub(super) struct Cursor<'a> {
    blocks: &'a Blocks,
    run: &'a Run,
    next_chunk: u32,
    rows: std::vec::IntoIter<Row>,
}

impl<'a> Cursor<'a> {
    /// Starts in the chunk that can hold `from`, so smaller keys may come first.
    pub(super) fn new(blocks: &'a Blocks, run: &'a Run, from: &[u8]) -> Self {
        let next_chunk = run.fences.locate(from);
        Self {
            blocks,
            run,
            next_chunk,
            rows: Vec::new().into_iter(),
        }
    }
}

impl Iterator for Cursor<'_> {
    type Item = Result<Row, LookupError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.next() {
                return Some(Ok(row));
            }
            if self.next_chunk >= self.run.info.chunks {
                return None;
            }
            let chunk = self.next_chunk;
            self.next_chunk = chunk.saturating_add(1);
            match self.run.rows(self.blocks, chunk) {
                Ok(rows) => self.rows = rows.into_iter(),
                Err(error) => {
                    self.next_chunk = u32::MAX;
                    return Some(Err(error));
                }
            }
        }
    }
}

/// Writes a new run.
pub(super) struct RunWriter<'a> {
    blocks: &'a Blocks,
    chunk_bytes: usize,
    info: RunInfo,
    chunk: ChunkWriter,
    last: Vec<u8>,
    fences: Fences,
    filter: Filter,
}

impl<'a> RunWriter<'a> {
    /// A run of at most `rows` rows.
    pub(super) fn new(blocks: &'a Blocks, chunk_bytes: usize, table: Table, rows: u64) -> Self {
        let info = RunInfo {
            table,
            rows: 0,
            chunks: 0,
            fence_pieces: 0,
            filter_pieces: 0,
        };
        Self {
            blocks,
            chunk_bytes,
            info,
            chunk: ChunkWriter::default(),
            last: Vec::new(),
            fences: Fences::default(),
            filter: Filter::new(rows),
        }
    }

    /// Adds a row; keys rise strictly.
    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), LookupError> {
        let bytes = key.len() + value.len();
        if !self.chunk.is_empty() && self.chunk.len() + bytes > self.chunk_bytes {
            self.end_chunk()?;
        }
        if self.chunk.is_empty() {
            self.fences.push_between(&self.last, key);
        }
        self.chunk.push(key, value);
        self.filter.insert(KeyHash::of(key));
        self.last.clear();
        self.last.extend(key);
        self.info.rows = self.info.rows.saturating_add(1);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Run, LookupError> {
        if !self.chunk.is_empty() {
            self.end_chunk()?;
        }
        let Self {
            blocks,
            mut info,
            fences,
            filter,
            ..
        } = self;
        info.fence_pieces = write_pieces(blocks, info.table, Sort::Fences, &fences.encode())?;
        info.filter_pieces = write_pieces(blocks, info.table, Sort::Filter, filter.as_bytes())?;
        Ok(Run {
            info,
            fences,
            filter,
        })
    }

    fn end_chunk(&mut self) -> Result<(), LookupError> {
        let key = BlockKey {
            table: self.info.table,
            sort: Sort::Chunk,
            piece: self.info.chunks,
        };
        self.blocks.write(key, &self.chunk.take())?;
        self.info.chunks = self.info.chunks.saturating_add(1);
        Ok(())
    }
}

fn write_pieces(
    blocks: &Blocks,
    table: Table,
    sort: Sort,
    bytes: &[u8],
) -> Result<u32, LookupError> {
    let mut piece = 0;
    for part in bytes.chunks(PIECE_BYTES) {
        blocks.write(BlockKey { table, sort, piece }, part)?;
        piece += 1;
    }
    Ok(piece)
}

fn read_pieces(
    blocks: &Blocks,
    table: Table,
    sort: Sort,
    pieces: u32,
) -> Result<Vec<u8>, LookupError> {
    let mut bytes = Vec::new();
    for piece in 0..pieces {
        bytes.extend_from_slice(&blocks.read(BlockKey { table, sort, piece })?);
    }
    Ok(bytes)
}
