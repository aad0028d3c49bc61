//! What a verdict costs: making the history of a supplier and judging it, beside one pass of BLAKE3
//! over the same bytes and beside decoding every claim of it once. Time is that on the core; rounds
//! are interleaved, and what is printed are medians and their ratios. Targets: 1 ms
//! for 50 entries, 50 ms for 10,000. `cargo bench -p fairtrail-sdk --bench judge -- 1000 50000`
//! measures other numbers of entries.

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

use fairtrail::claim::Claim;
use fairtrail::entry::{PartRole, RefType};
use fairtrail::rules::{Question, judge};
use market::SITE;
use std::time::Duration;
use supplier::{Said, supplier};
use timing::{counts, median, timed};
use world::{date, subject};

/// Days over which the log was written.
const DAYS: usize = 30;

/// What is said of one audit and one recruitment.
const SAID: &[Said] = &[
    ("ministry", "licence", "", None),
    ("ministry", "status", "", None),
    (
        "ministry",
        "status",
        "[claim]\nstatus = \"active\"\neffective = { on = \"2026-07-10\" }",
        None,
    ),
    ("watcher", "seen", "", None),
    ("watcher", "seen_status", "", None),
    ("watcher", "bar", "", None),
    ("company", "attest", "", None),
    (
        "company",
        "attest",
        "[claim]\nrecruited_from = \"2026-01\"\nfee_statement = \"charged\"",
        None,
    ),
    (
        "auditor",
        "audit",
        "own_key = \"#\"\n[claim]\nreport_ref = \"#\"",
        None,
    ),
    (
        "auditor",
        "finding",
        "own_key = \"#/1\"\n[claim]\nreport_ref = \"#\"",
        None,
    ),
    ("other-auditor", "closed", "", Some((RefType::Closes, 1))),
    (
        "auditor",
        "finding",
        "own_key = \"#/2\"\n[claim]\nreport_ref = \"#\"\ntopic = \"fees\"\ndue = \"2026-08-20\"",
        None,
    ),
    ("company", "remedy", "", Some((RefType::About, 1))),
    ("respondent", "reply", "", Some((RefType::Replies, 2))),
    (
        "field-desk",
        "finding",
        "own_key = \"#/3\"\n[claim]\nreport_ref = \"#\"\ntopic = \"living\"",
        None,
    ),
    ("auditor", "audit_status", "", Some((RefType::About, 7))),
    ("auditor", "link", "", None),
    ("company", "chain", "", None),
    ("company", "grievance", "", None),
    ("auditor", "listing", "", None),
];

fn measure(count: usize, rounds: usize, target: Duration) {
    let world = supplier(count, SAID, DAYS);
    let (policy, replica) = (world.policy(""), world.replica());
    let asked = [subject(SITE)];
    let reader = replica.reader(&policy, None);
    let history = reader.history(&asked);
    let question = Question {
        as_of: date("2026-08-21"),
        now: world.now,
    };
    let (mut bytes, mut claims) = (Vec::new(), Vec::new());
    for entry in history.entries() {
        bytes.extend_from_slice(entry.entry().bytes());
        for part in &entry.entry().header().parts {
            let Some(body) = replica.part(part.digest) else {
                continue;
            };
            bytes.extend_from_slice(&body.bytes);
            if part.role == PartRole::Claim {
                claims.push((entry.kind(), &*body.bytes));
            }
        }
    }
    let decode = || {
        let claims = claims.iter();
        let claims = claims.map(|(kind, bytes)| Claim::decode(kind, bytes));
        claims.flatten().count()
    };
    let mut times: [Vec<Duration>; 5] = Default::default();
    for _ in 0..rounds {
        times[0].push(timed(|| blake3::hash(&bytes)));
        times[1].push(timed(decode));
        times[2].push(timed(|| judge(&history, &policy, question)));
    }
    // What is done once for each log takes long; a few rounds tell enough.
    for _ in 0..rounds.min(5) {
        times[3].push(timed(|| replica.reader(&policy, None)));
        times[4].push(timed(|| reader.history(&asked)));
    }
    report(history.entries().len(), bytes.len(), times, target);
}

fn report(entries: usize, bytes: usize, times: [Vec<Duration>; 5], target: Duration) {
    println!("{entries} entries, {bytes} bytes");
    let [bare, decoding, verdict, standing, reading] = times.map(median);
    let line = |what: &str, time: Duration| {
        let ratio = |to: Duration| time.as_secs_f64() / to.as_secs_f64();
        let (hashed, decoded) = (ratio(bare), ratio(decoding));
        println!("  {what:<34} {time:>12.1?} {hashed:>8.1} x {decoded:>8.2} x");
    };
    println!(
        "  {:<34} {:>12} {:>10} {:>10}",
        "", "median", "hashing", "decoding"
    );
    line("one pass of BLAKE3", bare);
    line("every claim decoded once", decoding);
    line("who may speak, once for each log", standing);
    line("the history", reading);
    line("the verdict", verdict);
    let held = if verdict <= target { "held" } else { "MISSED" };
    println!("  {:<34} {target:>12.1?} {held}", "target");
}

/// What may be spent on so many entries: 1 ms for 50, 50 ms for 10,000, in proportion beyond.
fn target(count: usize) -> Duration {
    let beyond = u32::try_from(count.div_ceil(10_000)).unwrap();
    if count <= 50 {
        Duration::from_millis(1)
    } else {
        Duration::from_millis(50) * beyond
    }
}

fn main() {
    for count in counts(&[50, 10_000]) {
        let rounds = if count <= 1_000 { 201 } else { 11 };
        measure(count, rounds, target(count));
    }
}
