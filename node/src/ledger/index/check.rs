//! Checking a stopped node's index from front to back.

use std::path::Path;

use fairtrail::admission::AdmittedSet;
use fairtrail::charter::Charter;
use fairtrail::entry::SignedEntry;
use fairtrail::log::{Origin, SignedCheckpoint};
use fairtrail::merkle::Root;
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;

use super::super::error::LedgerError;
use super::super::frame::{self, Content};
use super::files::{IndexFiles, index_origin};
use crate::store::guard::{Guard, GuardError};
use crate::store::journal::{JournalReader, Location};
use crate::store::layout::Layout;

/// What a stopped node's index is checked against.
pub struct IndexPlace<'a> {
    /// The data directory.
    pub layout: &'a Layout,
    /// Where the guard lies.
    pub guard_dir: &'a Path,
    /// The log.
    pub origin: &'a Origin,
    /// The charter of its network.
    pub charter: &'a Charter,
    /// The log's journal.
    pub journal: &'a JournalReader,
    /// The key of the index log.
    pub key: &'a NoteVerifier,
}

/// What was found: heads that follow from the log, and what is wrong, by code and in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexFindings {
    /// Heads of the index log.
    pub heads: u64,
    /// What is not as it must be.
    pub wrong: Vec<(Reason, String)>,
}

impl IndexFindings {
    fn find(&mut self, reason: Reason, detail: impl Into<String>) {
        self.wrong.push((reason, detail.into()));
    }

    fn note<T>(&mut self, outcome: Result<T, LedgerError>) -> Option<T> {
        outcome
            .map_err(|error| self.find(error.code(), error.to_string()))
            .ok()
    }
}

/// Makes every head again from the log and compares; checks what was signed, archived and guarded.
///
/// To the files it does what a start does first: derived ones are made anew, a torn end is cut off.
pub fn check_index(place: &IndexPlace<'_>) -> IndexFindings {
    let mut found = IndexFindings::default();
    let guard = index_origin(place.origin).and_then(|origin| {
        let guard = Guard::open(place.guard_dir, place.layout.root(), origin.as_str());
        Ok(guard?)
    });
    let guarded = guard.as_ref().map_or(0, |guard| guard.high().size);
    let files = IndexFiles::open(place.layout, place.origin, guarded);
    let Some(files) = found.note(files) else {
        return found;
    };
    found.heads = files.kept.range.size().get();
    match guard {
        // A start makes the guard of an index that never was.
        Err(LedgerError::Guard(GuardError::Missing { .. })) if files.is_new() => {}
        Err(error) => found.find(error.code(), error.to_string()),
        Ok(guard) => check_guard(&guard, &files, &mut found),
    }
    check_notes(&files, place.key, &mut found);
    let made = again(place, &files);
    found.note(made);
    found
}

fn check_guard(guard: &Guard, files: &IndexFiles, found: &mut IndexFindings) {
    let high = guard.high();
    let signed = files.kept.signed.as_ref();
    let signed = signed.map_or(0, |signed| signed.intent.head.size.get());
    let root = files.kept.roots.get(&high.size).map(Root::as_bytes);
    if high.size > signed || root != Some(&high.root) {
        let detail = format!(
            "the guard of the index has seen tree size {}, this index has signed {signed}",
            high.size
        );
        found.find(Reason::RollbackSuspected, detail);
    }
}

fn check_notes(files: &IndexFiles, key: &NoteVerifier, found: &mut IndexFindings) {
    let kept = [&files.kept.signed, &files.kept.shown];
    let kept = kept.into_iter().flatten();
    let mut notes: Vec<_> = kept
        .map(|note| note.note.to_string().into_bytes())
        .collect();
    for size in files.archive.sizes() {
        let note = files.archive.note(size).map_err(LedgerError::from);
        notes.extend(found.note(note).flatten());
    }
    for note in notes {
        match SignedCheckpoint::open(&note, key) {
            Err(error) => found.find(error.code(), error.to_string()),
            Ok(signed) => {
                let (size, root) = (signed.checkpoint().size(), signed.checkpoint().root());
                if files.kept.roots.get(&size.get()) != Some(&root) {
                    let detail = format!("a note of index size {size} states another tree");
                    found.find(Reason::RootMismatch, detail);
                }
            }
        }
    }
}

/// Goes over the log once more and makes the index from it.
fn again(place: &IndexPlace<'_>, files: &IndexFiles) -> Result<(), LedgerError> {
    let mut replay = files.replay(place.origin);
    let mut set = AdmittedSet::new(place.charter.clone());
    for stored in place.journal.frames(Location::START) {
        let stored = stored?;
        let torn = LedgerError::Frame { at: stored.at };
        let Content::Group(group) = frame::decode(&stored).ok_or(torn.clone())? else {
            continue;
        };
        for entry in &group.entries {
            let entry = SignedEntry::parse(entry.bytes).map_err(|_| torn.clone())?;
            let entry = entry.authenticated_before();
            set.admit(&entry).map_err(|_| torn.clone())?;
            replay.take(&entry, &set);
        }
    }
    replay.finish().map(|_| ())
}
