//! What a bundle costs: making one from memory, checking it, and reading the history out of it,
//! beside bare verification of the signatures in it. Time is that on the core; rounds are
//! interleaved, and what is printed are medians and their ratios. Target: checking at most 1.2 times
//! its signatures. `cargo bench -p fairtrail-sdk --bench bundle -- 50 10000` says for how many
//! entries.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints, and stops by panicking"
)]

#[path = "../../sdk/tests/support/market.rs"]
mod market;
#[path = "../../sdk/tests/support/world.rs"]
mod world;

use fairtrail::bundle::{Bundle, Trust, open};
use fairtrail::entry::SignedEntry;
use fairtrail::key::PublicKey;
use market::{SITE, market, statement};
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;
use world::{World, subject};

/// Rounds of each measurement.
const ROUNDS: usize = 7;

/// A ledger with `count` statements about one supplier.
fn supplier(count: usize) -> World {
    let mut world = market();
    world.on("2026-05-01");
    let mut desk = market();
    for number in 0..count {
        let kind = if number % 3 == 0 { "audit" } else { "finding" };
        let draft = desk.drafts(&statement(kind, "")).remove(0);
        world.post("auditor", &draft);
        // One head of the index covers so many entries at most.
        if number % 1_000 == 999 {
            world.stamp();
        }
    }
    world.on("2026-06-01");
    world
}

/// Time that this thread spent on a core: what others do on a busy machine is not counted.
fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let begun = now();
    let done = black_box(work());
    let spent = now().checked_sub(begun).unwrap();
    drop(done);
    spent
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Every signature of a bundle, by keys that are read beforehand.
fn signatures(bundle: &Bundle, keys: &[PublicKey]) {
    for (bytes, key) in bundle.entries.iter().zip(keys) {
        let entry = SignedEntry::parse(&bytes.0).unwrap();
        entry.authenticate(key).unwrap();
    }
}

/// Reading the entries alone, which is no part of verifying their signatures.
fn parsing(bundle: &Bundle) -> usize {
    let read = bundle
        .entries
        .iter()
        .map(|bytes| SignedEntry::parse(&bytes.0));
    read.flatten().count()
}

fn measure(count: usize) {
    let world = supplier(count);
    let policy = world.policy("");
    let indexed = world.indexed();
    let asked = [subject(SITE)];
    let inquired = indexed.inquire(&asked, &policy, None);
    let bundle = &inquired.bundle;
    let bytes = bundle.to_bytes();
    let trust = Trust {
        network: policy.network(),
        logs: policy.logs(),
        indexes: policy.indexes().unwrap(),
    };
    let keys = bundle.entries.iter();
    let keys = keys.map(|bytes| SignedEntry::parse(&bytes.0).unwrap().protected().key);
    let keys: Vec<_> = keys.map(|key| PublicKey::enrol(key).unwrap()).collect();
    let question = fairtrail::bundle::Question {
        subjects: asked.iter().cloned().collect(),
        ..fairtrail::bundle::Question::default()
    };
    let mut times: [Vec<Duration>; 4] = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let parsed = timed(|| parsing(bundle));
        let bare = timed(|| signatures(bundle, &keys)).saturating_sub(parsed);
        times[0].push(bare);
        times[1].push(timed(|| indexed.bundle(&question)));
        times[2].push(timed(|| open(&bytes, trust).unwrap()));
        let evidence = open(&bytes, trust).unwrap();
        times[3].push(timed(|| evidence.history(&asked, &policy, None).unwrap()));
    }
    let [bare, made, opened, read] = times.map(median);
    let (entries, size) = (bundle.entries.len(), bytes.len());
    println!("{count} statements: {entries} entries, {size} bytes");
    let ratio = |time: Duration| time.as_secs_f64() / bare.as_secs_f64();
    println!("  signatures alone   {bare:>12.3?}");
    println!("  making it          {made:>12.3?}  {:.2} x", ratio(made));
    println!(
        "  checking it        {opened:>12.3?}  {:.2} x",
        ratio(opened)
    );
    println!("  reading a history  {read:>12.3?}  {:.2} x", ratio(read));
}

fn main() {
    let counts: Vec<usize> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let counts = if counts.is_empty() {
        vec![50, 10_000]
    } else {
        counts
    };
    counts.into_iter().for_each(measure);
}
