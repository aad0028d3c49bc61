//! What an update of the trie costs for each key it touches, beside the bare hashing of the nodes it
//! has to hash, one by one; beside what crate `akd` takes to publish a key, which works out its label
//! by a verifiable random function and notes its versions, and to insert one into its trie, which is
//! the part of that which both do; how long proofs are, and how much memory a key takes. Time is that on the core; rounds are interleaved, and
//! what is printed are medians and their ratios. `cargo bench -p fairtrail-sdk --bench trie -- 10000`
//! measures other numbers of keys.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints, and stops by panicking"
)]

#[path = "../../sdk/tests/support/other_trie.rs"]
mod other_trie;
#[path = "support/timing.rs"]
mod timing;

use fairtrail::trie::{Trie, TrieKey, TrieValue, View, verify};
use other_trie::{Other, Publisher};
use std::hint::black_box;
use std::time::Duration;
use timing::{counts, each, timed};

/// Keys that one update touches, half of them new.
const BATCH: usize = 1_000;
const ROUNDS: usize = 15;
/// Microseconds that an update may take for each key.
const TARGET: f64 = 3.0;
/// How many times an update has to be cheaper than publishing by `akd`.
const CHEAPER: f64 = 20.0;

fn hash(sort: u8, number: usize) -> [u8; 32] {
    *blake3::hash(&[&[sort][..], &number.to_be_bytes()].concat()).as_bytes()
}

fn key(number: usize) -> TrieKey {
    TrieKey::new(hash(0, number))
}

fn pairs(numbers: impl Iterator<Item = usize>, round: usize) -> Vec<(TrieKey, TrieValue)> {
    let pair = |number| (key(number), TrieValue::new(hash(1, number + round)));
    let mut pairs: Vec<_> = numbers.map(pair).collect();
    pairs.sort();
    pairs
}

/// How many inner nodes an update of these keys hashes: those above one of them.
fn touched_nodes(view: &View<'_>, keys: &[TrieKey]) -> usize {
    let proof = view.prove(keys).unwrap();
    proof.shape.len() - keys.len()
}

/// The hashing that cannot be saved, without a trie: value, label and node of each inner node, and
/// label and node of each leaf.
fn bare_hashing(inner_nodes: usize, leaves: usize) {
    let (pair, label) = ([7; 64], [7; 36]);
    for _ in 0..inner_nodes {
        black_box(blake3::hash(black_box(&pair)));
        black_box(blake3::hash(black_box(&label)));
        black_box(blake3::hash(black_box(&pair)));
    }
    for _ in 0..leaves {
        black_box(blake3::hash(black_box(&label)));
        black_box(blake3::hash(black_box(&pair)));
    }
}

fn measure(count: usize) {
    let mut trie = Trie::new();
    let all = pairs(0..count, 0);
    let building = timed(|| trie.apply(&all).unwrap());
    trie.settle();
    println!(
        "{count} keys: built in {building:.1?}, {} bytes a key",
        trie.bytes() / count
    );

    let mut times: [Vec<Duration>; 4] = Default::default();
    let mut nodes = 0;
    for round in 0..ROUNDS {
        let old = (0..BATCH / 2).map(|at| (at * 7_919 + round * 104_729) % count);
        let new = (0..BATCH / 2).map(|at| count + round * BATCH + at);
        let mut changes = pairs(old.chain(new), round + 1);
        changes.dedup_by_key(|(key, _)| *key);
        let keys: Vec<_> = changes.iter().map(|(key, _)| *key).collect();
        times[0].push(timed(|| {
            trie.apply(&changes).unwrap();
            trie.settle();
        }));
        nodes = touched_nodes(&trie.tip(), &keys);
        times[1].push(timed(|| bare_hashing(nodes, keys.len())));
        let view = trie.tip();
        times[2].push(timed(|| {
            keys.iter()
                .map(|key| view.prove(&[*key]))
                .all(|p| p.is_ok())
        }));
        let claims: Vec<_> = changes
            .iter()
            .map(|(key, value)| (*key, Some(*value)))
            .collect();
        let proof = view.prove(&keys).unwrap();
        times[3].push(timed(|| verify(view.root(), &claims, &proof).is_ok()));
    }
    let [update, bare, prove, verify] = times.map(|times| each(times, BATCH));
    let held = if update <= TARGET { "held" } else { "MISSED" };
    let in_thousandths = nodes * 1_000 / BATCH;
    let (whole, rest) = (in_thousandths / 1_000, in_thousandths % 1_000 / 100);
    println!("  update, a key of {BATCH}      {update:>8.2} us   target {TARGET} us {held}");
    println!(
        "  bare hashing of {whole:>2}.{rest} nodes   {bare:>8.2} us   {:>6.2} x",
        update / bare
    );
    println!("  proof of one key           {prove:>8.2} us");
    println!("  verifying {BATCH}, a key      {verify:>8.2} us");
    sizes(&trie.tip(), count);
}

fn sizes(view: &View<'_>, count: usize) {
    let length = |key| view.prove(&[key]).unwrap().to_bytes().len();
    for (what, from) in [("presence", 0), ("absence", 2 * count + ROUNDS * BATCH)] {
        let mut lengths: Vec<_> = (from..from + 5_000.min(count))
            .map(|n| length(key(n)))
            .collect();
        lengths.sort_unstable();
        let mean = lengths.iter().sum::<usize>() / lengths.len();
        let (high, most) = (
            lengths[lengths.len() * 99 / 100],
            lengths[lengths.len() - 1],
        );
        println!("  {what} proof: {mean} bytes, 99 in 100 up to {high}, longest {most}");
    }
}

/// One key of a batch here and there: both insert into a trie of so many, and `akd` publishes into a
/// directory of as many.
fn beside_akd(count: usize) {
    let (mut trie, mut other, directory) = (Trie::new(), Other::new(), Publisher::new());
    let all = pairs(0..count, 0);
    trie.apply(&all).unwrap();
    trie.settle();
    other.insert(&all);
    directory.publish(&all);
    let mut times: [Vec<Duration>; 3] = Default::default();
    for round in 0..ROUNDS {
        let first = count + round * BATCH;
        let changes = pairs(first..first + BATCH, 0);
        times[0].push(timed(|| {
            trie.apply(&changes).unwrap();
            trie.settle();
        }));
        times[1].push(timed(|| other.insert(&changes)));
        times[2].push(timed(|| directory.publish(&changes)));
        assert_eq!(trie.tip().root(), other.root());
    }
    let [ours, inserted, published] = times.map(|times| each(times, BATCH));
    let ratio = published / ours;
    let held = if ratio >= CHEAPER { "held" } else { "MISSED" };
    println!("{count} keys beside akd: a new key takes {ours:.2} us");
    println!(
        "  akd publishes one in {published:>8.2} us   {ratio:>6.0} x   target {CHEAPER} x {held}"
    );
    let ratio = inserted / ours;
    println!("  and inserts it in    {inserted:>8.2} us   {ratio:>6.0} x");
}

fn main() {
    beside_akd(20_000);
    for count in counts(&[10_000, 100_000, 1_000_000]) {
        measure(count);
    }
}
