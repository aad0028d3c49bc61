//! The look-up store over sled: rows in memory in front of sorted runs on disk.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::error::LookupError;
use super::flush::Flush;
use super::open::{self, Loaded, Start};
use super::view::{Sealed, View};
use super::{IndexStore, MAX_KEY_BYTES, MAX_VALUE_BYTES, Rows, Scan, Table};
use crate::store::disk;
use crate::store::head::TreeHead;

/// Sizes of a [`SledIndex`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// sled's caches together, at most 64 MiB.
    pub cache_bytes: u64,
    /// Rows are stored in chunks of about this many bytes.
    pub chunk_bytes: usize,
    /// More generations than this are merged; at least one.
    pub max_generations: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            cache_bytes: MAX_CACHE_BYTES,
            chunk_bytes: 4 << 10,
            max_generations: 5,
        }
    }
}

impl Sizes {
    /// While a merge runs there is one generation more.
    pub(super) fn generation_cache_bytes(self) -> u64 {
        let generations = self.max_generations.saturating_add(1) as u64;
        self.cache_bytes.min(MAX_CACHE_BYTES) / generations
    }
}

const MAX_CACHE_BYTES: u64 = 64 << 20;

/// [`IndexStore`] over sled, see the module head.
#[derive(Debug)]
pub struct SledIndex {
    dir: PathBuf,
    sizes: Sizes,
    flushing: Mutex<()>,
    view: RwLock<View>,
}

impl SledIndex {
    /// Opens the store in `dir`, which it owns alone. A store that is damaged in whatever way is
    /// moved aside and an empty one takes its place.
    ///
    /// # Errors
    /// [`LookupError::Io`] and [`LookupError::Engine`] when not even an empty store can be made.
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::head::TreeHead;
    /// use fairtrail_node::store::lookup::{IndexStore, LookupError, Rows, Sizes, SledIndex, Start, Table};
    /// let dir = tempfile::tempdir()?;
    /// let path = dir.path().join("lookup");
    /// let (index, start) = SledIndex::open(&path, Sizes::default())?;
    /// assert!(matches!(start, Start::Rebuild(_)));
    /// let mut rows = Rows::default();
    /// rows.push(&[b"k", b"ey"], &[b"value"]);
    /// index.put(Table(1), rows)?;
    /// let head = TreeHead { size: 1, root: [7; 32] };
    /// index.seal(head)?;
    /// index.flush()?;
    /// drop(index);
    /// let (index, start) = SledIndex::open(&path, Sizes::default())?;
    /// assert_eq!(start, Start::Covers(head));
    /// assert_eq!(index.get(Table(1), b"key")?.as_deref(), Some(&b"value"[..]));
    /// let refused = index.put(Table(1), [(vec![0; 600], vec![])].into_iter().collect());
    /// assert!(matches!(refused, Err(LookupError::RowTooLarge { key: 600, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(dir: &Path, sizes: Sizes) -> Result<(Self, Start), LookupError> {
        let (loaded, start) = Loaded::open_or_replace(dir, sizes)?;
        let view = RwLock::new(View::new(loaded));
        let index = Self {
            dir: dir.to_path_buf(),
            sizes,
            flushing: Mutex::new(()),
            view,
        };
        Ok((index, start))
    }

    // Nothing below panics while it holds a lock; should it happen, the checks on what is read
    // stand, and a half-made change is at worst a reason to rebuild.
    fn read(&self) -> RwLockReadGuard<'_, View> {
        self.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, View> {
        self.view.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold_flush(&self) -> MutexGuard<'_, ()> {
        self.flushing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes an answer on; an error breaks the store, for this process and for the next start.
    fn or_break<T>(&self, outcome: Result<T, LookupError>) -> Result<T, LookupError> {
        let Err(error) = &outcome else { return outcome };
        let mut view = self.write();
        if !view.broken {
            *view = View::broken();
            tracing::warn!(%error, "look-up store broke and must be rebuilt");
            if let Err(fault) = open::mark_broken(&self.dir) {
                tracing::warn!(%fault, "cannot mark the look-up store as broken");
            }
        }
        outcome
    }

    fn flush_sealed(&self) -> Result<Option<TreeHead>, LookupError> {
        let mut flush = {
            let view = self.read();
            view.sound()?;
            Flush::of(&view)
        };
        if flush.is_empty() {
            return Ok(self.covers());
        }
        flush.write(&self.dir, self.sizes)?;
        let manifest = {
            let mut view = self.write();
            flush.apply(&mut view);
            view.manifest.clone()
        };
        // Readers hold the view while they read, so nobody reads the generations removed now.
        manifest.sweep(&self.dir)?;
        Ok(manifest.covers)
    }
}

impl IndexStore for SledIndex {
    fn put(&self, table: Table, rows: Rows) -> Result<(), LookupError> {
        let over = |(key, value): &(usize, usize)| *key > MAX_KEY_BYTES || *value > MAX_VALUE_BYTES;
        if let Some((key, value)) = rows
            .iter()
            .map(|(key, value)| (key.len(), value.len()))
            .find(over)
        {
            return Err(LookupError::RowTooLarge { table, key, value });
        }
        let mut view = self.write();
        view.sound()?;
        view.active_bytes += rows.bytes();
        view.active.entry(table).or_default().put(rows);
        Ok(())
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, LookupError> {
        let found = self.read().find(table, key);
        self.or_break(found)
    }

    fn scan_prefix(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Scan, LookupError> {
        let found = self.read().scan(table, prefix, after, limit);
        self.or_break(found)
    }

    fn unsealed_bytes(&self) -> usize {
        self.read().active_bytes
    }

    fn seal(&self, covers: TreeHead) -> Result<(), LookupError> {
        let mut view = self.write();
        view.sound()?;
        let tables = std::mem::take(&mut view.active);
        view.active_bytes = 0;
        view.sealed.push(Arc::new(Sealed { tables, covers }));
        Ok(())
    }

    fn flush(&self) -> Result<Option<TreeHead>, LookupError> {
        let _held = self.hold_flush();
        let flushed = self.flush_sealed();
        self.or_break(flushed)
    }

    fn covers(&self) -> Option<TreeHead> {
        self.read().manifest.covers
    }

    fn clear(&self) -> Result<(), LookupError> {
        let _held = self.hold_flush();
        let mut view = self.write();
        // sled holds locks on its files until it is dropped.
        *view = View::broken();
        disk::remove_dir_all(&self.dir)?;
        disk::remove_file(&open::mark_path(&self.dir))?;
        *view = View::new(Loaded::open(&self.dir, self.sizes)?);
        Ok(())
    }
}
