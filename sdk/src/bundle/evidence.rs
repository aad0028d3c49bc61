//! What a bundle proved.

use super::at_hand::AtHand;
use crate::admission::AdmittedSet;
use crate::charter::Charter;
use crate::entry::{Body, SignedEntry};
use crate::feed::FeedShape;
use crate::history::LogNotRead;
use crate::id::{AuthorId, EntryId, PartDigest};
use crate::index::{Class, Posting, Proved};
use crate::log::{CosignedCheckpoint, Origin};
use crate::subject::SubjectId;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What a bundle proved: in which logs, and completely.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub(super) charter: Charter,
    pub(super) logs: Vec<LogEvidence>,
    pub(super) entries: AtHand,
    pub(super) report: Option<String>,
    /// What is admitted of the entries of all logs.
    pub(super) set: AdmittedSet,
    /// The feeds of everybody involved, over all logs.
    pub(super) feeds: HashMap<AuthorId, FeedShape>,
    /// Why logs are not here, where whoever asked knows.
    pub(super) not_read: Vec<LogNotRead>,
}

/// What one log's index proved.
#[derive(Debug, Clone)]
pub struct LogEvidence {
    /// The index log's note.
    pub note: CosignedCheckpoint,
    /// Class maps and feed values, at one index head.
    pub proved: Proved,
    /// Archived notes of the log, by rising size.
    pub notes: Vec<CosignedCheckpoint>,
    /// The notes by what anchors name them.
    pub(super) archive: HashMap<[u8; 32], usize>,
    pub(super) lists: BTreeMap<(SubjectId, Class), Vec<Posting>>,
    /// The leaf of each entry at hand.
    pub(super) leaves: HashMap<EntryId, u64>,
    /// These leaves, rising.
    pub(super) places: Vec<u64>,
    /// Their entries.
    pub(super) in_order: Vec<SignedEntry>,
    /// The parts of all logs.
    pub(super) bodies: Arc<BTreeMap<PartDigest, Body>>,
}

impl Evidence {
    /// The charter of the network.
    pub const fn charter(&self) -> &Charter {
        &self.charter
    }

    /// Each log, by rising origin.
    pub fn logs(&self) -> &[LogEvidence] {
        &self.logs
    }

    /// The entries, in no order; each of them stands in some log.
    pub fn entries(&self) -> impl Iterator<Item = &SignedEntry> {
        self.entries.statements()
    }

    /// An entry.
    pub fn entry(&self, id: EntryId) -> Option<&SignedEntry> {
        self.entries.get(id)
    }

    /// A part, if its bytes are in the bundle.
    pub fn part(&self, digest: PartDigest) -> Option<&Body> {
        self.logs.first()?.bodies.get(&digest)
    }

    /// Says why logs of a policy are not here, where that is known; histories name them.
    #[must_use]
    pub fn without(self, not_read: Vec<LogNotRead>) -> Self {
        Self { not_read, ..self }
    }

    /// A report for people that travelled along. Nothing vouches for it.
    pub fn report(&self) -> Option<&str> {
        self.report.as_deref()
    }
}

impl LogEvidence {
    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.proved.head.origin
    }

    /// An entry as it stands in this log, if it is at hand.
    pub fn entry(&self, id: EntryId) -> Option<&SignedEntry> {
        let at = self.places.binary_search(self.leaves.get(&id)?).ok()?;
        self.in_order.get(at)
    }

    /// All postings of a subject in one class, none where it has none; nothing where the bundle
    /// shows only how many there are, or was not asked about the subject.
    pub fn list(&self, subject: &SubjectId, class: Class) -> Option<&[Posting]> {
        let map = self.proved.subjects.get(subject)?;
        if map.as_ref().and_then(|map| map.tally(class)).is_none() {
            return Some(&[]);
        }
        let list = self.lists.get(&(subject.clone(), class));
        list.map(Vec::as_slice)
    }

    /// Every list that the bundle holds.
    pub fn lists(&self) -> impl Iterator<Item = (&SubjectId, Class, &[Posting])> {
        let lists = self.lists.iter();
        lists.map(|((subject, class), list)| (subject, *class, list.as_slice()))
    }

    /// Whether every list of a subject is there, whole.
    pub fn covers(&self, subject: &SubjectId) -> bool {
        let Some(map) = self.proved.subjects.get(subject) else {
            return false;
        };
        let mut classes = map.iter().flat_map(crate::index::ClassMap::classes);
        classes.all(|(class, _)| self.list(subject, class).is_some())
    }
}
