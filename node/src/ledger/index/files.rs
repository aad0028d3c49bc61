//! The files of the index log, and what its journal says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use fairtrail::index::IndexHead;
use fairtrail::log::{Checkpoint, LogError, Origin};
use fairtrail::merkle::{CompactRange, Root, leaf_hash};

use super::super::error::LedgerError;
use super::super::frame::{self, Content};
use super::{HEAD, IndexReplay, vouched};
use crate::core::head::Head;
use crate::core::publish::{Intent, Publication};
use crate::store::archive::Archive;
use crate::store::disk;
use crate::store::journal::{Journal, JournalError, JournalReader, Location, SEGMENT_BYTES, Span};
use crate::store::layout::Layout;
use crate::store::positions::Positions;
use crate::store::tiles::Tiles;
use crate::store::updates::Updates;

/// Heads that are read before their hashes go into the tiles.
const AT_ONCE: usize = 4_096;

/// The index log on the disk, opened.
#[derive(Debug)]
pub(in crate::ledger) struct IndexFiles {
    pub(super) journal: Journal,
    pub(super) positions: Positions,
    pub(super) tiles: Tiles,
    pub(super) archive: Archive,
    pub(super) updates: Updates,
    /// The note with the index quorum, as it is on the disk.
    pub(super) full: Option<Vec<u8>>,
    pub(super) full_path: PathBuf,
    pub(super) kept: Kept,
}

/// What the journal of the index log says.
#[derive(Debug)]
pub(super) struct Kept {
    origin: Origin,
    pub(super) range: CompactRange,
    last: Option<IndexHead>,
    pub(super) intent: Option<Intent>,
    pub(super) signed: Option<Publication>,
    pub(super) shown: Option<Publication>,
    /// Roots over as many heads as were asked for, or signed.
    pub(super) roots: BTreeMap<u64, Root>,
}

impl IndexFiles {
    /// Opens the files of an index log; a folder that has none yet gets them. The root at the size
    /// that the guard knows is remembered.
    ///
    /// # Errors
    /// [`LedgerError`]: the index log cannot go on.
    pub(in crate::ledger) fn open(
        layout: &Layout,
        log: &Origin,
        guarded: u64,
    ) -> Result<Self, LedgerError> {
        let dir = layout.index_journal();
        disk::create_dir(&dir)?;
        disk::create_dir(&layout.index_archive())?;
        let opened = match Journal::open(&dir, SEGMENT_BYTES) {
            Err(JournalError::Missing) => (Journal::create(&dir, SEGMENT_BYTES)?, 0),
            opened => opened.map(|(journal, recovery)| (journal, recovery.torn_bytes))?,
        };
        let (journal, torn) = opened;
        if torn > 0 {
            tracing::warn!(bytes = torn, "cut off a torn end of the index journal");
        }
        let positions = Positions::open(&layout.index_positions())?;
        let mut tiles = Tiles::open(&layout.index_tiles())?;
        let full = vouched::read(&layout.index_full())?;
        let full_size = full.as_deref().and_then(vouched::size_of);
        let wanted = [guarded, tiles.head().size, full_size.unwrap_or(0)];
        let reader = journal.reader();
        let kept = Kept::read(log, &reader, &positions, &wanted)?;
        let head = tiles.head();
        if kept.roots.get(&head.size).map(Root::as_bytes) != Some(&head.root) {
            tiles.clear()?;
        }
        grow(&mut tiles, &reader)?;
        Ok(Self {
            journal,
            positions,
            tiles,
            archive: Archive::open(&layout.index_archive())?,
            updates: Updates::open(&layout.index_updates())?,
            full,
            full_path: layout.index_full(),
            kept,
        })
    }

    /// What goes over the leaves of the log again and makes the index from them.
    pub(in crate::ledger) fn replay(&self, log: &Origin) -> IndexReplay {
        IndexReplay::new(log.clone(), heads(&self.journal.reader()))
    }

    /// Whether nothing was ever written of this index.
    pub(in crate::ledger) fn is_new(&self) -> bool {
        self.kept.last.is_none() && self.kept.intent.is_none()
    }
}

