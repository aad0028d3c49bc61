//! What every answer to a question held when the log was smaller, so that it need not be said again.

use super::Question;
use super::build::{BundleSource, Gathering, involves};
use crate::charter::Charter;
use crate::entry::SignedEntry;
use crate::id::{AuthorId, EntryId};
use crate::index::Class;
use crate::merkle::{LeafIndex, TreeSize};
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};

/// What there was at a size of the log in every answer to the question. Lists only grow, and so does
/// whom they involve: gathered by lists alone, as they were then, this is a part of each such answer.
/// An author involved since is not in it, however old its entries are.
#[derive(Default)]
pub(super) struct Base {
    since: Option<TreeSize>,
    lists: BTreeSet<(SubjectId, Class)>,
    entries: BTreeSet<EntryId>,
}

impl Base {
    /// Nothing for whoever asks for a whole answer, or holds more than there is here.
    pub(super) fn of<S: BundleSource>(
        gathered: &Gathering<'_, S>,
        charter: &Charter,
        question: &Question,
    ) -> Result<Self, S::Error> {
        let since = question.since.and_then(|since| TreeSize::new(since).ok());
        let there = |since: &TreeSize| *since > TreeSize::ZERO && *since <= gathered.source.size();
        let Some(since) = since.filter(there) else {
            return Ok(Self::default());
        };
        let entries = gathered.entries.values();
        let mut walk = Walk {
            gathered,
            by_leaf: entries.map(|(leaf, entry)| (*leaf, entry)).collect(),
            base: Self {
                since: Some(since),
                ..Self::default()
            },
            open: Vec::new(),
        };
        for place in gathered.lists.keys() {
            let (subject, class) = place;
            if question.subjects.contains(subject) && question.wants(*class) {
                walk.take_list(place);
            }
        }
        let roots = charter.terms().roots.iter();
        walk.open.extend(roots.map(|pair| charter.author(*pair)));
        walk.open.extend(question.authors.keys());
        walk.go()?;
        Ok(walk.base)
    }

    /// The size of the log that what is held ends at.
    pub(super) const fn since(&self) -> Option<TreeSize> {
        self.since
    }

    /// Whether the log was smaller then.
    pub(super) fn is_after(&self, size: TreeSize) -> bool {
        self.since.is_none_or(|since| size > since)
    }

    /// Whether an entry is held.
    pub(super) fn holds(&self, entry: EntryId) -> bool {
        self.entries.contains(&entry)
    }

    /// How many leaves of a list are held.
    pub(super) fn held(&self, place: &(SubjectId, Class), leaves: &[LeafIndex]) -> usize {
        match self.since {
            Some(since) if self.lists.contains(place) => {
                leaves.partition_point(|leaf| since.contains(*leaf))
            }
            _ => 0,
        }
    }
}

struct Walk<'a, S> {
    gathered: &'a Gathering<'a, S>,
    by_leaf: BTreeMap<LeafIndex, &'a SignedEntry>,
    base: Base,
    open: Vec<AuthorId>,
}

impl<S: BundleSource> Walk<'_, S> {
    fn go(&mut self) -> Result<(), S::Error> {
        let mut involved = BTreeSet::new();
        while let Some(author) = self.open.pop() {
            if involved.insert(author) {
                self.take_list(&(author.into(), Class::Net));
                self.take_head(author)?;
            }
        }
        Ok(())
    }

    fn take_list(&mut self, place: &(SubjectId, Class)) {
        let Some(leaves) = self.gathered.lists.get(place) else {
            return;
        };
        self.base.lists.insert(place.clone());
        for leaf in leaves {
            self.take(*leaf);
        }
    }

    /// The head of a feed that has no fork was its head since it stands there.
    fn take_head(&mut self, author: AuthorId) -> Result<(), S::Error> {
        let value = self.gathered.source.feed(author)?;
        let value = value.filter(|value| value.fork.is_none());
        let head = value.and_then(|value| self.gathered.entries.get(&value.head));
        if let Some((leaf, _)) = head {
            self.take(*leaf);
        }
        Ok(())
    }

    fn take(&mut self, leaf: LeafIndex) {
        let then = self.base.since.is_some_and(|since| since.contains(leaf));
        if let Some(entry) = self.by_leaf.get(&leaf).filter(|_| then) {
            self.base.entries.insert(entry.id());
            self.open.extend(involves(entry));
        }
    }
}
