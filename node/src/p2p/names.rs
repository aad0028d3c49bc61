//! Names on the wire. Each carries the network id, so that nodes of different networks have nothing
//! to say to each other (specs/peers.md §3).

use fairtrail::id::{KeyId, NetworkId, to_base32};
use libp2p::gossipsub::IdentTopic;
use libp2p::identity::{PublicKey, ed25519};
use libp2p::{PeerId, StreamProtocol};

use super::Topic;

/// What a peer id begins with when it holds an Ed25519 key: an identity multihash of 36 bytes
/// around the key's protobuf form.
const ED25519_PEER: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// The protocols of one network.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Small questions.
    pub(super) ask: StreamProtocol,
    /// Bulk.
    pub(super) pull: StreamProtocol,
    /// What gossip's own protocols begin with.
    pub(super) gossip: String,
    /// What identify is told.
    pub(super) identify: String,
    network: String,
}

impl Names {
    pub(super) fn of(network: NetworkId) -> Self {
        let network = to_base32(network.as_bytes());
        let name = |what: &str| format!("/fairtrail/{network}/{what}/1");
        let protocol = |what: &str| {
            // A name that begins with a slash is one.
            StreamProtocol::try_from_owned(name(what)).unwrap_or(StreamProtocol::new("/fairtrail"))
        };
        Self {
            ask: protocol("ask"),
            pull: protocol("pull"),
            gossip: format!("/fairtrail/{network}/gossip"),
            identify: name("identify"),
            network,
        }
    }

    pub(super) fn topic(&self, topic: Topic) -> IdentTopic {
        IdentTopic::new(format!("/fairtrail/{}/{}/1", self.network, topic.word()))
    }
}

/// The peer id of a node key.
pub fn peer_of(key: KeyId) -> Option<PeerId> {
    let key = ed25519::PublicKey::try_from_bytes(key.as_bytes()).ok()?;
    Some(PeerId::from_public_key(&PublicKey::from(key)))
}

/// The node key in a peer id; nothing when it names a key of another type, or none.
pub fn key_of(peer: PeerId) -> Option<KeyId> {
    let bytes = peer.to_bytes();
    let key = bytes.strip_prefix(&ED25519_PEER)?;
    let key = KeyId::new(key.try_into().ok()?);
    (peer_of(key) == Some(peer)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::key::SecretKey;

    #[test]
    fn a_peer_id_and_a_node_key_name_each_other() {
        let key = SecretKey::from_seed([7; 32]).public().id();
        let peer = peer_of(key).unwrap();
        assert_eq!(key_of(peer), Some(key));
        assert!(peer.to_string().starts_with("12D3KooW"));
        assert_eq!(key_of(PeerId::random()), None);
    }

    #[test]
    fn every_name_carries_the_network() {
        let [one, other] = [1, 2].map(|byte| Names::of(NetworkId::new([byte; 32])));
        assert_ne!(one.ask, other.ask);
        assert_ne!(one.ask, one.pull);
        for topic in Topic::ALL {
            assert_ne!(one.topic(topic).hash(), other.topic(topic).hash());
        }
        let id = to_base32(&[1; 32]);
        assert_eq!(one.pull.as_ref(), format!("/fairtrail/{id}/pull/1"));
    }
}
