//! One node as a process, wherever its files are at present.

#![allow(dead_code, reason = "shared by tests, of which none uses all")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use fairtrail::api::Batch;
use fairtrail::client::{Gateway, Pinned};
use fairtrail::entry::SignedEntry;
use fairtrail::log::{Checkpoint, EntryTile};
use fairtrail::merkle::TreeSize;
use fairtrail_node::boot::Node;
use fairtrail_node::config::{Overrides, Settings};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::network::{Carrier, accusation, change, copied};
use crate::support::{batch, charter};

/// Tenths of a second after which nothing more is expected.
const PATIENCE: u32 = 600;

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairtrail-node"));
    command.env("FAIRTRAIL_LOG", "warn");
    command
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

pub(crate) struct Peer {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) data: PathBuf,
    pub(crate) origin: String,
    pub(crate) address: SocketAddr,
    pub(crate) admin: SocketAddr,
    child: Option<Child>,
}

/// An address that was free a moment ago.
fn free() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

impl Peer {
    pub(crate) fn new(name: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let origin = format!("{name}.example/log/e1");
        let file = dir.path().join("network.charter");
        fs_err::write(&file, charter().bytes()).unwrap();
        let data = dir.path().join("data");
        let mut init = program();
        init.args(["init", "--json", "--origin", &origin, "--data-dir"]);
        let made = init.arg(&data).arg("--charter").arg(file);
        assert!(made.output().unwrap().status.success());
        Self {
            dir,
            data,
            origin,
            address: free(),
            admin: free(),
            child: None,
        }
    }

    /// A command of the program on this node's data; what it says, and its exit status.
    pub(crate) fn tool(&self, command: &[&str], more: &[&str]) -> (i32, String) {
        let mut tool = self.command(command);
        let Output {
            status,
            stdout,
            stderr,
        } = tool.args(more).output().unwrap();
        let text = [stdout, stderr].concat();
        (status.code().unwrap(), String::from_utf8(text).unwrap())
    }

    pub(crate) fn command(&self, command: &[&str]) -> Command {
        let mut tool = program();
        tool.args(command).arg("--data-dir").arg(&self.data);
        tool
    }

    pub(crate) fn vkey(&self, which: &str) -> String {
        let (_, text) = self.tool(&["vkey"], &[]);
        let line = text.lines().find_map(|line| line.strip_prefix(which));
        line.unwrap().trim().to_owned()
    }

    pub(crate) fn configure(&self, lines: &str) {
        let path = self.data.join("node.toml");
        let text = fs_err::read_to_string(&path).unwrap();
        fs_err::write(path, format!("{text}\n{lines}\n")).unwrap();
    }

    pub(crate) fn follow(&self, other: &Self, keep_tiles: bool) {
        let (origin, key, url) = (&other.origin, other.vkey("log vkey"), other.url());
        self.configure(&format!(
            "[[follow]]\norigin = {origin:?}\nkey = {key:?}\nurl = {url:?}\nkeep_tiles = {keep_tiles}"
        ));
    }

    /// Listens for peers from the next start on; the multiaddr without the peer id.
    pub(crate) fn listen(&self, over: Carrier, port: u16) -> String {
        let address = over.at(port);
        let line = format!("listen = [{address:?}]");
        change(&self.data, "#listen = [", &line);
        address
    }

    /// Lets in, and with an address calls, these peers from the next start on.
    pub(crate) fn bootstrap(&self, peers: &[String]) {
        let line = format!("bootstrap = {peers:?}");
        change(&self.data, "#bootstrap = [", &line);
    }

    /// Listens elsewhere than it did.
    pub(crate) fn listen_anew(&self, over: Carrier, port: u16) -> String {
        let address = over.at(port);
        let line = format!("listen = [{address:?}]");
        change(&self.data, "listen = [", &line);
        address
    }

    /// This node by a multiaddr, or by its peer id alone.
    pub(crate) fn named(&self, address: &str) -> String {
        format!("{address}/p2p/{}", self.vkey("peer id"))
    }

    /// Follows a node over libp2p alone.
    pub(crate) fn follow_at(&self, other: &Self, address: &str, keep_tiles: bool) {
        let (origin, key, peer) = (&other.origin, other.vkey("log vkey"), other.named(address));
        self.configure(&format!(
            "[[follow]]\norigin = {origin:?}\nkey = {key:?}\npeer = {peer:?}\ninterval_seconds = 1\nkeep_tiles = {keep_tiles}"
        ));
    }

