//! A buyer who reads several logs from several gateways: nodes as processes, of two operators, with
//! different sets, one down, one put back, one that signed two histories.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod by_index;
#[path = "../witnesses/node.rs"]
mod node;
#[path = "../witnesses/root.rs"]
mod root;

use fairtrail::fraud::SplitView;
use fairtrail_tests::binaries;
use node::Node;
use root::{Root, charter};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The buyer's machine.
struct Buyer {
    dir: TempDir,
}

impl Buyer {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn node(&self, name: &'static str) -> Node {
        let file = self.dir.path().join("network.charter");
        fs_err::write(&file, charter().bytes()).unwrap();
        Node::new(self.dir.path(), &file, name)
    }

    /// A policy of these logs at their addresses; `rest` ends the log policy.
    fn policy(&self, logs: &[&Node], required: usize, rest: &str) -> PathBuf {
        let lines = logs.iter();
        let lines = lines.map(|log| format!("log {} {}\n", log.vkey("log"), log.url()));
        let text = format!(
            "network = \"{}\"\nlog_policy = \"\"\"\n{}{rest}\n\"\"\"\nrequired_logs = {required}\n",
            charter().network(),
            lines.collect::<String>(),
        );
        let file = self.dir.path().join("policy.toml");
        fs_err::write(&file, text).unwrap();
        file
    }

    fn fairtrail(&self, args: &[&str], home: &str) -> (Option<i32>, String, String) {
        let mut command = Command::new(binaries::directory().join("fairtrail"));
        command.args(args).env("NO_COLOR", "1");
        command.env("FAIRTRAIL_HOME", self.dir.path().join(home));
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// `fairtrail verify` with these gateways named; its exit status, what it says, its notes.
    fn verify(
        &self,
        home: &str,
        policy: &Path,
        gateways: &[&Node],
        more: &[&str],
    ) -> (Option<i32>, String, String) {
        let subject = format!("{}", Root::begin().entries[0].author());
        let urls: Vec<_> = gateways.iter().map(|node| node.url()).collect();
        let policy = policy.to_str().unwrap();
        let mut args = vec!["verify", &subject, "--policy", policy];
        for url in &urls {
            args.extend(["--gateway", url]);
        }
        args.extend(more);
        self.fairtrail(&args, home)
    }

    fn json(
        &self,
        home: &str,
        policy: &Path,
        gateways: &[&Node],
        more: &[&str],
    ) -> (Option<i32>, Value) {
        let more: Vec<_> = more.iter().copied().chain(["--json"]).collect();
        let (status, out, notes) = self.verify(home, policy, gateways, &more);
        let text = if out.is_empty() { &notes } else { &out };
        let json = text.lines().find(|line| line.starts_with('{'));
        let json = serde_json::from_str(json.map_or(text.as_str(), |_| text.as_str()));
        (status, json.unwrap_or_else(|_| panic!("{out}\n{notes}")))
    }
}

fn origins(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one["origin"].as_str().unwrap()).collect()
}

fn codes(verdict: &Value) -> Vec<&str> {
    let unknowns = verdict["unknowns"].as_array().unwrap().iter();
    unknowns.map(|one| one["code"].as_str().unwrap()).collect()
}

const COAST: &str = "coast.example/log/e1";
const HILL: &str = "hill.example/log/e1";

