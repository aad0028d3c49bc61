//! Counting what is answered, by route template. Look-ups of subjects leave no trace here either.

use super::envelope::{NO_ROUTE, known_method};
use super::router::is_look_up;
use crate::metrics::Metrics;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

/// The same resources, every answer counted.
pub fn counted(router: Router, metrics: Metrics) -> Router {
    router.layer(from_fn_with_state(metrics, count))
}

async fn count(State(metrics): State<Metrics>, mut request: Request, next: Next) -> Response {
    // What lasts longer than its answer counts by itself.
    request.extensions_mut().insert(metrics.clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = known_method(request.method());
    let response = next.run(request).await;
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    if !is_look_up(route) {
        metrics.requested(method, route, response.status().as_u16());
    }
    response
}
