//! Hearing over libp2p: what peers tell is judged, and files that they announce are fetched from
//! whoever announced them.

use fairtrail::id::KeyId;
use fairtrail::reason::Reason;
use tokio::runtime::Handle as Runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Ear;
use crate::core::gossip::{Content, Message, Verdict, Wanted};
use crate::p2p::{self, Handle, Listener, Topic};
use crate::shutdown;

/// Files that wait to be fetched; more than are asked for at once never do.
const WAITING: usize = 8;

/// Hears what peers tell this node.
#[derive(Debug)]
pub struct PeerEar {
    ear: Ear,
    wanted: mpsc::Sender<(KeyId, Wanted)>,
}

/// Files that peers announced, for [`fetch`].
#[derive(Debug)]
pub struct Announcements(mpsc::Receiver<(KeyId, Wanted)>);

impl PeerEar {
    /// Hears with `ear`; what is announced has to be fetched by whoever has the network.
    pub fn new(ear: Ear) -> (Self, Announcements) {
        let (wanted, announced) = mpsc::channel(WAITING);
        (Self { ear, wanted }, Announcements(announced))
    }

    async fn judged(&self, from: KeyId, alone: bool, message: Vec<u8>) -> Verdict {
        let judged = self.ear.hear(&from.to_string(), message.clone()).await;
        if let Some(wanted) = judged.fetch
            && let Err(refused) = self.wanted.try_send((from, wanted))
        {
            let (_, wanted) = refused.into_inner();
            self.ear.fetched(wanted, None).await;
        }
        if alone && judged.verdict == Verdict::Accept {
            self.ear.hub().publish(message);
        }
        judged.verdict
    }
}

impl Listener for PeerEar {
    fn heard(&self, from: KeyId, topic: Option<Topic>, bytes: &[u8]) -> p2p::Verdict {
        // Everything but noise belongs to one topic, so that nothing goes by two ways; names of files
        // belong to none, because they are not passed on.
        let misplaced = |message: Message| topic.is_some() && topic != topic_of(&message.content);
        if Message::parse(bytes).is_ok_and(misplaced) {
            return p2p::Verdict::Reject;
        }
        let Ok(runtime) = Runtime::try_current() else {
            return p2p::Verdict::Ignore;
        };
        let judged = self.judged(from, topic.is_none(), bytes.to_vec());
        match runtime.block_on(judged) {
            Verdict::Accept => p2p::Verdict::Accept,
            Verdict::Ignore(_) => p2p::Verdict::Ignore,
            Verdict::Reject(reason) => {
                tracing::warn!(%from, %reason, "what this peer says of others does not hold");
                p2p::Verdict::Reject
            }
        }
    }
}

/// The topic of a message; names of files have none.
pub(super) const fn topic_of(content: &Content) -> Option<Topic> {
    match content {
        Content::Checkpoint(_) => Some(Topic::Checkpoints),
        Content::Fraud(_) => Some(Topic::Fraud),
        Content::Announced(_) => None,
    }
}

/// Fetches what is announced, until asked to stop.
pub async fn fetch(
    ear: Ear,
    network: Handle,
    mut announced: Announcements,
    stop: watch::Receiver<bool>,
) {
    let mut stopped = std::pin::pin!(shutdown::asked(stop));
    let mut fetching = JoinSet::new();
    loop {
        tokio::select! {
            Some((from, wanted)) = announced.0.recv() => {
                fetching.spawn(fetch_one(ear.clone(), network.clone(), from, wanted));
            }
            Some(_) = fetching.join_next() => {}
            () = &mut stopped => return,
        }
    }
}

async fn fetch_one(ear: Ear, network: Handle, from: KeyId, wanted: Wanted) {
    let (digest, bytes) = (wanted.file.digest, wanted.file.bytes);
    let file = network.file(from, digest, bytes).await;
    if let Err(reason) = file {
        tracing::debug!(%from, %reason, "a file that was announced did not come");
        if matches!(reason, Reason::NotFound | Reason::TooLarge) {
            network.fault(from, "the name of a file that it does not hand over");
        }
    }
    if let Verdict::Reject(reason) = ear.fetched(wanted, file.ok()).await {
        tracing::warn!(%from, %reason, "a file that was announced does not hold");
        network.fault(from, "a file that was refused");
    }
}
