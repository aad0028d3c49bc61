use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

const SLICE_BYTES: usize = 64 * 1_024;

/// Bytes handed over slice by slice, so that the server asks for the next one only when the client
/// has taken most of those before.
pub(super) struct Sliced {
    rest: Bytes,
}

impl Sliced {
    pub(super) const fn new(bytes: Bytes) -> Self {
        Self { rest: bytes }
    }
}

impl HttpBody for Sliced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let len = self.rest.len().min(SLICE_BYTES);
        let slice = self.rest.split_to(len);
        Poll::Ready((len > 0).then(|| Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}
