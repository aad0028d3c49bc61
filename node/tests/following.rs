//! Nodes that follow each other over HTTP, as processes.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fairtrail::api::Batch;
use fairtrail::client::{Gateway, Pinned};
use fairtrail::entry::{NetworkClaim, PartErase, SignedEntry};
use fairtrail::fraud::SplitView;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::log::{Checkpoint, EntryTile};
use fairtrail::merkle::TreeSize;
use fairtrail_node::boot::Node;
use fairtrail_node::config::{Overrides, Settings};
use rustix::process::{Pid, Signal, kill_process};
use support::*;

const SAID: &[u8] = b"what was seen";
/// Tenths of a second after which nothing more is expected.
const PATIENCE: u32 = 600;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairtrail-node"));
    command.env("FAIRTRAIL_LOG", "warn");
    command
}

/// A node with a directory of its own, running or not.
struct Peer {
    dir: tempfile::TempDir,
    origin: String,
    vkey: String,
    address: SocketAddr,
    child: Option<Child>,
}

impl Peer {
    /// Makes a node and learns an address by starting it once.
    fn new(name: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let origin = format!("{name}.example/log/e1");
        let file = dir.path().join("network.charter");
        fs_err::write(&file, charter().bytes()).unwrap();
        let mut init = program();
        init.args(["init", "--json", "--origin", &origin, "--data-dir"]);
        let made = init.arg(dir.path().join("data")).arg("--charter").arg(file);
        assert!(made.output().unwrap().status.success());
        let mut vkey = program();
        vkey.args(["vkey", "--data-dir"])
            .arg(dir.path().join("data"));
        let vkeys = String::from_utf8(vkey.output().unwrap().stdout).unwrap();
        let log = vkeys.lines().find_map(|line| line.strip_prefix("log vkey"));
        let mut peer = Self {
            vkey: log.unwrap().trim().to_owned(),
            dir,
            origin,
            address: "127.0.0.1:0".parse().unwrap(),
            child: None,
        };
        peer.start();
        peer.stop();
        peer
    }

    /// The same log in another directory, its keys and its guard with it: what no operator may do.
    fn copy(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy_dir(self.dir.path(), dir.path());
        let config = dir.path().join("data/node.toml");
        let text = fs_err::read_to_string(&config).unwrap();
        let (here, there) = (self.dir.path().display(), dir.path().display());
        let text = text.replace(&here.to_string(), &there.to_string());
        fs_err::write(config, text).unwrap();
        Self {
            dir,
            origin: self.origin.clone(),
            vkey: self.vkey.clone(),
            address: self.address,
            child: None,
        }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn follow(&self, others: &[&Self]) {
        let path = self.data().join("node.toml");
        let mut text = fs_err::read_to_string(&path).unwrap();
        for Self {
            origin,
            vkey,
            address,
            ..
        } in others
        {
            let lines = [
                "[[follow]]".to_owned(),
                format!("origin = {origin:?}"),
                format!("key = {vkey:?}"),
                format!("url = \"http://{address}\"\n"),
            ];
            text += &lines.join("\n");
        }
        fs_err::write(path, text).unwrap();
    }

    fn start(&mut self) {
        let mut command = program();
        command.args(["run", "--listen", &self.address.to_string(), "--data-dir"]);
        command.arg(self.data()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap();
        self.address = address.parse().unwrap();
        self.child = Some(child);
    }

    fn signal(&mut self, signal: Signal) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        child.wait().unwrap().code()
    }

    fn stop(&mut self) {
        assert_eq!(self.signal(Signal::TERM), Some(0));
    }

    fn gateway(&self) -> Gateway {
        Gateway::at(&format!("http://{}", self.address)).unwrap()
    }

    fn submit(&self, entries: &[SignedEntry]) {
        let gateway = self.gateway();
        let promise = gateway.log().unwrap().promise_vkey.parse().unwrap();
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        gateway.submit(&batch(entries), &pinned, None).unwrap();
    }

    /// Takes statements up without a server, as if they had come from another log.
    fn seed(&self, batches: Vec<Batch>) {
        let overrides = Overrides {
            listen: Some("127.0.0.1:0".parse().unwrap()),
            ..Overrides::default()
        };
        let settings = Settings::load(&self.data(), overrides).unwrap();
        let node = Node::start(settings).unwrap();
        let service = node.service();
        for batch in batches {
            node.runtime().block_on(service.take_up(batch)).unwrap();
        }
        drop(service);
        node.serve(std::future::ready(())).unwrap();
    }

    /// Every entry that is published.
    fn entries(&self) -> Vec<SignedEntry> {
        let gateway = self.gateway();
        let note = gateway.checkpoint().unwrap();
        let size = note.text().parse::<Checkpoint>().unwrap().size();
        let bundles = EntryTile::growth(TreeSize::ZERO, size);
        let bytes = bundles.flat_map(|bundle| gateway.entries(bundle).unwrap());
        bytes
            .map(|bytes| SignedEntry::parse(&bytes).unwrap())
            .collect()
    }

    fn ids(&self) -> BTreeSet<EntryId> {
        let entries = self.entries();
        let ids: BTreeSet<_> = entries.iter().map(SignedEntry::id).collect();
        assert_eq!(ids.len(), entries.len(), "an entry stands twice");
        ids
    }

    fn size(&self) -> u64 {
        let note = self.gateway().checkpoint().unwrap();
        note.text().parse::<Checkpoint>().unwrap().size().get()
    }

    fn holds(&self, part: fairtrail::id::PartDigest) -> bool {
        let page = self.gateway().parts(0, 256).unwrap();
        page.parts.iter().any(|(digest, _)| *digest == part)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended already, which is what is wanted.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..PATIENCE {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what}");
}

/// Every peer has published exactly these entries.
fn agree(peers: &[&Peer], ids: &BTreeSet<EntryId>) {
    for peer in peers {
        wait_until("every entry reaches every node", || peer.ids() == *ids);
    }
}

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

/// Files below `dir` that hold `bytes`.
fn holding(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
        } else if fs_err::read(&path)
            .unwrap()
            .windows(bytes.len())
            .any(|at| at == bytes)
        {
            found.push(path);
        }
    }
    found
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

    let erase = author.network(NetworkClaim::Erase(PartErase {
        entry: said.entry.id(),
        part,
        author: author.author,
        reason: "request".into(),
    }));
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
