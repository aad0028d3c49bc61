//! Evidence that was given before: it holds in the log as it was then, which the log now begins with.

use super::{BundleError, LogPart, OldNote, OutsideLists, hashes};
use crate::index::IndexHead;
use crate::log::{Checkpoint, CosignedCheckpoint, TlogPolicy};
use crate::merkle::{Root, TreeSize};

int_map! {
    /// A log as it was when part of the evidence was given.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Earlier {
        /// Its leaves.
        1 => size: u64,
        /// Its root.
        2 => root: [u8; 32],
        /// How it grew: to the next of these states, from the last one to the index head.
        3 => path: Vec<[u8; 32]>,
        /// Archived notes of the log, by rising size, whose paths end in this state.
        4 ? notes: Vec<OldNote>,
        /// Entries that stand in none of the lists, by rising leaf, whose paths end in this state.
        5 ? places: Vec<OutsideLists>,
    }
}

impl Earlier {
    /// Whether nothing holds in it.
    pub(super) fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.places.is_empty()
    }
}

/// A state of the log that paths end in.
pub(super) struct State<'a> {
    pub(super) at: Checkpoint,
    notes: &'a [OldNote],
    pub(super) places: &'a [OutsideLists],
}

/// The states of one log that paths end in, by rising size; the last is that of the index head.
pub(super) struct States<'a>(Vec<State<'a>>);

impl<'a> States<'a> {
    /// Each of them begins with the one before.
    pub(super) fn read(part: &'a LogPart, head: &IndexHead) -> Result<Self, BundleError> {
        let mut states = Vec::with_capacity(part.earlier.len().saturating_add(1));
        let mut last = 0;
        for earlier in &part.earlier {
            if earlier.size <= last || earlier.size >= head.size.get() {
                let what = "earlier states";
                return Err(BundleError::Order { what });
            }
            last = earlier.size;
            let size = TreeSize::new(earlier.size).map_err(crate::log::LogError::from)?;
            let root = Root::from_bytes(earlier.root);
            states.push(State {
                at: Checkpoint::new(head.origin.clone(), size, root)?,
                notes: &earlier.notes,
                places: &earlier.places,
            });
        }
        states.push(State {
            at: Checkpoint::new(head.origin.clone(), head.size, head.root)?,
            notes: &part.notes,
            places: &part.places,
        });
        for (earlier, next) in part.earlier.iter().zip(states.windows(2)) {
            if let [from, to] = next {
                from.at.check_growth(&to.at, &hashes(&earlier.path))?;
            }
        }
        Ok(Self(states))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &State<'a>> {
        self.0.iter()
    }

    /// Archived notes, by rising size: they count only as prefixes of the log that the index head
    /// covers.
    pub(super) fn notes(&self, logs: &TlogPolicy) -> Result<Vec<CosignedCheckpoint>, BundleError> {
        let size = |note: &CosignedCheckpoint| note.checkpoint().size();
        let rises = |one: &CosignedCheckpoint, next: &CosignedCheckpoint| size(one) < size(next);
        let twice = BundleError::Order { what: "notes" };
        let mut all = Vec::new();
        for state in self.iter() {
            let mut notes = Vec::with_capacity(state.notes.len());
            for old in state.notes {
                let note = logs.read(&old.note.0)?;
                note.checkpoint()
                    .check_growth(&state.at, &hashes(&old.path))?;
                notes.push(note);
            }
            if !notes.is_sorted_by(rises) {
                return Err(twice);
            }
            all.extend(notes);
        }
        all.sort_by_key(size);
        if all.is_sorted_by(rises) {
            Ok(all)
        } else {
            Err(twice)
        }
    }
}
