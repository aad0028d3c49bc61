use crate::service::{
    ChangesPage, Health, IndexQuestion, MirrorQuestion, Published, ReadError, Service, StoredEntry,
    SubmitError, Submitted,
};
use crate::witness::Cosigned;
use axum::body::Bytes;
use fairtrail::api::{
    Batch, CheckAnswer, DraftMessage, FeedView, FraudList, HistoryPage, LogInfo, PartsPage,
    SeenCheckpoints, WithheldPage, WithheldView,
};
use fairtrail::bundle::Question;
use fairtrail::entry::Body;
use fairtrail::id::{AuthorId, EntryId, PartDigest};
use fairtrail::log::{EntryTile, Tile};
use fairtrail::merkle::TreeSize;
use fairtrail::subject::SubjectId;
use fairtrail::trie::TrieKey;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The answer to a submission, in time.
pub type Submitting<'a> = Pin<Box<dyn Future<Output = Result<Submitted, SubmitError>> + Send + 'a>>;

/// What a gateway asks of a log. [`Service`] is the one that keeps it; each method is documented
/// there. All but submitting may block for the time of a file read.
pub trait LogService: Send + Sync + 'static {
    /// See [`Service::submit`].
    fn submit(&self, batch: Batch, wait: Option<Duration>) -> Submitting<'_>;
    /// See [`Service::check`].
    fn check(&self, draft: &DraftMessage) -> CheckAnswer;
    /// See [`Service::checkpoint`].
    fn checkpoint(&self) -> Arc<Published>;
    /// See [`Service::tile`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn tile(&self, tile: Tile) -> Result<Vec<u8>, ReadError>;
    /// See [`Service::entries`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn entries(&self, tile: EntryTile) -> Result<Vec<u8>, ReadError>;
    /// See [`Service::archive`].
    fn archive(&self) -> String;
    /// See [`Service::archived`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn archived(&self, size: TreeSize) -> Result<Vec<u8>, ReadError>;
    /// See [`Service::entry`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn entry(&self, id: EntryId) -> Result<StoredEntry, ReadError>;
    /// See [`Service::proof`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn proof(&self, id: EntryId) -> Result<String, ReadError>;
    /// See [`Service::withheld`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn withheld(&self, stored: &StoredEntry) -> Result<Vec<WithheldView>, ReadError>;
    /// See [`Service::part`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn part(&self, digest: PartDigest) -> Result<Body, ReadError>;
    /// See [`Service::parts`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn parts(&self, first: u64, count: u64) -> Result<PartsPage, ReadError>;
    /// See [`Service::withheld_of`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn withheld_of(&self, first: u64, count: u64) -> Result<WithheldPage, ReadError>;
    /// See [`Service::bundle_bytes`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn bundle(&self, question: &Question) -> Result<Bytes, ReadError>;
    /// See [`Service::kept_bundle`]; asked on a thread that must not block. None unless told
    /// otherwise.
    fn kept_bundle(&self, _query: &str) -> Option<Bytes> {
        None
    }
    /// See [`Service::history`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn history(
        &self,
        subject: &SubjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<HistoryPage, ReadError>;
    /// See [`Service::published`]. Nothing to follow unless told otherwise.
    fn published(&self) -> Option<watch::Receiver<Arc<Published>>> {
        None
    }
    /// See [`Service::changes`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn changes(
        &self,
        _first: u64,
        _subjects: &BTreeSet<SubjectId>,
    ) -> Result<ChangesPage, ReadError> {
        Err(ReadError::NotFound)
    }
    /// See [`Service::feed`].
    fn feed(&self, author: AuthorId) -> FeedView;
    /// See [`Service::log_info`].
    fn log_info(&self) -> LogInfo;
    /// See [`Service::charter`].
    fn charter(&self) -> Vec<u8>;
    /// See [`Service::health`].
    fn health(&self) -> Health;
    /// See [`Service::add_checkpoint`]. Nothing is cosigned unless told otherwise.
    fn add_checkpoint(&self, _request: &[u8]) -> Cosigned {
        Cosigned::unknown()
    }
    /// See [`Service::mirrored`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn mirrored(&self, _log: [u8; 32], _asked: MirrorQuestion) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotFound)
    }
    /// See [`Service::index_log`]. No index unless told otherwise.
    ///
    /// # Errors
    /// [`ReadError`].
    fn index_log(&self, _asked: IndexQuestion) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotFound)
    }
    /// See [`Service::opened_feeds`]. No index unless told otherwise.
    ///
    /// # Errors
    /// [`ReadError`].
    fn opened_feeds(&self, _keys: &[TrieKey]) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotFound)
    }
    /// See [`Service::cosigned`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn cosigned(&self, _log: [u8; 32]) -> Result<String, ReadError> {
        Err(ReadError::NotFound)
    }
    /// See [`Service::seen_checkpoints`]. None without gossip.
    fn seen_checkpoints(&self) -> SeenCheckpoints {
        SeenCheckpoints::default()
    }
    /// See [`Service::fraud_files`]. None without gossip.
    fn fraud_files(&self) -> FraudList {
        FraudList::default()
    }
    /// See [`Service::fraud_file`].
    ///
    /// # Errors
    /// [`ReadError`].
    fn fraud_file(&self, _digest: [u8; 32]) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotFound)
    }
}

