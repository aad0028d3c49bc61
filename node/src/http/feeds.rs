//! Feeds: where an author's next entry belongs, and what stands before an entry.

use super::answer::{self, Keep, OCTETS};
use super::log_service::LogService;
use super::named::Named;
use super::problem::Refusal;
use super::query::Query;
use super::state::Gateway;
use crate::service::ReadError;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use data_encoding::HEXLOWER;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::limits::HISTORY_PAGE;
use fairtrail::log::encode_entries;

/// Bytes of the digest that names a view.
const TAG_BYTES: usize = 8;

/// `GET /v1/feeds/{author}`. The view speaks of what is admitted, published or not: a checkpoint
/// does not name its state, so its own content does.
pub(super) async fn feed(
    State(gateway): State<Gateway>,
    Named(author): Named<AuthorId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let view = gateway.read(move |log| Ok(log.feed(author))).await?;
    let json = serde_json::to_vec(&view).map_err(|_| Refusal::internal())?;
    let digest = blake3::hash(&json);
    let tag: Vec<u8> = digest.as_bytes().iter().copied().take(TAG_BYTES).collect();
    let tag = HEXLOWER.encode(&tag);
    if let Some(same) = answer::not_modified(&headers, &tag, Keep::WhileSame) {
        return Ok(same);
    }
    let response = answer::json(&gateway, &view, Keep::WhileSame)?;
    Ok(answer::tagged(response, &tag))
}

/// `GET /v1/entries/{id}/feed?limit=`: an entry and those before it in its feed, newest first.
/// Nothing of it can change.
pub(super) async fn down_from(
    State(gateway): State<Gateway>,
    Named(id): Named<EntryId>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let query = Query::parse(uri.query(), &["limit"])?;
    let most = u64::try_from(HISTORY_PAGE).unwrap_or(u64::MAX);
    let limit = usize::try_from(query.length("limit", most)?).unwrap_or(HISTORY_PAGE);
    let entries = gateway.read(move |log| down(log, id, limit)).await?;
    let bytes = encode_entries(entries.iter().map(Vec::as_slice));
    let bytes = bytes.map_err(|_| Refusal::internal())?;
    answer::bytes(&gateway, OCTETS, bytes, Keep::Forever)
}

fn down(log: &dyn LogService, id: EntryId, limit: usize) -> Result<Vec<Vec<u8>>, ReadError> {
    let (mut entries, mut next) = (Vec::new(), Some(id));
    while let Some(id) = next.filter(|_| entries.len() < limit) {
        let entry = log.entry(id)?.entry;
        next = entry.header().prev;
        entries.push(entry.bytes().to_vec());
    }
    Ok(entries)
}
