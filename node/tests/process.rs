//! The program itself: made, started, asked over HTTP, refused, stopped and killed.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use fairtrail::api::Notice;
use fairtrail::client::{Changes, Gateway, Pinned, Told};
use fairtrail::log::{Checkpoint, EntryTile, TlogPolicy};
use fairtrail::merkle::{Tree, TreeSize, leaf_hash};
use rustix::process::{Pid, Signal, kill_process};
use support::*;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairtrail-node"));
    command.env("FAIRTRAIL_LOG", "warn");
    command
}

fn init(dir: &Path) -> Output {
    let file = dir.join("network.charter");
    fs_err::write(&file, charter().bytes()).unwrap();
    let mut command = program();
    command.args(["init", "--origin", ORIGIN, "--data-dir"]);
    let command = command.arg(dir.join("data")).arg("--charter").arg(file);
    command.output().unwrap()
}

/// A running node, killed when dropped.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(dir: &Path) -> Self {
        let mut command = program();
        command.args(["run", "--listen", "127.0.0.1:0", "--data-dir"]);
        command.arg(dir.join("data")).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap()
            .to_owned();
        Self { child, url }
    }

    fn signal(&mut self, signal: Signal) -> Option<i32> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run_refused(dir: &Path) -> (Option<i32>, String) {
    let mut command = program();
    command.args(["run", "--listen", "127.0.0.1:0", "--data-dir"]);
    let output = command.arg(dir.join("data")).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), text)
}

#[test]
fn a_node_is_made_once_with_closed_keys_and_a_guard_outside() {
    let dir = tempfile::tempdir().unwrap();
    let made = init(dir.path());
    assert!(made.status.success(), "{made:?}");
    let text = String::from_utf8(made.stdout).unwrap();
    let vkeys = program()
        .args(["vkey", "--data-dir"])
        .arg(dir.path().join("data"))
        .output()
        .unwrap();
    assert!(text.ends_with(&String::from_utf8(vkeys.stdout).unwrap()));
    for name in ["log.key", "promise.key", "witness.key"] {
        let path = dir.path().join("data.keys").join(name);
        let mode = fs_err::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(dir.path().join("data.guard").is_dir());
    let again = init(dir.path());
    assert_eq!(again.status.code(), Some(1));
    let text = String::from_utf8(again.stderr).unwrap();
    assert!(
        text.contains("[file-exists]") && text.contains("hint:"),
        "{text}"
    );
}

#[test]
fn entries_go_in_and_come_out_over_http_and_a_stopped_node_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    assert!(init(dir.path()).status.success());
    let mut root = Feed::root();
    let mut entries = vec![root.begin.clone()];
    entries.extend(root.pulses(20));
    let mut node = Running::start(dir.path());
    let gateway = Gateway::at(&node.url).unwrap();
    let info = gateway.log().unwrap();
    let index = info.index.as_ref().unwrap();
    assert!(index.vkey.starts_with(&format!("{}/index/1+", info.origin)));
    let promise = info.promise_vkey.parse().unwrap();
    let policy = format!("log {}\nquorum none\n", info.vkey);
    let policy = TlogPolicy::parse(&policy).unwrap();
    let pinned = Pinned {
        promise: &promise,
        logs: Some(&policy),
    };
    let wait = Some(Duration::from_secs(20));
    let receipt = gateway.submit(&batch(&entries), &pinned, wait).unwrap();
    assert!(receipt.promise.is_some());
    assert!(receipt.entries.iter().all(|entry| entry.proof.is_some()));
    assert_eq!(node.signal(Signal::TERM), Some(0));

    let node = Running::start(dir.path());
    let gateway = Gateway::at(&node.url).unwrap();
    let again = gateway.submit(&batch(&entries), &pinned, None).unwrap();
    assert_eq!(again.promise, None);
    assert_eq!(gateway.entry(entries[7].id()).unwrap(), entries[7]);
    assert_eq!(gateway.feed(root.author).unwrap().seq, Some(20));
    assert_eq!(gateway.log().unwrap().size, 21);

    let (status, text) = run_refused(dir.path());
    assert_eq!(status, Some(1));
    assert!(text.contains("[directory-locked]"), "{text}");
    let mut taken = program();
    taken.args(["run", "--listen", node.url.strip_prefix("http://").unwrap()]);
    let other = tempfile::tempdir().unwrap();
    assert!(init(other.path()).status.success());
    let taken = taken.arg("--data-dir").arg(other.path().join("data"));
    let taken = taken.output().unwrap();
    assert_eq!(taken.status.code(), Some(1));
    let text = String::from_utf8(taken.stderr).unwrap();
    assert!(text.contains("[address-in-use]"), "{text}");
}

