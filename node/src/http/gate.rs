//! What is refused of any request before a handler sees it, and the time it may take.

use super::limits::{HEADER_BYTES, HEADER_FIELDS};
use super::problem::Refusal;
use super::router::takes_query;
use super::state::Gateway;
use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use fairtrail::limits::WAIT_SECONDS;
use fairtrail::reason::Reason;
use futures_util::FutureExt as _;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

/// Lets through what may be asked, and waits for its answer as long as that may take.
pub(super) async fn gate(
    gateway: &Gateway,
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let (_permit, time) = match admit(gateway, &request) {
        Ok(admitted) => admitted,
        Err(refused) => return refused.into_response(),
    };
    let mut answer = pin!(answer(request));
    // What is kept in memory is there at once, in less time than a clock takes to be set.
    if let Some(answer) = answer.as_mut().now_or_never() {
        return answer;
    }
    let late = |_| Refusal::overloaded("there was no answer in time").into_response();
    timeout(time, answer).await.unwrap_or_else(late)
}

/// The permit for what a request takes, and how long it may take.
fn admit(
    gateway: &Gateway,
    request: &Request,
) -> Result<(OwnedSemaphorePermit, Duration), Refusal> {
    check_header(request)?;
    check_query(request)?;
    let limits = gateway.limits();
    if request.method() == Method::POST {
        let time = limits.content_time + limits.answer_time + Duration::from_secs(WAIT_SECONDS);
        Ok((gateway.submission()?, time))
    } else {
        check_no_content(request)?;
        Ok((gateway.question()?, limits.answer_time))
    }
}

fn check_header(request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let target = request.uri().path_and_query();
    let target = target.map_or(0, |target| target.as_str().len());
    if headers.len() > HEADER_FIELDS || header_bytes(headers) + target > HEADER_BYTES {
        let detail = format!("at most {HEADER_FIELDS} fields and {HEADER_BYTES} bytes are taken");
        return Err(Refusal::new(Reason::HeadersTooLarge, detail));
    }
    Ok(())
}

fn header_bytes(headers: &HeaderMap) -> usize {
    let lines = headers.iter();
    lines
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum()
}

/// One resource has one address: a query that means nothing would only evade caches.
fn check_query(request: &Request) -> Result<(), Refusal> {
    let route = request.extensions().get::<MatchedPath>();
    let takes = route.is_none_or(|route| takes_query(route.as_str()));
    if takes || request.uri().query().is_none() {
        Ok(())
    } else {
        Err(Refusal::malformed("this resource takes no query"))
    }
}

fn check_no_content(request: &Request) -> Result<(), Refusal> {
    if request.body().is_end_stream() {
        Ok(())
    } else {
        let detail = "a question has no content";
        Err(Refusal::new(Reason::TooLarge, detail))
    }
}
