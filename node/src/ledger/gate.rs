//! What the sequencer asks: is it known, and is it admitted?

use fairtrail::door::may_keep;
use fairtrail::entry::{Body, Part, SignedEntry};
use fairtrail::id::EntryId;
use fairtrail::merkle::LeafIndex;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;

use super::admitted::{DoorView, FreshSubjects, SharedAdmitted};
use super::reader::Reader;
use super::submit::SubmitError;
use crate::core::sequence::{Admit, Keep, Offered};

/// Admission of one group, behind the submission door or without it.
pub(super) struct Gate<'a> {
    pub(super) admitted: &'a SharedAdmitted,
    pub(super) reader: &'a Reader,
    pub(super) fresh: FreshSubjects,
    pub(super) now: Timestamp,
    /// Whether the submission door is asked; following asks admission alone.
    pub(super) door: bool,
}

impl Admit for Gate<'_> {
    type Refusal = SubmitError;

    fn leaf_of(&mut self, id: EntryId) -> Result<Option<LeafIndex>, SubmitError> {
        if !self.admitted.read().set.contains(id) {
            return Ok(None);
        }
        let found = self.reader.leaf_of(id);
        let leaf = found.map_err(|fault| SubmitError::of(fault.code(), fault.to_string()))?;
        let leaf = leaf.and_then(|leaf| LeafIndex::new(leaf).ok());
        // Admitted and not found: the look-ups are not what they say they cover.
        let missing = SubmitError::of(
            Reason::StoreDamaged,
            "the leaf of a known entry is not found",
        );
        leaf.map(Some).ok_or(missing)
    }

    fn admit(&mut self, offered: &Offered) -> Result<(), SubmitError> {
        let subjects_of = |id| match self.fresh.get(&id) {
            Some(subjects) => Some(subjects.clone()),
            None => self.reader.subjects_of(id),
        };
        let view = DoorView {
            bodies: &offered.bodies,
            subjects_of: &subjects_of,
            now: self.now,
        };
        let door = self.door.then_some(&view);
        self.admitted.write().admit(&offered.entries, door)?;
        // The door alone asks for them.
        for entry in offered.entries.iter().filter(|_| self.door) {
            let subjects = entry.header().subjects.clone();
            self.fresh.insert(entry.id(), subjects);
        }
        Ok(())
    }

    fn keeps(&self, entry: &SignedEntry, part: &Part, body: &Body) -> Keep {
        if self
            .admitted
            .read()
            .erased()
            .covers(entry.id(), part.digest)
        {
            return Keep::Nothing;
        }
        // The door has looked at what came through it.
        if self.door || may_keep(entry.header(), part, body).is_ok() {
            return Keep::Body;
        }
        Keep::Refusal
    }
}
