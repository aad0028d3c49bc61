//! Frames of small questions for the request-response protocol. What is in them is read by whoever
//! answers, off the network's task.

use std::io;

use fairtrail::limits::QUESTION_BYTES;
use libp2p::StreamProtocol;
use libp2p::futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use libp2p::request_response;

use super::frame;
use crate::metrics::{Metrics, Protocol};

/// Carries one frame each way, and counts what it carries.
#[derive(Debug, Clone, Default)]
pub(super) struct Codec(pub(super) Metrics);

impl Codec {
    async fn read(&self, io: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
        let bytes = frame::read(io, QUESTION_BYTES).await?;
        self.0.received(Protocol::ask, bytes.len());
        Ok(bytes)
    }

    async fn write(&self, io: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
        frame::write(io, bytes).await?;
        io.close().await?;
        self.0.sent(Protocol::ask, bytes.len());
        Ok(())
    }
}

impl request_response::Codec for Codec {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.read(io).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.read(io).await
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        bytes: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.write(io, &bytes).await
    }

    async fn write_response<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        bytes: Vec<u8>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.write(io, &bytes).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::futures::executor::block_on;
    use libp2p::futures::io::Cursor;
    use libp2p::request_response::Codec as _;

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let protocol = StreamProtocol::new("/fairtrail");
        block_on(Codec::default().read_request(&protocol, &mut Cursor::new(bytes)))
    }

    fn framed(length: usize) -> Vec<u8> {
        let mut io = Cursor::new(Vec::new());
        block_on(frame::write(&mut io, &vec![7; length])).unwrap();
        io.into_inner()
    }

    #[test]
    fn a_question_is_bounded_at_n_and_n_plus_one() {
        let largest = framed(QUESTION_BYTES);
        assert_eq!(read(&largest).unwrap(), vec![7; QUESTION_BYTES]);
        let refused = read(&framed(QUESTION_BYTES + 1)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        let cut = read(&largest[..largest.len() - 1]).unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
    }
}
