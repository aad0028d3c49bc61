//! What is new in the log, leaf by leaf, as headers say it.

use fairtrail::api::LeafNotice;
use fairtrail::subject::SubjectId;
use std::collections::BTreeSet;

use super::{ReadError, Service, StoredEntry};
use crate::ledger::lookup_fault;

/// Leaves of one page.
const PAGE: usize = 64;

/// Leaves of the published log that somebody wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesPage {
    /// The leaves, rising.
    pub leaves: Vec<LeafNotice>,
    /// The first leaf that was not looked at.
    pub next: u64,
    /// Leaves published.
    pub size: u64,
}

impl Service {
    /// The next published leaves from `first` on, at most 64: all of them, or those whose header
    /// names one of `subjects`.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn changes(
        &self,
        first: u64,
        subjects: &BTreeSet<SubjectId>,
    ) -> Result<ChangesPage, ReadError> {
        let size = self.checkpoint().size().get();
        let wanted = if subjects.is_empty() {
            (first..size).take(PAGE).collect()
        } else {
            self.leaves_naming_any(subjects, first, size)?
        };
        // A page that is not full has looked at everything.
        let last = wanted.last().filter(|_| wanted.len() == PAGE);
        let next = last.map_or(size, |last| last.saturating_add(1));
        let leaves = wanted.iter().map(|leaf| self.notice(*leaf));
        Ok(ChangesPage {
            leaves: leaves.collect::<Result<_, _>>()?,
            next: next.max(first),
            size,
        })
    }

    fn leaves_naming_any(
        &self,
        subjects: &BTreeSet<SubjectId>,
        first: u64,
        size: u64,
    ) -> Result<Vec<u64>, ReadError> {
        let tables = self.access.reader.tables();
        let mut leaves = BTreeSet::new();
        for subject in subjects {
            let after = first.checked_sub(1);
            let found = tables.leaves_naming(subject, after, size, PAGE);
            leaves.extend(found.map_err(|error| lookup_fault(&error))?);
        }
        Ok(leaves.into_iter().take(PAGE).collect())
    }

    fn notice(&self, leaf: u64) -> Result<LeafNotice, ReadError> {
        let StoredEntry { entry, .. } = self.entry_at(leaf)?;
        let header = entry.header();
        Ok(LeafNotice {
            leaf_index: leaf,
            id: entry.id(),
            kind: header.kind.as_str().to_owned(),
            author: entry.author(),
            subjects: header.subjects.clone(),
        })
    }
}
