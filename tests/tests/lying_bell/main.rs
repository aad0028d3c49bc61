//! A watch beside a bell that lies: it tells nothing that is not proved, is not made to look as
//! often as somebody likes to ring, and hears by itself of what really happened.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bell;
mod front;
mod lies;
#[path = "../witnesses/node.rs"]
mod node;
#[path = "../witnesses/root.rs"]
mod root;
mod watching;

use bell::{Bell, Lies, Stream};
use fairtrail_tests::binaries;
use lies::{Lie, honest, lie};
use node::Node;
use root::{Root, charter, policy};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use watching::Watching;

/// A node with a lying gateway before it, and somebody who watches through that.
struct Scene {
    dir: TempDir,
    node: Node,
    root: Root,
    bell: Bell,
    /// From now on nothing is heard at all.
    silent: Arc<AtomicBool>,
    how: &'static str,
}

impl Scene {
    fn new(how: &'static str, lies: Lies) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("network.charter");
        fs_err::write(&file, charter().bytes()).unwrap();
        let mut node = Node::new(dir.path(), &file, "coast");
        node.start();
        let mut root = Root::begin();
        root.say(20);
        root.publish(&node);
        let silent = Arc::new(AtomicBool::new(false));
        let quiet = Arc::clone(&silent);
        let said: Lies = Arc::new(move |number, from| {
            if quiet.load(Ordering::SeqCst) {
                return lies::silence();
            }
            lies(number, from)
        });
        let bell = Bell::new(&node.url(), said);
        let scene = Self {
            dir,
            node,
            root,
            bell,
            silent,
            how,
        };
        scene.trust();
        scene
    }

    /// A policy of the log and its index, which nobody has to vouch for, at the lying gateway.
    fn trust(&self) {
        let text = policy(&self.node, &self.bell.url());
        fs_err::write(self.file("policy.toml"), text).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn watch(&self, full: &str) -> Watching {
        let about = self.root.entries[0].author().to_string();
        let mut command = Command::new(binaries::directory().join("fairtrail"));
        command.args([
            "watch",
            &about,
            "--interval",
            "3600",
            "--json",
            "--full",
            full,
        ]);
        command.args(["--exec", "cat >> told.jsonl", "--state", "state"]);
        command.args((!self.how.is_empty()).then_some(self.how));
        command.arg("--policy").arg(self.file("policy.toml"));
        command.env("FAIRTRAIL_HOME", self.file("home"));
        command.current_dir(self.dir.path());
        Watching::start(&mut command, &self.file("out.jsonl"))
    }

    fn said(&self) -> String {
        fs_err::read_to_string(self.file("out.jsonl")).unwrap()
    }

    fn wait_until(&self, what: &str, done: impl Fn(&Self) -> bool) {
        for _ in 0..900 {
            if done(self) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{what}: {}", self.said());
    }

    /// When it was looked.
    fn looks(&self) -> Vec<Duration> {
        let by_index = self.how == "--by-index";
        self.bell.looks(if by_index {
            "/v1/bundle"
        } else {
            "/checkpoint"
        })
    }
}

const SEEN: &str = "\"first\":true";

/// Every lie once, heard by a watch to which nothing happens; then silence, in which something does.
fn nothing_unproved_is_told(how: &'static str) {
    let subject = Root::begin().entries[0].author();
    let all = Lie::ALL;
    let tell: Lies = Arc::new(move |number, from| match all.get(number) {
        Some(said) => lie(*said, from, subject),
        None => honest(from, &[]),
    });
    let mut scene = Scene::new(how, tell);
    let watching = scene.watch("3600");
    scene.wait_until("it is seen", |scene| scene.said().contains(SEEN));
    scene.wait_until("every lie is heard", |scene| {
        scene.bell.streams() > all.len()
    });
    watching.end();
    let said = scene.said();
    assert_eq!(said.matches("fairtrail/watch@v1").count(), 1, "{said}");
    assert!(!scene.file("told.jsonl").exists(), "{said}");

    // Somebody speaks, and no bell is heard of it.
    scene.silent.store(true, Ordering::SeqCst);
    scene.root.say(40);
    scene.root.publish(&scene.node);
    let watching = scene.watch("10");
    scene.wait_until("it is told", |_| scene.file("told.jsonl").exists());
    scene.root.say(50);
    scene.root.publish(&scene.node);
    let twice = |scene: &Scene| {
        let told = fs_err::read_to_string(scene.file("told.jsonl"));
        told.is_ok_and(|told| told.lines().count() == 2)
    };
    scene.wait_until("and again by the full look", twice);
    watching.end();
    let told = fs_err::read_to_string(scene.file("told.jsonl")).unwrap();
    for (line, entry) in told.lines().zip(&scene.root.entries[2..]) {
        assert!(line.contains(&entry.id().to_string()), "{line}");
    }
}

#[test]
fn nothing_is_told_that_a_bell_says_and_nothing_is_missed_that_it_hides() {
    nothing_unproved_is_told("");
}

#[test]
fn nor_by_index() {
    nothing_unproved_is_told("--by-index");
}

/// Rings again and again, each time for a leaf that is not there.
fn ringing(number: usize, from: u64) -> Stream {
    let subject = Root::begin().entries[0].author();
    let leaves = (0..1_000).map(|leaf| {
        let notice = lies::leaf(from + leaf, subject);
        (notice, Duration::from_millis(150))
    });
    honest(from + number as u64, &leaves.collect::<Vec<_>>())
}

/// Looks within a time in which somebody rings without a pause.
fn looks_under_ringing(how: &'static str) -> Vec<Duration> {
    let scene = Scene::new(how, Arc::new(ringing));
    let watching = scene.watch("3600");
    scene.wait_until("it is seen", |scene| scene.said().contains(SEEN));
    thread::sleep(Duration::from_secs(22));
    watching.end();
    assert!(!scene.file("told.jsonl").exists());
    scene.looks()
}

#[test]
fn looks_come_at_most_every_five_seconds_however_often_somebody_rings() {
    let looks = looks_under_ringing("");
    assert!((3..=6).contains(&looks.len()), "{looks:?}");
    // Instants are in whole seconds.
    let gaps = looks.windows(2).map(|two| two[1].saturating_sub(two[0]));
    assert!(gaps.min().unwrap() > Duration::from_secs(4), "{looks:?}");
}

#[test]
fn by_index_those_that_go_on_are_as_rare() {
    let looks = looks_under_ringing("--by-index");
    // What an index does not cover yet is asked for again after 1, 2 and 4 seconds, once.
    assert!((3..=9).contains(&looks.len()), "{looks:?}");
}
