//! A development network as its process: entries reach all nodes, the nodes end with it however it
//! ends, and it is taken up again.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use fairtrail::client::{Gateway, Http, Pinned, Request, Transport};
use fairtrail::entry::{Draft, NetworkClaim, Pulse};
use fairtrail::files::{AuthorDir, Home, Seen};
use fairtrail::note::Note;
use fairtrail::policy::Policy;
use fairtrail::time::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairtrail-node"));
    command.args(args).env_remove("FAIRTRAIL_LOG");
    command
}

/// A development network that runs.
struct Devnet {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    ready: Value,
}

impl Devnet {
    fn start(dir: &Path) -> Self {
        let mut command = program(&["devnet", "--nodes", "3", "--json", "--log", "warn", "--dir"]);
        let mut child = command.arg(dir).stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut devnet = Self {
            child,
            said,
            ready: Value::Null,
        };
        devnet.ready = devnet.told();
        assert_eq!(devnet.ready["told"], "ready");
        devnet
    }

    fn told(&mut self) -> Value {
        let line = self.said.next().unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn path(&self, key: &str) -> &Path {
        Path::new(self.ready[key].as_str().unwrap())
    }

    fn gateways(&self) -> Vec<Gateway> {
        let nodes = self.ready["nodes"].as_array().unwrap().iter();
        nodes
            .map(|node| Gateway::at(node["url"].as_str().unwrap()).unwrap())
            .collect()
    }

    fn process(&self, at: usize) -> Pid {
        let process = self.ready["nodes"][at]["process"].as_i64().unwrap();
        Pid::from_raw(i32::try_from(process).unwrap()).unwrap()
    }

    fn sizes(&self) -> Vec<u64> {
        let gateways = self.gateways();
        gateways.iter().map(|at| at.log().unwrap().size).collect()
    }

    fn signal(&mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self.child.wait().unwrap().code()
    }

    fn is_silent(&self) {
        let gateways = self.gateways();
        wait_until("all nodes have ended", || {
            gateways.iter().all(|gateway| gateway.log().is_err())
        });
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..600 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what}");
}

/// The root says that it is still there, at one node.
fn pulse(devnet: &Devnet, at: usize) {
    let home = Home::new(devnet.path("home"));
    let name = "root".parse().unwrap();
    let mut root = AuthorDir::open(&home.author(&name), home.guard()).unwrap();
    let author = root.state().membership.clone().unwrap().author;
    let gateway = &devnet.gateways()[at];
    let view = [gateway.feed(author).unwrap()];
    let now = Timestamp::new(1_800_000_000).unwrap();
    let mut signing = root.signing(None, Seen::Gateways(&view)).unwrap();
    let draft = Draft::network(NetworkClaim::Pulse(Pulse {}), author, now);
    signing.push(&draft).unwrap();
    let pending = signing.finish().unwrap();
    let promise = gateway.log().unwrap().promise_vkey.parse().unwrap();
    let pinned = Pinned {
        promise: &promise,
        logs: None,
    };
    gateway.submit(pending.batch(), &pinned, None).unwrap();
    root.acknowledge(&pending).unwrap();
}

/// Every node's newest index is vouched for by the others.
fn vouched_for(devnet: &Devnet) {
    let policy = fs_err::read_to_string(devnet.path("policy")).unwrap();
    let policy = Policy::parse(&policy).unwrap();
    let policy = policy.indexes().unwrap();
    let note = |url: &str, path: &str| {
        let http = Http::new(url.parse().unwrap());
        let answer = http.request(&Request {
            path,
            accept: "text/plain",
            content: None,
            wait: None,
            max_bytes: 1 << 16,
        });
        let answer = answer.ok().filter(|answer| answer.status == 200);
        answer.map(|answer| Note::parse(&answer.body).unwrap())
    };
    for node in devnet.ready["nodes"].as_array().unwrap() {
        let url = node["url"].as_str().unwrap();
        wait_until("others vouch for an index", || {
            let newest = note(url, "/index/checkpoint");
            let full = note(url, "/index/checkpoint/full");
            full.is_some_and(|full| {
                let same = newest.is_some_and(|newest| newest.text() == full.text());
                same && policy.open(full.to_string().as_bytes()).is_ok()
            })
        });
    }
}

#[test]
fn what_is_said_at_one_node_reaches_all_and_they_end_with_their_parent() {
    let dir = tempfile::tempdir().unwrap();
    let mut devnet = Devnet::start(&dir.path().join("net"));
    // Root and reply desk, and a grant and a begin for each node.
    assert_eq!(devnet.sizes(), [8; 3]);
    let policy = fs_err::read_to_string(devnet.path("policy")).unwrap();
    let policy = Policy::parse(&policy).unwrap();
    assert_eq!((policy.logs().logs().len(), policy.required_logs()), (3, 2));
    for (size, at) in [(9, 2), (10, 0)] {
        pulse(&devnet, at);
        wait_until("a pulse reaches all", || devnet.sizes() == [size; 3]);
    }
    vouched_for(&devnet);
    assert_eq!(devnet.signal(Signal::INT), Some(0));
    devnet.is_silent();

    let mut again = Devnet::start(&dir.path().join("net"));
    assert_eq!(again.sizes(), [10; 3]);
    kill_process(again.process(1), Signal::KILL).unwrap();
    let told = again.told();
    assert_eq!((&told["told"], &told["node"]), (&"ended".into(), &2.into()));
    // Two of three go on, and cosign for each other.
    let (first, third) = (again.gateways().remove(0), again.gateways().remove(2));
    wait_until("the other two go on", || {
        first.log().is_ok_and(|log| log.size == 10) && third.log().is_ok()
    });
    pulse(&again, 0);
    wait_until("a pulse reaches the third", || {
        third.log().unwrap().size == 11
    });
    // Killed without a word, it takes its nodes along.
    assert_eq!(again.signal(Signal::KILL), None);
    again.is_silent();
}

#[test]
fn what_cannot_be_run_is_refused_with_a_hint() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |args: &[&str]| {
        let mut command = program(args);
        let output = command.arg("--dir").arg(dir.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    for nodes in ["0", "17"] {
        let said = refused(&["devnet", "--nodes", nodes]);
        assert!(said.contains("1 to 16 can be run"), "{said}");
    }
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    let said = refused(&["devnet", "--nodes", "1", "--port", &port]);
    assert!(said.contains("[address-in-use]"), "{said}");
    assert!(said.contains("hint: choose another --port"), "{said}");
}