impl Kept {
    fn read(
        log: &Origin,
        journal: &JournalReader,
        positions: &Positions,
        wanted: &[u64],
    ) -> Result<Self, LedgerError> {
        positions.truncate(0)?;
        let mut kept = Self {
            origin: index_origin(log)?,
            range: CompactRange::new(),
            last: None,
            intent: None,
            signed: None,
            shown: None,
            roots: BTreeMap::from([(0, Root::empty())]),
        };
        for stored in journal.frames(Location::START) {
            let stored = stored?;
            let torn = LedgerError::Frame { at: stored.at };
            if stored.kind == HEAD {
                kept.take_head(log, &stored.body).ok_or(torn)?;
                let size = kept.range.size().get();
                if wanted.contains(&size) {
                    kept.roots.insert(size, kept.range.root());
                }
                positions.append(&[span(stored.at, &stored.body)])?;
                continue;
            }
            kept.take_note(frame::decode(&stored).ok_or(torn.clone())?, torn)?;
        }
        Ok(kept)
    }

    /// Sizes rise, log time does not fall, and it is this log's index.
    fn take_head(&mut self, log: &Origin, bytes: &[u8]) -> Option<()> {
        let head = IndexHead::parse(bytes).ok()?;
        let follows = |last: &IndexHead| last.size < head.size && last.time <= head.time;
        if head.origin != *log || !self.last.as_ref().is_none_or(follows) {
            return None;
        }
        self.range.append(leaf_hash(bytes)).ok()?;
        self.last = Some(head);
        Some(())
    }

    /// What is going to be signed, was signed or shown is the tree of the heads before it.
    fn take_note(&mut self, content: Content<'_>, torn: LedgerError) -> Result<(), LedgerError> {
        match content {
            Content::Intent(intent) if intent.head == Head::of(&self.range) => {
                self.intent = Some(intent);
            }
            Content::Signed(signed) => {
                let Head { size, root } = signed.intent.head;
                let checkpoint = Checkpoint::new(self.origin.clone(), size, root)?;
                let said = signed.note.text() == checkpoint.to_string();
                if !said || self.intent != Some(signed.intent) {
                    return Err(torn);
                }
                self.roots.insert(size.get(), root);
                self.signed = Some(signed);
            }
            Content::Published(shown)
                if self.signed.as_ref().map(|signed| signed.intent) == Some(shown.intent) =>
            {
                self.shown = Some(shown);
            }
            _ => return Err(torn),
        }
        Ok(())
    }
}

/// The origin of the index of a log.
///
/// # Errors
/// [`LogError::OriginMalformed`] unless it is a log's.
pub(crate) fn index_origin(log: &Origin) -> Result<Origin, LedgerError> {
    let index = log.index(fairtrail::index::EDITION);
    Ok(index.ok_or(LogError::OriginMalformed)?)
}

/// Where a head lies whose frame is at `frame`.
pub(super) fn span(frame: Location, body: &[u8]) -> Span {
    Span {
        frame,
        start: 0,
        // A head has an origin, three hashes and three integers.
        len: u16::try_from(body.len()).unwrap_or(u16::MAX),
    }
}

/// The heads of a journal, in order.
fn heads(journal: &JournalReader) -> impl Iterator<Item = Result<IndexHead, LedgerError>> + use<> {
    let frames = journal.frames(Location::START);
    frames.filter_map(|stored| match stored {
        Err(error) => Some(Err(error.into())),
        Ok(stored) if stored.kind != HEAD => None,
        Ok(stored) => {
            let torn = LedgerError::Frame { at: stored.at };
            Some(IndexHead::parse(&stored.body).map_err(|_| torn))
        }
    })
}

/// Brings the tiles up to the last head.
fn grow(tiles: &mut Tiles, journal: &JournalReader) -> Result<(), LedgerError> {
    let held = usize::try_from(tiles.head().size).unwrap_or(usize::MAX);
    let frames = journal.frames(Location::START);
    let frames = frames.filter(|stored| stored.as_ref().map_or(true, |stored| stored.kind == HEAD));
    let mut hashes = Vec::new();
    for stored in frames.skip(held) {
        hashes.push(leaf_hash(&stored?.body));
        if hashes.len() >= AT_ONCE {
            tiles.grow(&std::mem::take(&mut hashes))?;
        }
    }
    if !hashes.is_empty() {
        tiles.grow(&hashes)?;
    }
    Ok(())
}
