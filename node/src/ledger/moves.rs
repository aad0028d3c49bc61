use std::sync::atomic::{AtomicU64, Ordering};

/// Counts how often something changed that answers are made of, besides what is shown.
///
/// A change is counted once everybody can see it, and before anybody is told of it. So what was made
/// of everything after one look at the count is not out of date while a later look finds the same.
#[derive(Debug, Default)]
pub struct Moves(AtomicU64);

impl Moves {
    /// Changes so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    pub(super) fn moved(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
