//! Nodes that reach each other over libp2p alone, as processes.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod peer;
mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use fairtrail::api::{Batch, Submission};
use fairtrail::entry::{
    Audience, Body, Draft, Grant, NetworkClaim, Revoke, RevokeKind, RevokeTarget, Role, ScopeItem,
    SignedEntry,
};
use fairtrail::fraud::{FraudFile, SplitView};
use fairtrail::id::{EntryId, GrantId};
use fairtrail::limits::GOSSIP_BYTES;
use fairtrail::time::Date;
use peer::*;
use rustix::process::Signal;
use support::*;

const MEMBERS_ONLY: &[u8] = b"for members alone";

/// A root that grants, what it granted, and an author of statements.
struct Network {
    root: Feed,
    author: Feed,
    entries: Vec<SignedEntry>,
}

impl Network {
    /// The author may speak, and the nodes are members.
    fn new(members: &[&Peer]) -> Self {
        let (mut root, mut author) = (Feed::root(), Feed::author(9));
        let granted = root.grant(&mut author);
        let entries = vec![root.begin.clone(), granted, author.begin.clone()];
        let mut network = Self {
            root,
            author,
            entries,
        };
        for member in members {
            let (entry, _) = network.member(member);
            network.entries.push(entry);
        }
        network
    }

    /// Makes a node a member.
    fn member(&mut self, node: &Peer) -> (SignedEntry, GrantId) {
        let entry = self.root.network(NetworkClaim::Grant(Grant {
            to: self.author.author,
            role: Role::Node,
            scope: vec![ScopeItem::parse(&node.node).unwrap()],
            from: Date::from_days(0).unwrap(),
            to_date: Date::from_days(100_000).unwrap(),
            may_delegate: Vec::new(),
            succeeds: None,
        }));
        let claim = entry.header().claim.as_ref().unwrap();
        let set = fairtrail::admission::AdmittedSet::new(charter());
        let grant = set.act_id("grant", claim.as_bytes()).into();
        (entry, grant)
    }

    fn revoke(&mut self, grant: GrantId) -> SignedEntry {
        self.root.network(NetworkClaim::Revoke(Revoke {
            sort: RevokeTarget::Grant,
            target: grant,
            author: self.author.author,
            kind: RevokeKind::Withdrawn,
            since: at(0),
            until: None,
            last_good: None,
        }))
    }

    /// A statement with a text for members.
    fn say(&mut self) -> Submission {
        self.tell(MEMBERS_ONLY)
    }

    /// A statement with this text for members.
    fn tell(&mut self, text: &[u8]) -> Submission {
        let body = |bytes: &[u8]| Body {
            salt: [7; 16],
            bytes: bytes.to_vec(),
        };
        let subjects = vec!["lei:999900DEMO0000000152".parse().unwrap()];
        let kind = "weather.seen".parse().unwrap();
        let claim = body(&[0xa1, 1, 1]);
        let draft = Draft::statement(kind, subjects, claim, at(30)).with_text(
            "text/plain",
            Audience::Network,
            body(text),
        );
        let entry = self.author.sign(&draft);
        let bodies = draft.bodies();
        Submission { entry, bodies }
    }

    fn ids(&self) -> BTreeSet<EntryId> {
        self.entries.iter().map(SignedEntry::id).collect()
    }
}

fn has(peer: &Peer) -> bool {
    !holding(&peer.data(), MEMBERS_ONLY).is_empty()
}

