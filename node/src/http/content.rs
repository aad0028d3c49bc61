//! The content of a submission, received within bounds of bytes and time.

use super::limits::SMALL_BYTES;
use super::problem::Refusal;
use super::state::Gateway;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use fairtrail::limits::WIRE_BYTES;
use fairtrail::reason::Reason;
use http_body_util::BodyExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

/// Above this, parsing is worth a thread of its own.
const QUICK_BYTES: usize = 64 * 1_024;

/// Received content.
pub(super) struct Content {
    bytes: Bytes,
    permit: Option<OwnedSemaphorePermit>,
}

impl Content {
    /// Receives the content of `request`, at most 24 MiB of `media_type`. Few large ones are
    /// received at once.
    pub(super) async fn receive(
        gateway: &Gateway,
        request: Request,
        media_type: &str,
    ) -> Result<Self, Refusal> {
        check_media_type(request.headers(), media_type)?;
        receive(gateway, request, WIRE_BYTES).await
    }

    /// Reads the content; what has to be held until it is dealt with comes with it.
    pub(super) async fn parse<T, E>(
        self,
        parse: fn(&[u8]) -> Result<T, E>,
    ) -> Result<(T, Option<OwnedSemaphorePermit>), Refusal>
    where
        T: Send + 'static,
        E: Into<Refusal> + Send + 'static,
    {
        let Self { bytes, permit } = self;
        let parsed = if bytes.len() <= QUICK_BYTES {
            parse(&bytes)
        } else {
            let parsed = tokio::task::spawn_blocking(move || parse(&bytes)).await;
            parsed.map_err(|_| Refusal::internal())?
        };
        Ok((parsed.map_err(Into::into)?, permit))
    }
}

/// Receives at most `max` bytes of any media type, without content coding.
pub(super) async fn receive_within(
    gateway: &Gateway,
    request: Request,
    max: usize,
) -> Result<Bytes, Refusal> {
    if request.headers().contains_key(CONTENT_ENCODING) {
        let detail = "the content has no content coding";
        return Err(Refusal::new(Reason::MediaTypeUnsupported, detail));
    }
    Ok(receive(gateway, request, max).await?.bytes)
}

async fn receive(gateway: &Gateway, request: Request, max: usize) -> Result<Content, Refusal> {
    let body = request.into_body();
    if body.size_hint().lower() > u64::try_from(max).unwrap_or(u64::MAX) {
        return Err(Refusal::too_large(max));
    }
    let time = gateway.limits().content_time;
    let content = timeout(time, read(gateway, body, max)).await;
    content.map_err(|_| {
        let detail = format!("the content did not arrive within {} s", time.as_secs());
        Refusal::new(Reason::RequestTimeout, detail)
    })?
}

async fn read(gateway: &Gateway, mut body: Body, max: usize) -> Result<Content, Refusal> {
    let mut bytes = Vec::new();
    let mut permit = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::malformed("the content broke off"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let len = data.len().saturating_add(bytes.len());
        if len > max {
            return Err(Refusal::too_large(max));
        }
        if len > SMALL_BYTES && permit.is_none() {
            permit = Some(gateway.large_body()?);
        }
        bytes.extend_from_slice(&data);
    }
    let bytes = Bytes::from(bytes);
    Ok(Content { bytes, permit })
}

fn check_media_type(headers: &HeaderMap, media_type: &str) -> Result<(), Refusal> {
    let stated = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let right = stated.is_some_and(|stated| stated.eq_ignore_ascii_case(media_type.as_bytes()));
    let plain = headers.get(CONTENT_ENCODING).is_none();
    if right && plain {
        return Ok(());
    }
    let detail = format!("the content is {media_type}, without content coding");
    Err(Refusal::new(Reason::MediaTypeUnsupported, detail))
}
