//! What a bundle says of a log, beside the log itself: what its lists lack, and what does not belong
//! there.

use super::leaf::hashes;
use super::listed::{ForeignPosting, Listed, Omission};
use super::{FraudError, LogFraud, ShownLeaf};
use crate::bundle::LogPart;
use crate::entry::SignedEntry;
use crate::index::{
    Answer, Class, Embedded, IndexError, Posting, PostingList, Proved, posted_under,
};
use crate::log::{LogError, SignedCheckpoint};
use crate::merkle::LeafIndex;
use crate::note::{Note, NoteVerifier};
use crate::replica::Replica;
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};

/// One class of a subject.
type Key = (SubjectId, Class);

/// Compares every list in one log's part of a bundle with the log, and gives of each list the first
/// entry that it lacks and the first posting that does not belong there. Of classes that the part
/// only counts nothing is said. `key` is that of the index log.
///
/// # Errors
/// [`FraudError`]: the part does not hold, or its head is not one over this log.
///
/// ```
/// use fairtrail::fraud::contradictions;
/// use fairtrail::note::NoteVerifier;
/// # let files = |part, key: &NoteVerifier, log| -> Result<(), fairtrail::fraud::FraudError> {
/// for fraud in contradictions(part, key, log)? {
///     std::fs::write(format!("index.{}", fraud.kind()), fraud.to_string()).ok();
/// }
/// # Ok(()) };
/// ```
pub fn contradictions(
    part: &LogPart,
    key: &NoteVerifier,
    log: &Replica,
) -> Result<Vec<LogFraud>, FraudError> {
    Comparison::new(part, key, log)?.frauds()
}

struct Comparison<'a> {
    part: &'a LogPart,
    log: &'a Replica,
    /// The note of the index log, with its line alone.
    note: Embedded,
    leaf: LeafIndex,
    proved: Proved,
    /// The leaves that belong into each list.
    expected: BTreeMap<Key, BTreeSet<LeafIndex>>,
}

impl<'a> Comparison<'a> {
    fn new(part: &'a LogPart, key: &NoteVerifier, log: &'a Replica) -> Result<Self, FraudError> {
        let note = Note::parse(&part.note.0).map_err(LogError::from)?;
        let note = note.keep_verified(std::slice::from_ref(key));
        let note = note.map_err(LogError::from)?.to_string().into_bytes();
        let index = SignedCheckpoint::open(&note, key)?;
        let index = index.checkpoint();
        let answer = Answer::parse(&part.answer.0).map_err(IndexError::from)?;
        let proved = answer.verify(index, &hashes(&part.path))?;
        let head = &proved.head;
        let over_it = head.origin == *log.origin()
            && head.size <= log.size()
            && log.root_at(head.size).is_ok_and(|root| root == head.root);
        if !over_it {
            let what = "the head is not one over the log at hand";
            return Err(FraudError::Unknown { what });
        }
        Ok(Self {
            leaf: LeafIndex::new(index.size().get().saturating_sub(1))?,
            expected: expected(&proved, log),
            note: Embedded(note),
            part,
            log,
            proved,
        })
    }

    fn frauds(&self) -> Result<Vec<LogFraud>, FraudError> {
        let mut frauds = Vec::new();
        let mut lists = BTreeMap::new();
        for list in &self.part.lists {
            let read = PostingList::parse(&list.list.0).map_err(IndexError::from)?;
            lists.insert((list.subject.clone(), read.class), (&list.list, read));
        }
        for (key, (bytes, list)) in &lists {
            frauds.extend(self.foreign(key, bytes, list)?);
            let listed = self.listed(&key.0, Some(bytes));
            frauds.extend(self.omission(key, &self.right(key, list), listed)?);
        }
        for key in self.expected.keys().filter(|key| !lists.contains_key(key)) {
            let map = self.proved.subjects.get(&key.0).and_then(Option::as_ref);
            if map.and_then(|map| map.tally(key.1)).is_none() {
                let listed = self.listed(&key.0, None);
                frauds.extend(self.omission(key, &BTreeSet::new(), listed)?);
            }
        }
        Ok(frauds)
    }

