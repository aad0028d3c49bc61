//! A gateway's answers as values that were checked.

mod bundles;
mod changes;
mod feeds;
mod parts;

pub use changes::{Changes, Told};

use super::answer::{check_info, escape, json, refused};
use super::receipt::{self, Pinned, Receipt};
use super::transport::{Request, Response, Transport, TransportError};
use super::{ClientError, Http};
use crate::api::{self, Batch, CheckAnswer, DraftMessage, FeedView, HistoryPage, LogInfo};
use crate::charter::Charter;
use crate::entry::SignedEntry;
use crate::id::{AuthorId, EntryId, NetworkId};
use crate::limits;
use crate::log::{ArchiveList, EntryTile, LogError, Tile, TilePath, TileSource, decode_entries};
use crate::merkle::TreeSize;
use crate::note::Note;
use crate::reason::Reason;
use crate::subject::SubjectId;
use std::time::Duration;

const BYTES: &str = "application/octet-stream";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain";
/// Where a mirror of files has the list; `/archive` is a folder there.
const ARCHIVE_LIST: &str = "/archive/list";

/// A gateway, asked over some [`Transport`].
///
/// What can be checked against something the caller holds is checked before it is returned; what
/// cannot (feed heads, what a log says about itself) is documented as the gateway's word. Every
/// answer is bounded.
///
/// ```no_run
/// use fairtrail::client::{Gateway, Http};
/// # fn main() -> Result<(), fairtrail::client::ClientError> {
/// # let network = fairtrail::id::NetworkId::new([1; 32]);
/// let gateway = Gateway::new(Http::parse("https://ledger.example")?);
/// let charter = gateway.charter(network)?;
/// assert_eq!(charter.network(), network);
/// # Ok(())
/// # }
/// ```
pub struct Gateway {
    transport: Box<dyn Transport>,
}

