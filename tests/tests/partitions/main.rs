//! Nodes as processes that follow each other over ways that are cut and healed: nothing is lost, and
//! whoever signs two histories is caught by all, with files that prove it offline.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod feed;
mod link;
#[path = "../witnesses/node.rs"]
mod node;
#[path = "../witnesses/root.rs"]
mod root;

use fairtrail::api::{Batch, Submission};
use fairtrail::client::Pinned;
use fairtrail::entry::SignedEntry;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::log::{Checkpoint, EntryTile};
use fairtrail::merkle::TreeSize;
use fairtrail_tests::binaries;
use feed::Feed;
use link::Link;
use node::Node;
use root::charter;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Tenths of a second after which nothing more is expected.
const PATIENCE: u32 = 900;

fn make(dir: &TempDir, name: &'static str) -> Node {
    let file = dir.path().join("network.charter");
    fs_err::write(&file, charter().bytes()).unwrap();
    Node::new(dir.path(), &file, name)
}

/// A way by which one node follows another.
struct Way {
    from: usize,
    to: usize,
    link: Link,
}

/// Has each pair follow: the first the second.
fn connect(nodes: &[Node], pairs: &[(usize, usize)]) -> Vec<Way> {
    let connect = |(from, to): &(usize, usize)| {
        let address = nodes[*to].url();
        let address = address.strip_prefix("http://").unwrap();
        let link = Link::to(address.parse().unwrap());
        nodes[*from].follow(&nodes[*to], &link.url());
        let (from, to) = (*from, *to);
        Way { from, to, link }
    };
    pairs.iter().map(connect).collect()
}

/// Cuts every way between the two sides.
fn part(ways: &[Way], minority: &[usize]) {
    for Way { from, to, link } in ways {
        if minority.contains(from) != minority.contains(to) {
            link.cut();
        }
    }
}

fn submit(node: &Node, entries: &[SignedEntry]) {
    let bare = |entry: &SignedEntry| Submission {
        entry: entry.clone(),
        bodies: Vec::new(),
    };
    let promise = node.vkey("promise").parse().unwrap();
    let pinned = Pinned {
        promise: &promise,
        logs: None,
    };
    let batch = Batch(entries.iter().map(bare).collect());
    node.gateway().submit(&batch, &pinned, None).unwrap();
}

fn ids(node: &Node) -> BTreeSet<EntryId> {
    let gateway = node.gateway();
    let size = gateway.checkpoint().unwrap();
    let size = size.text().parse::<Checkpoint>().unwrap().size();
    let bundles = EntryTile::growth(TreeSize::ZERO, size);
    let bytes = bundles.flat_map(|bundle| gateway.entries(bundle).unwrap());
    let ids: Vec<_> = bytes
        .map(|bytes| SignedEntry::parse(&bytes).unwrap().id())
        .collect();
    let once: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(once.len(), ids.len(), "an entry stands twice");
    once
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..PATIENCE {
        if done() {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("{what}");
}

fn agree(nodes: &[&Node], all: &BTreeSet<EntryId>) {
    for node in nodes {
        wait_until("every entry reaches every node", || ids(node) == *all);
    }
}

fn head(node: &Node, author: AuthorId) -> String {
    format!("{:?}", node.gateway().feed(author).unwrap())
}

fn collect(feeds: &[&Feed]) -> BTreeSet<EntryId> {
    let entries = feeds.iter().flat_map(|feed| &feed.entries);
    entries.map(SignedEntry::id).collect()
}

/// `fairtrail fraud verify`, which needs nothing but the file and perhaps a key.
fn verify(home: &TempDir, file: &Path, more: &[&str]) -> Option<i32> {
    let mut command = Command::new(binaries::directory().join("fairtrail"));
    command.env("FAIRTRAIL_HOME", home.path().join("home"));
    let verify = command.args(["fraud", "verify"]).arg(file).args(more);
    verify.output().unwrap().status.code()
}

/// Downloads the file a node lists against somebody.
fn listed(node: &Node, accused: &str, dir: &TempDir) -> Option<std::path::PathBuf> {
    let gateway = node.gateway();
    let list = gateway.fraud_files().unwrap();
    let line = list
        .files
        .iter()
        .find(|line| line.accused.to_string() == accused)?;
    let digest = data_encoding::HEXLOWER
        .decode(line.digest.as_bytes())
        .unwrap();
    let length = usize::try_from(line.bytes).unwrap();
    let bytes = gateway
        .fraud_file(digest.try_into().unwrap(), length)
        .unwrap();
    let path = dir.path().join(format!("{}.{}", node.name, line.digest));
    fs_err::write(&path, bytes).unwrap();
    Some(path)
}

#[test]
fn a_cut_off_minority_and_a_killed_node_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let names = ["hill", "lake", "moor", "reef", "vale"];
    let mut nodes: Vec<_> = names.map(|name| make(&dir, name)).into_iter().collect();
    // A ring, with chords within the two sides so that each goes on by itself.
    let pairs = [
        (0, 4),
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 3),
        (0, 1),
        (1, 2),
        (2, 0),
        (3, 4),
        (4, 0),
    ];
    let ways = connect(&nodes, &pairs);
    for node in &mut nodes {
        node.start();
    }
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    root.grant(&mut author);
    submit(&nodes[0], &root.entries);
    submit(&nodes[0], &author.entries);
    agree(
        &nodes.iter().collect::<Vec<_>>(),
        &collect(&[&root, &author]),
    );

    part(&ways, &[3, 4]);
    let apart = author.clone();
    submit(&nodes[1], &root.say(20, 100));
    submit(&nodes[3], &author.say(20, 200));
    agree(
        &[&nodes[0], &nodes[1], &nodes[2]],
        &collect(&[&root, &apart]),
    );
    nodes[2].kill();
    submit(&nodes[0], &root.say(5, 300));
    submit(&nodes[4], &author.say(200, 400));
    for way in &ways {
        way.link.heal();
    }
    ways[0].link.slow(Duration::from_millis(300));
    nodes[2].start();
    submit(&nodes[2], &Feed::desk().entries);
    let all = collect(&[&root, &author, &Feed::desk()]);
    agree(&nodes.iter().collect::<Vec<_>>(), &all);
    for feed in [&root, &author] {
        let expected = head(&nodes[0], feed.id());
        for node in &nodes {
            assert_eq!(head(node, feed.id()), expected);
        }
    }
    for node in &nodes {
        assert_eq!(node.fraud(), Vec::<std::path::PathBuf>::new());
    }
}

