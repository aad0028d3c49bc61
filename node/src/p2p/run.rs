//! The one task that owns the swarm: events in, commands in, nothing that waits. Whatever reads
//! storage or checks a signature is handed to tasks of its own, as many as there are permits for.

mod calling;
mod incoming;
mod refusal;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fairtrail::id::KeyId;
use fairtrail::reason::Reason;
use libp2p::futures::StreamExt;
use libp2p::gossipsub;
use libp2p::multiaddr::Protocol;
use libp2p::request_response::{self, OutboundFailure, OutboundRequestId};
use libp2p::swarm::SwarmEvent;
use libp2p::{PeerId, Swarm, ping};
use tokio::sync::{mpsc, watch};

use super::behaviour::{Behaviour, BehaviourEvent};
use super::command::{Command, Reply};
use super::dialing::Dialing;
use super::gossip::Topic;
use super::message::{Ask, Told};
use super::names::{key_of, peer_of};
use super::shared::Shared;
use super::transport::Listening;
use crate::metrics::{self, Caller};
use crate::shutdown;
use fairtrail::limits::GOSSIP_BYTES;

/// Time from one look at who is to be called, and who is let in, to the next.
const TICK: Duration = Duration::from_millis(500);

/// Why the task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Asked to.
    Stopped,
    /// A part of it broke.
    Broken(&'static str),
}

/// Who waits for an answer.
enum Asked {
    /// Somebody in this process.
    Reply(Reply<Vec<u8>>),
    /// This task, to know who a peer is.
    Hello,
    /// Nobody.
    Nobody,
}

pub(super) struct Run {
    swarm: Swarm<Behaviour>,
    shared: Arc<Shared>,
    dialing: Dialing,
    asked: HashMap<OutboundRequestId, Asked>,
}

/// Runs a swarm until asked to stop, or until it breaks.
pub(super) async fn run(
    listening: Listening,
    shared: Arc<Shared>,
    dialing: Dialing,
    mut commands: mpsc::Receiver<Command>,
    stop: watch::Receiver<bool>,
) -> Ended {
    let Listening { swarm, mut broken } = listening;
    let mut run = Run {
        swarm,
        shared,
        dialing,
        asked: HashMap::new(),
    };
    let mut tick = tokio::time::interval(TICK);
    let mut stopped = std::pin::pin!(shutdown::asked(stop));
    loop {
        tokio::select! {
            () = &mut stopped => return Ended::Stopped,
            _ = broken.recv() => return Ended::Broken("a connection panicked"),
            _ = tick.tick() => run.tick(),
            Some(command) = commands.recv() => run.command(command),
            event = run.swarm.select_next_some() => {
                if let Some(ended) = run.event(event) {
                    return ended;
                }
            }
        }
    }
}

impl Run {
    /// Calls whom it is time to call, and lets in whom the roster names.
    fn tick(&mut self) {
        self.let_in();
        self.call_due();
    }

    /// Who is not let in any more, or sent away, is disconnected.
    fn let_in(&mut self) {
        let (roster, now) = (self.shared.roster(), self.shared.now());
        let own = *self.swarm.local_peer_id();
        let allowed = {
            let budgets = self.shared.budgets();
            let stays = roster.keys().filter(|key| !budgets.is_away(*key, now));
            let peers = stays.filter_map(peer_of).filter(|peer| *peer != own);
            peers.collect::<std::collections::HashSet<_>>()
        };
        let gate = &mut self.swarm.behaviour_mut().allowed;
        let gone: Vec<PeerId> = gate.allowed_peers().difference(&allowed).copied().collect();
        for peer in gone {
            tracing::info!(%peer, "no longer let in");
            gate.disallow_peer(peer);
        }
        for peer in allowed {
            gate.allow_peer(peer);
        }
    }

    fn command(&mut self, command: Command) {
        let swarm = &mut self.swarm;
        match command {
            Command::Ask {
                peer,
                question,
                reply,
            } if swarm.is_connected(&peer) => {
                let id = swarm.behaviour_mut().ask.send_request(&peer, question);
                self.asked.insert(id, Asked::Reply(reply));
            }
            Command::Ask { reply, .. } => answer(reply, Err(Reason::GatewayUnreachable)),
            Command::Answer { channel, answer } => self.respond(channel, answer),
            Command::Everybody(question) => {
                let peers: Vec<PeerId> = swarm.connected_peers().copied().collect();
                for peer in peers {
                    let ask = &mut swarm.behaviour_mut().ask;
                    let id = ask.send_request(&peer, question.to_vec());
                    self.asked.insert(id, Asked::Nobody);
                }
            }
            Command::Publish {
                topic,
                bytes,
                reply,
            } => answer(reply, self.publish(topic, bytes)),
            Command::Judged {
                message,
                from,
                verdict,
            } => self.judged(&message, from, verdict),
            Command::Call { peer, addresses } => self.call(peer, addresses),
            Command::LetIn => self.let_in(),
            #[cfg(test)]
            Command::Panic => panic!("a defect"),
        }
    }

    fn publish(&mut self, topic: Topic, bytes: Vec<u8>) -> Result<(), Reason> {
        use gossipsub::PublishError::{AllQueuesFull, Duplicate, NoPeersSubscribedToTopic};
        if bytes.len() > GOSSIP_BYTES {
            return Err(Reason::TooLarge);
        }
        let (topic, length) = (self.shared.names.topic(topic), bytes.len());
        match self.swarm.behaviour_mut().gossip.publish(topic, bytes) {
            Ok(_) => {
                self.shared.metrics.sent(metrics::Protocol::gossip, length);
                Ok(())
            }
            // Nobody to tell, or everybody was told: gossip may be lost.
            Err(Duplicate | NoPeersSubscribedToTopic) => Ok(()),
            Err(AllQueuesFull(_)) => Err(Reason::Overloaded),
            Err(_) => Err(Reason::Internal),
        }
    }

