//! From evidence to verified history.

use super::feeds::known;
use super::{Evidence, LogEvidence};
use crate::admission::AdmittedSet;
use crate::api::WithheldView;
use crate::entry::{Body, SignedEntry};
use crate::history::{LogNotRead, LogView, VerifiedHistory};
use crate::id::{AuthorId, EntryId, PartDigest};
use crate::log::{Checkpoint, CosignedCheckpoint, Origin};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::replica::{LogCopy, Reader, view_at};
use crate::subject::SubjectId;
use crate::time::Date;

/// What a bundle would have to hold besides, for a history of the subjects asked about: whoever has
/// a gateway asks for it, whoever has the bundle alone learns what nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bundle does not cover {} subjects and {} authors", subjects.len(), authors.len())]
pub struct Uncovered {
    /// Ids whose lists are not there in full: asked for, of the same party, or related.
    pub subjects: Vec<SubjectId>,
    /// Authors whose feeds the policy asks about.
    pub authors: Vec<AuthorId>,
}

impl Uncovered {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::EvidenceIncomplete
    }
}

impl Evidence {
    /// Everything about `subjects`, about the other ids of the same party and about the ids that
    /// entries name as recruiters or licences: the history that a copy of the logs gives. With
    /// `known_at` feeds end where the bundle's entries do, which is never later than they did.
    ///
    /// # Errors
    /// [`Uncovered`]: what is missing for that. A history is never given for less.
    pub fn history(
        &self,
        subjects: &[SubjectId],
        policy: &Policy,
        known_at: Option<Date>,
    ) -> Result<VerifiedHistory, Uncovered> {
        let reader = Reader::of_bundle(self, policy, known_at).without(self.not_read(policy));
        let history = reader.history(subjects);
        let read = history.subjects().iter().chain(history.related());
        let covered = |id: &&SubjectId| self.logs.iter().all(|log| log.covers(id));
        let mut open: Vec<_> = read.filter(|id| !covered(id)).cloned().collect();
        open.sort();
        let required = policy.acceptance().authors.iter().copied();
        let answered = |author: &AuthorId| {
            let mut logs = self.logs.iter();
            logs.all(|log| log.proved.feeds.contains_key(author))
        };
        let authors: Vec<_> = required.filter(|author| !answered(author)).collect();
        if open.is_empty() && authors.is_empty() {
            return Ok(history);
        }
        Err(Uncovered {
            subjects: open,
            authors,
        })
    }

    /// The logs of the policy that the bundle says nothing of.
    fn not_read(&self, policy: &Policy) -> Vec<LogNotRead> {
        let logs = policy.logs().logs().iter();
        let missing = logs.filter(|log| {
            let mut here = self.logs.iter();
            !here.any(|here| here.origin() == log.origin())
        });
        let missing = missing.map(|log| {
            let origin = log.origin().to_string();
            let mut known = self.not_read.iter();
            let known = known.find(|known| known.origin == origin);
            let reason = known.map_or(Reason::EvidenceIncomplete, |known| known.reason);
            LogNotRead { origin, reason }
        });
        missing.collect()
    }

    pub(crate) const fn set(&self) -> &AdmittedSet {
        &self.set
    }

    /// What would be admitted of some of the entries, known before the others.
    pub(crate) fn known_set<'a>(
        &self,
        entries: impl Iterator<Item = &'a SignedEntry> + Clone,
    ) -> AdmittedSet {
        let feeds = known(&self.feeds, entries.clone());
        let (set, _) = AdmittedSet::excerpt(self.charter.clone(), feeds, entries);
        set
    }
}

impl LogCopy for LogEvidence {
    fn origin(&self) -> &Origin {
        self.origin()
    }

    fn leaf(&self, entry: EntryId) -> Option<u64> {
        self.leaves.get(&entry).copied()
    }

    fn in_order(&self) -> &[SignedEntry] {
        &self.in_order
    }

    fn body(&self, part: PartDigest) -> Option<&Body> {
        self.bodies.get(&part)
    }

    fn said(&self, _part: PartDigest) -> Option<&WithheldView> {
        None
    }

    fn note(&self, digest: &[u8; 32]) -> Option<&CosignedCheckpoint> {
        self.notes.get(*self.archive.get(digest)?)
    }

    fn all_notes(&self) -> Vec<&CosignedCheckpoint> {
        self.notes.iter().collect()
    }

    /// The log ends where its index does. When that was is known from the note of that size.
    fn view(&self, f: usize) -> Option<LogView> {
        let head = &self.proved.head;
        let end = Checkpoint::new(head.origin.clone(), head.size, head.root).ok()?;
        let note = self.notes.last();
        let note = note.filter(|note| note.checkpoint().size() == head.size);
        Some(view_at(&end, note, f))
    }
}
