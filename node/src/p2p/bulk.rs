//! Bulk: one stream for one question. The asker sends a frame; the answer begins with a frame that
//! says how many bytes follow, in pieces.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use fairtrail::api::PartsPage;
use fairtrail::id::KeyId;
use fairtrail::log::decode_entries;
use fairtrail::reason::Reason;
use libp2p::futures::{AsyncRead, AsyncWrite, AsyncWriteExt, StreamExt};
use libp2p::{PeerId, Stream};
use libp2p_stream::{IncomingStreams, OpenStreamError};
use tokio::time::timeout;

use super::budget::Kind;
use super::message::{HEAD_BYTES, Head, PIECE_BYTES, Pull};
use super::names::peer_of;
use super::shared::Shared;
use super::{frame, run, serve};
use crate::core::follow::{Answer, Failure};
use crate::metrics::Protocol;

/// Time for opening a stream, for a question to come, and for an answer to begin.
const BEGIN: Duration = Duration::from_secs(10);
/// Time for one piece.
const PIECE: Duration = Duration::from_secs(15);
/// Time for a whole answer.
const WHOLE: Duration = Duration::from_secs(60);
/// Time a budget is waited for.
const FILLING: Duration = Duration::from_secs(10);

/// Takes streams; each is dealt with by a task of its own, because what is not taken at once is
/// lost.
pub(super) async fn accept(shared: Arc<Shared>, mut incoming: IncomingStreams) {
    while let Some((peer, stream)) = incoming.next().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let Some(key) = shared.known(peer) else {
                return;
            };
            // Whoever went away needs no answer.
            let _ = timeout(WHOLE, answer(&shared, key, stream)).await;
        });
    }
}

/// Answers one question.
async fn answer(shared: &Arc<Shared>, peer: KeyId, mut stream: Stream) -> io::Result<()> {
    let question = in_time(BEGIN, frame::read(&mut stream, HEAD_BYTES)).await;
    let question = match question {
        Ok(question) => question,
        Err(error) => {
            if error.kind() == io::ErrorKind::InvalidData {
                shared.fault(peer, "a frame that is too long");
            }
            return Err(error);
        }
    };
    let metrics = &shared.metrics;
    metrics.received(Protocol::pull, question.len());
    let found = found(shared, peer, &question).await;
    metrics.answered(Protocol::pull, found.as_ref().err().copied());
    match found {
        Ok(bytes) => {
            send(&mut stream, &bytes).await?;
            metrics.sent(Protocol::pull, bytes.len());
        }
        Err(reason) => {
            let head = Head::Refused(reason).to_bytes();
            in_time(PIECE, frame::write(&mut stream, &head)).await?;
        }
    }
    in_time(PIECE, stream.close()).await
}

/// What is sent.
async fn found(shared: &Arc<Shared>, peer: KeyId, question: &[u8]) -> Result<Vec<u8>, Reason> {
    let pull = Pull::parse(question).map_err(|error| {
        shared.fault(peer, "a malformed question");
        error.code()
    })?;
    if !shared.take(peer, Kind::Pull, 1) {
        return Err(Reason::QuotaExceeded);
    }
    let lane = shared.serving(peer);
    let (Ok(_one), Ok(Ok(_all))) = (
        lane.try_acquire(),
        timeout(BEGIN, shared.bulk.acquire()).await,
    ) else {
        return Err(Reason::Overloaded);
    };
    let bytes = serve::bulk(shared, peer, pull).await?;
    fill(shared, peer, bytes.len()).await?;
    Ok(bytes)
}

/// Waits until the peer may have so many bytes more.
async fn fill(shared: &Shared, peer: KeyId, bytes: usize) -> Result<(), Reason> {
    let filled = async {
        loop {
            let now = shared.now();
            let wait = shared.budgets().wait(peer, Kind::Bytes, bytes as u64, now);
            match wait {
                Ok(()) => return,
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
    };
    timeout(FILLING, filled).await.map_err(|_| {
        shared.metrics.over_budget(Kind::Bytes.word());
        Reason::QuotaExceeded
    })
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    let head = Head::Bytes(bytes.len() as u64).to_bytes();
    in_time(PIECE, frame::write(stream, &head)).await?;
    for piece in bytes.chunks(PIECE_BYTES) {
        in_time(PIECE, frame::write(stream, piece)).await?;
    }
    Ok(())
}

/// Asks a peer and checks the form of what it answers.
pub(super) async fn ask(shared: &Shared, peer: KeyId, pull: Pull) -> Result<Answer, Failure> {
    let bytes = pulled(shared, peer, pull).await.map_err(Failure)?;
    decoded(pull, &bytes).map_err(Failure)
}

/// What a peer answers. A stream that ends before the answer begins was lost by the other side, and
/// the question is asked once more.
pub(super) async fn pulled(shared: &Shared, peer: KeyId, pull: Pull) -> Result<Vec<u8>, Reason> {
    let lane = shared.pulling(peer);
    let Ok(_one) = lane.acquire().await else {
        return Err(Reason::Stopping);
    };
    shared.pace(peer, Kind::Pull).await;
    let bytes = match timeout(WHOLE, once(shared, peer, pull)).await {
        Ok(Err(Lost::Early)) => timeout(WHOLE, once(shared, peer, pull)).await,
        outcome => outcome,
    };
    match bytes {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(Lost::Refused(reason))) => Err(reason),
        Ok(Err(Lost::Early)) => Err(Reason::GatewayUnreachable),
        Err(_) => Err(Reason::RequestTimeout),
    }
}

/// Why nothing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// The stream ended before the answer began.
    Early,
    /// There is no answer.
    Refused(Reason),
}