    /// The leaves that a list names as they are, and that belong there.
    fn right(&self, key: &Key, list: &PostingList) -> BTreeSet<LeafIndex> {
        let postings = list.postings.iter();
        postings
            .filter_map(|posting| self.belongs(key, posting))
            .collect()
    }

    /// The leaf of a posting that belongs into a list.
    fn belongs(&self, key: &Key, posting: &Embedded) -> Option<LeafIndex> {
        let posting = Posting::parse(&posting.0).ok()?;
        let entry = self.entry(posting.leaf)?;
        // Its log time is the operator's word; every time lists the entry.
        let same = posting == Posting::of(entry, posting.leaf, posting.time);
        let belongs = self.expected.get(key)?.contains(&posting.leaf);
        (same && belongs).then_some(posting.leaf)
    }

    fn foreign(
        &self,
        key: &Key,
        bytes: &Embedded,
        list: &PostingList,
    ) -> Result<Option<LogFraud>, FraudError> {
        let strange = |posting: &&Embedded| self.belongs(key, posting).is_none();
        let found = (0..).zip(&list.postings);
        let Some((position, posting)) = found.into_iter().find(|(_, it)| strange(it)) else {
            return Ok(None);
        };
        let leaf = Posting::parse(&posting.0).ok().map(|posting| posting.leaf);
        let leaf = leaf.filter(|leaf| self.proved.head.size.contains(*leaf));
        Ok(Some(LogFraud::ForeignPosting(ForeignPosting {
            listed: self.listed(&key.0, Some(bytes)),
            position,
            leaf: leaf.map(|leaf| self.shown(leaf)).transpose()?,
        })))
    }

    fn omission(
        &self,
        key: &Key,
        right: &BTreeSet<LeafIndex>,
        listed: Listed,
    ) -> Result<Option<LogFraud>, FraudError> {
        let mut expected = self.expected.get(key).into_iter().flatten();
        let lacking = expected.find(|leaf| !right.contains(leaf));
        let lacking = lacking.map(|leaf| self.shown(*leaf)).transpose()?;
        Ok(lacking.map(|leaf| LogFraud::Omission(Omission { listed, leaf })))
    }

    fn listed(&self, subject: &SubjectId, list: Option<&Embedded>) -> Listed {
        Listed {
            note: self.note.clone(),
            leaf: self.leaf.get(),
            path: self.part.path.clone(),
            answer: self.part.answer.clone(),
            list: list.cloned(),
            subject: subject.clone(),
        }
    }

    fn entry(&self, leaf: LeafIndex) -> Option<&SignedEntry> {
        let at = usize::try_from(leaf.get()).ok()?;
        let inside = self.proved.head.size.contains(leaf);
        self.log.entries().get(at).filter(|_| inside)
    }

    fn shown(&self, leaf: LeafIndex) -> Result<ShownLeaf, FraudError> {
        let entry = self.entry(leaf).ok_or(FraudError::Malformed)?;
        let size = self.proved.head.size;
        let path = self.log.inclusion(leaf, size);
        let path = path.map_err(|_| FraudError::Malformed)?;
        Ok(ShownLeaf::new(leaf.get(), &path, entry.bytes()))
    }
}

/// What the leaves under the head say of the subjects that an answer is about.
fn expected(proved: &Proved, log: &Replica) -> BTreeMap<Key, BTreeSet<LeafIndex>> {
    let mut expected: BTreeMap<Key, BTreeSet<LeafIndex>> = BTreeMap::new();
    let leaves = (0..proved.head.size.get()).map(LeafIndex::new);
    for (leaf, entry) in leaves.flatten().zip(log.entries()) {
        let class = Class::of(&entry.header().kind);
        let asked = posted_under(entry).into_iter();
        for subject in asked.filter(|subject| proved.subjects.contains_key(subject)) {
            expected.entry((subject, class)).or_default().insert(leaf);
        }
    }
    expected
}
