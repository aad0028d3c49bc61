use super::envelope::{caught, envelope};
use super::limits::GatewayLimits;
use super::log_service::LogService;
use super::problem::Refusal;
use super::state::Gateway;
use super::{
    bundle, changes, cors, counted, entries, feeds, fraud, gate, home, index, log, mirror, parts,
    subjects, witness,
};
use crate::metrics::Metrics;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use fairtrail::log::ADD_CHECKPOINT;
use std::sync::Arc;

const SUBJECT_HISTORY: &str = "/v1/subjects/{subject}/history";
const FEED_DOWN: &str = "/v1/entries/{id}/feed";
const BUNDLE: &str = "/v1/bundle";
/// What never ends by itself.
pub(super) const CHANGES: &str = "/v1/changes";
const PARTS: &str = "/v1/parts";
const MIRRORED_PARTS: &str = "/mirror/{hash}/v1/parts";
const WITHHELD: &str = "/v1/withheld";

/// Whether a route says about whom somebody asks; then its requests leave no trace.
pub(super) fn is_look_up(route: &str) -> bool {
    matches!(route, BUNDLE | CHANGES | SUBJECT_HISTORY)
}

/// Whether the resources of a route have queries.
pub(super) fn takes_query(route: &str) -> bool {
    matches!(
        route,
        BUNDLE | CHANGES | FEED_DOWN | SUBJECT_HISTORY | PARTS | WITHHELD | MIRRORED_PARTS
    )
}

/// The public resources of a log (specs/gateway.md §3); what is answered is counted.
///
/// [`serve`](super::serve) bounds what lies below them: connections, headers and slow readers.
pub fn router(log: Arc<dyn LogService>, limits: GatewayLimits, metrics: Metrics) -> Router {
    let gateway = Gateway::new(log, limits, metrics);
    resources()
        .fallback(|| async { Refusal::not_found() })
        .layer(from_fn_with_state(gateway.clone(), around))
        .with_state(gateway)
}

/// What stands around every answer, from the inside out. It is one layer, because each copies all
/// that lies below it for every request.
async fn around(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let answered = |request| caught(next.run(request));
    let gated = |request| gate::gate(&gateway, request, answered);
    let shared = |request| cors::cors(request, gated);
    let rendered = |request| envelope(request, shared);
    counted::counted(gateway.metrics(), request, rendered).await
}

fn resources() -> Router<Gateway> {
    Router::new()
        .route("/", get(home::home))
        .route("/checkpoint", get(log::checkpoint))
        .route("/tile/{*path}", get(log::tile))
        .route("/archive", get(log::archive))
        .route("/archive/{size}", get(log::archived))
        .route("/index/checkpoint", get(index::checkpoint))
        .route("/index/checkpoint/full", get(index::full_checkpoint))
        .route("/index/tile/{*path}", get(index::tile))
        .route("/index/update/{leaf}", get(index::update))
        .route("/index/feeds", get(index::newest_head))
        .route("/index/feeds/{keys}", get(index::feeds))
        .route("/index/archive", get(index::archive))
        .route("/index/archive/{size}", get(index::archived))
        .route(ADD_CHECKPOINT, post(witness::add_checkpoint))
        .route("/witness/{hash}/checkpoint", get(witness::latest))
        .route("/mirror/{hash}/checkpoint", get(mirror::checkpoint))
        .route("/mirror/{hash}/tile/{*path}", get(mirror::tile))
        .route(MIRRORED_PARTS, get(mirror::parts))
        .route("/v1/log", get(log::info))
        .route("/v1/charter", get(log::charter))
        .route("/v1/entries", post(entries::submit))
        .route("/v1/check", post(entries::check))
        .route("/v1/entries/{id}", get(entries::entry))
        .route("/v1/entries/{id}/proof", get(entries::proof))
        .route(FEED_DOWN, get(feeds::down_from))
        .route("/v1/parts/{digest}", get(parts::part))
        .route(BUNDLE, get(bundle::bundle))
        .route(CHANGES, get(changes::changes))
        .route(PARTS, get(parts::parts))
        .route(WITHHELD, get(parts::withheld))
        .route(SUBJECT_HISTORY, get(subjects::history))
        .route("/v1/feeds/{author}", get(feeds::feed))
        .route("/v1/checkpoints", get(fraud::checkpoints))
        .route("/v1/fraud", get(fraud::files))
        .route("/v1/fraud/{digest}", get(fraud::file))
}
