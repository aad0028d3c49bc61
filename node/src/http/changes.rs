//! Changes: what is published, told as it happens (specs/changes.md).

use super::answer::Keep;
use super::problem::Refusal;
use super::server::Closing;
use super::state::Gateway;
use super::teller::{Asked, Teller};
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use fairtrail::api::{CHANGES, ChangesQuestion, leaf_number};
use hyper::body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

const LAST_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Pieces that wait for a client; one that lets them wait for long is dropped.
const WAITING: usize = 2;

/// `GET /v1/changes?from=&subject=`.
pub(super) async fn changes(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Refusal> {
    let question = ChangesQuestion::parse_query(request.uri().query().unwrap_or_default());
    let question = question.map_err(|error| Refusal::malformed(error.to_string()))?;
    let from = after_last(request.headers())?.or(question.from);
    let published = gateway.log().published().ok_or_else(Refusal::not_found)?;
    let permit = gateway.stream();
    let permit = permit.inspect_err(|_| gateway.metrics().stream_refused())?;
    let closing = request.extensions().get::<Closing>().cloned();
    let open = gateway.metrics().stream();
    let (tell, told) = mpsc::channel(WAITING);
    let asked = Asked {
        from,
        subjects: question.subjects,
    };
    let teller = Teller::new(gateway, published, asked, tell, open);
    tokio::spawn(async move {
        teller.run(closing).await;
        drop(permit);
    });
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(CHANGES)),
        (
            CACHE_CONTROL,
            HeaderValue::from_static(Keep::Never.header()),
        ),
    ];
    Ok((headers, Body::new(Told(told))).into_response())
}

/// The leaf after the last one that the client got; it names it when it comes back by itself, with
/// the address it asked first.
fn after_last(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let mut lines = headers.get_all(LAST_ID).iter();
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let number = line.to_str().ok().and_then(leaf_number);
    let number = number.filter(|_| lines.next().is_none());
    let number = number.ok_or_else(|| Refusal::malformed("`last-event-id` is a leaf index"))?;
    Ok(Some(number.saturating_add(1)))
}

/// What is told, piece by piece, as the client takes it.
struct Told(mpsc::Receiver<Bytes>);

impl HttpBody for Told {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.0.poll_recv(cx);
        piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
