//! A node as a process behind a door of the test's, so that others know its address before it runs.

#![allow(dead_code, reason = "shared by tests, of which none uses all")]

use fairtrail::client::Gateway;
use fairtrail::note::Note;
use fairtrail_tests::binaries;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Passes connections on to wherever its node listens at present; to nobody while it is down.
struct Door {
    address: SocketAddr,
    behind: Arc<Mutex<Option<SocketAddr>>>,
}

impl Door {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let behind: Arc<Mutex<Option<SocketAddr>>> = Arc::default();
        let node = Arc::clone(&behind);
        thread::spawn(move || {
            for outside in listener.incoming() {
                let address = *node.lock().unwrap();
                let inside = address.map(TcpStream::connect);
                if let (Ok(outside), Some(Ok(inside))) = (outside, inside) {
                    let back = (inside.try_clone().unwrap(), outside.try_clone().unwrap());
                    thread::spawn(move || pass(outside, inside));
                    thread::spawn(move || pass(back.0, back.1));
                }
            }
        });
        Self { address, behind }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; 65_536];
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..len]).is_err() {
            break;
        }
    }
    // Either end may be gone already.
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// A node, running or not.
pub(crate) struct Node {
    data: PathBuf,
    pub(crate) name: &'static str,
    pub(crate) vkeys: serde_json::Value,
    door: Door,
    child: Option<Child>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn copy_dir(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for item in fs_err::read_dir(from).unwrap() {
        let item = item.unwrap();
        let to = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy_dir(&item.path(), &to);
        } else {
            fs_err::copy(item.path(), to).unwrap();
        }
    }
}

fn program() -> Command {
    let mut command = Command::new(binaries::directory().join("fairtrail-node"));
    command.env("FAIRTRAIL_LOG", "error");
    command
}

impl Node {
    /// Initialises a node in a directory.
    pub(crate) fn new(dir: &Path, charter: &Path, name: &'static str) -> Self {
        let data = dir.join(name);
        let mut init = program();
        init.args(["init", "--json", "--data-dir"]).arg(&data);
        init.arg("--charter").arg(charter);
        let made = init.args(["--origin", &format!("{name}.example/log/e1")]);
        let made = made.output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
        Self {
            data,
            name,
            vkeys: made["vkeys"].clone(),
            door: Door::open(),
            child: None,
        }
    }

    /// A copy of this node, which does not run, as a backup puts it somewhere else: data, guard, keys.
    pub(crate) fn copied(&self, into: &Path) -> Self {
        let dir = self.data.parent().unwrap();
        for item in fs_err::read_dir(dir).unwrap() {
            let path = item.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name == self.name || name.starts_with(&format!("{}.", self.name)) {
                copy(&path, &into.join(name));
            }
        }
        let data = into.join(self.name);
        let file = data.join("node.toml");
        let text = fs_err::read_to_string(&file).unwrap();
        let (was, is) = (dir.display().to_string(), into.display().to_string());
        fs_err::write(file, text.replace(&was, &is)).unwrap();
        Self {
            data,
            name: self.name,
            vkeys: self.vkeys.clone(),
            door: Door::open(),
            child: None,
        }
    }

