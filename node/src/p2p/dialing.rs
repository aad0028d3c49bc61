//! Whom to call, and when again. Pure: time is passed in.

use std::collections::BTreeMap;
use std::time::Duration;

use fairtrail::id::KeyId;
use libp2p::Multiaddr;

/// Time to the second call; it doubles.
const FIRST: Duration = Duration::from_secs(1);
/// The longest time between two calls.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Wanted {
    addresses: Vec<Multiaddr>,
    next: Duration,
    wait: Duration,
}

/// Peers that this node keeps connected with.
#[derive(Debug, Default)]
pub(super) struct Dialing(BTreeMap<KeyId, Wanted>);

impl Dialing {
    pub(super) fn new(peers: impl IntoIterator<Item = (KeyId, Multiaddr)>) -> Self {
        let mut wanted: BTreeMap<KeyId, Wanted> = BTreeMap::new();
        for (key, address) in peers {
            let peer = wanted.entry(key).or_insert_with(|| Wanted {
                addresses: Vec::new(),
                next: Duration::ZERO,
                wait: FIRST,
            });
            if !peer.addresses.contains(&address) {
                peer.addresses.push(address);
            }
        }
        Self(wanted)
    }

    /// Those to be called now, if they are not connected; the next time is set.
    pub(super) fn due(
        &mut self,
        now: Duration,
        is_connected: impl Fn(KeyId) -> bool,
    ) -> Vec<(KeyId, Vec<Multiaddr>)> {
        let mut due = Vec::new();
        for (key, wanted) in &mut self.0 {
            if is_connected(*key) {
                wanted.wait = FIRST;
            } else if wanted.next <= now {
                wanted.next = now.saturating_add(wanted.wait);
                wanted.wait = wanted.wait.saturating_mul(2).min(LONGEST);
                due.push((*key, wanted.addresses.clone()));
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_grow_rarer_until_somebody_answers() {
        let key = KeyId::new([1; 32]);
        let address: Multiaddr = "/ip4/127.0.0.1/tcp/1".parse().unwrap();
        let mut dialing = Dialing::new([(key, address.clone()), (key, address.clone())]);
        let mut calls = Vec::new();
        for second in 0..200 {
            let due = dialing.due(Duration::from_secs(second), |_| false);
            if let [(_, addresses)] = &due[..] {
                assert_eq!(addresses, std::slice::from_ref(&address));
                calls.push(second);
            }
        }
        assert_eq!(calls, [0, 1, 3, 7, 15, 31, 63, 123, 183]);
        assert!(dialing.due(Duration::from_secs(500), |_| true).is_empty());
        assert_eq!(dialing.due(Duration::from_secs(501), |_| false).len(), 1);
        assert_eq!(dialing.due(Duration::from_secs(502), |_| false).len(), 1);
    }
}
