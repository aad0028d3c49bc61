//! Counting what is answered, by route template. Look-ups of subjects leave no trace here either.

use super::envelope::{NO_ROUTE, known_method};
use super::router::is_look_up;
use crate::metrics::Metrics;
use axum::extract::{MatchedPath, Request};
use axum::response::Response;

/// Counts the answer. What lasts longer than its answer counts by itself.
pub(super) async fn counted(
    metrics: &Metrics,
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = known_method(request.method());
    let response = answer(request).await;
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    if !is_look_up(route) {
        metrics.requested(method, route, response.status().as_u16());
    }
    response
}
