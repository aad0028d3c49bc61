//! Erasing in a stopped node: every place that the journal names of an erased part is overwritten,
//! whatever the look-ups say.

use fairtrail::entry::SignedEntry;
use serde::Serialize;

use super::error::LedgerError;
use super::frame::{self, Content};
use super::replay::Replay;
use crate::store::bodies::{self, Bodies, BodyError, BodyPlace, BodyReader, Content as Stored};
use crate::store::journal::{Journal, JournalReader, Location, SEGMENT_BYTES};
use crate::store::layout::Layout;
use crate::store::lock::DirectoryLock;
use crate::store::positions::Positions;
use fairtrail::charter::Charter;
use fairtrail::history::Erased;
use fairtrail::log::Origin;
use std::collections::BTreeSet;
use std::path::Path;

/// What was erased in a stopped node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Parts of entries that the log says are erased and whose bytes were here.
    pub parts: u64,
    /// Those that were overwritten now.
    pub overwritten: u64,
    /// Those that had been before.
    pub before: u64,
    /// Those whose place cannot be read: their bytes cannot be served, but may still be there.
    pub damaged: u64,
}

/// Overwrites what is erased and still there. Doing it again changes nothing; after a crash it goes
/// on where it was.
///
/// # Errors
/// [`LedgerError`]; `directory-locked` while the node runs.
pub fn erase_all(
    data_dir: &Path,
    origin: Origin,
    charter: Charter,
) -> Result<Repaired, LedgerError> {
    let layout = Layout::open(data_dir)?;
    let _lock = DirectoryLock::acquire(&layout.lock())?;
    let (journal, _) = Journal::open(&layout.journal(), SEGMENT_BYTES)?;
    let reader = journal.reader();
    let mut replay = Replay::new(origin, charter, BTreeSet::new());
    replay.run(&reader, &Positions::open(&layout.positions())?)?;
    replay.admitted.settle();
    let (dir, documents) = (layout.bodies(), layout.documents());
    let end = replay.bodies_end;
    let mut bodies = Bodies::open(&dir, &documents, bodies::SEGMENT_BYTES, end)?;
    overwrite(&reader, replay.admitted.erased(), &mut bodies)
}

fn overwrite(
    journal: &JournalReader,
    erased: &Erased,
    bodies: &mut Bodies,
) -> Result<Repaired, LedgerError> {
    let mut repaired = Repaired::default();
    let reader = bodies.reader();
    for stored in journal.frames(Location::START) {
        let stored = stored?;
        let torn = LedgerError::Frame { at: stored.at };
        let group = match frame::decode(&stored).ok_or(torn)? {
            Content::Group(group) => group,
            Content::Late(frame) => {
                for late in frame.bodies {
                    let gone = erased.covers(late.entry, late.part);
                    if gone && late.place != BodyPlace::REFUSED {
                        repaired.take(late.place, &reader, bodies)?;
                    }
                }
                continue;
            }
            _ => continue,
        };
        for (leaf, line) in (group.first.get()..).zip(&group.entries) {
            let refused = |error: fairtrail::entry::EntryError| LedgerError::Leaf {
                leaf,
                reason: error.code(),
            };
            let entry = SignedEntry::parse(line.bytes).map_err(refused)?;
            for (index, place) in &line.held {
                let part = entry.header().parts.get(usize::from(*index));
                let gone = part.is_some_and(|part| erased.covers(entry.id(), part.digest));
                if gone && *place != BodyPlace::REFUSED {
                    repaired.take(*place, &reader, bodies)?;
                }
            }
        }
    }
    Ok(repaired)
}

impl Repaired {
    fn take(
        &mut self,
        place: BodyPlace,
        reader: &BodyReader,
        bodies: &mut Bodies,
    ) -> Result<(), LedgerError> {
        self.parts = self.parts.saturating_add(1);
        let gone = reader
            .read(place)
            .is_ok_and(|body| body.content == Stored::Erased);
        let count = match bodies.erase(place) {
            Ok(()) if gone => &mut self.before,
            Ok(()) => &mut self.overwritten,
            Err(BodyError::Damaged { .. }) => &mut self.damaged,
            Err(error) => return Err(error.into()),
        };
        *count = count.saturating_add(1);
        Ok(())
    }
}
