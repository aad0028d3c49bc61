//! Making a bundle out of one log and its index.

use super::base::Base;
use super::{Bundle, FeedWanted, Question};
use crate::charter::Charter;
use crate::entry::{Body, NetworkClaim, SignedEntry};
use crate::feed::{FeedValue, Link};
use crate::id::{AuthorId, EntryId, PartDigest};
use crate::index::{Answer, Class};
use crate::merkle::{Hash, LeafIndex, Root, TreeSize};
use crate::subject::SubjectId;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Where whoever makes a bundle finds what a log holds. Everything is as of one index head: leaves
/// that it does not cover do not exist, and paths end in the tree it covers.
#[expect(
    clippy::missing_errors_doc,
    reason = "each fails only where something cannot be read"
)]
pub trait BundleSource {
    /// Why something cannot be read.
    type Error;

    /// The value of a feed; nothing where none has begun.
    fn feed(&self, author: AuthorId) -> Result<Option<FeedValue>, Self::Error>;

    /// See [`Index::links`](crate::index::Index::links).
    fn links(&self, author: AuthorId) -> Result<Vec<Link>, Self::Error>;

    /// What the index answers.
    fn answer(
        &self,
        subjects: BTreeSet<SubjectId>,
        authors: &BTreeSet<AuthorId>,
    ) -> Result<Answer, Self::Error>;

    /// The lists of a subject that are not empty, each with its length.
    fn lists(&self, subject: &SubjectId) -> Result<Vec<(Class, u64)>, Self::Error>;

    /// The leaves whose entries stand in one of its lists, rising. What this costs must not depend on
    /// its other lists: one of them may be as long as its author likes.
    fn leaves(&self, subject: &SubjectId, class: Class) -> Result<Vec<LeafIndex>, Self::Error>;

    /// The entry at a leaf.
    fn entry_at(&self, leaf: LeafIndex) -> Result<SignedEntry, Self::Error>;

    /// Where an entry stands.
    fn leaf_of(&self, entry: EntryId) -> Result<Option<LeafIndex>, Self::Error>;

    /// The log time of the first index head that covers a leaf.
    fn log_time(&self, leaf: LeafIndex) -> Result<Timestamp, Self::Error>;

    /// The path of a leaf.
    fn inclusion(&self, leaf: LeafIndex) -> Result<Vec<Hash>, Self::Error>;

    /// Leaves that the index head covers.
    fn size(&self) -> TreeSize;

    /// The root of the log at an earlier size.
    fn root(&self, at: TreeSize) -> Result<Root, Self::Error>;

    /// How the log grew from an earlier size.
    fn growth(&self, from: TreeSize) -> Result<Vec<Hash>, Self::Error>;

    /// The sizes at which notes of the log are at hand, rising, none above that of the head.
    fn note_sizes(&self) -> Result<Vec<TreeSize>, Self::Error>;

    /// One of these notes.
    fn note(&self, size: TreeSize) -> Result<Vec<u8>, Self::Error>;

    /// A part of an entry, if everybody may have it and it is here.
    fn body(&self, entry: &SignedEntry, part: PartDigest) -> Result<Option<Body>, Self::Error>;
}

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BuildError<E> {
    /// More entries, or more of their parts, than a bundle holds.
    #[error("more than {max} entries, or too many bytes of parts")]
    TooLarge {
        /// Entries allowed.
        max: usize,
    },
    /// Something cannot be read.
    #[error("something cannot be read")]
    Source(E),
}

/// The index log's newest note, and the path of its last leaf, which is the head that the index
/// answers from.
#[derive(Debug, Clone)]
pub struct IndexNote {
    /// The note.
    pub note: Vec<u8>,
    /// The path.
    pub path: Vec<Hash>,
}

/// Makes a bundle that answers a question: a whole one, or where the question says since when, and
/// the log was at least as large, what came since.
///
/// # Errors
/// [`BuildError`].
pub fn build<S: BundleSource>(
    charter: &Charter,
    note: IndexNote,
    source: &S,
    question: &Question,
    max_entries: usize,
) -> Result<Bundle, BuildError<S::Error>> {
    let mut gathering = Gathering {
        source,
        entries: BTreeMap::new(),
        lists: BTreeMap::new(),
        outside: BTreeSet::new(),
        involved: BTreeSet::new(),
        max_entries,
    };
    gathering.ask(charter, question)?;
    let base = Base::of(&gathering, charter, question);
    let base = base.map_err(BuildError::Source)?;
    gathering.finish(charter, note, question, &base)
}

pub(super) struct Gathering<'a, S> {
    pub(super) source: &'a S,
    pub(super) entries: BTreeMap<EntryId, (LeafIndex, SignedEntry)>,
    pub(super) lists: BTreeMap<(SubjectId, Class), Vec<LeafIndex>>,
    /// Entries that stand in none of the lists gathered first.
    pub(super) outside: BTreeSet<EntryId>,
    pub(super) involved: BTreeSet<AuthorId>,
    pub(super) max_entries: usize,
}