    fn event(&mut self, event: SwarmEvent<BehaviourEvent>) -> Option<Ended> {
        match event {
            SwarmEvent::Behaviour(event) => self.behaviour(event),
            SwarmEvent::ConnectionEstablished {
                peer_id, endpoint, ..
            } => {
                self.over(&endpoint).inc();
                self.connected(peer_id);
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                endpoint,
                num_established,
                ..
            } => {
                self.over(&endpoint).dec();
                if num_established == 0 {
                    self.disconnected(peer_id);
                }
            }
            SwarmEvent::NewListenAddr { address, .. } => {
                let own = Protocol::P2p(*self.swarm.local_peer_id());
                let address = address.with(own).to_string();
                tracing::info!(address, "listening for peers");
                self.shared.status_mut().listening.insert(address);
            }
            SwarmEvent::ListenerClosed { reason, .. } => {
                tracing::error!(?reason, "a listener for peers ended");
                return Some(Ended::Broken("a listener ended"));
            }
            SwarmEvent::IncomingConnectionError { error, peer_id, .. } => {
                tracing::debug!(?peer_id, %error, "a connection was refused");
                let why = refusal::taken(&error);
                self.shared.metrics.not_connected(Caller::peer, why);
            }
            SwarmEvent::OutgoingConnectionError { error, peer_id, .. } => {
                tracing::debug!(?peer_id, %error, "a peer was not reached");
                if let Some(why) = refusal::made(&error) {
                    self.shared.metrics.not_connected(Caller::this, why);
                }
            }
            _ => {}
        }
        None
    }

    fn behaviour(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Ask(event) => self.ask(event),
            BehaviourEvent::Gossip(gossipsub::Event::Message {
                propagation_source,
                message_id,
                message,
            }) => self.heard(propagation_source, message_id, message),
            BehaviourEvent::Ping(event) => self.pinged(&event),
            _ => {}
        }
    }

    fn connected(&mut self, peer: PeerId) {
        let Some(key) = key_of(peer) else { return };
        let new = {
            let mut status = self.shared.status_mut();
            let new = !status.connected.contains_key(&key);
            status.connected.entry(key).or_insert(None);
            new
        };
        if new {
            tracing::info!(%peer, "connected");
            let hello = Ask::Hello(self.shared.hello.clone()).to_bytes();
            let id = self.swarm.behaviour_mut().ask.send_request(&peer, hello);
            self.asked.insert(id, Asked::Hello);
        }
    }

    fn disconnected(&mut self, peer: PeerId) {
        if let Some(key) = key_of(peer) {
            tracing::info!(%peer, "disconnected");
            self.shared.status_mut().connected.remove(&key);
        }
    }

    /// A peer that does not answer is gone, whatever its connection says.
    fn pinged(&mut self, event: &ping::Event) {
        if event.result.is_err() {
            self.swarm.close_connection(event.connection);
        }
    }

    fn ask(&mut self, event: request_response::Event<Vec<u8>, Vec<u8>>) {
        use request_response::Event::{InboundFailure, Message, OutboundFailure, ResponseSent};
        match event {
            Message {
                peer,
                connection_id,
                message,
            } => match message {
                request_response::Message::Request {
                    request, channel, ..
                } => self.asked_by(peer, connection_id, request, channel),
                request_response::Message::Response {
                    request_id,
                    response,
                } => self.answered(peer, request_id, Ok(response)),
            },
            OutboundFailure {
                peer,
                request_id,
                error,
                ..
            } => self.answered(peer, request_id, Err(reason(&error))),
            InboundFailure { peer, error, .. } => self.unasked(peer, &error),
            ResponseSent { .. } => {}
        }
    }

    fn answered(&mut self, peer: PeerId, id: OutboundRequestId, told: Result<Vec<u8>, Reason>) {
        match self.asked.remove(&id) {
            Some(Asked::Reply(reply)) => answer(reply, told),
            Some(Asked::Hello) => self.greeted(peer, told),
            Some(Asked::Nobody) | None => {}
        }
    }

    fn greeted(&mut self, peer: PeerId, told: Result<Vec<u8>, Reason>) {
        let Some(key) = key_of(peer) else { return };
        let told = told.and_then(|bytes| Told::parse(&bytes).map_err(|error| error.code()));
        match told {
            Ok(Told::Hello(hello)) if hello.network == self.shared.hello.network => {
                let mut status = self.shared.status_mut();
                if let Some(origin) = status.connected.get_mut(&key) {
                    *origin = Some(hello.origin.to_string());
                }
                drop(status);
                // Nobody may care.
                let _ = self.shared.greeted.send(key);
            }
            Ok(told) => {
                tracing::warn!(%peer, ?told, "a peer of another network, or none of this protocol");
                // It may have gone already.
                let _ = self.swarm.disconnect_peer_id(peer);
            }
            // It does not let this node in, as a rule.
            Err(reason) => {
                tracing::info!(%peer, %reason, "a peer did not say who it is");
                let _ = self.swarm.disconnect_peer_id(peer);
            }
        }
    }
}

fn answer<T>(reply: Reply<T>, told: Result<T, Reason>) {
    // Whoever asked may have gone away.
    let _ = reply.send(told);
}

fn reason(error: &OutboundFailure) -> Reason {
    match error {
        OutboundFailure::Timeout => Reason::RequestTimeout,
        OutboundFailure::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Reason::GatewayAnswer
        }
        _ => Reason::GatewayUnreachable,
    }
}

/// Keys of those who are connected.
pub(super) fn is_connected(shared: &Shared, key: KeyId) -> bool {
    shared.status().connected.contains_key(&key)
}
