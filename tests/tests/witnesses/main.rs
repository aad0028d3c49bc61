//! Nodes that cosign each other, as processes, and a buyer who wants a quorum of them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod node;
mod root;

use data_encoding::BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use fairtrail_tests::binaries;
use node::Node;
use root::{FOUNDED, Root, charter};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

const SUBJECT: &str = "lei:999900DEMO0000000152";

fn founded(dir: &Path) -> PathBuf {
    let file = dir.join("network.charter");
    fs_err::write(&file, charter().bytes()).unwrap();
    file
}

/// A verifier's policy: one log, and a quorum of others.
fn policy(dir: &Path, log: &Node, witnesses: &[&Node], quorum: usize) -> PathBuf {
    let vkey = log.vkey("log");
    let witness = |witness: &&Node| {
        let (name, vkey) = (witness.name, witness.vkey("witness"));
        format!("witness {name} {vkey}\n")
    };
    let lines: Vec<_> = witnesses.iter().map(witness).collect();
    let names: Vec<_> = witnesses.iter().map(|witness| witness.name).collect();
    let text = format!(
        "network = \"{}\"\nlog_policy = \"\"\"\nlog {vkey} {}\n{}group operators {quorum} {}\n\
         quorum operators\n\"\"\"\nrequired_logs = 1\nmax_age_hours = 24\n\
         [accept]\nauthors = []\ngranters = []\nasserters = []\n[rules]\n",
        charter().network(),
        log.url(),
        lines.concat(),
        names.join(" "),
    );
    let file = dir.join(format!("policy-{quorum}-{}.toml", log.name));
    fs_err::write(&file, text).unwrap();
    file
}

