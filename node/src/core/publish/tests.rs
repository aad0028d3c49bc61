//! One world whose disk outlives crashes; the publisher is crashed between every two steps.

use super::*;
use fairtrail::key::SecretKey;
use fairtrail::merkle::{Tree, TreeSize, leaf_hash};
use fairtrail::note::{Cosigner, NoteSigner};
use fairtrail::reason::Reason;
use std::collections::VecDeque;

const ORIGIN: &str = "log.example/one/e1";

fn at(seconds: u64) -> Timestamp {
    Timestamp::new(seconds).unwrap()
}

fn head(size: u64) -> Head {
    let leaves = (0..size).map(|leaf| leaf_hash(&leaf.to_be_bytes()));
    let tree = Tree::from_leaves(leaves).unwrap();
    Head {
        size: tree.size(),
        root: tree.root(),
    }
}

/// What survives a crash, and what others have seen.
struct World {
    log: NoteSigner,
    witness: Cosigner,
    intent: Option<Intent>,
    signed: Vec<Publication>,
    shown: Option<Publication>,
    /// What the witnesses answer.
    answer: fn(Note) -> Gathered,
    guard: Head,
    archived: Vec<Publication>,
    served: Vec<Publication>,
}

impl World {
    fn new() -> Self {
        let origin: Origin = ORIGIN.parse().unwrap();
        Self {
            log: NoteSigner::new(origin.key_name().unwrap(), SecretKey::from_seed([1; 32])),
            witness: Cosigner::new(
                "w.example/a".parse().unwrap(),
                SecretKey::from_seed([2; 32]),
            ),
            intent: None,
            signed: Vec::new(),
            shown: None,
            answer: Gathered::Enough,
            guard: Head::empty(),
            archived: Vec::new(),
            served: Vec::new(),
        }
    }

    fn start(&self) -> Result<(Publisher, Vec<Output>), Halt> {
        let durable = Durable {
            intent: self.intent,
            signed: self.signed.last().cloned(),
            shown: self.shown.clone(),
            shown_enough: true,
            guard: self.guard,
            root_at_guard: Some(head(self.guard.size.get()).root),
            archived: self.archived.last().map(|last| mark(last.intent)),
        };
        Publisher::recover(ORIGIN.parse().unwrap(), durable)
    }

    /// Performs one act, which is durable when this returns.
    fn perform(&mut self, output: Output) -> Option<Input> {
        Some(match output {
            Output::WriteIntent(intent) => {
                assert!(self.intent.is_none_or(|last| intent.stamp > last.stamp));
                self.intent = Some(intent);
                Input::IntentDurable
            }
            Output::Sign(checkpoint) => Input::Signed(checkpoint.sign(&self.log).unwrap()),
            Output::WriteSigned(signed) => {
                self.signed.push(signed);
                Input::SignedDurable
            }
            Output::RaiseGuard(head) => {
                assert!(head.size >= self.guard.size);
                assert_eq!(self.signed.last().unwrap().intent.head, head);
                self.guard = head;
                Input::Raised
            }
            Output::Cosign(Publication { intent, note }) => {
                assert_eq!(self.guard, intent.head, "cosigned before the guard knew");
                let line = self.witness.cosign(note.text(), intent.stamp.seconds());
                Input::Cosigned(note.with(line.unwrap()).unwrap())
            }
            Output::Gather(Publication { note, .. }) => Input::Gathered((self.answer)(note)),
            Output::Freeze(note) => {
                if let Some(frozen) = self.archived.last() {
                    assert!(frozen.intent.head.size < note.intent.head.size);
                }
                self.archived.push(note);
                Input::Frozen
            }
            Output::Record(published) => {
                self.shown = Some(published);
                Input::Recorded
            }
            Output::Serve(published) => {
                self.served.push(published);
                return None;
            }
            Output::Halt(halt) => panic!("{halt}"),
        })
    }

    /// Runs until nothing is to be done, or `steps` acts are performed; whether it came to an end.
    fn run(&mut self, publisher: &mut Publisher, todo: Vec<Output>, steps: &mut u32) -> bool {
        let mut todo = VecDeque::from(todo);
        while let Some(output) = todo.pop_front() {
            if *steps == 0 {
                return false;
            }
            *steps -= 1;
            if let Some(input) = self.perform(output) {
                todo.extend(publisher.handle(input, at(0)));
            }
        }
        true
    }

