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
#[path = "support/supplier.rs"]
mod supplier;
#[path = "support/timing.rs"]
mod timing;
#[path = "../../sdk/tests/support/world.rs"]
mod world;

use fairtrail::bundle::{Bundle, Trust, open};
use fairtrail::charter::Charter;
use fairtrail::entry::{NetworkClaim, SignedEntry};
use fairtrail::id::KeyId;
use fairtrail::key::PublicKey;
use market::SITE;
use std::time::Duration;
use supplier::{Said, supplier};
use timing::{counts, median, timed};
use world::subject;

/// Rounds of each measurement.
const ROUNDS: usize = 7;
/// Statements of a day; one head of the index covers 4,096 entries at most.
const DAY: usize = 1_000;
/// Audits, and what they found.
const SAID: &[Said] = &[
    ("auditor", "audit", "", None),
    ("auditor", "finding", "", None),
    ("auditor", "finding", "", None),
];

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

/// The signatures of notes: those of the index, and those of the log that give time.
fn notes(bundle: &Bundle, trust: Trust<'_>) {
    for part in &bundle.logs {
        trust.indexes.open(&part.note.0).unwrap();
        for old in &part.notes {
            trust.logs.read(&old.note.0).unwrap();
        }
    }
}

/// The keys that have to be looked at before they may sign: of the charter, of begins, of rotations.
fn keys_of(bundle: &Bundle) -> Vec<KeyId> {
    let charter = Charter::parse(&bundle.charter.0).unwrap();
    let pairs = charter.terms().roots.iter();
    let mut keys: Vec<_> = pairs.map(|pair| pair.key).collect();
    for bytes in &bundle.entries {
        let entry = SignedEntry::parse(&bytes.0).unwrap();
        match entry.network_claim() {
            Some(NetworkClaim::Begin(_)) => keys.push(entry.protected().key),
            Some(NetworkClaim::Rotate(rotate)) => keys.extend([entry.protected().key, rotate.key]),
            _ => {}
        }
    }
    keys
}

fn enrol(keys: &[KeyId]) {
    for key in keys {
        PublicKey::enrol(*key).unwrap();
    }
}

fn measure(count: usize) {
    let world = supplier(count, SAID, count.div_ceil(DAY));
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
    let enrolled = keys_of(bundle);
    let mut times: [Vec<Duration>; 7] = Default::default();
    for _ in 0..ROUNDS {
        let parsed = timed(|| parsing(bundle));
        let bare = timed(|| signatures(bundle, &keys)).saturating_sub(parsed);
        times[0].push(bare);
        times[1].push(timed(|| indexed.bundle(&question)));
        times[2].push(timed(|| open(&bytes, trust).unwrap()));
        let evidence = open(&bytes, trust).unwrap();
        times[3].push(timed(|| evidence.history(&asked, &policy, None).unwrap()));
        times[4].push(parsed);
        times[5].push(timed(|| notes(bundle, trust)));
        times[6].push(timed(|| enrol(&enrolled)));
    }
    let [bare, made, opened, read, parsed, notes, enrolled] = times.map(median);
    let (entries, size) = (bundle.entries.len(), bytes.len());
    println!("{count} statements: {entries} entries, {size} bytes");
    let ratio = |time: Duration| time.as_secs_f64() / bare.as_secs_f64();
    let line = |what: &str, time: Duration| {
        println!("  {what:<30} {time:>12.3?}  {:.2} x", ratio(time));
    };
    line("signatures of entries alone", bare);
    line("signatures of notes", notes);
    line("looking at keys", enrolled);
    line("reading entries", parsed);
    line("making it", made);
    line("checking it", opened);
    line(
        "checking it, notes and keys off",
        opened.saturating_sub(notes + enrolled),
    );
    line("reading a history", read);
}

fn main() {
    counts(&[50, 10_000]).into_iter().for_each(measure);
}
