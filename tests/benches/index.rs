//! What the index takes: memory for each subject, as the system counts it, room to grow included, and what an update proof
//! costs for each key it touches: bytes, the time to make and to check it, beside the bare hashing of
//! the nodes in it, one by one. Time is that on the core; what is printed are medians. Target: 200
//! bytes of memory a subject. `cargo bench -p fairtrail-sdk --bench index -- 10000` measures another
//! number of subjects.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints, and stops by panicking"
)]

#[path = "support/timing.rs"]
mod timing;

use fairtrail::entry::{Body, Draft, Position, SignedEntry};
use fairtrail::feed::Link;
use fairtrail::id::{EntryId, NetworkId};
use fairtrail::index::{
    Checked, EntrySource, FeedFact, ForkedFeeds, Index, IndexHead, UpdateProof, posted_under,
};
use fairtrail::key::SecretKey;
use fairtrail::log::Origin;
use fairtrail::merkle::{CompactRange, Hash, LeafIndex, TreeSize, leaf_hash};
use fairtrail::subject::SubjectId;
use fairtrail::time::Timestamp;
use fairtrail::trie::TrieProof;
use std::collections::{BTreeSet, HashMap};
use std::hint::black_box;
use std::ops::Range;
use std::time::Duration;
use timing::{counts, each, timed};

/// Subjects of one entry, as many as it may have.
const SUBJECTS: usize = 16;
/// Entries under one head: 8,192 keys at most.
const LEAVES: usize = 500;
/// Entries under a head whose proof is measured.
const PROVED: usize = 62;
const ROUNDS: usize = 7;
/// Bytes of memory for one subject.
const TARGET: usize = 200;

/// A log of one author, who has something to say about everybody.
struct Log {
    key: SecretKey,
    position: Position,
    facts: HashMap<EntryId, FeedFact>,
    range: CompactRange,
    now: Timestamp,
}

impl Log {
    fn new() -> (Self, SignedEntry) {
        let [key, next] = [1, 2].map(|seed| SecretKey::from_seed([seed; 32]));
        let (network, now) = (NetworkId::new([7; 32]), Timestamp::new(1_790_000_000));
        let (now, next) = (now.unwrap(), next.public().next_digest());
        let begin = Draft::begin(network, &key, next, now).unwrap();
        let position = Position {
            network,
            feed: begin.author(),
            seq: 0,
            prev: begin.id(),
            grant: None,
        };
        let mut log = Self {
            key,
            position,
            facts: HashMap::new(),
            range: CompactRange::new(),
            now,
        };
        log.take(&begin);
        (log, begin)
    }

    /// Entries about these subjects.
    fn about(&mut self, subjects: &[SubjectId]) -> Vec<SignedEntry> {
        self.facts.retain(|id, _| *id == self.position.prev);
        let subjects = subjects.chunks(SUBJECTS);
        subjects.map(|subjects| self.next(subjects)).collect()
    }

    fn next(&mut self, subjects: &[SubjectId]) -> SignedEntry {
        let (salt, bytes) = ([3; 16], vec![0xa0]);
        let kind = "finding".parse().unwrap();
        let body = Body { salt, bytes };
        let draft = Draft::statement(kind, subjects.to_vec(), body, self.now);
        self.position.seq += 1;
        let entry = draft.sign(&self.position, &self.key).unwrap();
        self.take(&entry);
        entry
    }

    fn take(&mut self, entry: &SignedEntry) {
        let link = Link {
            id: entry.id(),
            prev: self.position.prev,
            seq: self.position.seq,
            rotate: false,
        };
        let (feed, key_state) = (self.position.feed, self.position.feed.into());
        let fact = FeedFact {
            feed,
            link,
            key_state,
        };
        self.facts.insert(entry.id(), fact);
        self.position.prev = entry.id();
        self.range.append(leaf_hash(entry.bytes())).unwrap();
    }
}

/// No feed is forked here, so no earlier entry is asked for.
struct Nothing;

impl EntrySource for Nothing {
    fn entry(&self, _: EntryId) -> Option<(LeafIndex, SignedEntry)> {
        None
    }

    fn path(&self, _: LeafIndex, _: TreeSize) -> Option<Vec<Hash>> {
        None
    }
}

