//! Nodes, and the ways between them.

use std::collections::BTreeSet;

use fairtrail::entry::SignedEntry;
use fairtrail::id::{AuthorId, EntryId};

use crate::datagrams::UdpLink;
use crate::link::Link;
use crate::peer::{Peer, wait_until};
use crate::support::network::Carrier;

/// A way that can be cut, whatever goes over it.
pub(crate) enum Way {
    Quic(UdpLink),
    Tcp(Link),
}

impl Way {
    pub(crate) fn to(over: Carrier, port: u16) -> Self {
        let inside = ([127, 0, 0, 1], port).into();
        match over {
            Carrier::Quic => Self::Quic(UdpLink::to(inside)),
            Carrier::Tcp => Self::Tcp(Link::to(inside)),
        }
    }

    /// Where it begins, as a multiaddr.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Quic(link) => Carrier::Quic.at(link.address.port()),
            Self::Tcp(link) => Carrier::Tcp.at(link.address.port()),
        }
    }

    fn cut(&self) {
        match self {
            Self::Quic(link) => link.cut(),
            Self::Tcp(link) => link.cut(),
        }
    }

    fn heal(&self) {
        match self {
            Self::Quic(link) => link.heal(),
            Self::Tcp(link) => link.heal(),
        }
    }
}

/// Nodes that let each other in, and of which some follow others.
pub(crate) struct Net {
    pub(crate) peers: Vec<Peer>,
    ways: Vec<(usize, usize, Way)>,
}

/// The entries that were made so far.
#[derive(Default)]
pub(crate) struct Said(BTreeSet<EntryId>);

impl Said {
    /// More of them; they, and all there are by then.
    pub(crate) fn more(
        &mut self,
        entries: Vec<SignedEntry>,
    ) -> (Vec<SignedEntry>, BTreeSet<EntryId>) {
        self.0.extend(entries.iter().map(SignedEntry::id));
        (entries, self.0.clone())
    }
}

impl Net {
    /// Of each pair the first follows the second; the nodes run.
    pub(crate) fn new(over: Carrier, names: &[&str], pairs: &[(usize, usize)]) -> Self {
        let mut peers: Vec<_> = names.iter().map(|name| Peer::new(name)).collect();
        let ids: Vec<_> = peers.iter().map(|peer| peer.named("")).collect();
        let mut ports = Vec::new();
        for peer in &peers {
            let port = over.free();
            peer.listen(over, port);
            peer.bootstrap(&ids);
            ports.push(port);
        }
        let connect = |(from, to): &(usize, usize)| {
            let way = Way::to(over, ports[*to]);
            peers[*from].follow_at(&peers[*to], &way.address(), true);
            (*from, *to, way)
        };
        let ways = pairs.iter().map(connect).collect();
        for peer in &mut peers {
            peer.start();
        }
        Self { peers, ways }
    }

    /// Cuts every way between the two sides.
    pub(crate) fn cut(&self, minority: &[usize]) {
        for (from, to, way) in &self.ways {
            if minority.contains(from) != minority.contains(to) {
                way.cut();
            }
        }
    }

    pub(crate) fn heal(&self) {
        for (_, _, way) in &self.ways {
            way.heal();
        }
    }

    /// Waits until so many of them show exactly these entries.
    pub(crate) fn agree(&self, some: &[usize], entries: &BTreeSet<EntryId>) {
        for at in some {
            let peer = &self.peers[*at];
            wait_until("every entry reaches every node", || ids(peer) == *entries);
        }
    }

    /// Waits until one of them is not connected with another.
    pub(crate) fn lost(&self, one: usize, other: usize) {
        let key = self.peers[other].vkey("node key");
        wait_until("the connection is noticed to be gone", || {
            let shown = self.peers[one].shown("/p2p");
            let connected = shown["connected"].as_array().unwrap();
            connected.iter().all(|peer| peer["key"] != key.as_str())
        });
    }

    /// All tell the same of a feed, and nobody accuses anybody.
    pub(crate) fn same(&self, authors: &[AuthorId]) {
        for author in authors {
            let heads = self.peers.iter().map(|peer| {
                let view = peer.gateway().feed(*author).unwrap();
                assert!(!view.forked);
                format!("{view:?}")
            });
            assert_eq!(heads.collect::<BTreeSet<_>>().len(), 1);
        }
        for peer in &self.peers {
            assert_eq!(peer.gateway().fraud_files().unwrap().files, []);
        }
    }
}

pub(crate) fn ids(peer: &Peer) -> BTreeSet<EntryId> {
    let entries = peer.entries();
    let id = |bytes: &Vec<u8>| SignedEntry::parse(bytes).unwrap().id();
    let ids: BTreeSet<_> = entries.iter().map(id).collect();
    assert_eq!(ids.len(), entries.len(), "an entry stands twice");
    ids
}
