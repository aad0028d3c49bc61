//! A log that may sign anything, a witness that crashes between any two acts, and what others see.

use super::*;
use fairtrail::key::SecretKey;
use fairtrail::merkle::{Hash, Tree, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::reason::Reason;
use proptest::prelude::*;
use std::collections::BTreeMap;

const ORIGIN: &str = "log.example/two/e1";

fn origin() -> Origin {
    ORIGIN.parse().unwrap()
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::new(seconds).unwrap()
}

fn log_key() -> NoteSigner {
    NoteSigner::new(ORIGIN.parse().unwrap(), SecretKey::from_seed([1; 32]))
}

fn witness_key() -> Cosigner {
    Cosigner::new(
        "w.example/w/witness".parse().unwrap(),
        SecretKey::from_seed([2; 32]),
    )
}

/// A history of `size` leaves; those of different branches part after leaf 2.
fn tree(branch: u8, size: u64) -> Tree {
    let leaf = |leaf: u64| leaf_hash(&[if leaf < 2 { 0 } else { branch }, leaf.to_le_bytes()[0]]);
    Tree::from_leaves((0..size).map(leaf)).unwrap()
}

fn signed(branch: u8, size: u64) -> Note {
    let tree = tree(branch, size);
    let checkpoint = Checkpoint::new(origin(), tree.size(), tree.root()).unwrap();
    checkpoint.sign(&log_key()).unwrap()
}

fn proof(branch: u8, old: u64, size: u64) -> Vec<Hash> {
    if old == 0 || old > size {
        return Vec::new();
    }
    let (old, new) = (TreeSize::new(old).unwrap(), TreeSize::new(size).unwrap());
    tree(branch, size).consistency(old, new).unwrap()
}

fn ask(branch: u8, old: u64, size: u64) -> AddCheckpoint {
    AddCheckpoint {
        old: TreeSize::new(old).unwrap(),
        proof: proof(branch, old, size),
        note: signed(branch, size),
    }
}

/// What survives a crash, and what left the witness.
#[derive(Default)]
struct World {
    disk: Option<Seen>,
    released: BTreeMap<u64, (Root, Vec<u64>)>,
    accused: Vec<SplitView>,
}

impl World {
    fn start(&self) -> Witness {
        let keys = vec![log_key().verifier().clone()];
        Witness::new(origin(), keys, self.disk.clone())
    }

    /// Performs what is asked for, up to `acts`; the answer, or nothing after a crash.
    fn run(
        &mut self,
        witness: &mut Witness,
        request: AddCheckpoint,
        now: u64,
        mut acts: u32,
    ) -> Option<Answer> {
        let mut todo = witness.handle(Input::Ask(request), at(now));
        todo.reverse();
        while let Some(output) = todo.pop() {
            if acts == 0 {
                return None;
            }
            acts -= 1;
            let input = match output {
                Output::Answer(answer) => {
                    if let Answer::Cosigned(line) = &answer {
                        self.release(line);
                    }
                    return Some(answer);
                }
                Output::Accuse(proof) => {
                    self.accused.push(*proof);
                    continue;
                }
                Output::Cosign { text, stamp } => {
                    Input::Cosigned(witness_key().cosign(&text, stamp.seconds()).unwrap())
                }
                Output::Write(seen) => {
                    self.disk = Some(*seen);
                    Input::Written
                }
            };
            todo.extend(witness.handle(input, at(now)).into_iter().rev());
        }
        panic!("no answer");
    }

    /// A signature leaves: the disk knows its tree, and it verifies.
    fn release(&mut self, line: &SignatureLine) {
        let seen = self.disk.as_ref().expect("signed without a record");
        let stamp = witness_key().verifier().verify(seen.note.text(), line);
        let stamp = stamp.expect("a line over what is not on the disk").unwrap();
        let size = seen.checkpoint.size().get();
        let root = seen.checkpoint.root();
        let (first, stamps) = self.released.entry(size).or_insert((root, Vec::new()));
        assert_eq!(*first, root, "two roots for size {size}");
        stamps.push(stamp);
        let (largest, _) = self.released.last_key_value().unwrap();
        assert_eq!(*largest, size, "cosigned a smaller tree after a larger one");
    }
}

fn code(answer: &Answer) -> Option<Reason> {
    match answer {
        Answer::Refused(refusal) => Some(refusal.code()),
        _ => None,
    }
}

#[test]
fn every_answer_of_the_protocol() {
    let mut world = World::default();
    let mut witness = world.start();
    let mut to = |request: AddCheckpoint| world.run(&mut witness, request, 100, 99).unwrap();
    let conflict = |size| Answer::Conflict(TreeSize::new(size).unwrap());
    assert_eq!(to(ask(0, 3, 5)), conflict(0), "nothing was cosigned yet");
    let mut padded = ask(0, 0, 5);
    padded.proof = vec![Hash::from_bytes([0; 32])];
    assert_eq!(
        code(&to(padded)),
        Some(Reason::ProofInvalid),
        "old 0 with a proof"
    );
    assert!(matches!(to(ask(0, 0, 5)), Answer::Cosigned(_)));
    assert_eq!(to(ask(0, 0, 7)), conflict(5));
    assert_eq!(to(ask(0, 4, 7)), conflict(5));
    assert_eq!(
        code(&to(ask(0, 7, 6))),
        Some(Reason::RequestMalformed),
        "old above new"
    );
    let mut unproved = ask(0, 5, 7);
    unproved.proof.pop();
    assert_eq!(code(&to(unproved)), Some(Reason::ProofInvalid));
    assert_eq!(
        code(&to(ask(1, 5, 7))),
        Some(Reason::ProofInvalid),
        "another history"
    );
    assert_eq!(code(&to(ask(1, 5, 5))), Some(Reason::LogForked));
    assert_eq!(
        to(ask(1, 0, 5)),
        conflict(5),
        "a fork with another old size"
    );
    let mut stranger = ask(0, 5, 7);
    let text = stranger.note.text().to_owned();
    let other = NoteSigner::new(ORIGIN.parse().unwrap(), SecretKey::from_seed([3; 32]));
    stranger.note = Note::new(&text, vec![other.sign(&text)]).unwrap();
    assert_eq!(
        code(&to(stranger.clone())),
        Some(Reason::CheckpointUnsigned)
    );
    // A known key's line that does not verify refuses the note, whatever else stands in it.
    stranger.note = Note::new(&text, vec![other.sign(&text), log_key().sign("other\n")]).unwrap();
    assert_eq!(code(&to(stranger)), Some(Reason::CheckpointUnsigned));
    assert!(matches!(to(ask(0, 5, 7)), Answer::Cosigned(_)));
    assert!(matches!(to(ask(0, 7, 7)), Answer::Cosigned(_)), "again");
    assert_eq!(world.accused.len(), 2);
    let proof = &world.accused[0];
    let (older, newer) = proof.verify(log_key().verifier()).unwrap();
    assert_eq!(
        (older.root(), newer.root()),
        (tree(0, 5).root(), tree(1, 5).root())
    );
}

#[test]
fn an_empty_tree_has_one_root() {
    let mut world = World::default();
    let mut witness = world.start();
    let text = format!("{ORIGIN}\n0\n{}\n", Root::from_bytes([7; 32]));
    let request = AddCheckpoint {
        old: TreeSize::ZERO,
        proof: vec![],
        note: Note::new(&text, vec![log_key().sign(&text)]).unwrap(),
    };
    let answer = world.run(&mut witness, request, 100, 99).unwrap();
    assert_eq!(code(&answer), Some(Reason::ProofInvalid));
    let answer = world.run(&mut witness, ask(0, 0, 0), 100, 99).unwrap();
    assert!(matches!(answer, Answer::Cosigned(_)));
}

#[test]
fn text_of_another_profile_is_refused_though_the_log_signed_it() {
    let mut world = World::default();
    let mut witness = world.start();
    let text = format!("{}extension\n", signed(0, 3).text());
    let mut request = ask(0, 0, 3);
    request.note = Note::new(&text, vec![log_key().sign(&text)]).unwrap();
    let answer = world.run(&mut witness, request, 100, 99).unwrap();
    assert_eq!(code(&answer), Some(Reason::CheckpointMalformed));
}

#[test]
fn lines_of_others_never_enter_the_record() {
    let mut world = World::default();
    let mut witness = world.start();
    let mut request = ask(0, 0, 3);
    // A line that claims to be the witness's own, and is not: kept, it would block every later one.
    let forged = witness_key().cosign("another text\n", 50).unwrap();
    request.note = request.note.with(forged).unwrap();
    assert!(matches!(
        world.run(&mut witness, request, 100, 99),
        Some(Answer::Cosigned(_))
    ));
    let seen = world.disk.clone().unwrap();
    let names: Vec<_> = seen
        .note
        .lines()
        .iter()
        .map(|line| line.name().as_str())
        .collect();
    assert_eq!(names, [ORIGIN, "w.example/w/witness"]);
    let mut witness = world.start();
    let next = world.run(&mut witness, ask(0, 3, 5), 100, 99);
    assert!(matches!(next, Some(Answer::Cosigned(_))));
}

#[test]
fn the_same_request_gets_the_same_line_for_a_while_and_a_new_one_later() {
    let mut world = World::default();
    let mut witness = world.start();
    let mut line = |old, now| match world.run(&mut witness, ask(0, old, 3), now, 99) {
        Some(Answer::Cosigned(line)) => line,
        other => panic!("{other:?}"),
    };
    let first = line(0, 100);
    assert_eq!(line(3, 100 + SAME_ANSWER_SECONDS - 1), first);
    assert_ne!(line(3, 100 + SAME_ANSWER_SECONDS), first);
}

#[test]
fn a_clock_that_fell_back_signs_nothing() {
    let mut world = World::default();
    let mut witness = world.start();
    world.run(&mut witness, ask(0, 0, 3), 100, 99);
    let answer = world.run(&mut witness, ask(0, 3, 5), 99, 99).unwrap();
    assert_eq!(code(&answer), Some(Reason::ClockFellBack));
}

#[test]
fn after_a_write_that_failed_nothing_is_signed_and_a_request_in_between_is_turned_away() {
    let mut witness = World::default().start();
    let todo = witness.handle(Input::Ask(ask(0, 0, 3)), at(100));
    let [Output::Cosign { text, stamp }] = &todo[..] else {
        panic!("{todo:?}")
    };
    let refused = |answer: &[Output], reason| match answer {
        [Output::Answer(answer)] => assert_eq!(code(answer), Some(reason)),
        other => panic!("{other:?}"),
    };
    let between = witness.handle(Input::Ask(ask(0, 0, 4)), at(100));
    refused(&between, Reason::Overloaded);
    let line = witness_key().cosign(text, stamp.seconds()).unwrap();
    let todo = witness.handle(Input::Cosigned(line), at(100));
    assert!(matches!(todo[..], [Output::Write(_)]));
    refused(
        &witness.handle(Input::WriteFailed, at(100)),
        Reason::StoreFailed,
    );
    refused(
        &witness.handle(Input::Ask(ask(0, 0, 3)), at(100)),
        Reason::StoreFailed,
    );
    assert_eq!(witness.handle(Input::Written, at(100)), []);
    assert!(witness.last().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever is asked in whatever order, and wherever the witness crashes.
    #[test]
    fn no_size_gets_two_roots_and_no_smaller_tree_follows(
        requests in prop::collection::vec((0..3_u8, 0..9_u64, 0..9_u64, 0..9_u32, any::<bool>()), 1..40)
    ) {
        let mut world = World::default();
        let mut witness = world.start();
        for (now, (branch, old, size, acts, informed)) in (100..).zip(requests) {
            // Half of the requests know what was cosigned last, as a log that asks twice does.
            let known = world.disk.as_ref().map_or(0, |seen| seen.checkpoint.size().get());
            let old = if informed { known } else { old };
            if world.run(&mut witness, ask(branch, old, size), now, acts).is_none() {
                witness = world.start();
            }
        }
        for proof in &world.accused {
            let read: SplitView = proof.to_string().parse().unwrap();
            prop_assert!(read.verify(log_key().verifier()).is_ok());
        }
    }
}