/// Three members that follow each other in a ring: entries submitted anywhere reach all.
fn ring(over: Carrier) {
    let mut peers = ["hill", "lake", "moor"].map(Peer::new);
    let mut network = Network::new(&peers.each_ref());
    for peer in &peers {
        peer.seed(vec![batch(&network.entries)]);
    }
    let addresses = peers.each_ref().map(|peer| peer.listen(over));
    let ([hill, lake, moor], [at_hill, at_lake, at_moor]) = (&peers, &addresses);
    hill.follow_at(moor, at_moor);
    lake.follow_at(hill, at_hill);
    moor.follow_at(lake, at_lake);
    for peer in &mut peers {
        peer.start();
    }
    let mut ids = network.ids();
    for (peer, count) in peers.iter().zip([4, 300, 5]) {
        let pulses = network.root.pulses(count);
        for some in pulses.chunks(200) {
            peer.submit(some);
        }
        ids.extend(pulses.iter().map(SignedEntry::id));
        agree(&peers.each_ref(), &ids);
    }
    assert_eq!(peers[1].signal(Signal::KILL), None);
    let pulses = network.root.pulses(30);
    peers[0].submit(&pulses);
    ids.extend(pulses.iter().map(SignedEntry::id));
    peers[1].start();
    agree(&peers.each_ref(), &ids);
    for peer in &mut peers {
        peer.stop();
    }
}

#[test]
fn entries_submitted_anywhere_reach_all_over_tcp() {
    ring(Carrier::Tcp);
}

#[test]
fn entries_submitted_anywhere_reach_all_over_quic() {
    ring(Carrier::Quic);
}

#[test]
fn parts_for_members_reach_members_only_and_strangers_reach_nothing() {
    let mut source = Peer::new("hill");
    let mut member = Peer::new("lake");
    let mut known = Peer::new("moor");
    let mut stranger = Peer::new("reef");
    let mut network = Network::new(&[&source, &member]);
    let said = network.say();
    network.entries.push(said.entry.clone());
    let founding = &network.entries[..network.entries.len() - 1];
    source.seed(vec![batch(founding), Batch(vec![said])]);
    let address = source.listen(Carrier::Tcp);
    source.bootstrap(&[format!("/p2p/{}", known.id)]);
    for peer in [&member, &known, &stranger] {
        peer.follow_at(&source, &address);
    }
    for peer in [&mut source, &mut member, &mut known, &mut stranger] {
        peer.start();
    }
    agree(&[&source, &member, &known], &network.ids());
    wait_until("the part reaches a member", || has(&member));
    assert!(!has(&known), "the entry is replicated, the part is not");
    assert_eq!(stranger.size(), 0);
    // Nor does a gateway serve it.
    for peer in [&source, &member] {
        assert_eq!(peer.gateway().parts(0, 256).unwrap().parts.len(), 1);
    }
}

#[test]
fn a_node_that_becomes_a_member_later_gets_the_parts_of_what_it_took_up_before() {
    let (mut source, mut late) = (Peer::new("hill"), Peer::new("lake"));
    let mut network = Network::new(&[&source]);
    let texts: [&[u8]; 4] = [
        b"said before",
        b"said long after",
        b"erased",
        b"said too late",
    ];
    let first = network.tell(texts[0]);
    let gone = network.tell(texts[2]);
    let between = network.root.pulses(300);
    let second = network.tell(texts[1]);
    let erase = network.author.erase(&gone.entry, gone.bodies[1].digest());
    let mut ids = network.ids();
    let said = [&first, &gone, &second].map(|said| said.entry.id());
    ids.extend(said.into_iter().chain(between.iter().map(SignedEntry::id)));
    source.seed(vec![
        batch(&network.entries),
        Batch(vec![first, gone]),
        batch(&between[..150]),
        batch(&between[150..]),
        Batch(vec![second]),
    ]);
    let address = source.listen(Carrier::Tcp);
    source.bootstrap(&[format!("/p2p/{}", late.id)]);
    late.follow_at(&source, &address);
    source.start();
    late.start();
    agree(&[&late], &ids);
    let has = |peer: &Peer| texts.map(|text| !holding(&peer.data(), text).is_empty());
    assert_eq!(has(&late), [false; 4]);
    let (granted, grant) = network.member(&late);
    source.submit(&[granted.clone(), erase.clone()]);
    ids.extend([granted.id(), erase.id()]);
    agree(&[&source, &late], &ids);
    wait_until("what was said before reaches the new member", || {
        has(&late) == [true, true, false, false]
    });

    // It is still let in, and a member no more.
    let revoke = network.revoke(grant);
    source.submit(std::slice::from_ref(&revoke));
    ids.insert(revoke.id());
    agree(&[&late], &ids);
    std::thread::sleep(Duration::from_secs(1));
    let last = network.tell(texts[3]);
    ids.insert(last.entry.id());
    source.stop();
    source.seed(vec![Batch(vec![last])]);
    source.start();
    agree(&[&late], &ids);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(has(&late), [true, true, false, false]);
    assert_eq!(has(&source), [true, true, false, true]);
    late.stop();
    source.stop();
}

