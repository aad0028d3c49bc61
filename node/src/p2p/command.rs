//! What the task that owns the swarm is told to do.

use std::sync::Arc;

use fairtrail::reason::Reason;
use libp2p::gossipsub::MessageId;
use libp2p::request_response::ResponseChannel;
use libp2p::{Multiaddr, PeerId};
use tokio::sync::oneshot;

use super::gossip::{Topic, Verdict};

/// Where an answer goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, Reason>>;

#[derive(Debug)]
pub(super) enum Command {
    /// Ask a small question.
    Ask {
        peer: PeerId,
        question: Vec<u8>,
        reply: Reply<Vec<u8>>,
    },
    /// Answer one.
    Answer {
        channel: ResponseChannel<Vec<u8>>,
        answer: Vec<u8>,
    },
    /// Send a question to everybody who is connected, and care for no answer.
    Everybody(Arc<[u8]>),
    /// Tell something to everybody.
    Publish {
        topic: Topic,
        bytes: Vec<u8>,
        reply: Reply<()>,
    },
    /// Somebody looked at what was told.
    Judged {
        message: MessageId,
        from: PeerId,
        verdict: Verdict,
    },
    /// Call a peer whose name was looked up.
    Call {
        peer: PeerId,
        addresses: Vec<Multiaddr>,
    },
    /// Others are let in than before.
    LetIn,
    /// Break, to see what becomes of it.
    #[cfg(test)]
    Panic,
}
