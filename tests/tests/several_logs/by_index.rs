//! The same by the logs' indexes: what was seen is compared, and a log that is not asked is named.

use crate::node::Node;
use crate::root::Root;
use crate::{Buyer, COAST, HILL, codes, origins};
use fairtrail::client::Gateway;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

const BY_INDEX: [&str; 1] = ["--by-index"];

impl Buyer {
    /// A policy of these logs and their indexes.
    fn policy_of_indexes(&self, logs: &[&Node], required: usize) -> PathBuf {
        let file = self.policy(logs, required, "quorum none");
        let mut text = fs_err::read_to_string(&file).unwrap();
        text.push_str("index_policy = \"\"\"\n");
        for log in logs {
            let info = Gateway::at(&log.url()).unwrap().log().unwrap();
            text.extend(["log ", &info.index.unwrap().vkey, "\n"]);
        }
        text.push_str("quorum none\n\"\"\"\n");
        fs_err::write(&file, text).unwrap();
        file
    }

    /// A bundle made from a node whose index covers so many leaves.
    fn bundle(&self, name: &str, policy: &Path, node: &Node, size: u64) -> String {
        let subject = format!("{}", Root::begin().entries[0].author());
        for attempt in 0..100 {
            let file = self.dir.path().join(format!("{name}{attempt}.bundle"));
            let file = file.to_str().unwrap().to_owned();
            let (policy, url) = (policy.to_str().unwrap(), node.url());
            let line = [
                "bundle", "create", &subject, "-o", &file, "--policy", policy,
            ];
            let line = [&line[..], &["--gateway", &url, "--json"]].concat();
            let (status, out, notes) = self.fairtrail(&line, &format!("maker-{name}"));
            if status == Some(0) {
                let made: Value = serde_json::from_str(&out).unwrap();
                if made["logs"][0]["size"] == size {
                    return file;
                }
            }
            assert!(attempt < 99, "{out}{notes}");
            std::thread::sleep(Duration::from_millis(200));
        }
        unreachable!()
    }

    /// Verifies what a bundle proves.
    fn file(&self, home: &str, policy: &Path, file: &str) -> (Option<i32>, Value) {
        self.json(home, policy, &[], &["--bundle", file])
    }
}

#[test]
fn an_index_is_held_against_what_was_seen_of_its_log() {
    let buyer = Buyer::new();
    let mut coast = buyer.node("coast");
    coast.start();
    let mut root = Root::begin();
    root.publish(&coast);
    let policy = buyer.policy_of_indexes(&[&coast], 1);
    let early = buyer.bundle("early", &policy, &coast, 1);
    coast.kill();
    let elsewhere = buyer.dir.path().join("elsewhere");
    fs_err::create_dir(&elsewhere).unwrap();
    let mut twin = coast.copied(&elsewhere);
    coast.start();
    twin.start();
    let mut other = root.clone();
    root.say(20);
    root.publish(&coast);
    let policy = buyer.policy_of_indexes(&[&coast], 1);

    // By index alone, and by a copy that is held against it.
    let by_index: &[&str] = &BY_INDEX;
    for home in ["index", "mixed", "copy"] {
        let more = if home == "copy" { &[][..] } else { by_index };
        let (status, verdict) = buyer.json(home, &policy, &[&coast], more);
        assert_eq!(status, Some(5), "{verdict}");
    }
    let seen = buyer.dir.path().join("index/seen");
    let seen: Vec<_> = fs_err::read_dir(seen).unwrap().collect();
    assert_eq!(seen.len(), 1);

    // A file of before is no fault; it is said that it is old.
    for home in ["index", "copy"] {
        let (status, _) = buyer.file(home, &policy, &early);
        assert_eq!(status, Some(5));
        let (_, _, notes) = buyer.verify(home, &policy, &[], &["--bundle", &early]);
        let said = format!("{COAST}: the file ends at 1 leaves, 2 were seen before");
        assert!(notes.contains(&said), "{notes}");
    }
    // A gateway that shows less than was seen steps back, whichever way it was seen and is read.
    for (home, more) in [("index", by_index), ("mixed", &[]), ("copy", by_index)] {
        let (status, error) = buyer.json(home, &policy, &[&twin], more);
        let stepped = (Some(3), &"rollback-suspected".into());
        assert_eq!((status, &error["reason"]), stepped, "{home}: {error}");
    }

    // Now it says something else: two histories of one size, in a file and from a gateway.
    other.say(21);
    other.publish(&twin);
    let forged = buyer.bundle("forged", &policy, &twin, 2);
    let (status, verdict) = buyer.file("nobody", &policy, &forged);
    assert_eq!(status, Some(5), "{verdict}");
    let forked = (Some(3), &Value::from("log-forked"));
    let (status, error) = buyer.file("index", &policy, &forged);
    assert_eq!((status, &error["reason"]), forked, "{error}");
    for home in ["mixed", "copy"] {
        let (status, error) = buyer.json(home, &policy, &[&twin], by_index);
        assert_eq!((status, &error["reason"]), forked, "{error}");
    }
    // From then on it is refused, whatever it shows, and there is a proof.
    for home in ["index", "mixed", "copy"] {
        let (status, error) = buyer.json(home, &policy, &[&coast], by_index);
        assert_eq!((status, &error["reason"]), forked, "{home}: {error}");
        let (status, error) = buyer.file(home, &policy, &early);
        assert_eq!((status, &error["reason"]), forked, "{home}: {error}");
        assert!(error["hints"].to_string().contains("fraud verify"));
    }
}

#[test]
fn a_log_that_is_not_asked_is_named_with_the_reason() {
    let buyer = Buyer::new();
    let (mut coast, mut hill) = (buyer.node("coast"), buyer.node("hill"));
    let mut root = Root::begin();
    for node in [&mut coast, &mut hill] {
        node.start();
    }
    root.publish(&coast);
    root.say(20);
    root.publish(&hill);
    let policy = buyer.policy_of_indexes(&[&coast, &hill], 2);
    buyer.bundle("coast", &policy, &coast, 1);
    let (_, verdict) = buyer.json("buyer", &policy, &[], &BY_INDEX);
    assert_eq!(origins(&verdict["logs"]), [COAST, HILL]);
    assert!(!codes(&verdict).contains(&"logs-missing"));
    hill.kill();
    let (status, verdict) = buyer.json("buyer", &policy, &[], &BY_INDEX);
    assert_eq!(status, Some(5), "{verdict}");
    assert_eq!(origins(&verdict["logs"]), [COAST]);
    assert_eq!(origins(&verdict["not_read"]), [HILL]);
    assert_eq!(verdict["not_read"][0]["reason"], "gateway-unreachable");
    assert!(codes(&verdict).contains(&"logs-missing"));
}