/// What `fairtrail verify` prints, and its exit status.
fn verify(home: &Path, log: &Node, policy: &Path, json: bool) -> (Option<i32>, String) {
    let mut command = Command::new(binaries::directory().join("fairtrail"));
    command.args(["verify", SUBJECT, "--gateway", &log.url(), "--policy"]);
    command
        .arg(policy)
        .env("NO_COLOR", "1")
        .env("FAIRTRAIL_HOME", home);
    command.args(json.then_some("--json"));
    let output = command.output().unwrap();
    let text = if json || output.stderr.is_empty() {
        output.stdout
    } else {
        output.stderr
    };
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// The operators that `verify --json` names as cosigners of the one log.
fn cosigners(json: &str) -> Vec<String> {
    let verdict: serde_json::Value = serde_json::from_str(json).unwrap();
    let named = verdict["logs"][0]["cosigned_by"].as_array();
    let named = named.unwrap_or_else(|| panic!("{json}")).iter();
    named
        .map(|pair| pair[0].as_str().unwrap().to_owned())
        .collect()
}

/// Checks a cosignature with the outside reader of notes and plain Ed25519, by the text of the
/// C2SP specification; its time.
fn outside_stamp(note: &str, witness_vkey: &str) -> u64 {
    let read = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    let (name, key) = witness_vkey.split_once('+').unwrap();
    let (id, key) = key.split_once('+').unwrap();
    let id = u32::from_str_radix(id, 16).unwrap();
    let lines = note.lines().filter(|line| line.starts_with('—'));
    let lines = lines.map(|line| signed_note::Signature::from_bytes(line.as_bytes()).unwrap());
    let line = lines.filter(|line| line.name() == name && line.id() == id);
    let [line] = &line.collect::<Vec<_>>()[..] else {
        panic!("not one line of {name}:\n{note}")
    };
    let key = BASE64.decode(key.as_bytes()).unwrap();
    assert_eq!(key[0], 0x04);
    let (stamp, signature) = line.signature().split_at(8);
    let stamp = u64::from_be_bytes(stamp.try_into().unwrap());
    let text = str::from_utf8(read.text()).unwrap();
    let message = format!("cosignature/v1\ntime {stamp}\n{text}");
    let key = VerifyingKey::from_bytes(&key[1..].try_into().unwrap()).unwrap();
    let signature = Signature::from_slice(signature).unwrap();
    key.verify_strict(message.as_bytes(), &signature).unwrap();
    stamp
}

/// Four nodes, each of which cosigns the others and wants two of them.
fn four(dir: &Path) -> [Node; 4] {
    let charter = founded(dir);
    let mut nodes = ["coast", "hill", "lake", "moor"].map(|name| Node::new(dir, &charter, name));
    for node in &nodes {
        let others = || nodes.iter().filter(|other| other.name != node.name);
        let asked: Vec<_> = others()
            .map(|other| (other.url(), other.vkey("witness").to_owned()))
            .collect();
        let logs: Vec<_> = others().map(|other| other.vkey("log").to_owned()).collect();
        node.ask(&asked, 2, false);
        node.witness(&logs);
    }
    for node in &mut nodes {
        node.start();
    }
    nodes
}

#[test]
fn nodes_cosign_each_other_and_a_quorum_outlives_the_loss_of_one() {
    let dir = tempfile::tempdir().unwrap();
    let [coast, hill, mut lake, mut moor] = four(dir.path());
    let info = coast.gateway().log().unwrap();
    assert_eq!(info.witnesses.len(), 3);
    let mut root = Root::begin();
    root.say(20);
    root.publish(&coast);

    // The buyer sees who cosigned; so does an outside reader.
    let home = dir.path().join("buyer");
    let wants_three = policy(dir.path(), &coast, &[&hill, &lake, &moor], 3);
    let (status, json) = verify(&home, &coast, &wants_three, true);
    assert_eq!(cosigners(&json), ["hill", "lake", "moor"]);
    assert_eq!(status, Some(5), "nothing is known about the subject");
    let (_, page) = verify(&home, &coast, &wants_three, false);
    for name in ["cosigned by", "hill", "lake", "moor"] {
        assert!(page.contains(name), "{page}");
    }
    let note = coast.shown().to_string();
    for witness in [&hill, &lake, &moor] {
        assert!(outside_stamp(&note, witness.vkey("witness")) > FOUNDED);
    }

    // Two of three suffice for whoever wants two, and not for whoever wants three.
    moor.kill();
    root.say(20);
    root.publish(&coast);
    let wants_two = policy(dir.path(), &coast, &[&hill, &lake, &moor], 2);
    let (_, json) = verify(&home, &coast, &wants_two, true);
    assert_eq!(cosigners(&json), ["hill", "lake"]);
    let (status, text) = verify(&home, &coast, &wants_three, false);
    assert!(
        status != Some(0) && text.contains("quorum-missing"),
        "{status:?} {text}"
    );

    // Below the quorum what was shown stays, and entries are taken and promised all the same.
    lake.kill();
    let (before, shown) = (root.len(), coast.shown());
    root.say(20);
    root.submit(&coast);
    thread::sleep(Duration::from_secs(4));
    assert_eq!((coast.size(), coast.shown()), (before, shown));
    lake.start();
    coast.wait_for(root.len());
    let (_, json) = verify(&home, &coast, &wants_two, true);
    assert_eq!(cosigners(&json), ["hill", "lake"]);

    // What was archived is what a quorum had cosigned.
    let archive = coast.gateway().archive().unwrap();
    assert!(!archive.lines().is_empty());
    for line in archive.lines() {
        let note = coast.gateway().archived(line.size).unwrap();
        assert!(note.lines().len() >= 4, "log, own stamp, two witnesses");
    }
}

#[test]
fn a_killed_log_goes_on_below_and_above_the_quorum() {
    let dir = tempfile::tempdir().unwrap();
    let [mut coast, hill, mut lake, mut moor] = four(dir.path());
    let mut root = Root::begin();
    root.say(20);
    root.publish(&coast);
    let shown = coast.shown();
    lake.kill();
    moor.kill();
    root.say(20);
    root.submit(&coast);
    thread::sleep(Duration::from_secs(2));
    // It has signed what is not shown; a new process shows what was shown, and asks again.
    coast.kill();
    coast.start();
    assert_eq!(coast.shown(), shown);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(coast.shown(), shown);
    lake.start();
    moor.start();
    coast.wait_for(root.len());
    let home = dir.path().join("buyer");
    let wanted = policy(dir.path(), &coast, &[&hill, &lake, &moor], 2);
    let (_, json) = verify(&home, &coast, &wanted, true);
    assert!(cosigners(&json).len() >= 2, "{json}");
}

#[test]
fn a_log_restored_with_its_guard_is_stopped_by_its_witnesses_and_shows_no_second_history() {
    let dir = tempfile::tempdir().unwrap();
    let [mut coast, _hill, _lake, _moor] = four(dir.path());
    let mut root = Root::begin();
    root.say(20);
    root.publish(&coast);
    coast.kill();
    coast.copy(false);
    let mut other = root.clone();
    coast.start();
    for _ in 0..2 {
        root.say(20);
        root.publish(&coast);
    }
    coast.kill();
    // What must never be done: an old copy of the data, and of the guard that would have refused it.
    coast.copy(true);
    coast.start();
    let shown = coast.shown();
    assert_eq!(coast.size(), other.len());
    other.say(30);
    other.submit(&coast);
    assert_eq!(coast.end(), Some(78));
    coast.start();
    assert_eq!(coast.shown(), shown, "the second history stays inside");
    assert_eq!(coast.end(), Some(78), "and is not to be overridden");
}

#[test]
fn a_node_that_fails_open_shows_what_nobody_cosigned_and_verifiers_refuse_it() {
    let dir = tempfile::tempdir().unwrap();
    let charter = founded(dir.path());
    let mut coast = Node::new(dir.path(), &charter, "coast");
    let hill = Node::new(dir.path(), &charter, "hill");
    coast.ask(&[(hill.url(), hill.vkey("witness").to_owned())], 1, true);
    coast.start();
    let mut root = Root::begin();
    root.say(20);
    root.publish(&coast);
    let home = dir.path().join("buyer");
    let wanted = policy(dir.path(), &coast, &[&hill], 1);
    let (status, text) = verify(&home, &coast, &wanted, false);
    assert!(
        status != Some(0) && text.contains("quorum-missing"),
        "{status:?} {text}"
    );
    assert!(coast.gateway().archive().unwrap().lines().is_empty());
}
