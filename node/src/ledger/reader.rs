//! Reading what is stored, each time against its hash. Shared by all threads.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use fairtrail::entry::{Body, SignedEntry};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::log::{ArchiveLine, ArchiveList, note_digest};
use fairtrail::merkle::TreeSize;
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;

use super::error::LedgerError;
use super::fresh::Fresh;
use super::moves::Moves;
use super::tables::Tables;
use crate::store::archive::Archive;
use crate::store::bodies::{BodyPlace, BodyReader, Content};
use crate::store::journal::JournalReader;
use crate::store::lookup::{LookupError, SledIndex};
use crate::store::positions::Positions;
use crate::store::tiles::TileReader;
use crate::store::withheld::Withheld;

/// What is stored does not pass its checks, or the disk refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is stored does not pass its checks: {reason}")]
pub struct StoreFault {
    /// `store-damaged`, `journal-damaged` or `store-failed`.
    pub reason: Reason,
}

impl StoreFault {
    /// An operator finds out here what a client is not told.
    pub fn report(error: &dyn std::error::Error, reason: Reason) -> Self {
        tracing::error!(%error, %reason, "stored data cannot be read");
        Self { reason }
    }

    pub(super) const fn damaged() -> Self {
        let reason = Reason::StoreDamaged;
        Self { reason }
    }

    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        self.reason
    }
}

/// Everything that is read.
#[derive(Debug)]
pub struct Reader {
    /// Entries, in frames.
    pub journal: JournalReader,
    /// Parts.
    pub bodies: BodyReader,
    /// Leaf to place.
    pub positions: Positions,
    /// Id, subject, digest to leaf.
    pub lookups: SledIndex,
    /// Hashes.
    pub tiles: TileReader,
    /// What the operator withholds.
    pub withheld: Withheld,
    /// Parts that came late or went, and notes that came into the archive.
    pub moves: Moves,
    archive: RwLock<Frozen>,
    /// New leaves, for the index.
    pub(super) fresh: Fresh,
}

/// The archive with its list.
#[derive(Debug)]
pub struct Frozen {
    archive: Archive,
    list: ArchiveList,
}

impl Frozen {
    pub(super) fn new(archive: Archive) -> Result<Self, LedgerError> {
        let mut list = ArchiveList::new();
        for size in archive.sizes() {
            let note = archive.note(size)?.unwrap_or_default();
            list.push(line(size, &note)?)?;
        }
        Ok(Self { archive, list })
    }

    pub(super) fn freeze(&mut self, size: u64, note: &[u8]) -> Result<(), LedgerError> {
        self.archive.freeze(size, note)?;
        let line = line(size, note)?;
        if self.list.lines().last() != Some(&line) {
            self.list.push(line)?;
        }
        Ok(())
    }

    /// The notes themselves.
    pub const fn notes(&self) -> &Archive {
        &self.archive
    }

    /// The list of the notes.
    pub const fn list(&self) -> &ArchiveList {
        &self.list
    }
}

fn line(size: u64, note: &[u8]) -> Result<ArchiveLine, LedgerError> {
    let (size, digest) = (TreeSize::new(size)?, note_digest(note));
    Ok(ArchiveLine { size, digest })
}

impl Reader {
    pub(super) fn new(
        journal: JournalReader,
        bodies: BodyReader,
        positions: Positions,
        lookups: SledIndex,
        tiles: TileReader,
        withheld: Withheld,
        archive: Frozen,
    ) -> Self {
        Self {
            journal,
            bodies,
            positions,
            lookups,
            tiles,
            withheld,
            moves: Moves::default(),
            archive: RwLock::new(archive),
            fresh: Fresh::default(),
        }
    }

    /// The look-up tables.
    pub const fn tables(&self) -> Tables<'_, SledIndex> {
        Tables(&self.lookups)
    }

    /// The frozen notes. A panic elsewhere leaves the list whole, so a poisoned lock is usable.
    pub fn archive(&self) -> RwLockReadGuard<'_, Frozen> {
        self.archive.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn archive_mut(&self) -> RwLockWriteGuard<'_, Frozen> {
        self.archive.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of a leaf. The caller compares them with its hash or its id.
    ///
    /// # Errors
    /// [`StoreFault`], also for a leaf that is not there.
    pub fn leaf_bytes(&self, leaf: u64) -> Result<Vec<u8>, StoreFault> {
        let position = self.positions.read(leaf);
        let span = position.map_err(|error| StoreFault::report(&error, error.code()))?;
        let Some(span) = span else {
            return Err(StoreFault::damaged());
        };
        let bytes = self.journal.span(span);
        bytes.map_err(|error| StoreFault::report(&error, error.code()))
    }

    /// The leaf of an entry, published or not.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub fn leaf_of(&self, id: EntryId) -> Result<Option<u64>, StoreFault> {
        self.tables()
            .leaf_of(id)
            .map_err(|error| lookup_fault(&error))
    }

    /// The entry at a leaf.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub fn entry_at(&self, leaf: u64) -> Result<SignedEntry, StoreFault> {
        let bytes = self.leaf_bytes(leaf)?;
        SignedEntry::parse(&bytes).map_err(|error| StoreFault::report(&error, Reason::StoreDamaged))
    }

    /// An entry by its id, published or not, and its leaf.
    ///
    /// # Errors
    /// [`StoreFault`], also when what is stored has another id.
    pub fn entry(&self, id: EntryId) -> Result<Option<(u64, SignedEntry)>, StoreFault> {
        let Some(leaf) = self.leaf_of(id)? else {
            return Ok(None);
        };
        let entry = self.entry_at(leaf)?;
        if entry.id() != id {
            tracing::error!(leaf, "the entry stored at this leaf is another one");
            return Err(StoreFault::damaged());
        }
        Ok(Some((leaf, entry)))
    }

    /// The subjects of an admitted entry, published or not; nothing when it cannot be read.
    pub fn subjects_of(&self, id: EntryId) -> Option<Vec<SubjectId>> {
        let (_, entry) = self.entry(id).ok()??;
        Some(entry.header().subjects.clone())
    }

    /// The body at a place, if it is there, sound and the one named by `digest`.
    ///
    /// # Errors
    /// [`StoreFault`] when the disk refuses; damage counts as withheld.
    pub fn body(&self, digest: PartDigest, at: BodyPlace) -> Result<Option<Body>, StoreFault> {
        let stored = match self.bodies.read(at) {
            Ok(stored) => stored,
            Err(error) => {
                let fault = StoreFault::report(&error, error.code());
                return if fault.reason == Reason::StoreDamaged {
                    Ok(None)
                } else {
                    Err(fault)
                };
            }
        };
        let Content::Live { salt, bytes } = stored.content else {
            return Ok(None);
        };
        let body = Body { salt, bytes };
        if body.digest() != digest {
            tracing::error!(?digest, "a stored body has another digest");
            return Ok(None);
        }
        Ok(Some(body))
    }
}

/// What a failed look-up means for who asked.
pub fn lookup_fault(error: &LookupError) -> StoreFault {
    StoreFault::report(error, error.code())
}
