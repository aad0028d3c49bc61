//! The log itself: static resources that any mirror can keep.

use super::answer::{self, Keep, OCTETS, TEXT};
use super::problem::Refusal;
use super::query::number;
use super::state::Gateway;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use fairtrail::api;
use fairtrail::log::TilePath;
use fairtrail::merkle::TreeSize;
use fairtrail::reason::Reason;

/// `GET /checkpoint`.
pub(super) async fn checkpoint(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    let note = gateway.log().checkpoint().note().to_vec();
    answer::bytes(&gateway, TEXT, note, Keep::Never)
}

/// `GET /tile/<L>/<N>[.p/<W>]` and `/tile/entries/<N>[.p/<W>]`. The path as it was sent, nothing
/// decoded, is the one form of an address or no address; only its numbers go on.
pub(super) async fn tile(State(gateway): State<Gateway>, uri: Uri) -> Result<Response, Refusal> {
    let path = uri.path().trim_start_matches('/');
    let path = path.parse::<TilePath>().ok();
    let path = path.filter(|path| uri.path().get(1..) == Some(&path.to_string()));
    let path = path.ok_or_else(|| Refusal::new(Reason::TilePath, "not the address of a tile"))?;
    let read = gateway.read(move |log| match path {
        TilePath::Entries(at) => log.entries(at),
        TilePath::Hashes(tile) => log.tile(tile),
    });
    answer::bytes(&gateway, OCTETS, read.await?, Keep::Forever)
}

/// `GET /archive`.
pub(super) async fn archive(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    let list = gateway.read(|log| Ok(log.archive())).await?;
    answer::bytes(&gateway, TEXT, list, Keep::WhileSame)
}

/// `GET /archive/<size>`.
pub(super) async fn archived(
    State(gateway): State<Gateway>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let size = uri.path().strip_prefix("/archive/").and_then(number);
    let size = size.and_then(|size| TreeSize::new(size).ok());
    let size = size.ok_or_else(|| Refusal::malformed("not the size of a tree"))?;
    let note = gateway.read(move |log| log.archived(size)).await?;
    answer::bytes(&gateway, TEXT, note, Keep::Forever)
}

/// `GET /v1/log`.
pub(super) async fn info(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    answer::json(&gateway, &gateway.log().log_info(), Keep::WhileSame)
}

/// `GET /v1/charter`.
pub(super) async fn charter(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    let charter = gateway.log().charter();
    answer::bytes(&gateway, api::CHARTER, charter, Keep::WhileSame)
}