async fn once(shared: &Shared, peer: KeyId, pull: Pull) -> Result<Vec<u8>, Lost> {
    let mut stream = open(shared, peer).await?;
    let question = pull.to_bytes();
    let asked = async {
        frame::write(&mut stream, &question).await?;
        stream.flush().await
    };
    in_time(BEGIN, asked).await.map_err(|_| Lost::Early)?;
    shared.metrics.sent(Protocol::pull, question.len());
    let bytes = receive(&mut stream, pull.most()).await?;
    shared.metrics.received(Protocol::pull, bytes.len());
    Ok(bytes)
}

async fn open(shared: &Shared, peer: KeyId) -> Result<Stream, Lost> {
    let unreachable = Lost::Refused(Reason::GatewayUnreachable);
    let link = shared.link().filter(|_| run::is_connected(shared, peer));
    let mut link = link.ok_or(unreachable)?;
    let id: PeerId = peer_of(peer).ok_or(unreachable)?;
    let stream = link.control.open_stream(id, shared.names.pull.clone());
    match timeout(BEGIN, stream).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(OpenStreamError::Io(_))) => Err(Lost::Early),
        Ok(Err(_)) | Err(_) => Err(unreachable),
    }
}

/// Reads an answer of at most `most` bytes.
async fn receive(stream: &mut (impl AsyncRead + Unpin), most: usize) -> Result<Vec<u8>, Lost> {
    let malformed = Lost::Refused(Reason::GatewayAnswer);
    let head = in_time(BEGIN, frame::read(stream, HEAD_BYTES)).await;
    let head = head.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => malformed,
        io::ErrorKind::TimedOut => Lost::Refused(Reason::RequestTimeout),
        _ => Lost::Early,
    })?;
    let size = match Head::parse(&head) {
        Ok(Head::Bytes(size)) => usize::try_from(size).map_err(|_| malformed)?,
        Ok(Head::Refused(reason)) => return Err(Lost::Refused(reason)),
        Err(_) => return Err(malformed),
    };
    if size > most {
        return Err(Lost::Refused(Reason::TooLarge));
    }
    let mut bytes = Vec::new();
    while bytes.len() < size {
        let left = size.saturating_sub(bytes.len()).min(PIECE_BYTES);
        let piece = in_time(PIECE, frame::read(stream, left)).await;
        bytes.extend_from_slice(&piece.map_err(|_| malformed)?);
    }
    Ok(bytes)
}

fn decoded(pull: Pull, bytes: &[u8]) -> Result<Answer, Reason> {
    match pull {
        Pull::Entries { bundle, skip } => {
            let count = usize::from(bundle.width().saturating_sub(skip));
            let entries = decode_entries(bytes, count).map_err(|error| error.code())?;
            Ok(Answer::Entries(
                entries.into_iter().map(<[u8]>::to_vec).collect(),
            ))
        }
        Pull::Parts { .. } => {
            let page = PartsPage::parse(bytes).map_err(|error| error.code())?;
            Ok(Answer::Parts(page))
        }
        // Whoever asks for these takes the bytes.
        Pull::Down { .. } | Pull::File { .. } | Pull::Heads { .. } | Pull::Update { .. } => {
            Err(Reason::Internal)
        }
    }
}

async fn in_time<T>(time: Duration, done: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    timeout(time, done).await.map_err(late)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::futures::io::Cursor;

    async fn received(bytes: Vec<u8>, most: usize) -> Result<Vec<u8>, Lost> {
        receive(&mut Cursor::new(bytes), most).await
    }

    #[tokio::test]
    async fn an_answer_comes_in_pieces_and_is_bounded_before_it_comes() {
        let bytes = vec![3; PIECE_BYTES * 2 + 5];
        let mut io = Cursor::new(Vec::new());
        send(&mut io, &bytes).await.unwrap();
        let sent = io.into_inner();
        assert_eq!(received(sent.clone(), bytes.len()).await, Ok(bytes.clone()));
        let small = received(sent.clone(), bytes.len() - 1).await;
        assert_eq!(small, Err(Lost::Refused(Reason::TooLarge)));
        // It never began, or it ended in the middle.
        let early = received(sent[..3].to_vec(), bytes.len()).await;
        assert_eq!(early, Err(Lost::Early));
        let cut = received(sent[..sent.len() - 1].to_vec(), bytes.len()).await;
        assert_eq!(cut, Err(Lost::Refused(Reason::GatewayAnswer)));
        let mut io = Cursor::new(Vec::new());
        send(&mut io, &[]).await.unwrap();
        assert_eq!(received(io.into_inner(), 0).await, Ok(Vec::new()));
    }

    #[tokio::test]
    async fn a_refusal_says_why() {
        let mut io = Cursor::new(Vec::new());
        let head = Head::Refused(Reason::QuotaExceeded).to_bytes();
        frame::write(&mut io, &head).await.unwrap();
        let refused = received(io.into_inner(), 10).await;
        assert_eq!(refused, Err(Lost::Refused(Reason::QuotaExceeded)));
    }
}
