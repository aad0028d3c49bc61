//! `[p2p]`: where other nodes reach this one, and whom it calls.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use fairtrail::id::KeyId;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::p2p::{is_callable, is_supported, key_of, peer_of};

/// What the file that `init` writes says about it.
pub(super) const TEXT: &str = "\
# Other nodes, over libp2p. Without addresses and peers nothing of it runs. Let in are nodes whose
# key (`fairtrail-node vkey`) a grant of the role node names in its scope, and those named here.
[p2p]
# Where they reach this node: IP addresses, tcp or quic.
#listen = [\"/ip4/0.0.0.0/tcp/8082\", \"/ip4/0.0.0.0/udp/8082/quic-v1\"]
# Nodes to call, or, by peer id alone, to let in. They may have what the public may have. A name
# in the place of an IP address (/dns4/hill.example/tcp/8082/p2p/...) is looked up whenever it is called.
#bootstrap = [\"/ip4/192.0.2.7/tcp/8082/p2p/12D3KooW...\"]
# Connections taken at once, and bytes of memory of this process beyond which none is taken.
# connections = 128
# memory_bytes = 2147483648

";

/// Addresses to listen on.
const MAX_LISTEN: usize = 16;
/// Peers to call.
const MAX_BOOTSTRAP: usize = 128;
/// Connections taken at once.
const MAX_CONNECTIONS: u32 = 4_096;
/// Bytes of memory with which nothing could be done.
const MIN_MEMORY: u64 = 64 << 20;

/// `[p2p]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct P2pSection {
    /// Addresses to listen on.
    pub listen: Vec<String>,
    /// Nodes to call and let in.
    pub bootstrap: Vec<String>,
    /// Connections taken at once.
    pub connections: u32,
    /// Bytes of memory of this process beyond which no connection is taken.
    pub memory_bytes: u64,
}

impl Default for P2pSection {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            bootstrap: Vec::new(),
            connections: 128,
            memory_bytes: 2 << 30,
        }
    }
}

/// How this node reaches others, and they it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct P2pSettings {
    /// Addresses to listen on.
    pub listen: Vec<Multiaddr>,
    /// Nodes to call and let in.
    pub bootstrap: Vec<PeerAddress>,
    /// Connections taken at once.
    pub connections: u32,
    /// Bytes of memory of this process beyond which no connection is taken.
    pub memory_bytes: u64,
}

/// A node by its key, and where it is reached if it is to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerAddress {
    /// Its node key.
    pub key: KeyId,
    /// Where it is reached.
    pub address: Option<Multiaddr>,
}

impl FromStr for PeerAddress {
    type Err = &'static str;

    /// Reads `/ip4/…/tcp/…/p2p/<peer id>`, the same over quic or with `/dns4/<name>`, or
    /// `/p2p/<peer id>` alone.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let address: Multiaddr = text.parse().map_err(|_| "not a multiaddr")?;
        let mut address = address;
        let Some(Protocol::P2p(peer)) = address.pop() else {
            return Err("without /p2p/ and a peer id at its end");
        };
        let key = key_of(peer).ok_or("of a peer whose key is not Ed25519")?;
        if address.is_empty() {
            return Ok(Self { key, address: None });
        }
        if !is_callable(&address) {
            return Err(
                "neither an IP address or a name (dns4, dns6) with tcp nor one with udp and quic-v1",
            );
        }
        let address = Some(address);
        Ok(Self { key, address })
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address.clone().unwrap_or_else(Multiaddr::empty);
        let address = match peer_of(self.key) {
            Some(peer) => address.with(Protocol::P2p(peer)),
            None => address,
        };
        write!(f, "{address}")
    }
}

