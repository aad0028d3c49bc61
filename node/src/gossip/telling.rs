//! Telling over libp2p: what is found goes to all, and whoever has just come is told what is held.

use std::collections::BTreeSet;
use std::time::Duration;

use fairtrail::id::KeyId;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Ear;
use super::hearing::topic_of;
use crate::core::gossip::Message;
use crate::p2p::Handle;
use crate::shutdown;

/// Time until everything is told again; it doubles each time.
const SOON: Duration = Duration::from_secs(5);
/// The longest such time.
const LATE: Duration = Duration::from_secs(320);
/// Time between two messages of many, so that no honest node is behind with hearing.
const PACE: Duration = Duration::from_millis(60);

/// Tells every peer what this node followed and found, as it happens, until asked to stop.
pub async fn tell(ear: Ear, network: Handle, stop: watch::Receiver<bool>) {
    let mut outgoing = ear.hub().outgoing();
    let mut greeted = network.greeted();
    let mut stopped = std::pin::pin!(shutdown::asked(stop));
    let (mut tasks, mut told) = (JoinSet::new(), BTreeSet::new());
    tasks.spawn(tell_again(ear.clone(), network.clone()));
    loop {
        tokio::select! {
            message = outgoing.recv() => match message {
                Ok(message) => publish(&network, message).await,
                // What was missed is told again.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            // Of those who are missed here, each is told with everybody.
            Ok(peer) = greeted.recv() => {
                if told.insert(peer) {
                    tasks.spawn(tell_one(ear.clone(), network.clone(), peer));
                }
            }
            Some(ended) = tasks.join_next() => {
                if let Ok(Some(peer)) = ended {
                    told.remove(&peer);
                }
            }
            () = &mut stopped => return,
        }
    }
}

/// Tells everybody everything, again and again, for what was lost.
async fn tell_again(ear: Ear, network: Handle) -> Option<KeyId> {
    let mut wait = SOON;
    loop {
        tokio::time::sleep(wait).await;
        wait = wait.saturating_mul(2).min(LATE);
        let asked = ear.clone();
        let everything = tokio::task::spawn_blocking(move || asked.hub().everything()).await;
        // What cannot be read was told before, or is complained of elsewhere.
        for message in everything.ok().and_then(Result::ok).unwrap_or_default() {
            publish(&network, message).await;
            tokio::time::sleep(PACE).await;
        }
    }
}

/// Tells one that has just come what was seen, and the names of the files that are held.
async fn tell_one(ear: Ear, network: Handle, peer: KeyId) -> Option<KeyId> {
    for message in ear.hub().names() {
        if let Err(reason) = network.tell(peer, message).await {
            tracing::debug!(%peer, %reason, "a peer was not told everything");
            break;
        }
        tokio::time::sleep(PACE).await;
    }
    Some(peer)
}

async fn publish(network: &Handle, message: Vec<u8>) {
    let Ok(Message { content, .. }) = Message::parse(&message) else {
        return;
    };
    match topic_of(&content) {
        // Nobody to tell at present, or too much: another time.
        Some(topic) => drop(network.publish(topic, message).await),
        None => network.tell_each(message).await,
    }
}
