//! Nodes whose sets differ although each has followed the other to its end, as processes.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod peer;
mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use fairtrail::entry::SignedEntry;
use fairtrail::id::EntryId;
use peer::*;
use support::*;

fn index_vkey(peer: &Peer) -> String {
    let mut command = program();
    let output = command
        .args(["vkey", "--data-dir"])
        .arg(peer.data())
        .output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let key = text
        .lines()
        .find_map(|line| line.strip_prefix("index vkey"));
    key.unwrap().trim().to_owned()
}

/// Repairs from the log that it was told of last.
fn repairs(peer: &Peer, from: &Peer) {
    let path = peer.data().join("node.toml");
    let text = fs_err::read_to_string(&path).unwrap();
    let key = index_vkey(from);
    let lines = format!("index_key = {key:?}\nrepair_seconds = 1\n");
    fs_err::write(path, text + &lines).unwrap();
}

/// What is kept of `followed` by somebody who has followed it to its end, put where `peer` keeps it.
fn believes_to_have_followed(peer: &Peer, followed: &mut Peer) {
    let mut scratch = Peer::new("scratch");
    scratch.follow(&[followed]);
    followed.start();
    scratch.start();
    let ids = followed.ids();
    agree(&[&scratch], &ids);
    let (from, to) = (
        scratch.data().join("followed"),
        peer.data().join("followed"),
    );
    // Entries are published before it is kept that they were followed, which is written beside
    // the file that it then takes the place of.
    let cursor = format!("\ncursor {} ", ids.len());
    wait_until("what was followed is kept", || {
        let files = fs_err::read_dir(&from).into_iter().flatten().flatten();
        let paths = files.map(|file| file.path());
        let mut kept = paths.filter(|path| path.extension().is_none());
        kept.any(|path| fs_err::read_to_string(path).is_ok_and(|text| text.contains(&cursor)))
    });
    scratch.stop();
    followed.stop();
    fs_err::create_dir_all(&to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs_err::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Two nodes that each have what the other lacks, and each believe to have followed the other to the end.
fn diverged() -> ([Peer; 2], BTreeSet<EntryId>) {
    let (mut hill, mut lake) = (Peer::new("hill"), Peer::new("lake"));
    let mut root = Feed::root();
    let mut authors = [Feed::author(9), Feed::author(10)];
    let mut common = vec![root.begin.clone()];
    for author in &mut authors {
        common.push(root.grant(author));
        common.push(author.begin.clone());
    }
    let [nine, ten] = &mut authors;
    // As many leaves, and more of one feed than one run has.
    let said = [nine.pulses(300), ten.pulses(300)];
    let all = common.iter().chain(said.iter().flatten());
    let ids = all.map(SignedEntry::id).collect();
    for (peer, said) in [&mut hill, &mut lake].into_iter().zip(&said) {
        let said = said.chunks(256).map(batch);
        peer.seed([batch(&common)].into_iter().chain(said).collect());
    }
    believes_to_have_followed(&hill, &mut lake);
    believes_to_have_followed(&lake, &mut hill);
    ([hill, lake], ids)
}

/// Neither moves in a time in which following looks many times.
fn stand_still(peers: &[Peer; 2]) {
    let sizes = peers.each_ref().map(Peer::size);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(peers.each_ref().map(Peer::size), sizes);
    assert_ne!(peers[0].ids(), peers[1].ids());
}

/// Once each follows the other, both stay as they are; once they repair, they are equal.
fn become_equal(follow: impl FnOnce(&[Peer; 2])) {
    let (mut peers, ids) = diverged();
    follow(&peers);
    peers.iter_mut().for_each(Peer::start);
    stand_still(&peers);
    peers.iter_mut().for_each(Peer::stop);
    repairs(&peers[0], &peers[1]);
    repairs(&peers[1], &peers[0]);
    peers.iter_mut().for_each(Peer::start);
    agree(&[&peers[0], &peers[1]], &ids);
    // It outlasts a start, and nothing more happens.
    peers.iter_mut().for_each(Peer::stop);
    peers.iter_mut().for_each(Peer::start);
    agree(&[&peers[0], &peers[1]], &ids);
    let sizes = peers.each_ref().map(Peer::size);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(peers.each_ref().map(Peer::size), sizes);
    peers.iter_mut().for_each(Peer::stop);
}

#[test]
fn sets_that_following_leaves_apart_become_equal() {
    become_equal(|[hill, lake]| {
        hill.follow(&[lake]);
        lake.follow(&[hill]);
    });
}

#[test]
fn over_libp2p_alone_they_become_equal_too() {
    become_equal(|[hill, lake]| {
        let (to_hill, to_lake) = (hill.listen(Carrier::Tcp), lake.listen(Carrier::Quic));
        hill.follow_at(lake, &to_lake);
        lake.follow_at(hill, &to_hill);
    });
}