    fn check(&self) {
        for pair in self.signed.windows(2) {
            let [old, new] = pair else { continue };
            if old.intent == new.intent {
                assert_eq!(old.note, new.note, "one intent, two notes");
            } else {
                assert!(old.intent.head.size < new.intent.head.size);
                assert!(old.intent.stamp < new.intent.stamp);
            }
        }
        for served in &self.served {
            let signed = self.signed.iter().any(|s| s.intent == served.intent);
            assert!(signed && self.guard.size >= served.intent.head.size);
        }
    }
}

#[test]
fn a_crash_between_any_two_steps_loses_no_publication_and_signs_no_second_root() {
    for first in 0..28 {
        for second in 0..14 {
            let mut world = World::new();
            let (mut now, mut size) = (3_600, 3);
            // Two crashes, after so many acts; then nothing goes wrong any more.
            let finished = [first, second, 1_000].into_iter().any(|mut steps| {
                let (mut publisher, todo) = world.start().unwrap();
                // More was committed while nothing was signed.
                size += 5;
                let finished = world.run(&mut publisher, todo, &mut steps)
                    && [size, size + 4, size + 4].into_iter().all(|size| {
                        now += 1;
                        let todo = publisher.handle(Input::Tick(head(size)), at(now));
                        world.run(&mut publisher, todo, &mut steps)
                    });
                world.check();
                finished
            });
            assert!(finished);
            let last = world.served.last().unwrap();
            assert_eq!(last.intent.head, head(size + 4));
            assert_eq!(world.archived.len(), 1);
        }
    }
}

#[test]
fn an_unchanged_tree_and_a_second_in_which_something_was_signed_are_passed_over() {
    let mut world = World::new();
    let (mut publisher, todo) = world.start().unwrap();
    assert!(todo.is_empty() && publisher.is_idle());
    let todo = publisher.handle(Input::Tick(head(0)), at(100));
    assert!(world.run(&mut publisher, todo, &mut 100));
    assert_eq!(world.served.len(), 1, "the empty tree is published once");
    assert_eq!(publisher.handle(Input::Tick(head(0)), at(200)), []);
    assert_eq!(publisher.handle(Input::Tick(head(1)), at(100)), []);
    let todo = publisher.handle(Input::Tick(head(1)), at(101));
    assert!(world.run(&mut publisher, todo, &mut 100));
    let last = publisher.last().unwrap();
    assert_eq!((last.head, last.stamp), (head(1), at(101)));
    // An answer that nobody waits for changes nothing.
    assert_eq!(publisher.handle(Input::Raised, at(300)), []);
}

#[test]
fn a_clock_that_falls_back_and_a_tree_that_shrinks_halt_signing() {
    let mut world = World::new();
    let (mut publisher, _) = world.start().unwrap();
    let todo = publisher.handle(Input::Tick(head(5)), at(100));
    assert!(world.run(&mut publisher, todo, &mut 100));
    let (last, now) = (at(100), at(99));
    let halt = Halt::ClockFellBack { last, now };
    assert_eq!(halt.code(), Reason::ClockFellBack);
    assert_eq!(
        publisher.handle(Input::Tick(head(6)), now),
        [Output::Halt(halt)]
    );
    let (last, small) = (head(5), head(4));
    let halt = Halt::Shrunk { last, head: small };
    assert_eq!(
        publisher.handle(Input::Tick(small), at(200)),
        [Output::Halt(halt)]
    );
    let mut other = head(5);
    other.root = head(6).root;
    assert!(matches!(
        publisher.handle(Input::Tick(other), at(200))[..],
        [Output::Halt(Halt::Shrunk { .. })]
    ));
    let todo = publisher.handle(Input::Tick(head(6)), at(101));
    assert!(matches!(todo[..], [Output::WriteIntent(_)]));
}

#[test]
fn a_guard_that_knows_a_larger_or_another_tree_refuses() {
    let mut world = World::new();
    let (mut publisher, _) = world.start().unwrap();
    let todo = publisher.handle(Input::Tick(head(5)), at(100));
    assert!(world.run(&mut publisher, todo, &mut 100));
    for guard in [
        head(6),
        Head {
            size: TreeSize::new(5).unwrap(),
            root: head(6).root,
        },
    ] {
        let refused = Publisher::recover(
            ORIGIN.parse().unwrap(),
            Durable {
                intent: world.intent,
                signed: world.signed.last().cloned(),
                shown: None,
                shown_enough: true,
                guard,
                root_at_guard: Some(head(guard.size.get()).root),
                archived: None,
            },
        );
        assert_eq!(refused.unwrap_err().code(), Reason::RollbackSuspected);
    }
}