impl Gateway {
    /// A gateway reached through `transport`.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self {
            transport: Box::new(transport),
        }
    }

    /// A gateway at an address.
    ///
    /// # Errors
    /// [`ClientError::Url`].
    pub fn at(url: &str) -> Result<Self, ClientError> {
        Http::parse(url).map(Self::new)
    }

    /// Submits a batch; with `wait`, until it is published, at most 30 s. The receipt is verified:
    /// see [`Receipt`]. Submitting again what was taken is answered with what is known.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with the entry to blame, nothing of the batch was taken then;
    /// [`ClientError::Answer`] or [`ClientError::Log`] when the receipt does not hold, whether it
    /// was taken is then unknown; [`ClientError::Unreachable`], likewise.
    pub fn submit(
        &self,
        batch: &Batch,
        pinned: &Pinned<'_>,
        wait: Option<Duration>,
    ) -> Result<Receipt, ClientError> {
        let path = "/v1/entries";
        let bytes = batch.to_bytes();
        let longest = Duration::from_secs(limits::WAIT_SECONDS);
        let request = Request {
            path,
            accept: JSON,
            content: Some((api::BATCH, &bytes)),
            wait: wait.map(|wait| wait.min(longest)),
            max_bytes: limits::RECEIPT_BYTES,
        };
        let response = self.send(&request)?;
        if !matches!(response.status, 200..=202) {
            return Err(refused(path, &response));
        }
        let claimed: api::Receipt = json(path, &response.body)?;
        receipt::verify(path, &claimed, batch, pinned)
    }

    /// Asks what the submission door would say to a draft: the gateway's word.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn check(&self, draft: &DraftMessage) -> Result<CheckAnswer, ClientError> {
        let path = "/v1/check";
        let bytes = draft.to_bytes();
        let request = Request {
            content: Some((api::DRAFT, &bytes)),
            ..get(path, JSON, limits::ANSWER_BYTES)
        };
        let answer: CheckAnswer = json(path, &self.ask(&request)?)?;
        if answer.acceptable == answer.problems.is_empty() {
            Ok(answer)
        } else {
            Err(ClientError::answer(path, Reason::SchemaMismatch))
        }
    }

    /// What the log says about itself: the gateway's word. Its keys are proper keys and bear the
    /// names they must, that is all.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn log(&self) -> Result<LogInfo, ClientError> {
        let path = "/v1/log";
        let info: LogInfo = json(path, &self.get(path, JSON, limits::ANSWER_BYTES)?)?;
        check_info(path, &info)?;
        Ok(info)
    }

    /// The charter of `expected`; its bytes hash to that network.
    ///
    /// # Errors
    /// [`ClientError::Network`] when it is another network's.
    pub fn charter(&self, expected: NetworkId) -> Result<Charter, ClientError> {
        let charter = self.any_charter()?;
        let found = charter.network();
        if found == expected {
            Ok(charter)
        } else {
            Err(ClientError::Network { expected, found })
        }
    }

    /// The charter the gateway serves, for somebody who has no network yet and compares its id by
    /// other means.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn any_charter(&self) -> Result<Charter, ClientError> {
        let path = "/v1/charter";
        let bytes = self.get(path, api::CHARTER, limits::CHARTER_BYTES)?;
        Charter::parse(&bytes).map_err(|error| ClientError::answer(path, error.code()))
    }

    /// The newest checkpoint note, not opened: [`crate::log::TlogPolicy::open`] does that.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn checkpoint(&self) -> Result<Note, ClientError> {
        self.note("/checkpoint")
    }

    /// The bytes of a hash tile; [`crate::log::VerifiedTiles`] checks them.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn tile(&self, tile: Tile) -> Result<Vec<u8>, ClientError> {
        let max = usize::from(limits::TILE_WIDTH).saturating_mul(crate::merkle::HASH_BYTES);
        let mut bytes = self.partial_or_full(
            &format!("/{}", tile.path()),
            Tile::new(tile.level(), tile.index(), limits::TILE_WIDTH).map(Tile::path),
            max,
        )?;
        bytes.truncate(tile.bytes());
        Ok(bytes)
    }

    /// The entries of a bundle, as many as asked for; [`crate::log::VerifiedTiles::entries`]
    /// checks them.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn entries(&self, at: EntryTile) -> Result<Vec<Vec<u8>>, ClientError> {
        let path = format!("/{}", at.path());
        let full = EntryTile::new(at.index(), limits::TILE_WIDTH);
        let max =
            usize::from(limits::TILE_WIDTH).saturating_mul(limits::ENTRY_BYTES.saturating_add(2));
        let bytes = self.partial_or_full(&path, full.map(EntryTile::path), max)?;
        let width = usize::from(at.width());
        let read = decode_entries(&bytes, width)
            .or_else(|_| decode_entries(&bytes, usize::from(limits::TILE_WIDTH)));
        let read = read.map_err(|error| ClientError::answer(&path, error.code()))?;
        Ok(read.into_iter().take(width).map(<[u8]>::to_vec).collect())
    }

    /// The list of archived notes: the gateway's word, each note has to stand for itself.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn archive(&self) -> Result<ArchiveList, ClientError> {
        let mut path = "/archive";
        let response = self.send(&get(path, TEXT, limits::ARCHIVE_LIST_BYTES))?;
        let bytes = if is_of_files(&response) {
            path = ARCHIVE_LIST;
            self.get(path, TEXT, limits::ARCHIVE_LIST_BYTES)?
        } else if response.status == 200 {
            response.body
        } else {
            return Err(refused(path, &response));
        };
        let text = std::str::from_utf8(&bytes);
        let text = text.map_err(|_| ClientError::answer(path, Reason::ArchiveMalformed))?;
        text.parse()
            .map_err(|error: LogError| ClientError::answer(path, error.code()))
    }

    /// The archived note of a size, not opened.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn archived(&self, size: TreeSize) -> Result<Note, ClientError> {
        self.note(&format!("/archive/{size}"))
    }

    /// Where a feed stands: the gateway's word.
    ///
    /// # Errors
    /// [`ClientError`]; also when the answer is about another author.
    pub fn feed(&self, author: AuthorId) -> Result<FeedView, ClientError> {
        let path = format!("/v1/feeds/{author}");
        let view: FeedView = json(&path, &self.get(&path, JSON, limits::ANSWER_BYTES)?)?;
        let whole = view.begun == view.seq.is_some() && view.begun == view.head.is_some();
        if view.author == author && whole {
            Ok(view)
        } else {
            Err(ClientError::answer(&path, Reason::SchemaMismatch))
        }
    }

    /// Entries that name a subject, from the leaf after `after` on: the gateway's word, which only
    /// a replica proves. It learns whom was asked about.
    ///
    /// # Errors
    /// [`ClientError`]; also when the answer is about another subject.
    pub fn history(
        &self,
        subject: &SubjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<HistoryPage, ClientError> {
        let id = escape(subject.as_ref());
        let after = after.map_or_else(String::new, |after| format!("after={after}&"));
        let path = format!("/v1/subjects/{id}/history?{after}limit={limit}");
        let page: HistoryPage = json(&path, &self.get(&path, JSON, limits::ANSWER_BYTES)?)?;
        if page.subject == *subject && page.items.len() <= limit {
            Ok(page)
        } else {
            Err(ClientError::answer(&path, Reason::SchemaMismatch))
        }
    }

    /// One entry; its bytes have that id. Its signature is not checked here.
    ///
    /// # Errors
    /// [`ClientError`]; also when the answer is another entry.
    pub fn entry(&self, id: EntryId) -> Result<SignedEntry, ClientError> {
        let path = format!("/v1/entries/{id}");
        let bytes = self.get(&path, api::ENTRY, limits::ENTRY_BYTES)?;
        let entry = SignedEntry::parse(&bytes);
        let entry = entry.map_err(|error| ClientError::answer(&path, error.code()))?;
        if entry.id() == id {
            Ok(entry)
        } else {
            Err(ClientError::answer(&path, Reason::ProofInvalid))
        }
    }

    fn note(&self, path: &str) -> Result<Note, ClientError> {
        let bytes = self.get(path, TEXT, limits::NOTE_BYTES)?;
        Note::parse(&bytes).map_err(|error| ClientError::answer(path, error.code()))
    }

    /// Mirrors may keep only the full tile once there is one.
    fn partial_or_full(
        &self,
        path: &str,
        full: Result<TilePath, LogError>,
        max: usize,
    ) -> Result<Vec<u8>, ClientError> {
        let response = self.send(&get(path, BYTES, max))?;
        let full = full.map(|full| format!("/{full}"));
        match (response.status, full) {
            (200, _) => Ok(response.body),
            (404, Ok(full)) if full != path => self.get(&full, BYTES, max),
            _ => Err(refused(path, &response)),
        }
    }

    pub(super) fn get(
        &self,
        path: &str,
        accept: &'static str,
        max: usize,
    ) -> Result<Vec<u8>, ClientError> {
        self.ask(&get(path, accept, max))
    }

    fn ask(&self, request: &Request<'_>) -> Result<Vec<u8>, ClientError> {
        let response = self.send(request)?;
        if response.status == 200 {
            Ok(response.body)
        } else {
            Err(refused(request.path, &response))
        }
    }

    fn send(&self, request: &Request<'_>) -> Result<Response, ClientError> {
        let unreachable = |source| ClientError::Unreachable {
            path: request.path.to_owned(),
            source,
        };
        let response = self.transport.request(request).map_err(unreachable)?;
        let max = request.max_bytes;
        if response.body.len() > max {
            return Err(unreachable(TransportError::TooLarge { max }));
        }
        Ok(response)
    }
}

impl TileSource for Gateway {
    type Error = ClientError;

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, ClientError> {
        Self::tile(self, tile)
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateway")
    }
}

const fn get<'a>(path: &'a str, accept: &'static str, max_bytes: usize) -> Request<'a> {
    Request {
        path,
        accept,
        content: None,
        wait: None,
        max_bytes,
    }
}

/// Whether a file server answers, which has no such resource: it knows nothing of problems.
fn is_of_files(response: &Response) -> bool {
    let elsewhere = matches!(response.status, 301..=308 | 403 | 404);
    elsewhere && serde_json::from_slice::<api::ProblemDetails>(&response.body).is_err()
}
