//! Bundles: what the log holds about some subjects, provably all of it.

use super::answer::{self, Keep};
use super::problem::Refusal;
use super::state::Gateway;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use fairtrail::api::BUNDLE;
use fairtrail::bundle::Question;

/// `GET /v1/bundle?id=&class=&feed=`.
pub(super) async fn bundle(State(gateway): State<Gateway>, uri: Uri) -> Result<Response, Refusal> {
    let query = uri.query().unwrap_or_default();
    if let Some(bundle) = gateway.log().kept_bundle(query) {
        return answer::bytes(&gateway, BUNDLE, bundle, Keep::Never);
    }
    let question = Question::parse_query(query);
    let question = question.map_err(|error| Refusal::malformed(error.to_string()))?;
    let bundle = gateway.read(move |log| log.bundle(&question)).await?;
    answer::bytes(&gateway, BUNDLE, bundle, Keep::Never)
}
