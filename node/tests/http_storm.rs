//! A gateway before a real log: many clients, one of whom repeats himself, and refusals by both
//! doors.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use fairtrail::api::Batch;
use fairtrail::client::{ClientError, Gateway, Pinned, Receipt};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use fairtrail_node::http::{GatewayLimits, router, serve};
use fairtrail_node::metrics::Metrics;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use support::{Feed, Place, Running, batch, keys, policy};
use tokio::runtime::{Builder, Runtime};

const CLIENTS: usize = 64;
/// In all ten thousand submissions of one entry.
const REPEATS: usize = 157;

/// The log behind a gateway; the runtime that serves lives as long as this.
fn open(log: &Running) -> (Runtime, String) {
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let bound = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = bound.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let limits = GatewayLimits::default();
    let log = Arc::new(log.service.clone());
    let router = router(log, limits.clone(), Metrics::default());
    runtime.spawn(serve(listener, router, limits, std::future::pending()));
    (runtime, url)
}

/// Submits and verifies the receipt.
fn submit(gateway: &Gateway, batch: &Batch, wait: u64) -> Result<Receipt, ClientError> {
    let promise: NoteVerifier = keys().promise.verifier().clone();
    let logs = policy();
    let pinned = Pinned {
        promise: &promise,
        logs: Some(&logs),
    };
    gateway.submit(
        batch,
        &pinned,
        (wait > 0).then(|| Duration::from_secs(wait)),
    )
}

fn reason(refused: Result<Receipt, ClientError>) -> Reason {
    refused.unwrap_err().code()
}

#[test]
fn one_entry_submitted_ten_thousand_times_has_one_leaf() {
    let place = Place::new();
    let log = place.open().unwrap();
    let (runtime, url) = open(&log);
    let root = Feed::root();
    let one = batch(&[root.begin]);
    let client = || {
        let gateway = Gateway::at(&url).unwrap();
        for _ in 0..REPEATS {
            let receipt = submit(&gateway, &one, 0).unwrap();
            assert_eq!(receipt.entries.len(), 1);
            assert_eq!(receipt.entries[0].leaf.get(), 0);
        }
    };
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(client);
        }
    });
    let known = submit(&Gateway::at(&url).unwrap(), &one, 20).unwrap();
    assert!(known.promise.is_none() && known.entries[0].proof.is_some());
    assert_eq!(log.service.health().admitted, 1);
    drop(runtime);
    log.stop();
}

#[test]
fn both_doors_refuse_over_http_and_nothing_is_changed() {
    let place = Place::new();
    let log = place.open().unwrap();
    let (runtime, url) = open(&log);
    let gateway = Gateway::at(&url).unwrap();
    let (mut root, mut auditor) = (Feed::root(), Feed::author(7));
    let first = root.begin.clone();
    let pulses = root.pulses(2);
    let late = batch(&pulses[1..]);
    assert_eq!(reason(submit(&gateway, &late, 0)), Reason::EarlyPrev);
    let stranger = batch(&[auditor.begin.clone()]);
    assert_eq!(reason(submit(&gateway, &stranger, 0)), Reason::EarlyBegin);
    // The second entry of the batch is refused, so the first is not taken either.
    let mixed = batch(&[first.clone(), pulses[1].clone()]);
    let ClientError::Refused(refusal) = submit(&gateway, &mixed, 0).unwrap_err() else {
        panic!("a refusal names the entry to blame");
    };
    assert_eq!(refusal.position, Some(1));
    assert_eq!(log.service.health().admitted, 0);

    let grant = root.grant(&mut auditor);
    let all = [&[first][..], &pulses, &[grant, auditor.begin.clone()]].concat();
    let receipt = submit(&gateway, &batch(&all), 20).unwrap();
    assert!(receipt.entries.iter().all(|entry| entry.proof.is_some()));
    let claim = Batch(vec![auditor.say(1)]);
    assert_eq!(reason(submit(&gateway, &claim, 0)), Reason::KindUnknown);
    assert_eq!(log.service.health().admitted, 5);
    let feed = gateway.feed(auditor.author).unwrap();
    assert_eq!((feed.begun, feed.seq), (true, Some(0)));
    drop(runtime);
    log.stop();
}
