//! What a verdict costs: making the history of a supplier and judging it, beside one pass of BLAKE3
//! over the same bytes. Rounds are interleaved, so that a busy machine slows all of them; what is
//! printed are medians and their ratios. Targets: 1 ms for 50 entries, 50 ms for 10,000.

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

use fairtrail::entry::{Draft, RefType};
use fairtrail::rules::{Question, judge};
use market::{SITE, market, statement};
use std::hint::black_box;
use std::time::{Duration, Instant};
use world::{World, date, subject};

/// Reports of audits; each is posted with its findings.
const REPORTS: usize = 200;
/// Licences that workers were recruited under.
const LICENCES: usize = 100;

/// Statements of every sort that the test network makes, by whom; `#` stands for a report.
const SAID: &[(&str, &str, &str)] = &[
    ("ministry", "licence", ""),
    ("ministry", "status", ""),
    ("watcher", "seen", ""),
    ("watcher", "seen_status", ""),
    ("company", "attest", ""),
    (
        "company",
        "attest",
        "[claim]\nrecruited_from = \"2026-01\"\nfee_statement = \"charged\"",
    ),
    (
        "auditor",
        "audit",
        "own_key = \"#\"\n[claim]\nreport_ref = \"#\"",
    ),
    (
        "auditor",
        "finding",
        "own_key = \"#/1\"\n[claim]\nreport_ref = \"#\"",
    ),
    (
        "auditor",
        "finding",
        "own_key = \"#/2\"\n[claim]\nreport_ref = \"#\"\ntopic = \"fees\"\ndue = \"2026-08-20\"",
    ),
    (
        "field-desk",
        "finding",
        "own_key = \"#/3\"\n[claim]\nreport_ref = \"#\"\ntopic = \"living\"",
    ),
    ("auditor", "link", ""),
];

/// A ledger with `count` statements about one supplier; a status closes every eighth finding.
fn supplier(count: usize) -> World {
    let mut world = market();
    world.on("2026-08-20");
    let reports = REPORTS.min(count / SAID.len() + 1);
    let mut drafts: Vec<(&str, Draft)> = Vec::new();
    for report in 0..reports {
        for (by, template, change) in SAID {
            let change = change.replace('#', &format!("REPORT-{report}"));
            let licence = format!("GOODROAD-{}", report % LICENCES);
            let said = statement(template, &change).replace("GOODROAD-1", &licence);
            drafts.push((*by, world.drafts(&said).remove(0)));
        }
    }
    let closed = world.drafts(&statement("closed", "")).remove(0);
    for at in 0..count {
        let (by, draft) = &drafts[at % drafts.len()];
        let id = world.post(by, draft);
        if draft.kind.as_str() == "finding" && at % 8 == 0 {
            let mut closed = closed.clone();
            let (sort, entry) = (RefType::Closes, id);
            closed.refs = vec![fairtrail::entry::Ref { sort, entry }];
            world.post("other-auditor", &closed);
        }
    }
    world.on("2026-08-21");
    world
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

fn measure(count: usize, rounds: usize, target: Duration) {
    let world = supplier(count);
    let (policy, replica) = (world.policy(""), world.replica());
    let asked = [subject(SITE)];
    let reader = replica.reader(&policy, None);
    let history = reader.history(&asked);
    let question = Question {
        as_of: date("2026-08-21"),
        now: world.now,
    };
    let mut bytes = Vec::new();
    for entry in history.entries() {
        bytes.extend_from_slice(entry.entry().bytes());
        let parts = entry.entry().header().parts.iter();
        let bodies = parts.filter_map(|part| replica.part(part.digest));
        bodies.for_each(|body| bytes.extend_from_slice(&body.bytes));
    }
    let (mut bare, mut standing, mut reading, mut judging) = (vec![], vec![], vec![], vec![]);
    for _ in 0..rounds {
        bare.push(timed(|| blake3::hash(&bytes)));
        standing.push(timed(|| replica.reader(&policy, None)));
        reading.push(timed(|| reader.history(&asked)));
        judging.push(timed(|| judge(&history, &policy, question)));
    }
    let bare = median(bare);
    println!("{} entries, {} bytes", history.entries().len(), bytes.len());
    println!("  {:<34} {bare:>12.1?}", "one pass of BLAKE3");
    for (what, times) in [
        ("who may speak, once for each log", standing),
        ("the history", reading),
        ("the verdict", judging),
    ] {
        let time = median(times);
        let ratio = time.as_secs_f64() / bare.as_secs_f64();
        println!("  {what:<34} {time:>12.1?} {ratio:>8.1} x");
        if what == "the verdict" {
            let held = if time <= target { "held" } else { "MISSED" };
            println!("  {:<34} {target:>12.1?} {held}", "target");
        }
    }
}

fn main() {
    measure(50, 201, Duration::from_millis(1));
    measure(10_000, 15, Duration::from_millis(50));
}
