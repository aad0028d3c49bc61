//! Nodes that follow each other over HTTP, as processes.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod peer;
mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use fairtrail::api::Batch;
use fairtrail::entry::SignedEntry;
use fairtrail::fraud::SplitView;
use fairtrail::id::{AuthorId, EntryId};
use peer::*;
use rustix::process::Signal;
use support::*;

const SAID: &[u8] = b"what was seen";

fn heads(peer: &Peer, authors: &[AuthorId]) -> Vec<String> {
    let gateway = peer.gateway();
    let views = authors.iter().map(|author| gateway.feed(*author).unwrap());
    views.map(|view| format!("{view:?}")).collect()
}

/// Three nodes, each following the one before, with a root's begin and a grant on the first.
fn ring() -> ([Peer; 3], Feed, Feed, BTreeSet<EntryId>) {
    let mut peers = ["hill", "lake", "moor"].map(Peer::new);
    let [a, b, c] = &peers;
    a.follow(&[c]);
    b.follow(&[a]);
    c.follow(&[b]);
    for peer in &mut peers {
        peer.start();
    }
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let first = [root.begin.clone(), granted, author.begin.clone()];
    peers[0].submit(&first);
    let ids = first.iter().map(SignedEntry::id).collect();
    (peers, root, author, ids)
}

fn all(peers: &[Peer; 3]) -> Vec<&Peer> {
    peers.iter().collect()
}

#[test]
fn entries_submitted_anywhere_reach_all_and_a_killed_node_catches_up() {
    let (mut peers, mut root, mut author, mut ids) = ring();
    agree(&all(&peers), &ids);

    // Two feeds, written at different nodes; each entry needs the one before where it is submitted.
    for (at, count) in [(0, 5), (1, 3), (2, 7)] {
        let pulses = root.pulses(count);
        peers[at].submit(&pulses);
        ids.extend(pulses.iter().map(SignedEntry::id));
        agree(&all(&peers), &ids);
    }
    let [_, killed, _] = &mut peers;
    assert_eq!(killed.signal(Signal::KILL), None);
    // While it is away the others go on as far as the ring reaches; more than one bundle of it.
    let (ours, theirs) = (root.pulses(200), author.pulses(150));
    peers[0].submit(&ours);
    peers[2].submit(&theirs);
    ids.extend(ours.iter().chain(&theirs).map(SignedEntry::id));
    peers[1].start();
    agree(&all(&peers), &ids);

    let authors = [root.author, author.author];
    let expected = heads(&peers[0], &authors);
    for peer in &peers {
        assert_eq!(heads(peer, &authors), expected);
    }
    // With nothing new nobody publishes.
    let sizes = peers.each_ref().map(Peer::size);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(peers.each_ref().map(Peer::size), sizes);
    assert_eq!(sizes, [ids.len() as u64; 3]);
    for peer in &mut peers {
        peer.stop();
    }
    let mut shown = program();
    shown.args(["peers", "--data-dir"]).arg(peers[0].data());
    let shown = String::from_utf8(shown.output().unwrap().stdout).unwrap();
    let size = ids.len();
    let line = format!("taken up  {size} of {size} leaves");
    assert!(shown.contains(&line), "{shown}");
}

#[test]
fn parts_come_along_and_an_erased_one_does_not_come_back() {
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let said = author.say(1);
    let first = [root.begin.clone(), granted, author.begin.clone()];
    let part = said.bodies[1].digest();
    let batches = || vec![batch(&first), Batch(vec![said.clone()])];
    let mut ids: BTreeSet<_> = first.iter().map(SignedEntry::id).collect();
    ids.insert(said.entry.id());

    // One has it from the author, one is a copy that nobody tells anything.
    let (mut source, mut stale) = (Peer::new("hill"), Peer::new("lake"));
    source.seed(batches());
    stale.seed(batches());
    let (mut near, mut fresh) = (Peer::new("moor"), Peer::new("reef"));
    near.follow(&[&source]);
    source.follow(&[&near]);
    for peer in [&mut source, &mut stale, &mut near] {
        peer.start();
    }
    agree(&[&source, &stale, &near], &ids);
    wait_until("the part comes along", || near.holds(part));

    let erase = author.erase(&said.entry, part);
    near.submit(std::slice::from_ref(&erase));
    ids.insert(erase.id());
    agree(&[&source, &near], &ids);
    fresh.follow(&[&stale, &near]);
    fresh.start();
    agree(&[&fresh], &ids);
    assert!(stale.holds(part));
    for peer in [&mut source, &mut near, &mut fresh] {
        wait_until("an erased part is not served", || !peer.holds(part));
        // Followers keep looking at who still has it.
        std::thread::sleep(Duration::from_secs(2));
        assert!(!peer.holds(part));
        peer.stop();
        assert_eq!(holding(&peer.data(), SAID), Vec::<PathBuf>::new());
    }
}

