//! A gateway that changes any byte, element or answer of the scenario's log never makes a verdict
//! better than the truth: the download fails, or whatever is lost is named as unknown.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    reason = "a test fails by panicking, and says what it tried"
)]

mod better;
mod lies;
mod world;

use better::better;
use fairtrail::replica::Replica;
use fairtrail::rules::{Outcome, Verdict};
use lies::{Chance, Lie};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use world::{Honest, Manner, Said};

/// All choices follow from it; `FAIRTRAIL_LIES_SEED` sets another.
const SEED: u64 = 20_261_121;
/// Of answers above 4 KiB every such byte is changed; `FAIRTRAIL_LIES_STRIDE` sets another.
const STRIDE: u64 = 7;

fn setting(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(otherwise, |text| text.parse().unwrap())
}

/// What came of the lies.
#[derive(Debug, Default)]
struct Count {
    /// Refused, by reason.
    refused: BTreeMap<String, usize>,
    /// Taken, with the same verdicts.
    same: usize,
    /// Taken, with more unknown than in truth.
    worse: usize,
    /// Copies left behind by a refusal that a buyer may still load.
    loaded: usize,
}

/// An honest gateway, what is true, and what was tried.
struct Trial {
    honest: Honest,
    truth: Vec<Verdict>,
    count: Count,
    wrong: Vec<String>,
    /// What was left on disk and judged before, by its digest.
    judged: HashSet<[u8; 32]>,
}

impl Trial {
    fn new(manner: Manner) -> Self {
        let honest = Honest::new(manner);
        let home = home();
        let said = said(&honest, BTreeMap::new());
        let replica = honest.sync(said.clone(), home.path()).unwrap();
        let asked = said.asked.lock().unwrap().clone();
        let served: BTreeSet<_> = honest.answers.keys().cloned().collect();
        assert_eq!(asked, served, "every answer is asked for, and no other");
        Self {
            truth: honest.judge(&replica),
            honest,
            count: Count::default(),
            wrong: Vec::new(),
            judged: HashSet::new(),
        }
    }

    fn tell(&mut self, lie: &Lie) {
        let home = home();
        let said = said(&self.honest, lie.said(&self.honest.answers));
        match self.honest.sync(said, home.path()) {
            Ok(replica) => {
                if self.judge(&lie.what, &replica) {
                    self.count.same += 1;
                } else {
                    self.count.worse += 1;
                }
            }
            Err(error) => {
                let reason = error.code().to_string();
                *self.count.refused.entry(reason).or_default() += 1;
                self.load(&lie.what, home.path());
            }
        }
    }

    /// Judges what a refused download left behind, once per content.
    fn load(&mut self, what: &str, home: &Path) {
        if !self.judged.insert(content(home)) {
            return;
        }
        if let Some(replica) = self.honest.load(home) {
            self.count.loaded += 1;
            self.judge(&format!("{what} (loaded)"), &replica);
        }
    }

    /// Whether all verdicts are as in truth; those that are better are noted.
    fn judge(&mut self, what: &str, replica: &Replica) -> bool {
        let found = self.honest.judge(replica);
        let stories = self
            .honest
            .stories
            .iter()
            .zip(self.truth.iter().zip(&found));
        for ((title, _), (truth, found)) in stories {
            let better = better(truth, found);
            if !better.is_empty() {
                let better = better.join("; ");
                self.wrong
                    .push(format!("{what}\n    {title}\n    {better}"));
            }
        }
        found == self.truth
    }
}

fn said(honest: &Honest, changed: BTreeMap<String, Option<Vec<u8>>>) -> Said {
    Said {
        honest: Arc::clone(&honest.answers),
        changed,
        asked: Arc::default(),
    }
}