#[test]
fn a_log_that_shows_two_histories_is_caught_by_those_who_follow_it() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut one = make(&dir, "moor");
    let mut two = one.copied(other.path());
    let mut nodes = vec![make(&dir, "hill"), make(&dir, "lake"), make(&dir, "reef")];
    one.start();
    two.start();
    // Both orders could be a log's; the feeds are two, so nobody else cheats.
    for entries in [Feed::root().entries, Feed::desk().entries] {
        submit(&one, &entries);
        one.wait_for(one.size() + 1);
    }
    for entries in [Feed::desk().entries, Feed::root().entries] {
        submit(&two, &entries);
        two.wait_for(two.size() + 1);
    }
    assert_eq!((one.size(), two.size()), (2, 2));
    nodes[0].follow(&one, &one.url());
    nodes[1].follow(&one, &two.url());
    // The third sees the first history only, and hears of the rest from its peers.
    nodes[2].follow(&one, &one.url());
    let _ways = connect(&nodes, &[(0, 1), (1, 2), (2, 0)]);
    for node in &mut nodes {
        node.start();
    }
    let key = one.vkey("log").to_owned();
    for node in &nodes {
        wait_until("the second history is noticed", || {
            node.peers(&[]).1.contains("\"forked\":true")
        });
        assert_eq!(node.fraud().len(), 1);
        let file = listed(node, "moor.example/log/e1", &dir).unwrap();
        assert_eq!(verify(&dir, &file, &["--log-key", &key]), Some(0));
        assert_eq!(
            verify(&dir, &file, &["--log-key", node.vkey("log")]),
            Some(3)
        );
    }
    // What it had signed before stays taken up, and nobody else is accused.
    let all = collect(&[&Feed::root(), &Feed::desk()]);
    agree(&nodes.iter().collect::<Vec<_>>(), &all);

    // An operator forgets it only on purpose, and is told again by the others.
    let forget = ["--forget", "moor.example/log/e1"];
    let (status, said) = nodes[0].peers(&forget);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("directory-locked"), "{said}");
    nodes[0].kill();
    let (status, said) = nodes[0].peers(&forget);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("log-forked"), "{said}");
    let (status, said) = nodes[0].peers(&[&forget[..], &["--although-forked"]].concat());
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("\"seen\":0,\"forked\":false"), "{said}");
    nodes[0].start();
    wait_until("the others still know", || {
        nodes[0].peers(&[]).1.contains("\"forked\":true")
    });
}

#[test]
fn an_author_that_forks_is_caught_on_both_sides() {
    let dir = tempfile::tempdir().unwrap();
    let mut nodes = vec![make(&dir, "hill"), make(&dir, "lake"), make(&dir, "moor")];
    let ways = connect(&nodes, &[(0, 1), (1, 0), (2, 1), (1, 2)]);
    for node in &mut nodes {
        node.start();
    }
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    root.grant(&mut author);
    author.say(3, 50);
    submit(&nodes[0], &root.entries);
    submit(&nodes[0], &author.entries);
    agree(
        &nodes.iter().collect::<Vec<_>>(),
        &collect(&[&root, &author]),
    );
    part(&ways, &[0]);
    let mut twin = author.clone();
    submit(&nodes[0], &author.say(2, 100));
    submit(&nodes[2], &twin.say(3, 200));
    thread::sleep(Duration::from_secs(2));
    for node in &nodes {
        assert!(!node.gateway().feed(author.id()).unwrap().forked);
    }
    for way in &ways {
        way.link.heal();
    }
    agree(
        &nodes.iter().collect::<Vec<_>>(),
        &collect(&[&root, &author, &twin]),
    );
    let accused = author.id().to_string();
    let mut files = BTreeSet::new();
    let expected = head(&nodes[0], author.id());
    for node in &nodes {
        assert!(node.gateway().feed(author.id()).unwrap().forked);
        assert_eq!(head(node, author.id()), expected);
        wait_until("the fork becomes a file", || {
            listed(node, &accused, &dir).is_some()
        });
        let file = listed(node, &accused, &dir).unwrap();
        assert_eq!(verify(&dir, &file, &["--author", &accused]), Some(0));
        files.insert(fs_err::read(file).unwrap());
        assert_eq!(node.fraud().len(), 1);
    }
    assert_eq!(files.len(), 1, "all wrote the same bytes");
}