#[test]
fn the_archive_takes_the_first_note_of_each_hour_in_which_the_tree_grew() {
    let mut world = World::new();
    let (mut publisher, _) = world.start().unwrap();
    for (size, now) in [
        (0, 10),
        (1, 20),
        (2, 30),
        (3, 3_600),
        (4, 3_601),
        (5, 9_000),
    ] {
        let todo = publisher.handle(Input::Tick(head(size)), at(now));
        assert!(world.run(&mut publisher, todo, &mut 100));
    }
    let sizes: Vec<_> = world
        .archived
        .iter()
        .map(|n| n.intent.head.size.get())
        .collect();
    assert_eq!(sizes, [1, 3, 5]);
    assert_eq!(world.served.len(), 6);
}

/// Runs one tick to its end.
fn tick(world: &mut World, publisher: &mut Publisher, size: u64, now: u64) {
    let todo = publisher.handle(Input::Tick(head(size)), at(now));
    assert!(world.run(publisher, todo, &mut 100));
}

fn served(world: &World) -> Vec<u64> {
    let served = world.served.iter();
    served.map(|shown| shown.intent.head.size.get()).collect()
}

#[test]
fn what_too_few_cosigned_is_not_shown_and_the_tree_as_it_grew_is_tried_next() {
    let mut world = World::new();
    let (mut publisher, _) = world.start().unwrap();
    world.answer = Gathered::TooFew;
    tick(&mut world, &mut publisher, 0, 10);
    assert_eq!(served(&world), [0], "the empty tree needs nobody");
    for (size, now) in [(3, 20), (3, 30), (5, 40), (5, 50)] {
        tick(&mut world, &mut publisher, size, now);
        assert!(publisher.is_wanting());
    }
    assert_eq!((served(&world), world.signed.len()), (vec![0], 3));
    assert!(world.archived.is_empty());
    // A restart in between shows what was shown, and asks again at once.
    let (mut publisher, todo) = world.start().unwrap();
    assert!(world.run(&mut publisher, todo, &mut 100));
    assert_eq!(served(&world), [0, 0]);
    world.answer = Gathered::Enough;
    tick(&mut world, &mut publisher, 5, 60);
    assert!(!publisher.is_wanting());
    assert_eq!((served(&world), world.signed.len()), (vec![0, 0, 5], 3));
    assert_eq!(world.archived.len(), 1);
    assert_eq!(publisher.handle(Input::Tick(head(5)), at(70)), []);
}

#[test]
fn a_checkpoint_that_another_copy_signed_halts_this_one() {
    let mut world = World::new();
    let (mut publisher, _) = world.start().unwrap();
    world.answer = |_| Gathered::Ahead(head(9));
    let mut todo = publisher.handle(Input::Tick(head(5)), at(10));
    while let Some(output) = todo.pop() {
        if let Output::Halt(halt) = output {
            let (witnessed, signed) = (head(9), head(5));
            assert_eq!(halt, Halt::SignedElsewhere { witnessed, signed });
            assert_eq!(halt.code(), Reason::RollbackSuspected);
            return;
        }
        let input = world.perform(output).unwrap();
        todo = publisher.handle(input, at(10));
    }
    panic!("no halt");
}

#[test]
fn shown_all_the_same_it_is_no_evidence_of_time_and_is_shown_again_once_cosigned() {
    let mut world = World::new();
    let (mut publisher, _) = world.start().unwrap();
    world.answer = Gathered::ShowAnyway;
    for (size, now) in [(0, 10), (3, 20), (3, 30), (3, 40)] {
        tick(&mut world, &mut publisher, size, now);
    }
    assert_eq!(served(&world), [0, 3], "asked again, shown once");
    assert!(world.archived.is_empty() && publisher.is_wanting());
    world.answer = Gathered::Enough;
    tick(&mut world, &mut publisher, 3, 50);
    assert_eq!(served(&world), [0, 3, 3]);
    assert_eq!((world.archived.len(), world.signed.len()), (1, 2));
    assert!(!publisher.is_wanting());
}
