//! Followed logs whose tiles are kept, as a mirror of them (specs/recovery.md §7).

use super::answer::{self, Keep, OCTETS, TEXT};
use super::parts::run;
use super::problem::Refusal;
use super::state::Gateway;
use super::witness::HexHash;
use crate::service::MirrorQuestion;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use fairtrail::api;
use fairtrail::log::TilePath;
use fairtrail::reason::Reason;

const BASE: &str = "/mirror/";

/// `GET /mirror/{hash}/checkpoint`.
pub(super) async fn checkpoint(
    State(gateway): State<Gateway>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let (log, _) = split(&uri)?;
    let note = gateway.read(move |here| here.mirrored(log, MirrorQuestion::Checkpoint));
    answer::bytes(&gateway, TEXT, note.await?, Keep::Never)
}

/// `GET /mirror/{hash}/tile/…`: as the log itself has them.
pub(super) async fn tile(State(gateway): State<Gateway>, uri: Uri) -> Result<Response, Refusal> {
    let (log, rest) = split(&uri)?;
    let path = rest.parse::<TilePath>().ok();
    let path = path.filter(|path| rest == path.to_string());
    let path = path.ok_or_else(|| Refusal::new(Reason::TilePath, "not the address of a tile"))?;
    let bytes = gateway.read(move |here| here.mirrored(log, MirrorQuestion::Tile(path)));
    answer::bytes(&gateway, OCTETS, bytes.await?, Keep::Forever)
}

/// `GET /mirror/{hash}/v1/parts?first=&count=`.
pub(super) async fn parts(State(gateway): State<Gateway>, uri: Uri) -> Result<Response, Refusal> {
    let (log, _) = split(&uri)?;
    let (first, count) = run(&uri)?;
    let asked = MirrorQuestion::Parts { first, count };
    let page = gateway.read(move |here| here.mirrored(log, asked)).await?;
    answer::bytes(&gateway, api::PARTS, page, Keep::Never)
}

/// Which log, and what of it. Nothing is decoded: there is one address for each.
fn split(uri: &Uri) -> Result<([u8; 32], &str), Refusal> {
    let path = uri.path().strip_prefix(BASE);
    let (hash, rest) = path
        .and_then(|path| path.split_once('/'))
        .unwrap_or(("", ""));
    let HexHash(hash) = hash.parse::<HexHash>().map_err(Refusal::malformed)?;
    Ok((hash, rest))
}
