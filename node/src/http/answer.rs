//! Answers: bytes, their media type, and how long others may keep them.

use super::accept::JSON;
use super::guarded::Guarded;
use super::problem::Refusal;
use super::sliced::Sliced;
use super::state::Gateway;
use super::status::status;
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use fairtrail::reason::Reason;
use serde::Serialize;

pub(super) const OCTETS: &str = "application/octet-stream";
pub(super) const TEXT: &str = "text/plain; charset=utf-8";

/// Header fields that answers have in the end, at most: room is made for all of them at once.
const FIELDS: usize = 10;

/// How long an answer may be kept.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keep {
    /// It never changes.
    Forever,
    /// Not at all.
    Never,
    /// As long as asking again says that it still holds.
    WhileSame,
}

impl Keep {
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::Forever => "public, max-age=604800, immutable",
            Self::Never => "no-store",
            Self::WhileSame => "no-cache",
        }
    }
}

/// An answer of bytes; a large one needs a permit and is sent in slices.
pub(super) fn bytes(
    gateway: &Gateway,
    media_type: &'static str,
    bytes: impl Into<Bytes>,
    keep: Keep,
) -> Result<Response, Refusal> {
    let bytes = bytes.into();
    let permit = gateway.answer(bytes.len())?;
    let body = match permit {
        None => Body::from(bytes),
        Some(permit) => {
            let sliced = Body::new(Sliced::new(bytes));
            Body::new(Guarded::new(sliced, permit, gateway.limits().send_time))
        }
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.reserve(FIELDS);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep.header()));
    Ok(response)
}

/// A JSON answer.
pub(super) fn json<T: Serialize>(
    gateway: &Gateway,
    value: &T,
    keep: Keep,
) -> Result<Response, Refusal> {
    let json = serde_json::to_vec(value).map_err(|_| Refusal::internal())?;
    bytes(gateway, JSON, json, keep)
}

/// Why an answer is not what was asked for, where its content is not a problem.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stated(pub(super) Reason);

/// The answer with the status of a reason, and its own content instead of a problem.
pub(super) fn with_reason(mut response: Response, reason: Reason) -> Response {
    *response.status_mut() = status(reason);
    response.extensions_mut().insert(Stated(reason));
    response
}

/// Names this state of the resource.
pub(super) fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::try_from(quoted(tag)) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// The answer to a client that holds this state already.
pub(super) fn not_modified(headers: &HeaderMap, tag: &str, keep: Keep) -> Option<Response> {
    let lines = headers.get_all(IF_NONE_MATCH).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let quoted = quoted(tag);
    let holds = |held: &str| {
        let held = held.trim();
        held == "*" || held.strip_prefix("W/").unwrap_or(held) == quoted
    };
    let held = lines.flat_map(|line| line.split(',')).any(holds);
    held.then(|| {
        let keep = [(CACHE_CONTROL, HeaderValue::from_static(keep.header()))];
        tagged((StatusCode::NOT_MODIFIED, keep).into_response(), tag)
    })
}

fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}
