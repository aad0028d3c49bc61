use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

/// A body that holds a guard until it is handed over or dropped, and breaks off when that takes
/// too long.
pub(super) struct Guarded<G> {
    body: Body,
    until: Option<Instant>,
    _guard: G,
}

impl<G> Guarded<G> {
    /// Holds `guard` while `body` is sent, for at most `time`.
    pub(super) fn new(body: Body, guard: G, time: Duration) -> Self {
        let until = Instant::now().checked_add(time);
        Self {
            body,
            until,
            _guard: guard,
        }
    }

    /// Holds `guard` while `body` is sent, however long that takes.
    pub(super) fn unlimited(body: Body, guard: G) -> Self {
        Self {
            body,
            until: None,
            _guard: guard,
        }
    }
}

impl<G: Unpin> HttpBody for Guarded<G> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.until.is_some_and(|until| Instant::now() > until) {
            let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
            return Poll::Ready(Some(Err(axum::Error::new(late))));
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
