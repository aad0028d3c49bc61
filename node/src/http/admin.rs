//! For the operator's tools, on an address of its own, loopback unless told otherwise.

use super::accept::JSON;
use super::answer::TEXT;
use super::envelope::{envelope, on_panic};
use super::log_service::LogService;
use super::problem::Refusal;
use crate::follow::Peers;
use crate::p2p::Handle;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fairtrail::reason::Reason;
use serde::Serialize;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// `/livez`: the process need not be restarted. `/readyz`: it takes and publishes entries.
/// `/peers`: how following goes.
/// `/p2p`: how the network is doing, if there is one.
pub fn admin_router(log: Arc<dyn LogService>, peers: Peers, network: Option<Handle>) -> Router {
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
        .fallback(|| async { Refusal::not_found() })
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(from_fn(envelope))
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

fn json(views: &impl Serialize) -> Result<Response, Refusal> {
    let views = serde_json::to_vec(views).map_err(|_| Refusal::internal())?;
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
