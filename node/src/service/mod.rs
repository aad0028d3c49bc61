//! What a gateway, or anything else in this process, may ask of the log.
//!
//! A [`Service`] is cheap to clone and usable from every thread. Submitting is `async`: it waits
//! for the one writer. Reading is blocking file I/O in microseconds and never waits for a commit;
//! a gateway runs it through [`Service::read`]. What is read is what the last published checkpoint
//! covers, never the tail behind it; feed heads and receipts alone speak of what is admitted,
//! because authors need it before they sign.

mod answers;
mod error;

use std::sync::Arc;
use std::time::Duration;

pub use self::answers::{Acknowledged, Health, Published, StoredEntry, Submitted};
pub use self::error::{ReadError, SubmitError};
use fairtrail::api::{Batch, CheckAnswer, DraftMessage, FeedView, HistoryPage, LogInfo, PartsPage};
use fairtrail::entry::Body;
use fairtrail::id::{AuthorId, EntryId, PartDigest};
use fairtrail::log::{EntryTile, Tile};
use fairtrail::merkle::TreeSize;
use fairtrail::subject::SubjectId;
use tokio::sync::watch;

/// The log as a service.
#[derive(Clone, Debug)]
pub struct Service {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    published: watch::Receiver<Arc<Published>>,
    info: LogInfo,
    charter: Vec<u8>,
}

impl Service {
    /// Submits entries that are admitted together or not at all, and answers when they are durable
    /// and promised; with `wait`, when a checkpoint covers them or that time is over.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then.
    pub async fn submit(
        &self,
        batch: Batch,
        wait: Option<Duration>,
    ) -> Result<Submitted, SubmitError> {
        let _ = (batch, wait, &self.inner);
        tokio::task::yield_now().await;
        Err(SubmitError::stopped())
    }

    /// What the submission door would say to a draft: every problem it finds.
    pub fn check(&self, draft: &DraftMessage) -> CheckAnswer {
        let _ = draft;
        CheckAnswer {
            acceptable: false,
            problems: Vec::new(),
        }
    }

    /// The last published checkpoint.
    pub fn checkpoint(&self) -> Arc<Published> {
        Arc::clone(&self.inner.published.borrow())
    }

    /// Follows what is published.
    pub fn published(&self) -> watch::Receiver<Arc<Published>> {
        self.inner.published.clone()
    }

    /// The bytes of a hash tile, verified up to the checkpoint.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when it is not part of the published tree; [`ReadError::Store`].
    pub fn tile(&self, tile: Tile) -> Result<Vec<u8>, ReadError> {
        let _ = tile;
        Err(ReadError::NotFound)
    }

    /// An entry bundle, each entry verified up to the checkpoint.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when it is not part of the published tree; [`ReadError::Store`].
    pub fn entries(&self, tile: EntryTile) -> Result<Vec<u8>, ReadError> {
        let _ = tile;
        Err(ReadError::NotFound)
    }

    /// The list of archived notes, in its text form.
    pub fn archive(&self) -> String {
        String::new()
    }

    /// The note archived at exactly this size, byte for byte.
    ///
    /// # Errors
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn archived(&self, size: TreeSize) -> Result<Vec<u8>, ReadError> {
        let _ = size;
        Err(ReadError::NotFound)
    }

    /// A published entry.
    ///
    /// # Errors
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn entry(&self, id: EntryId) -> Result<StoredEntry, ReadError> {
        let _ = id;
        Err(ReadError::NotFound)
    }

    /// A tlog-proof file that the entry is in the published tree.
    ///
    /// # Errors
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn proof(&self, id: EntryId) -> Result<String, ReadError> {
        let _ = id;
        Err(ReadError::NotFound)
    }

    /// A public part of a published entry; its digest is recomputed.
    ///
    /// # Errors
    /// [`ReadError::Withheld`] when an entry names it and it is not public, not here or erased;
    /// [`ReadError::NotFound`], [`ReadError::Store`].
    pub fn part(&self, digest: PartDigest) -> Result<Body, ReadError> {
        let _ = digest;
        Err(ReadError::NotFound)
    }

    /// The public parts of at most `count` leaves from `first` on, as far as one answer reaches.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when `first` is beyond the published tree; [`ReadError::Store`].
    pub fn parts(&self, first: u64, count: u64) -> Result<PartsPage, ReadError> {
        let _ = (first, count);
        Err(ReadError::NotFound)
    }

    /// Published entries that name `subject`, in log order, from the leaf behind `after` on, at
    /// most `limit` and 256. A subject nobody named has an empty page.
    ///
    /// # Errors
    /// [`ReadError::Store`].
    pub fn history(
        &self,
        subject: &SubjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<HistoryPage, ReadError> {
        let _ = (subject, after, limit);
        Err(ReadError::NotFound)
    }

    /// Where a feed stands, the unpublished entries included.
    pub fn feed(&self, author: AuthorId) -> FeedView {
        FeedView {
            author,
            begun: false,
            seq: None,
            head: None,
            key_state: None,
            forked: false,
            grants: Vec::new(),
        }
    }

    /// Which log this is and how to check it.
    pub fn log_info(&self) -> LogInfo {
        self.inner.info.clone()
    }

    /// The charter's exact bytes.
    pub fn charter(&self) -> &[u8] {
        &self.inner.charter
    }

    /// How the log is doing, for the operator.
    pub fn health(&self) -> Health {
        Health {
            admitted: 0,
            published: self.checkpoint().size().get(),
            published_at: self.checkpoint().signed_at(),
            halted: None,
            stopped: false,
        }
    }

    /// Runs a blocking read on a thread that may block.
    ///
    /// # Errors
    /// What `read` answers; [`ReadError::Store`] when it panicked or the runtime is shutting down.
    pub async fn read<T, F>(&self, read: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> Result<T, ReadError> + Send + 'static,
    {
        let service = self.clone();
        let outcome = tokio::task::spawn_blocking(move || read(&service)).await;
        outcome.unwrap_or(Err(ReadError::Stopped))
    }
}
