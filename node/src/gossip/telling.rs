//! Gossip over libp2p: what peers tell is heard, and what is found is told to all.

use std::time::Duration;

use fairtrail::id::KeyId;
use tokio::runtime::Handle as Runtime;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::Ear;
use crate::core::gossip::{Content, Message, Verdict};
use crate::p2p::{self, Handle, Listener, Topic};
use crate::shutdown;

/// Time until everything is told again; it doubles each time.
const SOON: Duration = Duration::from_secs(5);
/// The longest such time.
const LATE: Duration = Duration::from_secs(320);

impl Listener for Ear {
    fn heard(&self, from: KeyId, topic: Topic, bytes: &[u8]) -> p2p::Verdict {
        // Everything but noise belongs to one topic, so that nothing goes by two ways.
        if topic_of(bytes).is_some_and(|found| found != topic) {
            return p2p::Verdict::Reject;
        }
        let Ok(runtime) = Runtime::try_current() else {
            return p2p::Verdict::Ignore;
        };
        let judged = runtime.block_on(async {
            let judged = self.hear(&from.to_string(), bytes.to_vec()).await;
            if let Some(wanted) = judged.fetch {
                // Large files come over HTTP, where they are listed.
                self.fetched(wanted, None).await;
            }
            judged.verdict
        });
        match judged {
            Verdict::Accept => p2p::Verdict::Accept,
            Verdict::Ignore(_) => p2p::Verdict::Ignore,
            Verdict::Reject(reason) => {
                tracing::warn!(%from, %reason, "what this peer says of others does not hold");
                p2p::Verdict::Reject
            }
        }
    }
}

/// Tells every peer what this node followed and found, until asked to stop.
pub async fn tell(ear: Ear, network: Handle, stop: watch::Receiver<bool>) {
    let mut outgoing = ear.hub().outgoing();
    let mut stopped = std::pin::pin!(shutdown::asked(stop));
    let mut wait = SOON;
    let mut again = std::pin::pin!(tokio::time::sleep(wait));
    loop {
        let message = tokio::select! {
            message = outgoing.recv() => message,
            () = &mut again => {
                tell_all(&ear, &network).await;
                wait = wait.saturating_mul(2).min(LATE);
                again.set(tokio::time::sleep(wait));
                continue;
            }
            () = &mut stopped => return,
        };
        let message = match message {
            Ok(message) => message,
            // What was missed is listed for whoever asks.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        publish(&network, message).await;
    }
}

/// Tells everything again, for those who were not there.
async fn tell_all(ear: &Ear, network: &Handle) {
    let ear = ear.clone();
    let everything = tokio::task::spawn_blocking(move || ear.hub().everything()).await;
    // What cannot be read was told before, or is complained of elsewhere.
    for message in everything.ok().and_then(Result::ok).unwrap_or_default() {
        publish(network, message).await;
    }
}

async fn publish(network: &Handle, message: Vec<u8>) {
    if let Some(topic) = topic_of(&message) {
        // Nobody to tell at present, or too much: another time.
        let _ = network.publish(topic, message).await;
    }
}

fn topic_of(message: &[u8]) -> Option<Topic> {
    let message = Message::parse(message).ok()?;
    Some(match message.content {
        Content::Checkpoint(_) => Topic::Checkpoints,
        Content::Fraud(_) | Content::Announced(_) => Topic::Fraud,
    })
}
