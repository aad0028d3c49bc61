use std::collections::BTreeSet;

use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;

use super::*;
use crate::core::gossip::Verdict;
use crate::core::repair::Rest;
use crate::follow::{PeerState, PeerView};
use crate::service::Health;

fn now(halted: Option<Reason>) -> Now {
    Now {
        health: Health {
            admitted: 7,
            published: 5,
            published_at: Timestamp::new(1_790_000_000).unwrap(),
            halted,
            index: Some(4),
            index_halted: halted,
            stopped: false,
            refused_indexes: 2,
        },
        proofs: 3,
        peers: vec![PeerView {
            origin: "hill.example/watch/e1".into(),
            peer: None,
            urls: Vec::new(),
            state: PeerState::Trying,
            size: 3,
            seen: 4,
            reached_at: None,
            reason: None,
            failures: 2,
            differs: true,
            repaired: 5,
        }],
        at: Timestamp::new(1_790_000_009).unwrap(),
    }
}

/// One sample of everything.
fn all() -> (Metrics, String) {
    let metrics = Metrics::default();
    metrics.watch_disk(Path::new("."));
    metrics.offered(Door::submission, Ok(2));
    metrics.offered(Door::following, Err(&SubmitError::stopped()));
    metrics.cosigned(&Cosigned::unknown());
    metrics.requested("GET", "/checkpoint", 200);
    metrics.connections().inc();
    metrics.bundle_answered(true);
    metrics.bundles_kept(9);
    metrics.0.publish.observe(2.0);
    metrics.nobody_connected();
    metrics.connections_over(Transport::quic).inc();
    metrics.not_connected(Caller::peer, NotConnected::NotLetIn);
    metrics.received(Protocol::ask, 7);
    metrics.sent(Protocol::pull, 8);
    metrics.answered(Protocol::ask, None);
    metrics.answered(Protocol::pull, Some(Reason::NotFound));
    metrics.over_budget("gossip");
    metrics.fault();
    metrics.network_broke();
    metrics.repaired("hill.example/watch/e1", Rest::Brought(5));
    metrics.repaired("hill.example/watch/e1", Rest::Early);
    let stream = metrics.stream();
    stream.told(3);
    stream.ended(StreamEnd::slow);
    drop(stream);
    // One that is open at the end would be counted down.
    std::mem::forget(metrics.stream());
    metrics.stream_refused();
    metrics.heard(Verdict::Accept);
    metrics.heard(Verdict::Ignore(Reason::GossipStale));
    let text = metrics.text(&now(Some(Reason::QuorumMissing)));
    (metrics, text)
}

#[test]
fn every_metric_is_exported_under_its_name_and_no_other_is() {
    let (_, text) = all();
    let lines = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let exported: BTreeSet<String> = lines
        .map(|line| {
            let (name, kind) = line.split_once(' ').unwrap();
            let total = if kind == "counter" { "_total" } else { "" };
            format!("{name}{total}")
        })
        .collect();
    let named: BTreeSet<String> = NAMES.iter().map(|named| named.name.to_owned()).collect();
    assert_eq!(exported, named);
    assert!(NAMES.is_sorted_by_key(|named| named.name));
}

#[test]
fn the_values_are_those_of_this_moment() {
    let (metrics, text) = all();
    for line in [
        "fairtrail_unpublished_entries 2",
        "fairtrail_checkpoint_age_seconds 9",
        "fairtrail_halted{reason=\"quorum-missing\"} 1",
        "fairtrail_entries_admitted_total{door=\"submission\"} 2",
        "fairtrail_entries_refused_total{door=\"following\",reason=\"stopping\"} 1",
        "fairtrail_cosign_requests_total{outcome=\"log-unknown\"} 1",
        "fairtrail_followed_state{log=\"hill.example/watch/e1\",state=\"trying\"} 1",
        "fairtrail_followed_state{log=\"hill.example/watch/e1\",state=\"following\"} 0",
        "fairtrail_http_requests_total{method=\"GET\",route=\"/checkpoint\",status=\"200\"} 1",
        "fairtrail_ready 0",
        "fairtrail_index_entries 4",
        "fairtrail_index_halted{reason=\"quorum-missing\"} 1",
        "fairtrail_gossip_heard_total{verdict=\"ignored\",reason=\"gossip-stale\"} 1",
        "fairtrail_gossip_proofs 3",
        "fairtrail_index_witness_refused 2",
        "fairtrail_p2p_connections{transport=\"quic\"} 1",
        "fairtrail_p2p_connections{transport=\"tcp\"} 0",
        "fairtrail_p2p_connections_refused_total{caller=\"peer\",reason=\"not-let-in\"} 1",
        "fairtrail_p2p_received_bytes_total{protocol=\"ask\"} 7",
        "fairtrail_p2p_requests_total{protocol=\"pull\",outcome=\"not-found\"} 1",
        "fairtrail_p2p_requests_total{protocol=\"ask\",outcome=\"served\"} 1",
        "fairtrail_p2p_over_budget_total{budget=\"gossip\"} 1",
        "fairtrail_p2p_restarts_total 1",
        "fairtrail_changes_ended_total{reason=\"slow\"} 1",
        "fairtrail_changes_notices_total 3",
        "fairtrail_changes_refused_total 1",
        "fairtrail_changes_streams 1",
        "fairtrail_repair_differs{log=\"hill.example/watch/e1\"} 1",
        "fairtrail_repair_entries_total{log=\"hill.example/watch/e1\"} 5",
        "fairtrail_repair_rounds_total{log=\"hill.example/watch/e1\",outcome=\"brought\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let text = metrics.text(&now(None));
    assert!(text.contains("\nfairtrail_ready 1\n"));
    assert!(!text.contains("quorum-missing"), "{text}");
}
