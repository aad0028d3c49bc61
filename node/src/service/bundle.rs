//! Bundles: what the log holds about some subjects, provably all of it (specs/bundle.md).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLockReadGuard};

use fairtrail::bundle::{BuildError, BundleSource, IndexNote, Question, build};
use fairtrail::entry::{Audience, Body, SignedEntry};
use fairtrail::feed::{FeedValue, Link};
use fairtrail::id::{AuthorId, EntryId, PartDigest};
use fairtrail::index::{Answer, Class, ClassMap, Index, IndexHead};
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{CompactRange, Hash, LeafIndex, ProveError, Root, TreeSize, prove};
use fairtrail::note::Note;
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;

use super::log::{archive_fault, tiles_fault};
use super::{IndexQuestion, ReadError, Service};
use crate::core::follow::Reads;
use crate::ledger::{IndexAccess, lookup_fault};
use crate::store::tiles::{TileReader, TilesError};
use crate::store::withheld::List;

/// Entries of one bundle at most: what verifies in seconds.
const MAX_ENTRIES: usize = 65_536;
/// How often an answer is begun anew because the index moved on.
const ATTEMPTS: usize = 5;
/// Rows of one look-up.
const SCAN: usize = 1_024;

impl Service {
    /// The bundle that answers a question, at the newest index head that the index quorum stands
    /// behind.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when there is no such head; [`ReadError::TooLarge`];
    /// [`ReadError::Moved`] when the index moves faster than an answer is made;
    /// [`ReadError::Store`].
    pub fn bundle(&self, question: &Question) -> Result<Vec<u8>, ReadError> {
        let mut answer = Err(ReadError::Moved);
        for _ in 0..ATTEMPTS {
            answer = self.try_bundle(question);
            if answer != Err(ReadError::Moved) {
                break;
            }
        }
        answer
    }

    fn try_bundle(&self, question: &Question) -> Result<Vec<u8>, ReadError> {
        let access = self.access.index.as_ref().ok_or(ReadError::NotFound)?;
        let note = self.index_log(IndexQuestion::FullCheckpoint)?;
        let head = access.index().settled().cloned();
        let head = head.ok_or(ReadError::NotFound)?;
        let note = index_note(access, &head, note)?;
        let source = Source {
            service: self,
            access,
            head,
            last_head: note.last,
            heads: Mutex::default(),
            withheld: self.access.reader.withheld.now(),
        };
        let charter = &self.fixed.charter;
        let built = build(charter, note.note, &source, question, MAX_ENTRIES);
        let bundle = built.map_err(|error| match error {
            BuildError::Source(error) => error,
            BuildError::TooLarge { max } => ReadError::TooLarge { max },
        })?;
        Ok(bundle.to_bytes())
    }
}

/// The note of an index, whose last leaf is the head that it answers from.
pub(super) struct Noted {
    pub(super) note: IndexNote,
    last: u64,
}

pub(super) fn index_note(
    access: &IndexAccess,
    head: &IndexHead,
    note: Vec<u8>,
) -> Result<Noted, ReadError> {
    let read = Note::parse(&note).ok();
    let read = read.and_then(|note| note.text().parse::<Checkpoint>().ok());
    let size = read.ok_or(ReadError::DAMAGED)?.size();
    let last = size.get().checked_sub(1).ok_or(ReadError::NotFound)?;
    // While a newer head is being vouched for, the index answers from it already.
    if access.reader.leaf_bytes(last)? != head.to_bytes() {
        return Err(ReadError::NotFound);
    }
    let leaf = LeafIndex::new(last).map_err(|_| ReadError::DAMAGED)?;
    let path = prove::inclusion(&access.reader.tiles, leaf, size).map_err(prove_fault)?;
    let note = IndexNote { note, path };
    Ok(Noted { note, last })
}

fn prove_fault(error: ProveError<TilesError>) -> ReadError {
    match error {
        ProveError::Source(error) => tiles_fault(&error),
        ProveError::Merkle(_) => ReadError::DAMAGED,
    }
}

/// The log, as far as one index head covers it.
struct Source<'a> {
    service: &'a Service,
    access: &'a IndexAccess,
    head: IndexHead,
    /// The leaf of the head in the index log.
    last_head: u64,
    /// Log size and log time of the heads looked at.
    heads: Mutex<HashMap<u64, (u64, Timestamp)>>,
    withheld: Arc<List>,
}

impl Source<'_> {
    fn tiles(&self) -> &TileReader {
        &self.service.access.reader.tiles
    }

    /// The index, for one look-up: whoever publishes waits for no whole bundle.
    fn index(&self) -> Result<RwLockReadGuard<'_, Index>, ReadError> {
        let index = self.access.index();
        match index.settled() {
            Some(head) if *head == self.head => Ok(index),
            _ => Err(ReadError::Moved),
        }
    }

    /// Size and time of an earlier head.
    fn head_at(&self, at: u64) -> Result<(u64, Timestamp), ReadError> {
        let heads = || self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = heads().get(&at) {
            return Ok(*known);
        }
        let bytes = self.access.reader.leaf_bytes(at)?;
        let head = IndexHead::parse(&bytes).map_err(|_| ReadError::DAMAGED)?;
        let known = (head.size.get(), head.time);
        heads().insert(at, known);
        Ok(known)
    }

    fn leaves_listed(&self, subject: &SubjectId, class: Class) -> Result<Vec<u64>, ReadError> {
        let (tables, end) = (self.service.access.reader.tables(), self.head.size.get());
        let mut leaves: Vec<u64> = Vec::new();
        loop {
            let after = leaves.last().copied();
            let more = tables.leaves_listed(subject, class, after, end, SCAN);
            let more = more.map_err(|error| lookup_fault(&error))?;
            let done = more.len() < SCAN;
            leaves.extend(more);
            if done {
                return Ok(leaves);
            }
        }
    }
}

