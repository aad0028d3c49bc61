//! What an operator sees of how a node and its peers get on.

use crate::peer::{Peer, get, wait_until};
use crate::support::Feed;
use crate::support::network::Carrier;

/// The value of a sample, if there is one.
fn sample(node: &Peer, name: &str) -> Option<f64> {
    let (status, text) = node.admin("/metrics");
    assert_eq!(status, 200);
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.map(|value| value.trim().parse().unwrap())
}

/// Two nodes, one calling the other by name, and one whom nobody lets in.
#[test]
fn peers_are_shown_and_counted_on_the_admin_address_alone() {
    let [mut node, mut peer, mut stranger] = ["hill", "lake", "moor"].map(Peer::new);
    let port = Carrier::Tcp.free();
    let at = node.listen(Carrier::Tcp, port);
    node.bootstrap(&[peer.named("")]);
    let by_name = format!("/dns4/localhost/tcp/{port}");
    peer.follow_at(&node, &by_name, false);
    peer.bootstrap(&[stranger.named("/dns4/nobody.invalid/tcp/9")]);
    stranger.follow_at(&node, &at, false);
    for peer in [&mut node, &mut peer, &mut stranger] {
        peer.start();
    }
    let root = Feed::root();
    node.submit(std::slice::from_ref(&root.begin));
    wait_until("the peer follows", || peer.size() == 1);

    wait_until("it said which log it keeps", || {
        node.shown("/p2p")["connected"][0]["origin"] == "lake.example/log/e1"
    });
    let shown = node.shown("/p2p");
    assert_eq!(shown["key"], node.vkey("node key"));
    assert_eq!(shown["running"], true);
    assert_eq!(shown["restarts"], 0);
    assert_eq!(shown["listening"], serde_json::json!([node.named(&at)]));
    let connected = shown["connected"].as_array().unwrap();
    assert_eq!(connected.len(), 1, "{shown}");
    assert_eq!(connected[0]["key"], peer.vkey("node key"));
    assert_eq!(connected[0]["standing"], "configured");
    for path in ["/p2p", "/metrics"] {
        assert_eq!(get(node.address, path).0, 404, "the gateway shows {path}");
    }

    let counts = |node: &Peer, name: &str| {
        wait_until(name, || {
            sample(node, name).is_some_and(|value| value >= 1.0)
        });
    };
    for name in [
        "fairtrail_p2p_connections{transport=\"tcp\"}",
        "fairtrail_p2p_connections_refused_total{caller=\"peer\",reason=\"not-let-in\"}",
        "fairtrail_p2p_received_bytes_total{protocol=\"ask\"}",
        "fairtrail_p2p_received_bytes_total{protocol=\"pull\"}",
        "fairtrail_p2p_requests_total{protocol=\"ask\",outcome=\"served\"}",
        "fairtrail_p2p_requests_total{protocol=\"pull\",outcome=\"served\"}",
        "fairtrail_p2p_sent_bytes_total{protocol=\"ask\"}",
        "fairtrail_p2p_sent_bytes_total{protocol=\"pull\"}",
        // What the follower took for its history is told to those whose log it is, too.
        "fairtrail_gossip_heard_total{verdict=\"accepted\",reason=\"none\"}",
    ] {
        counts(&node, name);
    }
    let unresolved =
        "fairtrail_p2p_connections_refused_total{caller=\"this\",reason=\"unresolved\"}";
    counts(&peer, unresolved);
    for (name, value) in [
        ("fairtrail_p2p_connections{transport=\"quic\"}", 0.0),
        ("fairtrail_p2p_faults_total", 0.0),
        ("fairtrail_p2p_restarts_total", 0.0),
        ("fairtrail_gossip_proofs", 0.0),
    ] {
        assert_eq!(sample(&node, name), Some(value), "{name}");
    }
    // One that has no network has nothing to show.
    let mut alone = Peer::new("reef");
    alone.start();
    assert_eq!(alone.admin("/p2p").0, 404);
    assert_eq!(
        sample(&alone, "fairtrail_p2p_connections{transport=\"tcp\"}"),
        None
    );
    for peer in [&mut node, &mut peer, &mut stranger, &mut alone] {
        peer.stop();
    }
}
