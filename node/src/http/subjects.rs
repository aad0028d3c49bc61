//! Look-ups of subjects: a convenience that nothing here logs.

use super::answer::{self, Keep};
use super::entries::state_of;
use super::named::Named;
use super::problem::Refusal;
use super::query::Query;
use super::state::Gateway;
use crate::service::Published;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use data_encoding::HEXLOWER;
use fairtrail::limits::HISTORY_PAGE;
use fairtrail::subject::SubjectId;

/// `GET /v1/subjects/{id}/history?after=&limit=`.
pub(super) async fn history(
    State(gateway): State<Gateway>,
    Named(subject): Named<SubjectId>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = Query::parse(uri.query(), &["after", "limit"])?;
    let after = query.get("after");
    let most = u64::try_from(HISTORY_PAGE).unwrap_or(u64::MAX);
    let limit = usize::try_from(query.length("limit", most)?).unwrap_or(HISTORY_PAGE);
    let published = gateway.log().checkpoint();
    let read = gateway.read(move |log| log.history(&subject, after, limit));
    let page = read.await?;
    let withheld = page.items.iter().flat_map(|item| &item.withheld);
    let tag = tag(&published) + &state_of(withheld);
    if let Some(same) = answer::not_modified(&headers, &tag, Keep::WhileSame) {
        return Ok(same);
    }
    let response = answer::json(&gateway, &page, Keep::WhileSame)?;
    // A checkpoint may have come in between; the tag would then name another state.
    let same = page.size == published.size().get();
    Ok(if same {
        answer::tagged(response, &tag)
    } else {
        response
    })
}

/// `<size>-<first 8 hex digits of the root>`.
fn tag(published: &Published) -> String {
    let root = published.checkpoint().root();
    let [a, b, c, d, ..] = *root.as_bytes();
    format!("{}-{}", published.size(), HEXLOWER.encode(&[a, b, c, d]))
}
