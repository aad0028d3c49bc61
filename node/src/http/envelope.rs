//! What stands around every answer: the request's id, the body of a problem, the line in the log.

use super::answer::Stated;
use super::problem::Refusal;
use super::router::is_look_up;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use fairtrail::api::PROBLEM;
use fairtrail::id::to_base32;
use fairtrail::reason::Reason;
use futures_util::FutureExt as _;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use tokio::time::Instant;
use tracing::{Instrument, Span, field};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CONTENT_TYPE_OPTIONS: HeaderName = HeaderName::from_static("x-content-type-options");
const MAX_ID_BYTES: usize = 64;
/// The route of a request that none matched; its path is never logged.
pub(super) const NO_ROUTE: &str = "(none)";

/// Gives the request an id, turns refusals into problems and logs what was done: method, route
/// template, status, duration and reason. Neither path nor query nor address, and nothing at all
/// about the look-up of a subject.
pub(super) async fn envelope(
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let id = request_id(request.headers());
    let line = Line::of(&request, &id);
    let response = answer(request).instrument(line.span.clone()).await;
    let (mut response, reason) = render(response, &id);
    line.log(response.status(), reason);
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    headers.insert(CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The id a proxy gave the request, if it is short and plain, or a random one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
    let given = headers.get(REQUEST_ID);
    let given = given.filter(|id| (1..=MAX_ID_BYTES).contains(&id.len()));
    if let Some(given) = given.filter(|id| id.as_bytes().iter().all(plain)) {
        return given.clone();
    }
    let id = HeaderValue::try_from(to_base32(&random_id()));
    id.unwrap_or(HeaderValue::from_static("none"))
}

/// Ids are plain text, all of them.
fn text(id: &HeaderValue) -> &str {
    id.to_str().unwrap_or_default()
}

/// Bytes of a random id.
const ID_BYTES: usize = 10;

thread_local! {
    /// Random ids that were drawn and not given away.
    static DRAWN: RefCell<Vec<[u8; ID_BYTES]>> = const { RefCell::new(Vec::new()) };
}

/// Drawn many at once: asking the kernel takes longer than all else that is done about an id.
fn random_id() -> [u8; ID_BYTES] {
    DRAWN.with_borrow_mut(|drawn| {
        if drawn.is_empty() {
            drawn.resize(64, [0; ID_BYTES]);
            // Ids need not be unique for anything but reading logs.
            let _ = getrandom::fill(drawn.as_flattened_mut());
        }
        drawn.pop().unwrap_or_default()
    })
}

/// What the log will say.
struct Line {
    span: Span,
    /// Nothing for what is not to be told.
    started: Option<Instant>,
}

impl Line {
    fn of(request: &Request, id: &HeaderValue) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        let route = route.map_or(NO_ROUTE, MatchedPath::as_str);
        if is_look_up(route) {
            return Self {
                span: Span::none(),
                started: None,
            };
        }
        let method = known_method(request.method());
        let span = tracing::info_span!(
            "request",
            method,
            route,
            id = text(id),
            status = field::Empty,
            micros = field::Empty
        );
        let started = Some(Instant::now());
        Self { span, started }
    }

    fn log(&self, status: StatusCode, reason: Option<Reason>) {
        let reason = reason.map(field::display);
        let Some(started) = self.started else {
            // That the node fails is said; that somebody asked about a subject is not.
            if status.is_server_error() {
                tracing::error!(reason, "a look-up failed");
            }
            return;
        };
        let status = status.as_u16();
        self.span.record("status", status);
        self.span.record("micros", started.elapsed().as_micros());
        self.span.in_scope(|| match status {
            500.. => tracing::error!(reason, "failed"),
            400.. => tracing::info!(reason, "refused"),
            _ => tracing::debug!("answered"),
        });
    }
}

/// A method's name; one that HTTP does not know is a client's text and not logged.
pub(super) fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "(other)",
    }
}

/// Writes the body of a refusal. An error that bears none, as the router makes them, gets one:
/// whatever is refused is a problem, unless a handler stated a reason and wrote its own content.
fn render(mut response: Response, id: &HeaderValue) -> (Response, Option<Reason>) {
    if let Some(Stated(reason)) = response.extensions_mut().remove::<Stated>() {
        return (response, Some(reason));
    }
    let refusal = response.extensions_mut().remove::<Refusal>();
    let status = response.status();
    let error = status.is_client_error() || status.is_server_error();
    let Some(refusal) = refusal.or_else(|| error.then(|| plain_refusal(status))) else {
        return (response, None);
    };
    let reason = refusal.reason();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CACHE_CONTROL);
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(ETAG);
    let media_type = HeaderValue::from_static(PROBLEM);
    parts.headers.insert(CONTENT_TYPE, media_type);
    parts.status = super::status::status(reason);
    let problem = serde_json::to_vec(&refusal.problem(text(id))).unwrap_or_default();
    (
        Response::from_parts(parts, Body::from(problem)),
        Some(reason),
    )
}

fn plain_refusal(status: StatusCode) -> Refusal {
    match status {
        StatusCode::NOT_FOUND => Refusal::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Refusal::new(
            Reason::MethodNotAllowed,
            "this resource does not take this method",
        ),
        status if status.is_client_error() => Refusal::malformed("the request breaks the format"),
        _ => Refusal::internal(),
    }
}

/// The answer, also where its handler panics. What it said then may quote the request and goes nowhere.
pub(super) async fn caught(answer: impl Future<Output = Response>) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind().await;
    answer.unwrap_or_else(|_| Refusal::internal().into_response())
}