/// Hears a stream until everything before `size` was told; the leaves told.
fn hear(changes: &mut Changes, size: u64) -> Vec<u64> {
    let mut leaves = Vec::new();
    loop {
        match changes.hear().unwrap().unwrap() {
            Told::Notice(Notice::Leaf(leaf)) => leaves.push(leaf.leaf_index),
            Told::Notice(Notice::Size(told)) if told.size == size => return leaves,
            _ => {}
        }
    }
}

#[test]
fn what_is_published_is_heard_and_a_stopped_node_is_heard_again() {
    let dir = tempfile::tempdir().unwrap();
    assert!(init(dir.path()).status.success());
    let mut root = Feed::root();
    let mut node = Running::start(dir.path());
    let gateway = Gateway::at(&node.url).unwrap();
    let promise = gateway.log().unwrap().promise_vkey.parse().unwrap();
    let pinned = Pinned {
        promise: &promise,
        logs: None,
    };
    let wait = Some(Duration::from_secs(20));
    let patience = Duration::from_secs(60);
    let mut changes = gateway.changes(Some(0), patience).unwrap();
    let begin = batch(&[root.begin.clone()]);
    gateway.submit(&begin, &pinned, wait).unwrap();
    assert_eq!(hear(&mut changes, 1), [0]);
    let pulses = root.pulses(100);
    gateway.submit(&batch(&pulses), &pinned, wait).unwrap();
    assert_eq!(hear(&mut changes, 101), (1..101).collect::<Vec<_>>());
    // Whoever listens keeps no node from stopping.
    assert_eq!(node.signal(Signal::TERM), Some(0));
    while let Some(told) = changes.hear().unwrap() {
        assert!(!matches!(told, Told::Notice(Notice::Leaf(_))), "{told:?}");
    }

    let node = Running::start(dir.path());
    let gateway = Gateway::at(&node.url).unwrap();
    let mut changes = gateway.changes(Some(99), patience).unwrap();
    assert_eq!(hear(&mut changes, 101), [99, 100]);
}

#[test]
fn what_must_not_run_says_why_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (status, text) = run_refused(dir.path());
    assert_eq!(status, Some(1));
    assert!(text.contains("[not-initialised]"), "{text}");
    assert!(init(dir.path()).status.success());

    let key = dir.path().join("data.keys/log.key");
    fs_err::set_permissions(&key, PermissionsExt::from_mode(0o640)).unwrap();
    let (_, text) = run_refused(dir.path());
    assert!(text.contains("[key-file-lax]"), "{text}");
    fs_err::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();

    let config = dir.path().join("data/node.toml");
    let sound = fs_err::read_to_string(&config).unwrap();
    fs_err::write(&config, format!("{sound}colour = \"red\"\n")).unwrap();
    let (_, text) = run_refused(dir.path());
    assert!(
        text.contains("[config-invalid]") && text.contains("colour"),
        "{text}"
    );
    fs_err::write(&config, sound).unwrap();

    // An old copy of the data, put in the place of what has signed more since.
    let (data, old) = (dir.path().join("data"), dir.path().join("old"));
    drop(Running::start(dir.path()));
    copy_dir(&data, &old);
    let mut node = Running::start(dir.path());
    let gateway = Gateway::at(&node.url).unwrap();
    let promise = gateway.log().unwrap().promise_vkey.parse().unwrap();
    let pinned = Pinned {
        promise: &promise,
        logs: None,
    };
    let begin = batch(&[Feed::root().begin]);
    gateway
        .submit(&begin, &pinned, Some(Duration::from_secs(20)))
        .unwrap();
    assert_eq!(node.signal(Signal::INT), Some(0));
    fs_err::rename(&data, dir.path().join("new")).unwrap();
    fs_err::rename(&old, &data).unwrap();
    let (status, text) = run_refused(dir.path());
    assert_eq!(status, Some(78), "{text}");
    assert!(text.contains("[rollback-suspected]"), "{text}");
}

