//! Reading the index log, beside its one writer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use fairtrail::index::Index;
use fairtrail::log::Origin;
use fairtrail::merkle::{Hash, TreeSize};
use tokio::sync::watch;

use super::super::error::LedgerError;
use super::super::moves::Moves;
use super::super::published::Published;
use super::super::reader::{Frozen, StoreFault};
use super::vouched::Vouched;
use crate::store::journal::JournalReader;
use crate::store::positions::Positions;
use crate::store::tiles::TileReader;
use crate::store::updates::Updates;

/// What is stored of the index log.
#[derive(Debug)]
pub struct IndexReader {
    pub(super) journal: JournalReader,
    pub(super) positions: Positions,
    /// Hashes.
    pub tiles: TileReader,
    pub(super) updates: Updates,
    pub(super) archive: RwLock<Frozen>,
}

impl IndexReader {
    /// The bytes of a leaf. The caller compares them with its hash.
    ///
    /// # Errors
    /// [`StoreFault`], also for a leaf that is not there.
    pub fn leaf_bytes(&self, leaf: u64) -> Result<Vec<u8>, StoreFault> {
        let position = self.positions.read(leaf);
        let span = position.map_err(|error| StoreFault::report(&error, error.code()))?;
        let span = span.ok_or_else(StoreFault::damaged)?;
        let bytes = self.journal.span(span);
        bytes.map_err(|error| StoreFault::report(&error, error.code()))
    }

    /// The update proof of the head at a leaf, which has this hash; nothing when it is not kept.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub fn update(&self, leaf: u64, hash: Hash) -> Result<Option<Vec<u8>>, StoreFault> {
        let proof = self.updates.read(leaf, hash.as_bytes());
        proof.map_err(|fault| StoreFault::report(&fault, fault.code()))
    }

    /// The frozen notes.
    pub fn archive(&self) -> RwLockReadGuard<'_, Frozen> {
        self.archive.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn archive_mut(&self) -> RwLockWriteGuard<'_, Frozen> {
        self.archive.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A note that meets the index quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Full {
    /// Leaves of its tree.
    pub size: TreeSize,
    /// The note.
    pub note: Vec<u8>,
}

/// What others get of the index: cheap to clone.
#[derive(Debug, Clone)]
pub struct IndexAccess {
    /// What is stored.
    pub reader: Arc<IndexReader>,
    /// What is shown; nothing before the first checkpoint.
    pub shown: watch::Receiver<Option<Arc<Published>>>,
    /// The newest note with the index quorum; nothing where nobody is asked to vouch.
    pub full: Option<watch::Receiver<Option<Arc<Full>>>>,
    pub(super) index: Arc<RwLock<Index>>,
    /// Leaves of the log that it covers as it has settled; 0 before it has.
    covered: Arc<AtomicU64>,
    /// Heads that it settled at, and notes that were remembered.
    moves: Arc<Moves>,
    /// Notes of the log at the sizes that the last heads end at.
    log_notes: Arc<RwLock<BTreeMap<TreeSize, Arc<[u8]>>>>,
}

/// Notes of the log that are remembered.
const LOG_NOTES: usize = 256;

impl IndexAccess {
    /// The index as it has settled: at the head that is shown.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves of the log that the head covers which is shown; nothing where none can be answered from.
    /// Asking waits for nobody.
    pub fn covered(&self) -> Option<u64> {
        let covered = self.covered.load(Ordering::Relaxed);
        (covered > 0).then_some(covered)
    }

    /// Makes the tip the state that answers are given from.
    pub(super) fn settle(&self) {
        let mut index = self.index_mut();
        index.settle();
        let covered = index.settled().map_or(0, |head| head.size.get());
        // Each head covers more than the one before.
        if self.covered.swap(covered, Ordering::Relaxed) != covered {
            self.moves.moved();
        }
    }

    /// How often answers changed, what is shown and vouched for apart.
    pub fn moves(&self) -> u64 {
        self.moves.count()
    }

    pub(super) fn of(
        origin: Origin,
        index: Option<Index>,
        reader: IndexReader,
        shown: watch::Receiver<Option<Arc<Published>>>,
    ) -> Self {
        Self {
            reader: Arc::new(reader),
            shown,
            full: None,
            index: Arc::new(RwLock::new(index.unwrap_or_else(|| Index::new(origin)))),
            covered: Arc::default(),
            moves: Arc::default(),
            log_notes: Arc::default(),
        }
    }

    /// Has others asked to vouch for what is shown; who tells that there is something new.
    pub(super) fn vouch(
        &mut self,
        vouched: Vouched,
        kept: Option<Arc<Full>>,
    ) -> Result<Sender<()>, LedgerError> {
        let (serve, full) = watch::channel(kept);
        self.full = Some(full);
        vouched.start(&self.reader, self.shown.clone(), serve)
    }

    /// The note of the log at the size that a recent head ends at: proof of when that was.
    pub fn log_note(&self, size: TreeSize) -> Option<Arc<[u8]>> {
        let notes = self.log_notes.read();
        let notes = notes.unwrap_or_else(PoisonError::into_inner);
        notes.get(&size).cloned()
    }

    /// Remembers the note of the log that a head is about to cover.
    pub(super) fn remember(&self, shown: &Published) {
        let notes = self.log_notes.write();
        let mut notes = notes.unwrap_or_else(PoisonError::into_inner);
        if notes.contains_key(&shown.size()) {
            return;
        }
        notes.insert(shown.size(), shown.note().into());
        while notes.len() > LOG_NOTES {
            notes.pop_first();
        }
        drop(notes);
        self.moves.moved();
    }

    pub(super) fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}