impl BundleSource for Source<'_> {
    type Error = ReadError;

    fn feed(&self, author: AuthorId) -> Result<Option<FeedValue>, ReadError> {
        Ok(self.index()?.feed(author))
    }

    fn links(&self, author: AuthorId) -> Result<Vec<Link>, ReadError> {
        Ok(self.index()?.links(author))
    }

    fn answer(
        &self,
        subjects: BTreeSet<SubjectId>,
        authors: &BTreeSet<AuthorId>,
    ) -> Result<Answer, ReadError> {
        let answer = self.index()?.answer(subjects, authors.iter().copied());
        answer.map_err(|error| {
            tracing::error!(%error, "the index gives no answer");
            ReadError::DAMAGED
        })
    }

    fn lists(&self, subject: &SubjectId) -> Result<Vec<(Class, u64)>, ReadError> {
        let index = self.index()?;
        let map = index.class_map(subject);
        let lists = map.iter().flat_map(ClassMap::classes);
        Ok(lists.map(|(class, tally)| (class, tally.count)).collect())
    }

    /// A begin stands in the lists of the author that it begins, which its header does not name.
    fn leaves(&self, subject: &SubjectId, class: Class) -> Result<Vec<LeafIndex>, ReadError> {
        let mut leaves = self.leaves_listed(subject, class)?;
        if let Some(author) = subject.author().filter(|_| class == Class::Net)
            && let Some(begin) = self.leaf_of(author.into())?
        {
            leaves.push(begin.get());
            leaves.sort_unstable();
            leaves.dedup();
        }
        let leaves = leaves.into_iter().map(LeafIndex::new);
        leaves
            .collect::<Result<_, _>>()
            .map_err(|_| ReadError::DAMAGED)
    }

    fn entry_at(&self, leaf: LeafIndex) -> Result<SignedEntry, ReadError> {
        Ok(self.service.access.reader.entry_at(leaf.get())?)
    }

    fn leaf_of(&self, entry: EntryId) -> Result<Option<LeafIndex>, ReadError> {
        let leaf = self.service.access.reader.leaf_of(entry)?;
        let leaf = leaf.filter(|leaf| *leaf < self.head.size.get());
        Ok(leaf.and_then(|leaf| LeafIndex::new(leaf).ok()))
    }

    /// Heads rise by size, so the first that covers a leaf is found by halving.
    fn log_time(&self, leaf: LeafIndex) -> Result<Timestamp, ReadError> {
        let (mut from, mut to) = (0, self.last_head);
        while from < to {
            let middle = from.midpoint(to);
            if self.head_at(middle)?.0 > leaf.get() {
                to = middle;
            } else {
                from = middle.saturating_add(1);
            }
        }
        Ok(self.head_at(from)?.1)
    }

    fn inclusion(&self, leaf: LeafIndex) -> Result<Vec<Hash>, ReadError> {
        prove::inclusion(self.tiles(), leaf, self.head.size).map_err(prove_fault)
    }

    fn size(&self) -> TreeSize {
        self.head.size
    }

    fn root(&self, at: TreeSize) -> Result<Root, ReadError> {
        let range = CompactRange::read(self.tiles(), at);
        Ok(range.map_err(|error| tiles_fault(&error))?.root())
    }

    fn growth(&self, from: TreeSize) -> Result<Vec<Hash>, ReadError> {
        prove::consistency(self.tiles(), from, self.head.size).map_err(prove_fault)
    }

    fn note_sizes(&self) -> Result<Vec<TreeSize>, ReadError> {
        let size = self.head.size;
        let archive = self.service.access.reader.archive();
        let archived = archive.list().lines().iter().map(|line| line.size);
        let mut sizes: Vec<_> = archived.filter(|archived| *archived < size).collect();
        let last = self.access.log_note(size).is_some();
        let last = last || archive.list().lines().iter().any(|line| line.size == size);
        sizes.extend(last.then_some(size));
        Ok(sizes)
    }

    fn note(&self, size: TreeSize) -> Result<Vec<u8>, ReadError> {
        if let Some(note) = self
            .access
            .log_note(size)
            .filter(|_| size == self.head.size)
        {
            return Ok(note.to_vec());
        }
        let archive = self.service.access.reader.archive();
        let note = archive.notes().note(size.get());
        note.map_err(|error| archive_fault(&error))?
            .ok_or(ReadError::DAMAGED)
    }

    fn body(&self, entry: &SignedEntry, part: PartDigest) -> Result<Option<Body>, ReadError> {
        let parts = entry.header().parts.iter();
        let mut public = parts.filter(|known| known.audience == Audience::Public);
        if !public.any(|known| known.digest == part) {
            return Ok(None);
        }
        let Some(leaf) = self.leaf_of(entry.id())? else {
            return Ok(None);
        };
        let row = self
            .service
            .access
            .reader
            .tables()
            .part_at(part, leaf.get());
        let Some(row) = row.map_err(|error| lookup_fault(&error))? else {
            return Ok(None);
        };
        let list = &self.withheld;
        match self
            .service
            .body_for(Reads::Public, entry.id(), part, row, list)
        {
            Ok(body) => Ok(Some(body)),
            Err(error @ ReadError::Store { .. }) => Err(error),
            Err(_) => Ok(None),
        }
    }
}
