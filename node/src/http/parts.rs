//! Parts. Nobody may keep them: they can be erased.

use super::answer::{self, Keep};
use super::named::Named;
use super::problem::Refusal;
use super::query::Query;
use super::state::Gateway;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use fairtrail::id::PartDigest;
use fairtrail::limits::PARTS_PAGE_LEAVES;
use fairtrail::{api, cbor};

/// `GET /v1/parts/{digest}`.
pub(super) async fn part(
    State(gateway): State<Gateway>,
    Named(digest): Named<PartDigest>,
) -> Result<Response, Refusal> {
    let body = gateway.read(move |log| log.part(digest)).await?;
    answer::bytes(&gateway, api::BODY, cbor::encode(&body), Keep::Never)
}

/// `GET /v1/parts?first=&count=`.
pub(super) async fn parts(State(gateway): State<Gateway>, uri: Uri) -> Result<Response, Refusal> {
    let (first, count) = run(&uri)?;
    let page = gateway.read(move |log| log.parts(first, count)).await?;
    answer::bytes(&gateway, api::PARTS, page.to_bytes(), Keep::Never)
}

/// `GET /v1/withheld?first=&count=`.
pub(super) async fn withheld(
    State(gateway): State<Gateway>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let (first, count) = run(&uri)?;
    let page = gateway
        .read(move |log| log.withheld_of(first, count))
        .await?;
    answer::json(&gateway, &page, Keep::Never)
}

/// The run of leaves asked for: its first, and how many.
pub(super) fn run(uri: &Uri) -> Result<(u64, u64), Refusal> {
    let query = Query::parse(uri.query(), &["first", "count"])?;
    let first = query.get("first");
    let first = first.ok_or_else(|| Refusal::malformed("`first` is missing"))?;
    let count = query.length("count", PARTS_PAGE_LEAVES)?;
    Ok((first, count))
}
