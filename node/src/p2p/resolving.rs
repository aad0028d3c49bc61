//! Names in addresses that the operator configured, looked up each time a peer is called.
//!
//! No name that a peer says is ever looked up: what peers say of addresses is not used at all, and
//! the transports know IP addresses only. Who is called is named by key, so that a resolver that lies
//! leads nowhere.

use std::net::IpAddr;
use std::time::Duration;

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use tokio::time::timeout;

/// Time for one name.
const TIME: Duration = Duration::from_secs(5);
/// IP addresses of one name that are called.
const MOST: usize = 8;
/// Bytes of a name, and of a part of it (RFC 1035 §2.3.4).
const NAME_BYTES: usize = 253;
const LABEL_BYTES: usize = 63;

/// Whether an address begins with a name.
pub(super) fn is_named(address: &Multiaddr) -> bool {
    name(address).is_some()
}

/// Whether a text is the name of a host: parts of letters, digits and hyphens, the last one no number.
pub(super) fn is_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=LABEL_BYTES).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let number = last.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= NAME_BYTES && !number && text.split('.').all(label)
}

/// The same addresses, with the IP addresses that names stand for.
pub(super) async fn resolved(addresses: Vec<Multiaddr>) -> Vec<Multiaddr> {
    let mut found = Vec::new();
    for address in addresses {
        let Some((name, is_v4)) = name(&address) else {
            found.push(address);
            continue;
        };
        let looked_up = timeout(TIME, tokio::net::lookup_host((name.as_str(), 0))).await;
        let Ok(Ok(hosts)) = looked_up else {
            tracing::warn!(name, "this name of a peer cannot be looked up");
            continue;
        };
        let hosts = hosts
            .map(|host| host.ip())
            .filter(|ip| ip.is_ipv4() == is_v4);
        let at = |ip: IpAddr| address.replace(0, |_| Some(ip.into()));
        found.extend(hosts.take(MOST).filter_map(at));
    }
    found
}

/// The name an address begins with, and whether it stands for addresses of version 4.
fn name(address: &Multiaddr) -> Option<(String, bool)> {
    match address.iter().next() {
        Some(Protocol::Dns4(name)) => Some((name.into_owned(), true)),
        Some(Protocol::Dns6(name)) => Some((name.into_owned(), false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_name_becomes_addresses_of_its_version_and_an_address_stays() {
        let asked = ["/ip4/192.0.2.7/tcp/9", "/dns4/localhost/udp/9/quic-v1"];
        let found = resolved(asked.map(address).to_vec()).await;
        assert_eq!(found[0], address(asked[0]));
        assert_eq!(found[1], address("/ip4/127.0.0.1/udp/9/quic-v1"));
        for found in resolved(vec![address("/dns6/localhost/tcp/9")]).await {
            assert_eq!(found, address("/ip6/::1/tcp/9"));
        }
        // Reserved for having no address (RFC 6761).
        let none = resolved(vec![address("/dns4/nobody.invalid/tcp/9")]).await;
        assert_eq!(none, []);
    }

    #[test]
    fn names_are_those_of_hosts() {
        for name in [
            "localhost",
            "hill.example",
            "a-1.7.example",
            &"a".repeat(63),
        ] {
            assert!(is_name(name), "{name}");
        }
        let long = ["a".repeat(64), vec!["abcd"; 51].join(".")];
        for name in [
            "",
            ".",
            "a.",
            "a..b",
            "-a",
            "a-",
            "a_b",
            "h\u{f6}he",
            "127.0.0.1",
            "7",
        ] {
            assert!(!is_name(name), "{name}");
        }
        for name in long {
            assert!(!is_name(&name), "{name}");
        }
    }
}
