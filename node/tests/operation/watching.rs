//! What an operator sees of a running node.

use crate::peer::{Peer, wait_until};
use crate::support::Feed;

#[test]
fn below_the_quorum_the_node_is_not_ready_and_says_so_everywhere() {
    let (mut node, mut witness) = (Peer::new("hill"), Peer::new("lake"));
    let key = node.vkey("log vkey");
    assert_eq!(witness.tool(&["witness", "add"], &[&key]).0, 0);
    node.ask_witness(&witness);
    let (status, text) = node.tool(&["status"], &[]);
    assert_eq!(status, 1, "{text}");
    node.start();
    let root = Feed::root();
    node.submit(std::slice::from_ref(&root.begin));
    wait_until("nobody cosigns", || node.admin("/readyz").0 == 503);
    let (_, problem) = node.admin("/readyz");
    assert!(
        problem.contains("\"reason\":\"quorum-missing\""),
        "{problem}"
    );
    assert_eq!(node.admin("/livez").0, 200);
    let (_, metrics) = node.admin("/metrics");
    for line in [
        "fairtrail_halted{reason=\"quorum-missing\"} 1",
        "fairtrail_ready 0",
        "fairtrail_unpublished_entries 1",
        "fairtrail_entries_admitted_total{door=\"submission\"} 1",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}\n{metrics}"
        );
    }
    let admin = node.admin.to_string();
    let (status, text) = node.tool(&["status"], &["--admin", &admin]);
    assert_eq!(status, 4, "{text}");
    assert!(text.contains("not ready: quorum-missing"), "{text}");

    witness.start();
    wait_until("the witness cosigns", || node.admin("/readyz").0 == 200);
    wait_until("it is shown", || node.size() == 1);
    let (status, text) = node.tool(&["status", "--json"], &["--admin", &admin]);
    assert_eq!(status, 0, "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["running"]["published"], 1);
    assert_eq!(json["running"]["cosignatures"], 1);
    let (_, metrics) = node.admin("/metrics");
    assert!(metrics.contains("\nfairtrail_ready 1\n"), "{metrics}");
    assert!(metrics.contains("route=\"/checkpoint\""), "{metrics}");
    let (_, theirs) = witness.admin("/metrics");
    assert!(
        theirs.contains("fairtrail_cosign_requests_total{outcome=\"cosigned\"}"),
        "{theirs}"
    );
    node.stop();
}
