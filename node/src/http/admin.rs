//! For the operator's tools, on an address of its own, loopback unless told otherwise.

use super::accept::JSON;
use super::answer::TEXT;
use super::envelope::{caught, envelope};
use super::log_service::LogService;
use super::problem::Refusal;
use crate::follow::{PeerState, PeerView, Peers};
use crate::metrics::{MEDIA_TYPE, Metrics, Now};
use crate::ops::Running;
use crate::p2p::Handle;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fairtrail::note::Note;
use fairtrail::reason::Reason;
use serde::Serialize;
use std::sync::Arc;

/// `/livez`: the process need not be restarted. `/readyz`: it takes and publishes entries.
/// `/peers`: how following goes.
/// `/p2p`: how the network is doing, if there is one. `/status`: what `fairtrail-node status` shows.
/// `/metrics`: what is counted (specs/metrics.md).
pub fn admin_router(
    log: Arc<dyn LogService>,
    peers: Peers,
    network: Option<Handle>,
    metrics: Metrics,
) -> Router {
    let counted = peers.clone();
    let told = peers.clone();
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/peers", get(move || async move { json(&peers.views()) }))
        .route(
            "/p2p",
            get(move || async move {
                let network = network.ok_or_else(Refusal::not_found)?;
                json(&network.view())
            }),
        )
        .route(
            "/status",
            get(async move |State(log): State<Arc<dyn LogService>>| status(log.as_ref(), &told)),
        )
        .route(
            "/metrics",
            get(async move |log: State<Arc<dyn LogService>>| text(log, counted, metrics).await),
        )
        .fallback(|| async { Refusal::not_found() })
        .layer(from_fn(async |request, next: Next| {
            envelope(request, |request| caught(next.run(request))).await
        }))
        .with_state(log)
}

async fn livez(State(log): State<Arc<dyn LogService>>) -> Result<Response, Refusal> {
    if log.health().stopped {
        return Err(stopped());
    }
    Ok(ok())
}

async fn readyz(State(log): State<Arc<dyn LogService>>) -> Result<Response, Refusal> {
    let health = log.health();
    match health.halted {
        _ if health.stopped => Err(stopped()),
        Some(reason) => Err(Refusal::new(reason, "nothing is signed at present")),
        None => Ok(ok()),
    }
}

fn status(log: &dyn LogService, peers: &Peers) -> Result<Response, Refusal> {
    let health = log.health();
    let shown = log.checkpoint();
    let views = peers.views();
    let lags = |view: &&PeerView| view.state != PeerState::Following || view.size < view.seen;
    // The log's own line and the operator's own stamp are no cosignatures of others.
    let lines = Note::parse(shown.note()).map_or(0, |note| note.lines().len() as u64);
    let halted = health.halted.filter(|_| !health.stopped);
    let halted = halted.or(health.stopped.then_some(Reason::Stopping));
    let running = Running {
        entries: health.admitted,
        published: health.published,
        published_at: health.published_at,
        age_seconds: peers
            .now()
            .seconds()
            .saturating_sub(health.published_at.seconds()),
        cosignatures: lines.saturating_sub(2),
        halted: halted.map(|reason| reason.to_string()),
        index: health.index,
        index_halted: health.index_halted.map(|reason| reason.to_string()),
        followed: views.len() as u64,
        lagging: views.iter().filter(lags).count() as u64,
        refused_indexes: health.refused_indexes,
    };
    json(&running)
}

async fn text(
    State(log): State<Arc<dyn LogService>>,
    peers: Peers,
    metrics: Metrics,
) -> Result<Response, Refusal> {
    let now = Now {
        health: log.health(),
        at: peers.now(),
        peers: peers.views(),
        proofs: log.fraud_files().files.len() as u64,
    };
    // Sizes are read from the disk.
    let text = tokio::task::spawn_blocking(move || metrics.text(&now)).await;
    let text = text.map_err(|_| Refusal::internal())?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
}

fn json(value: &impl Serialize) -> Result<Response, Refusal> {
    let views = serde_json::to_vec(value).map_err(|_| Refusal::internal())?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(JSON)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, views).into_response())
}

fn stopped() -> Refusal {
    Refusal::new(Reason::Stopping, "the writer has stopped")
}

fn ok() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(TEXT)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, "ok\n").into_response()
}