/// Both logs are read, whichever gateways are named; `late` stands in the second alone.
fn read_as_one(buyer: &Buyer, policy: &Path, [coast, hill]: [&Node; 2], late: &str) {
    // At the policy's addresses, and matched by what they serve in whatever order they are named.
    for gateways in [&[][..], &[hill, coast], &[hill]] {
        let (status, verdict) = buyer.json("buyer", policy, gateways, &[]);
        assert_eq!(status, Some(5));
        assert_eq!(origins(&verdict["logs"]), [COAST, HILL]);
        assert_eq!(verdict["not_read"], serde_json::json!([]));
        assert!(!codes(&verdict).contains(&"logs-missing"));
        // Each log with who cosigned it and in which time; its operator's own stamp never counts.
        for (at, cosigner) in [(0, "hill"), (1, "coast")] {
            let log = &verdict["logs"][at];
            assert_eq!(log["cosigned_by"][0][0], cosigner);
            assert!(log["time"].as_str() <= log["not_before"].as_str());
        }
        // What one holds and the other lacks.
        assert_eq!(origins(&verdict["lacking"]), [COAST]);
        assert_eq!(verdict["lacking"][0]["entry"], late);
        assert_eq!(verdict["entries"].as_array().unwrap().len(), 2);
    }
    for (language, lacks) in [("en", "lacks"), ("id", "tidak memuat")] {
        let (_, page, _) = buyer.verify("buyer", policy, &[], &["--lang", language]);
        for said in [COAST, HILL, lacks, late] {
            assert!(page.contains(said), "{said}: {page}");
        }
    }
}

#[test]
fn logs_of_two_operators_are_read_as_one_and_a_missing_one_is_named() {
    let buyer = Buyer::new();
    let (mut coast, mut hill) = (buyer.node("coast"), buyer.node("hill"));
    for (node, other) in [(&coast, &hill), (&hill, &coast)] {
        node.ask(&[(other.url(), other.vkey("witness").to_owned())], 1, false);
        node.witness(&[other.vkey("log").to_owned()]);
    }
    coast.start();
    hill.start();
    let mut root = Root::begin();
    root.say(20);
    root.publish(&coast);
    root.say(30);
    root.publish(&hill);
    let late = root.entries.last().unwrap().id().to_string();
    let witness = |node: &Node| format!("witness {} {}\n", node.name, node.vkey("witness"));
    let witnesses = format!("{}{}", witness(&coast), witness(&hill));
    let rest = format!("{witnesses}group operators 1 coast hill\nquorum operators");
    let policy = buyer.policy(&[&coast, &hill], 2, &rest);

    read_as_one(&buyer, &policy, [&coast, &hill], &late);

    // A log of which too few cosigned is not read; one is enough for who requires one.
    let alone = format!("{witnesses}quorum coast");
    let one = buyer.policy(&[&coast, &hill], 1, &alone);
    let (_, verdict) = buyer.json("other", &one, &[], &[]);
    assert_eq!(origins(&verdict["logs"]), [HILL]);
    assert_eq!(verdict["not_read"][0]["reason"], "quorum-missing");
    assert!(!codes(&verdict).contains(&"logs-missing"));

    // One required log is down: unknown, and it is named.
    hill.kill();
    let policy = buyer.policy(&[&coast, &hill], 2, &rest);
    let (status, verdict) = buyer.json("buyer", &policy, &[], &[]);
    assert_eq!((status, &verdict["outcome"]), (Some(5), &"unknown".into()));
    assert_eq!(origins(&verdict["logs"]), [COAST]);
    assert_eq!(origins(&verdict["not_read"]), [HILL]);
    assert_eq!(verdict["not_read"][0]["reason"], "gateway-unreachable");
    let mut unknowns = verdict["unknowns"].as_array().unwrap().iter();
    let missing = unknowns.find(|one| one["code"] == "logs-missing").unwrap();
    assert!(
        missing["sentence"].as_str().unwrap().contains(HILL),
        "{missing}"
    );
    let (_, page, _) = buyer.verify("buyer", &policy, &[], &[]);
    assert!(
        page.contains("hill.example/log/e1 was not read: gateway-unreachable"),
        "{page}"
    );

    // What was downloaded is judged without anybody; with none there is no verdict.
    let (_, verdict) = buyer.json("buyer", &policy, &[], &["--offline"]);
    assert_eq!(origins(&verdict["logs"]), [COAST, HILL]);
    coast.kill();
    let (status, error) = buyer.json("buyer", &policy, &[], &[]);
    assert_eq!(
        (status, &error["reason"]),
        (Some(1), &"gateway-unreachable".into())
    );

    // A log that the policy does not name.
    let mut lake = buyer.node("lake");
    lake.start();
    let (status, error) = buyer.json("buyer", &policy, &[&lake], &[]);
    assert_eq!(
        (status, &error["reason"]),
        (Some(3), &"origin-mismatch".into())
    );
}

