//! The walk over a feed and its value (feed.md §6).

use super::Vector;
use super::stage::Stage;
use super::world::Author;
use fairtrail::entry::Role;

const SPEC: &str = "feed.md §6";

/// An auditor whose feed branches.
struct Branches {
    stage: Stage,
    auditor: Author,
}

impl Branches {
    fn new() -> Self {
        let mut stage = Stage::new();
        let auditor = stage.enrol(11, Role::Auditor, &[]);
        stage.watch(auditor.id);
        Self { stage, auditor }
    }

    /// Statements by salt, one after another, after `from`; returns the author that wrote them.
    fn say(&mut self, from: &Author, salts: &[u8]) -> Author {
        let mut author = from.clone();
        for salt in salts {
            let entry = author.say("finding", *salt);
            self.stage.admit(&entry);
        }
        author
    }

    fn rotate(&mut self, from: &Author, key: u8) -> Author {
        let mut author = from.clone();
        let entry = author.rotate(key);
        self.stage.admit(&entry);
        author
    }

    fn vector(&self, name: &str, expect: &str, comment: &str) -> Vector {
        self.stage
            .vector(&format!("feed/{name}"), expect, SPEC, comment)
    }
}

pub(super) fn vectors() -> Vec<Vector> {
    [linear(), open(), resolved(), frozen()].concat()
}

fn linear() -> Vec<Vector> {
    let mut begun = Branches::new();
    let first = begun.vector("begun", "ok", "only the begin");
    let auditor = begun.auditor.clone();
    let end = begun.say(&auditor, &[1, 2]);
    let mut rotated = Branches::new();
    rotated.stage = begun.stage.clone();
    let end = rotated.rotate(&end, 20);
    let at_rotation = rotated.vector(
        "rotated",
        "ok",
        "the head is a rotation, which sets the key state",
    );
    rotated.say(&end, &[3]);
    vec![
        first,
        begun.vector("linear", "ok", "two statements: the last is the head"),
        at_rotation,
        rotated.vector(
            "linear_after_rotation",
            "ok",
            "the key state stays that of the rotation",
        ),
    ]
}

#[rustfmt::skip] // one case per line
fn open() -> Vec<Vector> {
    let open = "feed-forked";
    let mut first = Branches::new();
    let begin = first.auditor.clone();
    first.say(&begin, &[1]);
    first.say(&begin, &[2]);
    let mut second = Branches::new();
    let base = second.say(&begin, &[1]);
    second.say(&base, &[2, 3, 4]);
    second.say(&base, &[5]);
    let mut three = Branches::new();
    let base = three.say(&begin, &[1]);
    for salt in [2, 3, 4] {
        three.say(&base, &[salt]);
    }
    let mut lower = Branches::new();
    let base = lower.say(&begin, &[1]);
    let branch = lower.say(&base, &[2]);
    lower.say(&base, &[3]);
    lower.say(&branch, &[4]);
    lower.say(&branch, &[5]);
    lower.say(&begin, &[6]);
    vec![
        first.vector("open_at_1", open, "two entries with seq 1: the walk stops at the begin"),
        second.vector("open_at_2", open, "a fork at 2 with branches of three and one: tips are the childless entries"),
        three.vector("open_three", open, "three entries with seq 2: the two smallest ids are named"),
        lower.vector("open_nested", open, "forks above an open fork are not met: count 1, the tips name them all"),
    ]
}

#[rustfmt::skip] // one case per line
fn resolved() -> Vec<Vector> {
    let begin = Branches::new().auditor;
    let mut once = Branches::new();
    let base = once.say(&begin, &[1]);
    once.say(&base, &[2, 3]);
    let kept = once.say(&base, &[4]);
    let healed = once.rotate(&kept, 20);
    let mut on = Branches { stage: once.stage.clone(), auditor: begin.clone() };
    let end = on.say(&healed, &[5]);
    let mut again = Branches { stage: on.stage.clone(), auditor: begin.clone() };
    again.say(&end, &[6]);
    let other = again.say(&end, &[7]);
    let mut both = Branches { stage: again.stage.clone(), auditor: begin.clone() };
    both.rotate(&other, 21);
    let mut fork_is_rotation = Branches::new();
    fork_is_rotation.say(&begin, &[1]);
    fork_is_rotation.rotate(&begin, 20);
    let mut late = Branches::new();
    late.say(&begin, &[1]);
    let branch = late.say(&begin, &[2, 3]);
    late.rotate(&branch, 20);
    vec![
        once.vector("resolved", "ok", "a rotation on one of two branches resolves the fork for it"),
        on.vector("resolved_and_on", "ok", "the walk goes on along the branch that rotated"),
        fork_is_rotation.vector("resolved_by_sibling", "ok", "one of the two siblings is itself the rotation"),
        late.vector("resolved_below", "ok", "the rotation stands two entries below the fork"),
        again.vector("forked_again", "feed-forked", "a second fork after the first was resolved: count 2, lowest and last differ"),
        both.vector("resolved_twice", "ok", "both forks are resolved"),
    ]
}

#[rustfmt::skip] // one case per line
fn frozen() -> Vec<Vector> {
    let begin = Branches::new().auditor;
    let mut two = Branches::new();
    let left = two.say(&begin, &[1]);
    let right = two.say(&begin, &[2]);
    two.rotate(&left, 20);
    two.rotate(&right, 21);
    let mut siblings = Branches::new();
    siblings.rotate(&begin, 20);
    siblings.rotate(&begin, 21);
    let mut inside = Branches::new();
    inside.say(&begin, &[1]);
    let kept = inside.say(&begin, &[2]);
    inside.rotate(&kept, 20);
    inside.rotate(&kept, 21);
    vec![
        two.vector("frozen", "feed-frozen", "both branches rotated: the walk stops for good"),
        siblings.vector("frozen_siblings", "feed-frozen", "two rotations with seq 1"),
        inside.vector("frozen_inside", "feed-frozen", "a fork resolved for a branch that is itself frozen further on"),
    ]
}
