//! Making the index again while the log is replayed: the same leaves under the same heads.

use std::fmt;

use fairtrail::admission::AdmittedSet;
use fairtrail::entry::SignedEntry;
use fairtrail::index::{Index, IndexHead, Rebuild};
use fairtrail::log::Origin;

use super::super::error::LedgerError;

type Heads = Box<dyn Iterator<Item = Result<IndexHead, LedgerError>> + Send>;

/// The index as far as the replay has come.
pub(in crate::ledger) struct IndexReplay {
    heads: Heads,
    next: Option<IndexHead>,
    last: Option<IndexHead>,
    rebuild: Rebuild,
    pending: Vec<SignedEntry>,
    failed: Option<LedgerError>,
}

impl IndexReplay {
    pub(super) fn new(
        log: Origin,
        heads: impl Iterator<Item = Result<IndexHead, LedgerError>> + Send + 'static,
    ) -> Self {
        let mut replay = Self {
            heads: Box::new(heads),
            next: None,
            last: None,
            rebuild: Rebuild::new(log),
            pending: Vec::new(),
            failed: None,
        };
        replay.advance();
        replay
    }

    /// Takes the next leaf of the log; `set` holds it and everything before it.
    pub(in crate::ledger) fn take(&mut self, entry: &SignedEntry, set: &AdmittedSet) {
        let Some(head) = &self.next else {
            return;
        };
        self.pending.push(entry.clone());
        let pending = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        if self.rebuild.size().get().saturating_add(pending) < head.size.get() {
            return;
        }
        let taken = self.rebuild.take(&self.pending, head.time, set);
        self.pending.clear();
        if let Err(error) = taken {
            return self.fail(error.into());
        }
        self.last = self.next.take();
        self.advance();
    }

    /// The index at the last head, if what the log holds leads there.
    pub(in crate::ledger) fn finish(self) -> Result<Index, LedgerError> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        if let Some(next) = self.next {
            let (index, log) = (next.size.get(), self.rebuild.size().get());
            return Err(LedgerError::IndexAhead { index, log });
        }
        Ok(self.rebuild.finish(self.last.as_ref())?)
    }

    fn advance(&mut self) {
        match self.heads.next().transpose() {
            Ok(next) => self.next = next,
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: LedgerError) {
        self.next = None;
        self.failed.get_or_insert(error);
    }
}

impl fmt::Debug for IndexReplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexReplay").finish_non_exhaustive()
    }
}