#[test]
fn an_erasure_overtakes_and_an_erased_part_does_not_come_back() {
    let [mut source, mut stale, mut near, mut fresh] =
        ["hill", "lake", "moor", "reef"].map(Peer::new);
    let mut network = Network::new(&[&source, &stale, &near, &fresh]);
    let said = network.say();
    let batches = || vec![batch(&network.entries), Batch(vec![said.clone()])];
    source.seed(batches());
    stale.seed(batches());
    near.seed(batches());
    let mut ids = network.ids();
    ids.insert(said.entry.id());
    let addresses = [&source, &stale, &near].map(|peer| peer.listen(Carrier::Tcp));
    // They are connected, and neither follows the other.
    source.bootstrap(&addresses[2..]);
    fresh.follow_at(&stale, &addresses[1]);
    fresh.follow_at(&near, &addresses[2]);
    for peer in [&mut source, &mut stale, &mut near] {
        peer.start();
    }
    assert!(has(&source) && has(&near));
    std::thread::sleep(Duration::from_secs(2));
    let erase = network.author.erase(&said.entry, said.bodies[1].digest());
    near.submit(std::slice::from_ref(&erase));
    ids.insert(erase.id());
    agree(&[&source, &near], &ids);
    // The copy that nobody told hands it to whoever asks, until it is told by whoever asked.
    assert!(has(&stale));
    fresh.start();
    agree(&[&fresh], &ids);
    wait_until("a follower tells whom it follows", || !has(&stale));
    for peer in [&mut source, &mut stale, &mut near, &mut fresh] {
        peer.stop();
        assert_eq!(holding(&peer.data(), MEMBERS_ONLY), Vec::<PathBuf>::new());
    }
}

#[test]
fn a_revoked_node_is_cut_off() {
    let [mut source, mut cut, mut kept] = ["hill", "lake", "moor"].map(Peer::new);
    let mut network = Network::new(&[&source, &kept]);
    let (granted, grant) = network.member(&cut);
    network.entries.push(granted);
    source.seed(vec![batch(&network.entries)]);
    let address = source.listen(Carrier::Tcp);
    for peer in [&cut, &kept] {
        peer.follow_at(&source, &address);
    }
    for peer in [&mut source, &mut cut, &mut kept] {
        peer.start();
    }
    let mut ids = network.ids();
    agree(&[&cut, &kept], &ids);
    let revoke = network.revoke(grant);
    source.submit(std::slice::from_ref(&revoke));
    ids.insert(revoke.id());
    agree(&[&source, &kept], &ids);
    std::thread::sleep(Duration::from_secs(2));
    let before = cut.size();
    let pulses = network.root.pulses(3);
    source.submit(&pulses);
    ids.extend(pulses.iter().map(SignedEntry::id));
    agree(&[&source, &kept], &ids);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(cut.size(), before);
    for peer in [&mut source, &mut cut, &mut kept] {
        peer.stop();
    }
}