/// An empty home directory, in memory where there is such a place.
fn home() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// The digest of everything below a directory but for what no download reads.
fn content(home: &Path) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut dirs = vec![home.to_path_buf()];
    while let Some(dir) = dirs.pop() {
        let items = fs_err::read_dir(dir).unwrap();
        let mut paths: Vec<_> = items.map(|item| item.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                dirs.push(path);
                continue;
            }
            let bytes = fs_err::read(&path).unwrap();
            let name = path.strip_prefix(home).unwrap().display().to_string();
            let part = blake3::hash(name.as_bytes());
            hasher.update(part.as_bytes());
            hasher.update(blake3::hash(&bytes).as_bytes());
        }
    }
    *hasher.finalize().as_bytes()
}

/// Tells every sort of lie; of single bytes those in the answers that `bytes_of` names.
fn try_all(name: &str, manner: Manner, bytes_of: impl Fn(&str) -> bool) {
    let seed = setting("FAIRTRAIL_LIES_SEED", SEED);
    let stride = setting("FAIRTRAIL_LIES_STRIDE", STRIDE);
    println!("{name}: seed {seed}, every {stride}th byte of answers above 4 KiB");
    let mut trial = Trial::new(manner);
    let mut chance = Chance::new(seed);
    let answers = Arc::clone(&trial.honest.answers);
    for (path, body) in &*answers {
        println!("{name}: {path}, {} bytes", body.len());
    }
    let stride = usize::try_from(stride).unwrap();
    let bytes = lies::bytes(&answers, bytes_of, stride, &mut chance);
    let sorts = [
        ("bytes", bytes),
        ("elements", lies::elements(&answers, &mut chance)),
        ("whole answers", lies::whole(&answers)),
        ("left out", lies::withheld(&answers, &mut chance)),
    ];
    for (sort, lies) in sorts {
        trial.count = Count::default();
        for lie in &lies {
            trial.tell(lie);
        }
        let Count {
            refused,
            same,
            worse,
            loaded,
        } = &trial.count;
        println!(
            "{name}: {sort}: {} lies; {same} change nothing, {worse} leave more unknown, {loaded} \
             copies loaded after a refusal, refused {refused:?}",
            lies.len()
        );
    }
    let wrong = &trial.wrong;
    assert!(
        wrong.is_empty(),
        "{} better:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What this test would not see, it would not show: everything that can be lost is missed.
#[test]
fn a_verdict_from_which_something_is_missing_is_better() {
    let trial = Trial::new(Manner {
        pace: 10,
        quorum: "quorum none",
    });
    let (mut findings, mut indicators, mut unknowns) = (0, 0, 0);
    for truth in &trial.truth {
        let missed = |change: &dyn Fn(&mut Verdict)| {
            let mut found = truth.clone();
            change(&mut found);
            found == *truth || !better(truth, &found).is_empty()
        };
        assert!(better(truth, truth).is_empty());
        assert!(missed(&|found| found.outcome = Outcome::NoAdverseEntries));
        assert!(missed(&|found| found.entries.clear()));
        assert!(missed(&|found| found.open_findings.clear()));
        assert!(missed(&|found| found.indicators.clear()));
        assert!(missed(&|found| found.unknowns.clear()));
        findings += truth.open_findings.len();
        indicators += truth.indicators.len();
        unknowns += truth.unknowns.len();
    }
    assert!(findings > 3 && indicators > 3 && unknowns > 10);
}

/// As the demonstration's buyer: one log, times are the operator's word.
#[test]
fn lies_to_a_buyer_who_trusts_one_operator_are_refused_or_change_nothing_for_the_better() {
    let manner = Manner {
        pace: 10,
        quorum: "quorum none",
    };
    // The archived notes are the other buyer's.
    try_all("one operator", manner, |path| !path.starts_with("/archive"));
}

/// With an independent witness, and a log that grew over a week.
#[test]
fn lies_to_a_buyer_with_a_witness_are_refused_or_change_nothing_for_the_better() {
    let manner = Manner {
        pace: 86_400,
        quorum: "quorum w",
    };
    // What is not signed by a witness does not depend on one.
    try_all("with a witness", manner, |path| {
        path.starts_with("/archive") || path == "/checkpoint"
    });
}
