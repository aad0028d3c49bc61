//! What runs on every connection, gates first.

use std::collections::HashSet;
use std::time::Duration;

use libp2p::allow_block_list::{self, AllowedPeers};
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::gossipsub::{
    self, IdentityTransform, MaxCountSubscriptionFilter, MessageAuthenticity, MessageId,
    ValidationMode, WhitelistSubscriptionFilter,
};
use libp2p::identity::Keypair;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::NetworkBehaviour;
use libp2p::{identify, memory_connection_limits, ping};

use super::codec::Codec;
use super::gossip::Topic;
use super::names::Names;
use super::scoring::scoring;
use crate::config::P2pSettings;
use crate::metrics::Metrics;
use fairtrail::limits::GOSSIP_BYTES;

/// Connections being made, each way.
const PENDING: u32 = 16;
/// Connections with one peer: both may have called, and each may come back before the other
/// noticed that it was gone.
const PER_PEER: u32 = 4;
/// Small questions on one connection at once, both ways together.
const QUESTIONS: usize = 32;
/// Time for a small question and its answer.
const QUESTION_TIME: Duration = Duration::from_secs(10);
/// What a message of gossip may have besides its content.
const ENVELOPE_BYTES: usize = 1 << 10;
/// Bytes of a message's name.
const MESSAGE_ID_BYTES: usize = 20;

pub(super) type Filter = MaxCountSubscriptionFilter<WhitelistSubscriptionFilter>;

/// Everything, in the order it is asked whether a connection may be.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    limits: connection_limits::Behaviour,
    memory: memory_connection_limits::Behaviour,
    pub(super) allowed: allow_block_list::Behaviour<AllowedPeers>,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    pub(super) ask: request_response::Behaviour<Codec>,
    pub(super) pull: libp2p_stream::Behaviour,
    pub(super) gossip: gossipsub::Behaviour<IdentityTransform, Filter>,
}

impl Behaviour {
    pub(super) fn new(
        keypair: &Keypair,
        names: &Names,
        settings: &P2pSettings,
        metrics: &Metrics,
    ) -> Result<Self, &'static str> {
        let memory = usize::try_from(settings.memory_bytes).unwrap_or(usize::MAX);
        let ask = request_response::Config::default()
            .with_request_timeout(QUESTION_TIME)
            .with_max_concurrent_streams(QUESTIONS);
        let protocol = (names.ask.clone(), ProtocolSupport::Full);
        let who = identify::Config::new(names.identify.clone(), keypair.public())
            .with_agent_version(concat!("fairtrail-node/", env!("CARGO_PKG_VERSION")).to_owned())
            .with_hide_listen_addrs(true)
            .with_cache_size(0);
        Ok(Self {
            limits: connection_limits::Behaviour::new(limits(settings.connections)),
            memory: memory_connection_limits::Behaviour::with_max_bytes(memory),
            allowed: allow_block_list::Behaviour::default(),
            identify: identify::Behaviour::new(who),
            ping: ping::Behaviour::new(ping::Config::new()),
            ask: request_response::Behaviour::with_codec(Codec(metrics.clone()), [protocol], ask),
            pull: libp2p_stream::Behaviour::new(),
            gossip: gossip(keypair, names)?,
        })
    }
}

fn limits(connections: u32) -> ConnectionLimits {
    ConnectionLimits::default()
        .with_max_pending_incoming(Some(PENDING))
        .with_max_pending_outgoing(Some(PENDING))
        .with_max_established_incoming(Some(connections))
        .with_max_established_outgoing(Some(connections))
        .with_max_established_per_peer(Some(PER_PEER))
        .with_max_established(Some(connections.saturating_add(connections / 4)))
}

fn gossip(
    keypair: &Keypair,
    names: &Names,
) -> Result<gossipsub::Behaviour<IdentityTransform, Filter>, &'static str> {
    let config = gossipsub::ConfigBuilder::default()
        .protocol_id_prefix(names.gossip.clone())
        .validation_mode(ValidationMode::Strict)
        .validate_messages()
        .message_id_fn(message_id)
        .max_transmit_size(GOSSIP_BYTES.saturating_add(ENVELOPE_BYTES))
        .duplicate_cache_time(Duration::from_secs(120))
        .flood_publish(true)
        .build()
        .map_err(|_| "gossip cannot be configured")?;
    let topics = Topic::ALL.map(|topic| names.topic(topic));
    let known: HashSet<_> = topics.iter().map(gossipsub::IdentTopic::hash).collect();
    let filter = MaxCountSubscriptionFilter {
        max_subscribed_topics: known.len(),
        max_subscriptions_per_request: known.len(),
        filter: WhitelistSubscriptionFilter(known),
    };
    let signed = MessageAuthenticity::Signed(keypair.clone());
    let mut gossip = gossipsub::Behaviour::new_with_subscription_filter(signed, config, filter)?;
    let (score, thresholds) = scoring(names);
    let scored = gossip.with_peer_score(score, thresholds);
    scored.map_err(|_| "scores cannot be configured")?;
    for topic in &topics {
        let subscribed = gossip.subscribe(topic);
        subscribed.map_err(|_| "a topic cannot be subscribed to")?;
    }
    Ok(gossip)
}

/// The same content is the same message, whoever said it first.
fn message_id(message: &gossipsub::Message) -> MessageId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(message.topic.as_str().as_bytes());
    hasher.update(&message.data);
    let hash = hasher.finalize();
    let (id, _) = hash.as_bytes().split_at(MESSAGE_ID_BYTES);
    MessageId::new(id)
}