#[test]
fn a_log_that_steps_back_or_signs_two_histories_is_refused() {
    let buyer = Buyer::new();
    let mut coast = buyer.node("coast");
    coast.start();
    let mut root = Root::begin();
    root.publish(&coast);
    coast.kill();
    let elsewhere = buyer.dir.path().join("elsewhere");
    fs_err::create_dir(&elsewhere).unwrap();
    let mut twin = coast.copied(&elsewhere);
    coast.start();
    twin.start();
    let mut other = root.clone();
    root.say(20);
    root.publish(&coast);
    let policy = buyer.policy(&[&coast], 1, "quorum none");

    // A mirror that is behind is no fault as long as another shows what was seen.
    let (status, _) = buyer.json("buyer", &policy, &[&coast], &[]);
    assert_eq!(status, Some(5));
    let (status, _, notes) = buyer.verify("buyer", &policy, &[&twin, &coast], &[]);
    assert_eq!(status, Some(5));
    assert!(notes.contains("shows 1 of 2 leaves"), "{notes}");
    // Alone it steps back.
    let (status, error) = buyer.json("buyer", &policy, &[&twin], &[]);
    assert_eq!(
        (status, &error["reason"]),
        (Some(3), &"rollback-suspected".into())
    );
    let hints = error["hints"].to_string();
    assert!(
        hints.contains(&format!("--accept-new-history {COAST}")),
        "{hints}"
    );

    // Now it says something else: two histories of one size.
    other.say(21);
    other.publish(&twin);
    let proof = |home: &str| {
        let dir = buyer.dir.path().join(home).join("evidence");
        let files = fs_err::read_dir(dir)
            .unwrap()
            .map(|item| item.unwrap().path());
        let mut proofs = files.filter(|path| path.extension().unwrap() == "split-view");
        proofs.next().unwrap()
    };
    for (home, gateways) in [
        ("buyer", &[&twin][..]),
        ("both", &[&coast, &twin]),
        ("turned", &[&twin, &coast]),
    ] {
        // Ever after, whoever shows whichever, with a gateway or without.
        for (named, more) in [(gateways, &[][..]), (&[&coast], &[]), (&[], &["--offline"])] {
            let (status, error) = buyer.json(home, &policy, named, more);
            assert_eq!((status, &error["reason"]), (Some(3), &"log-forked".into()));
            assert!(
                error["hints"].to_string().contains("fraud verify"),
                "{error}"
            );
        }
        let view: SplitView = fs_err::read_to_string(proof(home))
            .unwrap()
            .parse()
            .unwrap();
        let (one, two) = view.verify(&coast.vkey("log").parse().unwrap()).unwrap();
        assert_eq!((one.size().get(), two.size().get()), (2, 2));
    }

    // Somebody decides to take up the other history; what was known is kept.
    let accept = ["--accept-new-history", COAST];
    let (status, _, notes) = buyer.verify("buyer", &policy, &[&twin], &accept);
    assert_eq!(status, Some(5), "{notes}");
    assert!(notes.contains("set-aside"), "{notes}");
    let (status, _) = buyer.json("buyer", &policy, &[&twin], &[]);
    assert_eq!(status, Some(5));
    // Both at once are refused all the same.
    let (status, error) = buyer.json("buyer", &policy, &[&coast, &twin], &accept);
    assert_eq!((status, &error["reason"]), (Some(3), &"log-forked".into()));
}