/// Checks the section.
pub(super) fn check(path: &Path, section: &P2pSection) -> Result<P2pSettings, ConfigError> {
    let refused = |what: String| ConfigError::Text {
        path: path.to_path_buf(),
        message: format!("p2p: {what}"),
    };
    if section.listen.len() > MAX_LISTEN || section.bootstrap.len() > MAX_BOOTSTRAP {
        return Err(refused("too many addresses".into()));
    }
    if !(1..=MAX_CONNECTIONS).contains(&section.connections) {
        return Err(ConfigError::OutOfRange {
            path: path.to_path_buf(),
            key: "p2p.connections",
            found: section.connections.into(),
            allowed: "1 to 4096",
        });
    }
    if section.memory_bytes < MIN_MEMORY {
        return Err(ConfigError::OutOfRange {
            path: path.to_path_buf(),
            key: "p2p.memory_bytes",
            found: section.memory_bytes,
            allowed: "67108864 and more",
        });
    }
    let listen = section.listen.iter().map(|text| {
        let address = text.parse().ok().filter(is_supported);
        let what = || refused(format!("{text:?} is no IP address with tcp or quic-v1"));
        address.ok_or_else(what)
    });
    let bootstrap = section.bootstrap.iter().map(|text| {
        let peer = text.parse();
        peer.map_err(|what: &str| refused(format!("{text:?} is {what}")))
    });
    Ok(P2pSettings {
        listen: listen.collect::<Result<_, _>>()?,
        bootstrap: bootstrap.collect::<Result<_, _>>()?,
        connections: section.connections,
        memory_bytes: section.memory_bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::key::SecretKey;
    use fairtrail::reason::Reason;

    fn checked(change: impl FnOnce(&mut P2pSection)) -> Result<P2pSettings, ConfigError> {
        let mut section = P2pSection::default();
        change(&mut section);
        check(Path::new("node.toml"), &section)
    }

    #[test]
    fn peers_are_named_by_key_and_reached_by_address_or_name() {
        let key = SecretKey::from_seed([3; 32]).public().id();
        let peer = peer_of(key).unwrap();
        for address in [
            "",
            "/ip4/127.0.0.1/tcp/9",
            "/ip6/::1/udp/9/quic-v1",
            "/dns4/hill.example/tcp/9",
            "/dns6/localhost/udp/9/quic-v1",
        ] {
            let text = format!("{address}/p2p/{peer}");
            let read: PeerAddress = text.parse().unwrap();
            assert_eq!((read.key, read.to_string()), (key, text));
        }
        for bad in [
            "here".to_owned(),
            "/ip4/127.0.0.1/tcp/9".to_owned(),
            format!("/dns4/hill.example/udp/9/p2p/{peer}"),
            format!("/dns4/127.0.0.1/tcp/9/p2p/{peer}"),
            format!("/dns4/hill_1.example/tcp/9/p2p/{peer}"),
            format!("/dnsaddr/hill.example/p2p/{peer}"),
            format!("/dnsaddr/hill.example/tcp/9/p2p/{peer}"),
            format!("/ip4/127.0.0.1/udp/9/p2p/{peer}"),
            format!("/ip4/127.0.0.1/tcp/9/ws/p2p/{peer}"),
            format!("/p2p/{}", libp2p::PeerId::random()),
        ] {
            let refused = checked(|section| section.bootstrap.push(bad.clone()));
            let refused = refused.unwrap_err();
            assert_eq!(refused.code(), Reason::ConfigInvalid, "{bad}");
            assert!(refused.to_string().contains(&bad), "{refused}");
        }
    }

    #[test]
    fn listening_needs_an_address_and_limits_their_bounds() {
        let listen = |text: &str| checked(|section| section.listen.push(text.into()));
        assert!(listen("/ip4/127.0.0.1/tcp/0").is_ok());
        assert!(listen("/ip4/127.0.0.1/udp/0/quic-v1").is_ok());
        assert!(listen("/dns4/hill.example/tcp/1").is_err());
        assert!(listen("127.0.0.1:80").is_err());
        assert!(checked(|section| section.connections = 0).is_err());
        assert!(checked(|section| section.connections = 4_097).is_err());
        assert!(checked(|section| section.memory_bytes = 1).is_err());
    }
}
