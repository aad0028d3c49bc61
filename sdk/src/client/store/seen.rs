//! What was seen of a log, for whoever reads its index instead of its leaves (specs/verify.md §6).

use super::memory::Memory;
use super::{Path, PathBuf, StoreError};
use crate::bundle::LogEvidence;
use crate::fraud::SplitView;
use crate::log::{LogError, PolicyLog, SignedCheckpoint};
use crate::merkle::TreeSize;
use crate::note::Note;
use crate::reason::Reason;

/// What is remembered of one log below a home directory: the newest checkpoints that were seen, and
/// any proof against it.
#[derive(Debug)]
pub struct Seen {
    memory: Memory,
    log: PolicyLog,
}

impl Seen {
    /// Reads what is remembered of `log`.
    ///
    /// # Errors
    /// [`StoreError::Forked`] when it was proved before that the log signed two histories.
    pub fn open(home: &Path, log: &PolicyLog) -> Result<Self, StoreError> {
        let memory = Memory::new(home, log.clone());
        memory.check_innocent()?;
        let log = log.clone();
        Ok(Self { memory, log })
    }

    /// Compares what a bundle proves with what was seen, without asking anybody. How many leaves
    /// were seen where the bundle ends before: that is no fault of a file that was made then.
    ///
    /// # Errors
    /// [`StoreError::Forked`], with the proof kept, or [`LogError::Forked`], with both notes kept,
    /// when one size has two roots; what is remembered cannot be read.
    pub fn compare(&self, log: &LogEvidence) -> Result<Option<TreeSize>, StoreError> {
        let head = &log.proved.head;
        let mut later = None;
        for seen in self.all()? {
            let (size, root) = (seen.checkpoint().size(), seen.checkpoint().root());
            let other = log
                .notes
                .iter()
                .find(|note| note.checkpoint().size() == size && note.checkpoint().root() != root);
            if let Some(other) = other {
                let found = self.signed(other.note())?;
                return Err(self.convict(&SplitView::of_one_size(&seen, &found))?);
            }
            if size == head.size && root != head.root {
                return Err(self.contradicted(seen.note(), log)?);
            }
            if size > head.size {
                later = later.max(Some(size));
            }
        }
        Ok(later)
    }

    /// The index covers another history than a note shows, and no note of the log says so.
    pub(in crate::client) fn contradicted(
        &self,
        note: &Note,
        log: &LogEvidence,
    ) -> Result<StoreError, StoreError> {
        let index = log.note.note();
        self.memory.keep_pair(Reason::LogForked, note, index)?;
        let (origin, size) = (log.origin().clone(), log.proved.head.size.get());
        Ok(LogError::Forked { origin, size }.into())
    }

    /// Every checkpoint that was seen and must be continued.
    pub(in crate::client) fn all(&self) -> Result<Vec<SignedCheckpoint>, StoreError> {
        let seen = self.memory.seen()?.into_iter();
        Ok(seen.chain(self.memory.seen_by_index()?).collect())
    }

    /// A note that the log's own key signed, whoever cosigned it.
    pub(in crate::client) fn signed(&self, note: &Note) -> Result<SignedCheckpoint, LogError> {
        let signed = SignedCheckpoint::open(note.to_string().as_bytes(), self.log.key())?;
        let found = signed.checkpoint().origin();
        if found == self.log.origin() {
            return Ok(signed);
        }
        let (expected, found) = (self.log.origin().clone(), found.clone());
        Err(LogError::OriginMismatch { expected, found })
    }

    pub(in crate::client) fn convict(&self, view: &SplitView) -> Result<StoreError, StoreError> {
        self.memory.convict(view)
    }

    pub(in crate::client) fn keep_step_back(
        &self,
        seen: &Note,
        found: &Note,
    ) -> Result<PathBuf, StoreError> {
        self.memory
            .keep_pair(Reason::RollbackSuspected, seen, found)
    }

    pub(in crate::client) fn remember(&self, note: &Note) -> Result<(), StoreError> {
        self.memory.remember_by_index(note)
    }
}