/// Two that follow one log over HTTP, each shown another history, and meet over libp2p alone.
#[test]
fn two_histories_are_told_of_by_those_who_saw_them() {
    let mut honest = Peer::new("hill");
    let mut other = honest.copy();
    other.address = "127.0.0.1:0".parse().unwrap();
    let (mut root, mut twin) = (Feed::root(), Feed::root());
    let first: Vec<_> = [root.begin.clone()]
        .into_iter()
        .chain(root.pulses(3))
        .collect();
    let granted = twin.grant(&mut Feed::author(9));
    let second = [vec![twin.begin.clone(), granted], twin.pulses(5)].concat();
    honest.seed(vec![batch(&first)]);
    other.seed(vec![batch(&second)]);
    honest.start();
    other.start();
    let (mut lake, mut reef) = (Peer::new("lake"), Peer::new("reef"));
    lake.follow(&[&honest]);
    reef.follow(&[&other]);
    let (by_lake, by_reef) = (lake.listen(Carrier::Tcp), reef.listen(Carrier::Tcp));
    lake.bootstrap(&[by_reef]);
    reef.bootstrap(&[by_lake]);
    let own: BTreeSet<_> = first.iter().map(SignedEntry::id).collect();
    lake.start();
    wait_until("the first history is taken up", || lake.ids() == own);
    reef.start();
    for peer in [&lake, &reef] {
        wait_until("both histories are known to both", || {
            peer.accusation(&honest.origin).is_some()
        });
        let file = peer.accusation(&honest.origin).unwrap();
        let proof: SplitView = String::from_utf8(file).unwrap().parse().unwrap();
        let (older, newer) = proof.verify(&honest.vkey.parse().unwrap()).unwrap();
        assert_eq!((older.size().get(), newer.size().get()), (4, 7));
    }
    assert_eq!(lake.ids(), own, "nothing of the other history is taken up");
}

/// Three in a row who follow nobody: what one found reaches the last by way of the second.
#[test]
fn a_file_too_large_for_a_message_reaches_those_who_are_connected() {
    let [mut one, mut two, mut three] = ["hill", "lake", "moor"].map(Peer::new);
    let network = Network::new(&[]);
    let (
        Network {
            mut author,
            entries,
            ..
        },
        mut twin,
    ) = (network, Feed::author(9));
    let path = author.pulses(150);
    (twin.grant, twin.last, twin.seq) = (author.grant, author.last, author.seq);
    let other = twin.sign(&Draft::network(
        NetworkClaim::Pulse(fairtrail::entry::Pulse {}),
        author.author,
        at(40),
    ));
    let forks = [author.pulse(), other];
    for peer in [&one, &two, &three] {
        peer.seed(vec![batch(&entries), batch(&path)]);
    }
    one.seed(vec![batch(&forks)]);
    let (at_one, at_two) = (one.listen(Carrier::Tcp), two.listen(Carrier::Tcp));
    one.bootstrap(&[format!("/p2p/{}", two.id)]);
    two.bootstrap(&[at_one, format!("/p2p/{}", three.id)]);
    three.bootstrap(&[at_two]);
    for peer in [&mut three, &mut two, &mut one] {
        peer.start();
    }
    let accused = author.author.to_string();
    for peer in [&one, &two, &three] {
        wait_until("everybody holds the file", || {
            peer.accusation(&accused).is_some()
        });
    }
    let file = one.accusation(&accused).unwrap();
    assert!(file.len() > 2 * GOSSIP_BYTES, "{} bytes", file.len());
    for peer in [&mut two, &mut three] {
        assert_eq!(peer.accusation(&accused).as_ref(), Some(&file));
        // What it proves is acted on.
        wait_until("the fork is seen in the feed", || {
            peer.gateway().feed(author.author).unwrap().forked
        });
    }
    let FraudFile::FeedFork(fork) = FraudFile::parse(&file).unwrap() else {
        panic!("a fork");
    };
    assert_eq!(fork.verify().unwrap().author, author.author);
    for peer in [&mut one, &mut two, &mut three] {
        peer.stop();
    }
}
