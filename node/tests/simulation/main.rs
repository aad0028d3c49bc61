//! Many nodes in virtual time: loss, delay, doubling, reordering, cuts, crashes at every durable step,
//! old copies put back, and logs that lie. What must hold is asserted after each seed, and faults
//! planted around the machines show that the assertions would see them.
//!
//! `FAIRTRAIL_SIM_SEEDS` is the number of seeds, `FAIRTRAIL_SIM_SEED` runs a single one.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod check;
mod ctx;
mod disk;
mod fault;
mod following;
mod gleaning;
mod gossip;
mod judge;
mod liar;
mod mishap;
mod node;
mod publishing;
mod repairing;
mod rng;
mod sim;
mod slander;
mod world;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use fault::Planted;
use sim::run;

const SEEDS: u64 = 1_000;
/// Seeds after which a planted fault has to be found.
const BUDGET: u64 = 400;
/// What is looked at in these seeds, each at least so often.
const LEAST: [(&str, u64); 34] = [
    ("one root per size", 1_000),
    ("promises kept", 1_000),
    ("cursor behind entries", 1_000),
    ("equal sets", 1_000),
    ("forks are flagged", 100),
    ("idle once all agree", 900),
    ("erased stays erased", 100),
    ("parts come along", 1_000),
    ("two histories are caught", 20),
    ("bad leaves are told of", 20),
    ("proofs hold offline", 20),
    ("crashes", 500),
    ("starts the guard refused", 50),
    ("entries that overtook", 100),
    ("messages passed on", 1_000),
    ("what is passed on holds", 1_000),
    ("what does not hold is refused", 1_000),
    ("proofs outlast a start", 20),
    ("what a log signed stays known", 1_000),
    ("forks become files everywhere", 100),
    ("a convicted log is followed no further", 20),
    ("logs convicted by proofs", 20),
    ("late parts come", 900),
    ("late parts outlast a start", 100),
    ("parts that came late", 500),
    ("pages held back", 50),
    ("nodes that became members", 300),
    ("large entries", 100),
    ("large parts", 100),
    ("large files asked for", 10),
    ("logs of more than one tile", 2),
    ("entries lost behind cursors", 100),
    ("entries brought back", 100),
    ("answers about lost entries spoilt", 20),
];

/// Past what a test runner keeps to itself: what was looked at is part of the outcome.
fn say(line: &str) {
    // Nobody may be listening.
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Works on seeds with every core; the counts of all, and what did not hold by seed.
fn run_all(seeds: std::ops::Range<u64>) -> (BTreeMap<&'static str, u64>, BTreeMap<u64, String>) {
    let next = AtomicU64::new(seeds.start);
    let totals = Mutex::new((BTreeMap::new(), BTreeMap::new()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let (counts, violation) = run(seed, None);
                    let mut totals = totals.lock().unwrap();
                    for (what, count) in counts {
                        *totals.0.entry(what).or_default() += count;
                    }
                    if let Some(found) = violation {
                        let text = format!("{}: {}", found.invariant, found.detail);
                        totals.1.insert(seed, text);
                    }
                }
            });
        }
    });
    totals.into_inner().unwrap()
}

#[test]
fn what_must_hold_holds_for_every_seed() {
    let seeds = match number("FAIRTRAIL_SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("FAIRTRAIL_SIM_SEEDS").unwrap_or(SEEDS),
    };
    say(&format!("seeds {seeds:?}"));
    let (counts, violations) = run_all(seeds.clone());
    for (what, count) in &counts {
        say(&format!("{count:>9}  {what}"));
    }
    for (seed, text) in &violations {
        say(&format!("seed {seed}: {text}"));
    }
    assert!(violations.is_empty(), "{} seeds", violations.len());
    if seeds.end - seeds.start >= SEEDS {
        for (what, least) in LEAST {
            let count = counts.get(what).copied().unwrap_or(0);
            assert!(count >= least, "{what}: {count} times");
        }
    }
}

#[test]
fn a_seed_is_played_the_same_way_twice() {
    for seed in 0..5 {
        assert_eq!(run(seed, None).0, run(seed, None).0, "seed {seed}");
    }
}

#[test]
fn planted_faults_are_found() {
    let next = Mutex::new(Planted::ALL.iter());
    let found = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some(planted) = next.lock().unwrap().next() else {
                        return;
                    };
                    let seen = (0..BUDGET).find_map(|seed| {
                        let violation = run(seed, Some(*planted)).1?;
                        Some((seed, violation))
                    });
                    let line = seen
                        .as_ref()
                        .map_or("not found".to_owned(), |(seed, seen)| {
                            format!("seed {seed}, {}", seen.invariant)
                        });
                    say(&format!("{planted:?}: {line}"));
                    found.lock().unwrap().push((*planted, seen.is_some()));
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    let missed: Vec<_> = found.iter().filter(|(_, seen)| !seen).collect();
    assert!(missed.is_empty(), "{missed:?}");
    assert_eq!(found.len(), Planted::ALL.len());
}