fn subjects(numbers: Range<usize>) -> Vec<SubjectId> {
    let subject = |number| SubjectId::parse_open(&format!("row:bench:{number:012}"));
    numbers.map(|number| subject(number).unwrap()).collect()
}

/// Bytes of memory that the process has.
fn resident() -> usize {
    let text = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<usize>().unwrap() * 1_024
}

/// Inner nodes that a proof for so many keys opens, and keys.
fn opened(proof: &[u8], keys: usize) -> usize {
    TrieProof::parse(proof, keys).unwrap().shape.len() - keys
}

/// What cannot be saved: value, label and node of each inner node, label and node of each leaf.
fn bare_hashing(inner_nodes: usize, leaves: usize) {
    let (pair, label) = ([7; 64], [7; 36]);
    for _ in 0..inner_nodes {
        black_box(blake3::hash(black_box(&pair)));
    }
    for _ in 0..inner_nodes + leaves {
        black_box(blake3::hash(black_box(&label)));
        black_box(blake3::hash(black_box(&pair)));
    }
}

fn measure(count: usize) {
    let origin: Origin = "log.example/one/e1".parse().unwrap();
    let before = resident();
    let (mut log, begin) = Log::new();
    let mut index = Index::new(origin);
    index.append(&[begin], log.now, &log.facts).unwrap();
    for from in (0..count).step_by(LEAVES * SUBJECTS) {
        let entries = log.about(&subjects(from..count.min(from + LEAVES * SUBJECTS)));
        index.append(&entries, log.now, &log.facts).unwrap();
        index.settle();
    }
    let bytes = (resident() - before) / count;
    let held = if bytes <= TARGET { "held" } else { "MISSED" };
    println!("{count} subjects, one class each: {bytes} bytes each   target {TARGET} {held}");
    updates(&mut log, &mut index, count);
}

/// Heads in turn with a proof and without; half of the subjects they name are new.
fn updates(log: &mut Log, index: &mut Index, count: usize) {
    let (mut keys, mut bytes, mut nodes) = (0, 0, 0);
    let mut times: [Vec<Duration>; 4] = Default::default();
    for round in 0..2 * ROUNDS {
        let half = PROVED * SUBJECTS / 2;
        let old = round * half % (count - half);
        let mut named = subjects(old..old + half);
        named.extend(subjects(count + round * half..count + (round + 1) * half));
        let (head, range) = (index.head().cloned().unwrap(), log.range.clone());
        let entries = log.about(&named);
        let mut proof = None;
        let spent = timed(|| proof = Some(grown(index, &entries, log, round % 2 == 0)));
        index.settle();
        let Some(proof) = proof.flatten() else {
            times[0].push(spent);
            continue;
        };
        times[1].push(spent);
        let checked = Checked::resume(head, range, ForkedFeeds::new()).unwrap();
        let sent = proof.to_bytes();
        let check = || checked.check(&UpdateProof::parse(&sent).unwrap()).unwrap();
        times[2].push(timed(check));
        let touched: BTreeSet<_> = entries.iter().flat_map(posted_under).collect();
        (keys, bytes) = (touched.len() + 1, sent.len());
        nodes = opened(&proof.subjects.0, touched.len()) + opened(&proof.feeds.0, 1);
        times[3].push(timed(|| bare_hashing(nodes, keys)));
    }
    let [plain, made, checked, bare] = times.map(|times| each(times, keys));
    let each = bytes / keys;
    println!("  update proof of {keys} keys: {each} bytes a key, entries included");
    println!("  bare hashing     {bare:>8.2} us a key, {nodes} nodes");
    let line = |what: &str, time: f64| {
        println!("  {what} {time:>8.2} us a key   {:>6.2} x", time / bare);
    };
    line("head alone      ", plain);
    line("head and proof  ", made);
    line("checking it     ", checked);
}

fn grown(
    index: &mut Index,
    entries: &[SignedEntry],
    log: &Log,
    prove: bool,
) -> Option<UpdateProof> {
    let (time, facts) = (log.now, &log.facts);
    if prove {
        return Some(
            index
                .append_proving(entries, time, facts, &Nothing)
                .unwrap(),
        );
    }
    let _: IndexHead = index.append(entries, time, facts).unwrap();
    None
}

fn main() {
    counts(&[100_000, 1_000_000]).into_iter().for_each(measure);
}