impl<S: BundleSource> Gathering<'_, S> {
    fn ask(&mut self, charter: &Charter, question: &Question) -> Result<(), BuildError<S::Error>> {
        let mut authors = Vec::new();
        for subject in &question.subjects {
            self.take_lists(subject, |class| question.wants(class), &mut authors)?;
        }
        let roots = charter.terms().roots.iter();
        authors.extend(roots.map(|pair| charter.author(*pair)));
        authors.extend(question.authors.keys());
        while let Some(author) = authors.pop() {
            if !self.involved.insert(author) {
                continue;
            }
            self.take_lists(&author.into(), |class| class == Class::Net, &mut authors)?;
            let from = match question.authors.get(&author) {
                Some(FeedWanted::EntriesFrom(seq)) => Some(*seq),
                Some(FeedWanted::Value) | None => None,
            };
            self.take_feed(author, from, &mut authors)?;
        }
        Ok(())
    }

    /// Takes lists of a subject with their entries, and notes who is involved by that.
    fn take_lists(
        &mut self,
        subject: &SubjectId,
        wanted: impl Fn(Class) -> bool,
        involved: &mut Vec<AuthorId>,
    ) -> Result<(), BuildError<S::Error>> {
        let mut lists = self.source.lists(subject).map_err(BuildError::Source)?;
        lists.retain(|(class, _)| wanted(*class));
        // An entry stands in one list of a subject at most, so none is read in vain.
        self.check_room(lists.iter().map(|(_, count)| count).sum())?;
        for (class, _) in lists {
            let leaves = self.source.leaves(subject, class);
            let leaves = leaves.map_err(BuildError::Source)?;
            for leaf in &leaves {
                let entry = self.source.entry_at(*leaf).map_err(BuildError::Source)?;
                self.take(*leaf, entry, involved)?;
            }
            self.lists.insert((subject.clone(), class), leaves);
        }
        Ok(())
    }

    fn check_room(&self, entries: u64) -> Result<(), BuildError<S::Error>> {
        let max = self.max_entries;
        if usize::try_from(entries).is_ok_and(|entries| entries <= max) {
            Ok(())
        } else {
            Err(BuildError::TooLarge { max })
        }
    }

    fn take(
        &mut self,
        leaf: LeafIndex,
        entry: SignedEntry,
        involved: &mut Vec<AuthorId>,
    ) -> Result<(), BuildError<S::Error>> {
        involved.extend(involves(&entry));
        self.entries.insert(entry.id(), (leaf, entry));
        self.check_room(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))
    }

    /// The head of a feed; of a forked one everything from the lowest fork on, and from what is
    /// asked for on.
    fn take_feed(
        &mut self,
        author: AuthorId,
        from: Option<u64>,
        involved: &mut Vec<AuthorId>,
    ) -> Result<(), BuildError<S::Error>> {
        let value = self.source.feed(author).map_err(BuildError::Source)?;
        let Some(value) = value else {
            return Ok(());
        };
        let links = self.source.links(author).map_err(BuildError::Source)?;
        let mut wanted = forked(&links, &value);
        wanted.push(value.head);
        for id in wanted {
            self.take_outside(id, involved)?;
        }
        let mut at = value.head;
        while let Some(from) = from {
            let Some((_, entry)) = self.entries.get(&at) else {
                break;
            };
            match entry.header().prev.filter(|_| entry.header().seq > from) {
                Some(prev) => at = prev,
                None => break,
            }
            self.take_outside(at, involved)?;
        }
        Ok(())
    }

    fn take_outside(
        &mut self,
        id: EntryId,
        involved: &mut Vec<AuthorId>,
    ) -> Result<(), BuildError<S::Error>> {
        if self.entries.contains_key(&id) {
            return Ok(());
        }
        // What the index does not cover yet does not exist here.
        let leaf = self.source.leaf_of(id).map_err(BuildError::Source)?;
        if let Some(leaf) = leaf {
            let entry = self.source.entry_at(leaf).map_err(BuildError::Source)?;
            self.outside.insert(id);
            self.take(leaf, entry, involved)?;
        }
        Ok(())
    }
}

/// Every entry of a forked feed from the last one before its lowest fork on.
fn forked(links: &[Link], value: &FeedValue) -> Vec<EntryId> {
    let lowest = value.fork.as_ref().map(|fork| fork.lowest.seq);
    let from = lowest.and_then(|seq| seq.checked_sub(1));
    let links = links.iter();
    let links = links.filter(|link| from.is_some_and(|from| link.seq >= from));
    links.map(|link| link.id).collect()
}

/// Whom an entry involves: who made it, and whom it lets somebody continue.
pub(super) fn involves(entry: &SignedEntry) -> impl Iterator<Item = AuthorId> {
    let continued = match entry.network_claim() {
        Some(NetworkClaim::Grant(grant)) => grant.succeeds,
        _ => None,
    };
    std::iter::once(entry.author()).chain(continued)
}
