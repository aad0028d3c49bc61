//! A node as a process, with a directory of its own.

#![allow(dead_code, reason = "each test uses some of it")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fairtrail::api::Batch;
use fairtrail::client::{Gateway, Pinned};
use fairtrail::entry::SignedEntry;
use fairtrail::id::EntryId;
use fairtrail::log::{Checkpoint, EntryTile};
use fairtrail::merkle::TreeSize;
use fairtrail_node::boot::Node;
use fairtrail_node::config::{Overrides, Settings};
use rustix::process::{Pid, Signal, kill_process};

pub(crate) use crate::support::network::Carrier;
use crate::support::network::{accusation, change, copied};
use crate::support::{batch, charter};

/// Tenths of a second after which nothing more is expected.
const PATIENCE: u32 = 600;

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairtrail-node"));
    command.env("FAIRTRAIL_LOG", "warn");
    command
}

/// A node with a directory of its own, running or not.
pub(crate) struct Peer {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) origin: String,
    pub(crate) vkey: String,
    /// The key its connections show, and its peer id.
    pub(crate) node: String,
    pub(crate) id: String,
    pub(crate) address: SocketAddr,
    child: Option<Child>,
}

impl Peer {
    /// Makes a node and learns an address by starting it once.
    pub(crate) fn new(name: &str) -> Self {
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
        let key = |name: &str| {
            let key = vkeys.lines().find_map(|line| line.strip_prefix(name));
            key.unwrap().trim().to_owned()
        };
        let mut peer = Self {
            vkey: key("log vkey"),
            node: key("node key"),
            id: key("peer id"),
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
    pub(crate) fn copy(&self) -> Self {
        let dir = copied(&self.dir);
        Self {
            dir,
            origin: self.origin.clone(),
            vkey: self.vkey.clone(),
            node: self.node.clone(),
            id: self.id.clone(),
            address: self.address,
            child: None,
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn follow(&self, others: &[&Self]) {
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

    /// Listens for peers from the next start on; its multiaddr.
    pub(crate) fn listen(&self, over: Carrier) -> String {
        let address = over.at(over.free());
        let line = format!("listen = [{address:?}]");
        change(&self.data(), "#listen = [", &line);
        format!("{address}/p2p/{}", self.id)
    }

    /// Lets in and calls these peers, besides members, from the next start on.
    pub(crate) fn bootstrap(&self, peers: &[String]) {
        let line = format!("bootstrap = {peers:?}");
        change(&self.data(), "#bootstrap = [", &line);
    }

    /// Follows a node over its multiaddr alone.
    pub(crate) fn follow_at(&self, other: &Self, address: &str) {
        let path = self.data().join("node.toml");
        let mut text = fs_err::read_to_string(&path).unwrap();
        let (origin, vkey) = (&other.origin, &other.vkey);
        let lines = [
            "[[follow]]".to_owned(),
            format!("origin = {origin:?}"),
            format!("key = {vkey:?}"),
            format!("peer = {address:?}\n"),
        ];
        text += &lines.join("\n");
        fs_err::write(path, text).unwrap();
    }

    pub(crate) fn start(&mut self) {
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

    pub(crate) fn signal(&mut self, signal: Signal) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        child.wait().unwrap().code()
    }

    pub(crate) fn stop(&mut self) {
        assert_eq!(self.signal(Signal::TERM), Some(0));
    }

    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::at(&format!("http://{}", self.address)).unwrap()
    }

    pub(crate) fn submit(&self, entries: &[SignedEntry]) {
        let gateway = self.gateway();
        let promise = gateway.log().unwrap().promise_vkey.parse().unwrap();
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        gateway.submit(&batch(entries), &pinned, None).unwrap();
    }

    /// Takes statements up without a server, as if they had come from another log.
    pub(crate) fn seed(&self, batches: Vec<Batch>) {
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
    pub(crate) fn entries(&self) -> Vec<SignedEntry> {
        let gateway = self.gateway();
        let note = gateway.checkpoint().unwrap();
        let size = note.text().parse::<Checkpoint>().unwrap().size();
        let bundles = EntryTile::growth(TreeSize::ZERO, size);
        let bytes = bundles.flat_map(|bundle| gateway.entries(bundle).unwrap());
        bytes
            .map(|bytes| SignedEntry::parse(&bytes).unwrap())
            .collect()
    }

    pub(crate) fn ids(&self) -> BTreeSet<EntryId> {
        let entries = self.entries();
        let ids: BTreeSet<_> = entries.iter().map(SignedEntry::id).collect();
        assert_eq!(ids.len(), entries.len(), "an entry stands twice");
        ids
    }

    pub(crate) fn size(&self) -> u64 {
        let note = self.gateway().checkpoint().unwrap();
        note.text().parse::<Checkpoint>().unwrap().size().get()
    }

    /// The file this node shows against somebody, downloaded.
    pub(crate) fn accusation(&self, accused: &str) -> Option<Vec<u8>> {
        accusation(&self.gateway(), accused)
    }

    pub(crate) fn holds(&self, part: fairtrail::id::PartDigest) -> bool {
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

pub(crate) fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..PATIENCE {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what}");
}

/// Every peer has published exactly these entries.
pub(crate) fn agree(peers: &[&Peer], ids: &BTreeSet<EntryId>) {
    for peer in peers {
        wait_until("every entry reaches every node", || peer.ids() == *ids);
    }
}

/// Files below `dir` that hold `bytes`.
pub(crate) fn holding(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
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
