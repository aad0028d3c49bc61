//! What is refused of any request before a handler sees it, and the time it may take.

use super::limits::{HEADER_BYTES, HEADER_FIELDS};
use super::problem::Refusal;
use super::router::takes_query;
use super::state::Gateway;
use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use fairtrail::limits::WAIT_SECONDS;
use fairtrail::reason::Reason;
use std::time::Duration;
use tokio::time::timeout;

pub(super) async fn gate(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    check_header(&request)?;
    check_query(&request)?;
    let limits = gateway.limits();
    let (_permit, time) = if request.method() == Method::POST {
        let time = limits.content_time + limits.answer_time + Duration::from_secs(WAIT_SECONDS);
        (gateway.submission()?, time)
    } else {
        check_no_content(&request)?;
        (gateway.question()?, limits.answer_time)
    };
    let answer = timeout(time, next.run(request)).await;
    answer.map_err(|_| Refusal::overloaded("there was no answer in time"))
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
