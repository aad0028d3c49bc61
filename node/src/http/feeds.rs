//! Feeds: where an author's next entry belongs.

use super::answer::{self, Keep};
use super::named::Named;
use super::problem::Refusal;
use super::state::Gateway;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use data_encoding::HEXLOWER;
use fairtrail::id::AuthorId;

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
