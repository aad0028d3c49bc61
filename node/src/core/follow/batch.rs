//! A run of entries that admission is asked about as a whole.

use fairtrail::api::Submission;
use fairtrail::entry::SignedEntry;
use fairtrail::reason::Reason;

/// Entries in log order with what is held for them. All or nothing is taken, so that an entry that
/// is refused has to be taken out and the rest offered anew.
#[derive(Debug)]
pub(super) struct Batch {
    lines: Vec<(u64, Submission)>,
    /// The first leaf that waits for something; the run ends before it.
    stalled: Option<(u64, Reason)>,
}

impl Batch {
    pub(super) const fn new(lines: Vec<(u64, Submission)>) -> Self {
        Self {
            lines,
            stalled: None,
        }
    }

    pub(super) fn submissions(&self) -> Vec<Submission> {
        let submissions = self.lines.iter().map(|(_, submission)| submission);
        submissions.cloned().collect()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) const fn stalled(&self) -> Option<(u64, Reason)> {
        self.stalled
    }

    /// Takes out the entry at `position`; nothing when there is none.
    pub(super) fn remove(&mut self, position: usize) -> Option<(u64, SignedEntry)> {
        (position < self.lines.len()).then(|| {
            let (leaf, submission) = self.lines.remove(position);
            (leaf, submission.entry)
        })
    }

    /// Ends the run before the entry at `position`; whether there is one.
    pub(super) fn stall(&mut self, position: usize, reason: Reason) -> bool {
        let at = self.lines.get(position).map(|(leaf, _)| *leaf);
        self.stalled = at.map(|leaf| (leaf, reason));
        self.lines.truncate(position);
        at.is_some()
    }
}