/// Every entry of a published log.
fn download(gateway: &Gateway, size: TreeSize) -> Vec<Vec<u8>> {
    let tiles = EntryTile::growth(TreeSize::ZERO, size);
    tiles.flat_map(|at| gateway.entries(at).unwrap()).collect()
}

/// The checkpoint as soon as it covers so many leaves; whatever stands there after a while.
fn covering(gateway: &Gateway, size: u64) -> Checkpoint {
    let read = || -> Checkpoint { gateway.checkpoint().unwrap().text().parse().unwrap() };
    for _ in 0..200 {
        let checkpoint = read();
        if checkpoint.size().get() >= size {
            return checkpoint;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    read()
}

#[test]
fn killed_at_any_moment_a_node_keeps_its_promises_and_signs_one_history() {
    let dir = tempfile::tempdir().unwrap();
    assert!(init(dir.path()).status.success());
    let mut root = Feed::root();
    let mut waiting = vec![root.begin.clone()];
    let mut promised = BTreeMap::new();
    let mut seen: Vec<Checkpoint> = Vec::new();
    for round in 0..12_u64 {
        let mut node = Running::start(dir.path());
        let gateway = Gateway::at(&node.url).unwrap();
        let promise = gateway.log().unwrap().promise_vkey.parse().unwrap();
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        let pid = Pid::from_child(&node.child);
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20 + round * 131 % 1_300));
            kill_process(pid, Signal::KILL).unwrap();
        });
        loop {
            waiting.extend(root.pulses(7));
            let Ok(receipt) = gateway.submit(&batch(&waiting), &pinned, None) else {
                break;
            };
            promised.extend(
                receipt
                    .entries
                    .iter()
                    .map(|line| (line.leaf.get(), line.id)),
            );
            waiting.clear();
            if let Ok(note) = gateway.checkpoint() {
                seen.push(note.text().parse().unwrap());
            }
        }
        killer.join().unwrap();
        assert_eq!(node.child.wait().unwrap().code(), None);
        // What was not acknowledged is offered again; too much for one batch is left out.
        waiting.truncate(250);
        root.seq = 0;
        if let Some(last) = waiting.last() {
            (root.seq, root.last) = (last.header().seq, last.id());
        }
    }
    let node = Running::start(dir.path());
    let gateway = Gateway::at(&node.url).unwrap();
    // What was promised last is published after the start, not before it.
    let promises = promised.keys().map(|leaf| leaf + 1).max().unwrap();
    let last = covering(&gateway, promises);
    let entries = download(&gateway, last.size());
    let tree = Tree::from_leaves(entries.iter().map(|entry| leaf_hash(entry))).unwrap();
    for checkpoint in seen.iter().chain([&last]) {
        assert_eq!(tree.root_at(checkpoint.size()).unwrap(), checkpoint.root());
    }
    assert!(promised.len() > 12 && seen.len() > 12);
    for (leaf, id) in promised {
        let bytes = &entries[usize::try_from(leaf).unwrap()];
        let entry = fairtrail::entry::SignedEntry::parse(bytes).unwrap();
        assert_eq!(entry.id(), id, "leaf {leaf}");
    }
}
