//! The feeds trie is opened by many while the log and its index grow: nobody waits for somebody who
//! waits for him.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use fairtrail::contexts::{FEED_KEY, derive};
use fairtrail::index::Opening;
use fairtrail::trie::TrieKey;
use fairtrail_node::service::ReadError;
use support::*;

const BATCHES: usize = 200;
const OPENINGS: usize = 2_000;
const ASKERS: usize = 4;
/// A deadlock lasts longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// What all of them count.
#[derive(Default)]
struct Counts {
    over: AtomicBool,
    opened: AtomicUsize,
}

/// Asks until everything is published and enough was asked by all.
fn ask(running: &Running, counts: &Counts, key: TrieKey) {
    let (service, vkey) = (&running.service, running.service.log_info().index.unwrap());
    let vkey = vkey.vkey.parse().unwrap();
    while !counts.over.load(Ordering::SeqCst) || counts.opened.load(Ordering::SeqCst) < OPENINGS {
        match service.opened_feeds(&[key]) {
            Ok(opening) => {
                let opening = Opening::parse(&opening).unwrap();
                let opened = opening.verify(&vkey, &[key]).unwrap();
                assert!(opened.found.iter().all(Option::is_some));
                counts.opened.fetch_add(1, Ordering::SeqCst);
            }
            // Another head is about to be shown.
            Err(ReadError::Moved) => thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

fn publish_and_open() {
    let place = Place::new();
    let running = place.open().unwrap();
    let mut root = Feed::root();
    let key = TrieKey::new(derive(FEED_KEY, &[root.author.as_bytes()]));
    running.publish(batch(std::slice::from_ref(&root.begin)));
    let shown = || running.service.opened_feeds(&[]).is_ok();
    while !shown() {
        thread::sleep(Duration::from_millis(10));
    }
    let counts = Counts::default();
    thread::scope(|scope| {
        for _ in 0..ASKERS {
            scope.spawn(|| ask(&running, &counts, key));
        }
        for _ in 0..BATCHES {
            running.submit(batch(&root.pulses(1))).unwrap();
        }
        running.published(1 + BATCHES as u64);
        counts.over.store(true, Ordering::SeqCst);
    });
}

#[test]
fn openings_and_publication_do_not_wait_for_each_other() {
    let (done, ended) = mpsc::channel();
    let work = thread::spawn(move || {
        publish_and_open();
        // Whoever lost patience has failed.
        let _ = done.send(());
    });
    let ended = ended.recv_timeout(PATIENCE);
    assert_ne!(ended, Err(mpsc::RecvTimeoutError::Timeout), "a deadlock");
    work.join().unwrap();
}