    pub(crate) fn vkey(&self, key: &str) -> &str {
        self.vkeys[key].as_str().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.door.address)
    }

    /// Has the node ask these witnesses, and wait for so many of them.
    pub(crate) fn ask(&self, witnesses: &[(String, String)], quorum: usize, fail_open: bool) {
        let file = self.data.join("node.toml");
        let text = fs_err::read_to_string(&file).unwrap();
        let section = format!("quorum = {quorum}\nfail_open = {fail_open}");
        let mut text = text.replacen("#quorum = 2", &section, 1);
        for (url, key) in witnesses {
            let section = ["\n[[witness]]\nurl = \"", url, "\"\nkey = \"", key, "\"\n"];
            text.push_str(&section.concat());
        }
        fs_err::write(file, text).unwrap();
    }

    /// Has the node follow a log at an address.
    pub(crate) fn follow(&self, log: &Self, url: &str) {
        let file = self.data.join("node.toml");
        let mut text = fs_err::read_to_string(&file).unwrap();
        let (name, key) = (log.name, log.vkey("log"));
        let origin = format!("{name}.example/log/e1");
        let section = format!("\n[[follow]]\norigin = {origin:?}\nkey = {key:?}\nurl = {url:?}\n");
        text.push_str(&section);
        fs_err::write(file, text).unwrap();
    }

    /// The files in the folder of proofs.
    pub(crate) fn fraud(&self) -> Vec<PathBuf> {
        let found = fs_err::read_dir(self.data.join("fraud"))
            .into_iter()
            .flatten();
        found.map(|entry| entry.unwrap().path()).collect()
    }

    /// What `peers` prints, with more options.
    pub(crate) fn peers(&self, more: &[&str]) -> (Option<i32>, String) {
        let mut peers = program();
        peers.args(["peers", "--json", "--data-dir"]);
        let shown = peers.arg(&self.data).args(more).output().unwrap();
        let text = [shown.stdout, shown.stderr].concat();
        (shown.status.code(), String::from_utf8(text).unwrap())
    }

    /// Has the node cosign for these logs.
    pub(crate) fn witness(&self, vkeys: &[String]) {
        let mut add = program();
        add.args(["witness", "add", "--data-dir"]).arg(&self.data);
        let added = add.args(vkeys).output().unwrap();
        assert!(added.status.success(), "{added:?}");
    }

    pub(crate) fn start(&mut self) {
        let mut command = program();
        command.args(["run", "--listen", "127.0.0.1:0", "--data-dir"]);
        command.arg(&self.data).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap();
        *self.door.behind.lock().unwrap() = Some(address.parse().unwrap());
        self.child = Some(child);
    }

    pub(crate) fn kill(&mut self) {
        *self.door.behind.lock().unwrap() = None;
        if let Some(mut child) = self.child.take() {
            // It may have ended already, which is what is wanted.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Copies what the node keeps, its guard included, to or from a place beside it.
    pub(crate) fn copy(&self, back: bool) {
        for suffix in ["", ".guard"] {
            let mut name = self.data.file_name().unwrap().to_os_string();
            name.push(suffix);
            let (kept, copy) = (self.data.with_file_name(&name), self.data.join("../copy"));
            let copy = copy.join(name);
            let (from, to) = if back { (copy, kept) } else { (kept, copy) };
            if back {
                fs_err::remove_dir_all(&to).unwrap();
            }
            copy_dir(&from, &to);
        }
    }

    /// Waits until the node ends by itself; its exit status.
    pub(crate) fn end(&mut self) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        for _ in 0..300 {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(100));
        }
        let _ = child.kill();
        panic!("{} goes on", self.name);
    }

    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::at(&self.url()).unwrap()
    }

    /// The newest checkpoint, as it is shown.
    pub(crate) fn shown(&self) -> Note {
        self.gateway().checkpoint().unwrap()
    }

    pub(crate) fn size(&self) -> u64 {
        let note = self.shown();
        let size = note.text().lines().nth(1).unwrap();
        size.parse().unwrap()
    }

    /// Waits until so many leaves are shown.
    pub(crate) fn wait_for(&self, size: u64) {
        for _ in 0..600 {
            if self.size() >= size {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{} shows {} leaves, not {size}", self.name, self.size());
    }
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs_err::copy(from, to).unwrap();
        return;
    }
    fs_err::create_dir_all(to).unwrap();
    let mode = fs_err::metadata(from).unwrap().permissions();
    fs_err::set_permissions(to, mode).unwrap();
    for item in fs_err::read_dir(from).unwrap() {
        let item = item.unwrap();
        copy(&item.path(), &to.join(item.file_name()));
    }
}
