//! What comes from peers: questions, and what they were told.

use std::sync::Arc;

use fairtrail::limits::GOSSIP_BYTES;
use fairtrail::reason::Reason;
use libp2p::PeerId;
use libp2p::gossipsub::{self, MessageAcceptance, MessageId};
use libp2p::request_response::{InboundFailure, ResponseChannel};
use libp2p::swarm::ConnectionId;

use super::Run;
use crate::metrics::Protocol;
use crate::p2p::budget::Kind;
use crate::p2p::command::Command;
use crate::p2p::gossip::{Topic, Verdict};
use crate::p2p::message::Told;
use crate::p2p::names::key_of;
use crate::p2p::{listening, serve};

impl Run {
    /// A question came: answered by a task of its own, if there is room for one.
    pub(super) fn asked_by(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        question: Vec<u8>,
        channel: ResponseChannel<Vec<u8>>,
    ) {
        let Some(key) = self.shared.known(peer) else {
            self.swarm.close_connection(connection);
            return;
        };
        if !self.shared.take(key, Kind::Ask, 1) {
            return self.refuse(channel, Reason::QuotaExceeded);
        }
        let Ok(permit) = Arc::clone(&self.shared.small).try_acquire_owned() else {
            return self.refuse(channel, Reason::Overloaded);
        };
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let told = serve::told(&shared, key, question).await;
            drop(permit);
            let refused = match told {
                Told::Refused(reason) => Some(reason),
                _ => None,
            };
            shared.metrics.answered(Protocol::ask, refused);
            let answer = told.to_bytes();
            shared.tell(Command::Answer { channel, answer }).await;
        });
    }

    fn refuse(&mut self, channel: ResponseChannel<Vec<u8>>, reason: Reason) {
        self.shared.metrics.answered(Protocol::ask, Some(reason));
        self.respond(channel, Told::Refused(reason).to_bytes());
    }

    pub(super) fn unasked(&self, peer: PeerId, error: &InboundFailure) {
        let InboundFailure::Io(error) = error else {
            return;
        };
        if let (std::io::ErrorKind::InvalidData, Some(key)) = (error.kind(), key_of(peer)) {
            self.shared.fault(key, "a frame that is too long");
        }
    }

    /// A message came. Every one is judged, whatever becomes of it.
    pub(super) fn heard(&mut self, from: PeerId, id: MessageId, message: gossipsub::Message) {
        self.shared
            .metrics
            .received(Protocol::gossip, message.data.len());
        let topic = Topic::ALL
            .into_iter()
            .find(|topic| self.shared.names.topic(*topic).hash() == message.topic);
        let (Some(key), Some(topic)) = (self.shared.known(from), topic) else {
            return self.judged(&id, from, Verdict::Ignore);
        };
        if message.data.len() > GOSSIP_BYTES {
            return self.judged(&id, from, Verdict::Reject);
        }
        let permit = Arc::clone(&self.shared.small).try_acquire_owned();
        let (true, Ok(permit)) = (self.shared.take(key, Kind::Gossip, 1), permit) else {
            return self.judged(&id, from, Verdict::Ignore);
        };
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let verdict = listening::judge(&shared, key, Some(topic), message.data, permit).await;
            let judged = Command::Judged {
                message: id,
                from,
                verdict,
            };
            shared.tell(judged).await;
        });
    }

    pub(super) fn judged(&mut self, message: &MessageId, from: PeerId, verdict: Verdict) {
        let acceptance = match verdict {
            Verdict::Accept => MessageAcceptance::Accept,
            Verdict::Ignore => MessageAcceptance::Ignore,
            Verdict::Reject => MessageAcceptance::Reject,
        };
        let gossip = &mut self.swarm.behaviour_mut().gossip;
        // Too late to be passed on is as good as lost.
        let _ = gossip.report_message_validation_result(message, &from, acceptance);
        if let (Verdict::Reject, Some(key)) = (verdict, key_of(from)) {
            self.shared.fault(key, "a message that was refused");
        }
    }

    pub(super) fn respond(&mut self, channel: ResponseChannel<Vec<u8>>, answer: Vec<u8>) {
        // Whoever asked may have gone away, or waited long enough.
        let _ = self
            .swarm
            .behaviour_mut()
            .ask
            .send_response(channel, answer);
    }
}