impl LogService for Service {
    fn submit(&self, batch: Batch, wait: Option<Duration>) -> Submitting<'_> {
        Box::pin(self.submit(batch, wait))
    }

    fn check(&self, draft: &DraftMessage) -> CheckAnswer {
        self.check(draft)
    }

    fn checkpoint(&self) -> Arc<Published> {
        self.checkpoint()
    }

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, ReadError> {
        self.tile(tile)
    }

    fn entries(&self, tile: EntryTile) -> Result<Vec<u8>, ReadError> {
        self.entries(tile)
    }

    fn archive(&self) -> String {
        self.archive()
    }

    fn archived(&self, size: TreeSize) -> Result<Vec<u8>, ReadError> {
        self.archived(size)
    }

    fn entry(&self, id: EntryId) -> Result<StoredEntry, ReadError> {
        self.entry(id)
    }

    fn proof(&self, id: EntryId) -> Result<String, ReadError> {
        self.proof(id)
    }

    fn withheld(&self, stored: &StoredEntry) -> Result<Vec<WithheldView>, ReadError> {
        self.withheld(stored)
    }

    fn part(&self, digest: PartDigest) -> Result<Body, ReadError> {
        self.part(digest)
    }

    fn parts(&self, first: u64, count: u64) -> Result<PartsPage, ReadError> {
        self.parts(first, count)
    }

    fn withheld_of(&self, first: u64, count: u64) -> Result<WithheldPage, ReadError> {
        self.withheld_of(first, count)
    }

    fn bundle(&self, question: &Question) -> Result<Bytes, ReadError> {
        self.bundle_bytes(question)
    }

    fn kept_bundle(&self, query: &str) -> Option<Bytes> {
        self.kept_bundle(query)
    }

    fn history(
        &self,
        subject: &SubjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<HistoryPage, ReadError> {
        self.history(subject, after, limit)
    }

    fn published(&self) -> Option<watch::Receiver<Arc<Published>>> {
        Some(self.published())
    }

    fn changes(
        &self,
        first: u64,
        subjects: &BTreeSet<SubjectId>,
    ) -> Result<ChangesPage, ReadError> {
        self.changes(first, subjects)
    }

    fn feed(&self, author: AuthorId) -> FeedView {
        self.feed(author)
    }

    fn log_info(&self) -> LogInfo {
        self.log_info()
    }

    fn charter(&self) -> Vec<u8> {
        self.charter().to_vec()
    }

    fn health(&self) -> Health {
        self.health()
    }

    fn add_checkpoint(&self, request: &[u8]) -> Cosigned {
        self.add_checkpoint(request)
    }

    fn opened_feeds(&self, keys: &[TrieKey]) -> Result<Vec<u8>, ReadError> {
        self.opened_feeds(keys)
    }

    fn cosigned(&self, log: [u8; 32]) -> Result<String, ReadError> {
        self.cosigned(log)
    }

    fn mirrored(&self, log: [u8; 32], asked: MirrorQuestion) -> Result<Vec<u8>, ReadError> {
        self.mirrored(log, asked)
    }

    fn index_log(&self, asked: IndexQuestion) -> Result<Vec<u8>, ReadError> {
        self.index_log(asked)
    }

    fn seen_checkpoints(&self) -> SeenCheckpoints {
        self.seen_checkpoints()
    }

    fn fraud_files(&self) -> FraudList {
        self.fraud_files()
    }

    fn fraud_file(&self, digest: [u8; 32]) -> Result<Vec<u8>, ReadError> {
        self.fraud_file(digest)
    }
}
