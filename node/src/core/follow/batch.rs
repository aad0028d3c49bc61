//! A run of entries that admission is asked about as a whole.

use fairtrail::api::Submission;
use fairtrail::entry::SignedEntry;

/// Entries in log order with what is held for them. All or nothing is taken, so that an entry that
/// is refused has to be taken out and the rest offered anew.
#[derive(Debug)]
pub(super) struct Batch(Vec<(u64, Submission)>);

impl Batch {
    pub(super) const fn new(lines: Vec<(u64, Submission)>) -> Self {
        Self(lines)
    }

    pub(super) fn submissions(&self) -> Vec<Submission> {
        let submissions = self.0.iter().map(|(_, submission)| submission);
        submissions.cloned().collect()
    }

    /// The first leaf, if any is left.
    pub(super) fn first(&self) -> Option<u64> {
        self.0.first().map(|(leaf, _)| *leaf)
    }

    /// Takes out the entry at `position`; nothing when there is none.
    pub(super) fn remove(&mut self, position: usize) -> Option<(u64, SignedEntry)> {
        (position < self.0.len()).then(|| {
            let (leaf, submission) = self.0.remove(position);
            (leaf, submission.entry)
        })
    }

    /// Ends the run before the entry at `position`; its leaf, if there is one.
    pub(super) fn stall(&mut self, position: usize) -> Option<u64> {
        let (leaf, _) = self.0.get(position)?;
        let leaf = *leaf;
        self.0.truncate(position);
        Some(leaf)
    }
}