    pub(crate) fn ask_witness(&self, witness: &Self) {
        let (url, key) = (witness.url(), witness.vkey("witness vkey"));
        self.configure(&format!("[[witness]]\nurl = {url:?}\nkey = {key:?}"));
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    pub(crate) fn start_with(&mut self, more: &[&str]) {
        let mut command = self.run(more);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        assert!(line.contains(&self.url()), "{line}");
        self.child = Some(child);
    }

    fn run(&self, more: &[&str]) -> Command {
        let mut command = self.command(&["run"]);
        command.args(["--listen", &self.address.to_string()]);
        command
            .args(["--admin", &self.admin.to_string()])
            .args(more);
        command
    }

    /// Starts a node that ends by itself.
    pub(crate) fn start_refused(&self) -> (i32, String) {
        let output = self.run(&[]).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), text)
    }

    pub(crate) fn signal(&mut self, signal: Signal) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        child.wait().unwrap().code()
    }

    /// Sends a signal that does not end the process.
    pub(crate) fn send(&self, signal: Signal) {
        let child = self.child.as_ref().unwrap();
        kill_process(Pid::from_child(child), signal).unwrap();
    }

    pub(crate) fn stop(&mut self) {
        assert_eq!(self.signal(Signal::TERM), Some(0));
    }

    /// The machine is gone, its disk with it: data, guard and keys.
    pub(crate) fn lose(&mut self) {
        if self.child.is_some() {
            self.signal(Signal::KILL);
        }
        for suffix in ["", ".guard", ".keys"] {
            let path = format!("{}{suffix}", self.data.display());
            fs_err::rename(&path, format!("{path}.lost")).unwrap();
        }
    }

    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::at(&self.url()).unwrap()
    }

    pub(crate) fn submit(&self, entries: &[SignedEntry]) {
        self.try_submit(entries).unwrap();
    }

    pub(crate) fn try_submit(
        &self,
        entries: &[SignedEntry],
    ) -> Result<(), fairtrail::client::ClientError> {
        let gateway = self.gateway();
        let promise = gateway.log()?.promise_vkey.parse().unwrap();
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        gateway.submit(&batch(entries), &pinned, None).map(|_| ())
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        // A machine with much to do may let a first question wait too long.
        let mut asked = (0..10).map(|_| self.gateway().checkpoint());
        let note = asked.find_map(Result::ok).unwrap();
        note.text().parse().unwrap()
    }

    pub(crate) fn size(&self) -> u64 {
        self.checkpoint().size().get()
    }

    /// Takes statements up without a server, as if they had come from another log.
    pub(crate) fn seed(&self, batches: Vec<Batch>) {
        let overrides = Overrides {
            listen: Some("127.0.0.1:0".parse().unwrap()),
            ..Overrides::default()
        };
        let settings = Settings::load(&self.data, overrides).unwrap();
        let node = Node::start(settings).unwrap();
        let service = node.service();
        for batch in batches {
            node.runtime().block_on(service.take_up(batch)).unwrap();
        }
        drop(service);
        node.serve(std::future::ready(())).unwrap();
    }

    /// Every entry that is published, in log order.
    pub(crate) fn entries(&self) -> Vec<Vec<u8>> {
        let gateway = self.gateway();
        let bundles = EntryTile::growth(TreeSize::ZERO, self.checkpoint().size());
        let entries = bundles.flat_map(|bundle| gateway.entries(bundle).unwrap());
        entries.collect()
    }

    /// The same log in another directory, with everything that belongs to it.
    pub(crate) fn twin(&self) -> Self {
        let dir = copied(&self.dir);
        Self {
            data: dir.path().join("data"),
            dir,
            origin: self.origin.clone(),
            address: free(),
            admin: free(),
            child: None,
        }
    }

    /// The size of another log as this node shows it as its mirror.
    pub(crate) fn mirrors(&self, other: &Self) -> u64 {
        let origin: fairtrail::log::Origin = other.origin.parse().unwrap();
        let hash = data_encoding::HEXLOWER.encode(&origin.digest());
        let mirror = Gateway::at(&format!("{}/mirror/{hash}", self.url())).unwrap();
        let note = mirror.checkpoint();
        let checkpoint = note.map(|note| note.text().parse::<Checkpoint>().unwrap());
        checkpoint.map_or(0, |checkpoint| checkpoint.size().get())
    }

    /// The file this node shows against somebody.
    pub(crate) fn accusation(&self, accused: &str) -> Option<Vec<u8>> {
        accusation(&self.gateway(), accused)
    }

    /// What the admin listener answers.
    pub(crate) fn shown(&self, path: &str) -> serde_json::Value {
        let (status, text) = self.admin(path);
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Status and content of a question to the admin listener.
    pub(crate) fn admin(&self, path: &str) -> (u16, String) {
        get(self.admin, path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn backup(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        let (status, text) = self.tool(&["backup"], &[path.to_str().unwrap()]);
        assert_eq!(status, 0, "{text}");
        path
    }

    /// Restores a backup in place of what was lost.
    pub(crate) fn restore(&self, backup: &Path) -> String {
        let (status, text) = self.tool(&["restore"], &[backup.to_str().unwrap()]);
        assert_eq!(status, 0, "{text}");
        text
    }

    pub(crate) fn recover(&self, from: &[&Self]) -> (i32, String) {
        let urls: Vec<_> = from.iter().map(|peer| peer.url()).collect();
        let mut more = vec!["--from"];
        more.extend(urls.iter().map(String::as_str));
        self.tool(&["recover"], &more)
    }
}

/// One plain request.
pub(crate) fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.get(9..12).unwrap().parse().unwrap();
    let (_, content) = answer.split_once("\r\n\r\n").unwrap();
    (status, content.to_owned())
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