#[test]
fn a_rewritten_history_is_refused_and_proved_by_a_file() {
    let mut honest = Peer::new("hill");
    let mut other = honest.copy();
    let (mut root, mut twin) = (Feed::root(), Feed::root());
    let first: Vec<_> = [root.begin.clone()]
        .into_iter()
        .chain(root.pulses(3))
        .collect();
    honest.seed(vec![batch(&first)]);
    let granted = twin.grant(&mut Feed::author(9));
    let second: Vec<_> = [twin.begin.clone(), granted]
        .into_iter()
        .chain(twin.pulses(5))
        .collect();
    other.seed(vec![batch(&second)]);

    let mut follower = Peer::new("lake");
    follower.follow(&[&honest]);
    honest.start();
    follower.start();
    let ids = first.iter().map(SignedEntry::id).collect();
    agree(&[&follower], &ids);
    honest.stop();
    other.start();
    let fraud = follower.data().join("fraud");
    let files = || -> Vec<PathBuf> {
        let found = fs_err::read_dir(&fraud).into_iter().flatten();
        found.map(|entry| entry.unwrap().path()).collect()
    };
    wait_until("the second history is noticed", || !files().is_empty());
    let proof: SplitView = fs_err::read_to_string(&files()[0])
        .unwrap()
        .parse()
        .unwrap();
    let (older, newer) = proof.verify(&honest.vkey.parse().unwrap()).unwrap();
    assert_eq!((older.size().get(), newer.size().get()), (4, 7));
    assert_eq!(follower.ids(), ids, "nothing of it is taken up");
    let mut shown = program();
    shown
        .args(["peers", "--json", "--data-dir"])
        .arg(follower.data());
    let shown = String::from_utf8(shown.output().unwrap().stdout).unwrap();
    assert!(shown.contains("\"forked\":true"), "{shown}");
    // It stays so after a start, whatever that log shows then.
    follower.stop();
    other.stop();
    honest.start();
    follower.start();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(follower.ids(), ids);
    follower.stop();
    assert_eq!(files().len(), 1);
}

#[test]
fn parts_that_one_log_held_back_come_from_another_and_go_when_erased() {
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let said = author.say(1);
    let first = [root.begin.clone(), granted, author.begin.clone()];
    let part = said.bodies[1].digest();
    let mut ids: BTreeSet<_> = first.iter().map(SignedEntry::id).collect();
    ids.insert(said.entry.id());
    let (mut source, mut bare) = (Peer::new("hill"), Peer::new("lake"));
    source.seed(vec![batch(&first), Batch(vec![said.clone()])]);
    bare.seed(vec![
        batch(&first),
        batch(std::slice::from_ref(&said.entry)),
    ]);
    let mut fresh = Peer::new("reef");
    fresh.follow(&[&bare]);
    for peer in [&mut source, &mut bare, &mut fresh] {
        peer.start();
    }
    agree(&[&source, &bare, &fresh], &ids);
    assert!(!fresh.holds(part));
    fresh.stop();
    fresh.follow(&[&source]);
    fresh.start();
    wait_until("the part comes late", || fresh.holds(part));
    // It is there after a kill, and everything stored is as it must be.
    assert_eq!(fresh.signal(Signal::KILL), None);
    fresh.start();
    assert!(fresh.holds(part));
    fresh.stop();
    assert!(!holding(&fresh.data(), SAID).is_empty());
    let data = fresh.data();
    let fsck = || {
        let mut fsck = program();
        let checked = fsck.args(["fsck", "--data-dir"]).arg(&data);
        let checked = checked.output().unwrap();
        assert!(checked.status.success(), "{checked:?}");
    };
    fsck();
    fs_err::remove_dir_all(fresh.data().join("lookup")).unwrap();
    fresh.start();
    assert!(fresh.holds(part), "the journal knows where it lies");

    let erase = author.erase(&said.entry, part);
    source.submit(std::slice::from_ref(&erase));
    ids.insert(erase.id());
    agree(&[&fresh], &ids);
    wait_until("what came late is erased", || !fresh.holds(part));
    fresh.stop();
    assert_eq!(holding(&fresh.data(), SAID), Vec::<PathBuf>::new());
    fsck();
}

#[test]
fn a_fresh_node_begins_from_whichever_mirror_has_the_log() {
    let mut root = Feed::root();
    let entries: Vec<_> = [root.begin.clone()]
        .into_iter()
        .chain(root.pulses(300))
        .collect();
    let (mut source, mut wrong) = (Peer::new("hill"), Peer::new("lake"));
    source.seed(entries.chunks(256).map(batch).collect());
    let mut other = Feed::root();
    wrong.seed(vec![batch(&[other.begin.clone(), other.pulse()])]);
    for peer in [&mut source, &mut wrong] {
        peer.start();
    }
    // Nobody at the first address, another log at the second.
    let mut fresh = Peer::new("reef");
    fresh.follow(&[&source]);
    let config = fresh.data().join("node.toml");
    let text = fs_err::read_to_string(&config).unwrap();
    let url = format!("url = \"http://{}\"", source.address);
    let urls = format!(
        "url = \"http://127.0.0.1:1\"\nmirrors = [\"http://{}\", \"http://{}\"]",
        wrong.address, source.address
    );
    assert!(text.contains(&url), "{text}");
    fs_err::write(config, text.replace(&url, &urls)).unwrap();
    fresh.start();
    agree(&[&fresh], &entries.iter().map(SignedEntry::id).collect());
    let note = fresh.gateway().seen_checkpoints().unwrap();
    assert_eq!(note.checkpoints.len(), 1);
    assert!(note.checkpoints[0].starts_with(&source.origin));
}
