//! Look-ups: tables of byte key → byte value, derived from the journal and lost at no cost.
//!
//! What the tables mean is the caller's matter; here they are bytes. Rows are put into memory,
//! sealed together with the tree head they cover, and flushed as sorted runs behind the caller's
//! back. After a start [`Start`] says what the store covers: the caller compares that with the
//! journal, replays what is missing, and on any mismatch clears and replays everything.
//!
//! The one implementation, [`SledIndex`], uses sled as a store of ~4 KB chunks, never a row per key
//! (specs/decisions/0004).

mod blocks;
mod chunk;
mod error;
mod fences;
mod filter;
mod flush;
mod generation;
mod index;
mod manifest;
mod memory;
mod merge;
mod open;
mod run;
#[cfg(test)]
mod tests;
mod view;

pub use self::error::LookupError;
pub use self::index::{Sizes, SledIndex};
pub use self::memory::Rows;
pub use self::open::{RebuildCause, Start};
use super::head::TreeHead;

/// The most bytes a key may have.
pub const MAX_KEY_BYTES: usize = 512;
/// The most bytes a value may have.
pub const MAX_VALUE_BYTES: usize = 60 << 10;
/// The most rows one scan returns, whatever was asked for.
pub const MAX_SCAN_ROWS: usize = 4096;
/// A scan stops after the row that reaches this many bytes.
pub const MAX_SCAN_BYTES: usize = 1 << 20;

/// A table's number; what it holds is the caller's matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(pub u8);

/// One row: key and value.
pub type Row = (Vec<u8>, Vec<u8>);

/// A page of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Rows in key order.
    pub rows: Vec<Row>,
    /// The key to pass as `after` for the next page; nothing when this was the last.
    pub resume: Option<Vec<u8>>,
}

/// How a store of derived rows is used: one writer thread, any number of readers, and a thread that
/// flushes.
pub trait IndexStore: Send + Sync {
    /// Puts rows into memory, replacing values of the same keys; readers see them at once.
    ///
    /// # Errors
    /// [`LookupError::RowTooLarge`], nothing put; [`LookupError::Broken`].
    fn put(&self, table: Table, rows: Rows) -> Result<(), LookupError>;

    /// The value of a key.
    ///
    /// # Errors
    /// [`LookupError::Broken`] and what leads to it: rebuild.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, LookupError>;

    /// The rows whose keys begin with `prefix` and come behind `after`, in key order, at most
    /// `limit` and [`MAX_SCAN_ROWS`].
    ///
    /// # Errors
    /// [`LookupError::Broken`] and what leads to it: rebuild.
    fn scan_prefix(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Scan, LookupError>;

    /// Bytes of rows in memory that are not sealed; the writer seals when they are many.
    fn unsealed_bytes(&self) -> usize;

    /// Declares that all rows put so far are exactly those of the tree `covers`. Costs nothing.
    ///
    /// # Errors
    /// [`LookupError::Broken`].
    fn seal(&self, covers: TreeHead) -> Result<(), LookupError>;

    /// Writes what is sealed to disk, merging older runs where there are too many. Takes its time
    /// and does not block readers or the writer meanwhile. What it covers afterwards.
    ///
    /// # Errors
    /// Any but [`LookupError::RowTooLarge`]; the store is broken then: rebuild.
    fn flush(&self) -> Result<Option<TreeHead>, LookupError>;

    /// What the rows on disk cover.
    fn covers(&self) -> Option<TreeHead>;

    /// Forgets everything, on disk and in memory; a broken store is sound again.
    ///
    /// # Errors
    /// [`LookupError::Io`], [`LookupError::Engine`].
    fn clear(&self) -> Result<(), LookupError>;
}
