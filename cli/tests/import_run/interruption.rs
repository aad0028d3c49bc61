//! The process ends, or the gateway falls silent, at any moment.

use crate::node::Silence;
use crate::world::{Ran, World};
use crate::{assert_nothing_twice, list};
use fairtrail::entry::{Draft, NetworkClaim, Pulse};
use fairtrail::files::Seen;
use fairtrail_cli::exit::Exit;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Three batches.
const FIRMS: usize = 600;

fn copy(from: &Path, to: &Path) {
    if to.exists() {
        fs_err::remove_dir_all(to).unwrap();
    }
    if from.exists() {
        let copied = Command::new("cp").arg("-a").args([from, to]).status();
        assert!(copied.unwrap().success());
    }
}

fn assert_whole(world: &World, ran: &Ran) {
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(world.stated(), FIRMS + 1);
    assert_nothing_twice(world);
    assert_eq!(world.author().pending().unwrap(), []);
}

#[test]
fn silence_at_every_batch_is_resumed() {
    let silences = (0..3).flat_map(|n| [Silence::BeforeTaking(n), Silence::AfterTaking(n)]);
    for silence in silences.chain([Silence::AtFeed]) {
        let world = World::new();
        let file = world.write("list.csv", &list("2026-08-21", FIRMS));
        world.wire.node().silence = Some(silence);
        let ran = world.import(&[&file]);
        assert_eq!(ran.exit, Exit::Operational, "{silence:?}");
        assert!(ran.err.contains("run the same command again") || silence == Silence::AtFeed);
        let ran = world.import(&[&file]);
        assert_whole(&world, &ran);
    }
}

#[test]
fn silence_again_and_again_is_resumed_each_time() {
    let world = World::new();
    let file = world.write("list.csv", &list("2026-08-21", FIRMS));
    let mut runs = 0;
    let ran = loop {
        let silence = [
            Silence::BeforeTaking(0),
            Silence::AfterTaking(0),
            Silence::AfterTaking(1),
        ];
        world.wire.node().silence = silence.get(runs).copied();
        let ran = world.import(&[&file]);
        runs += 1;
        if ran.exit == Exit::Done {
            break ran;
        }
    };
    assert!(runs > 3);
    assert_whole(&world, &ran);
}

#[test]
fn a_gateway_with_too_much_to_do_is_asked_again() {
    let world = World::new();
    let file = world.write("list.csv", &list("2026-08-21", FIRMS));
    world.wire.node().silence = Some(Silence::Overloaded(1));
    let ran = world.import(&[&file]);
    assert_whole(&world, &ran);
}

/// Home directory and memory at some moment of a run.
struct Moment {
    author: PathBuf,
    marks: PathBuf,
    state: PathBuf,
}

impl Moment {
    fn of(world: &World, name: &str) -> Self {
        let moment = Self {
            author: world.path(&format!("{name}-author")),
            marks: world.path(&format!("{name}-marks")),
            state: world.path(&format!("{name}-state")),
        };
        copy(&author_dir(world), &moment.author);
        copy(world.home().guard(), &moment.marks);
        copy(&world.state_dir(), &moment.state);
        moment
    }
}

fn author_dir(world: &World) -> PathBuf {
    world.path("home/authors/watcher")
}

/// A world whose first batch was signed and noted, and reached nobody or was taken unheard.
fn interrupted(silence: Silence) -> (World, PathBuf, Moment, Moment) {
    let world = World::new();
    let file = world.write("list.csv", &list("2026-08-21", FIRMS));
    // The state is saved, nothing is signed.
    world.wire.node().silence = Some(Silence::AtFeed);
    world.import(&[&file]);
    world.wire.node().silence = None;
    let before = Moment::of(&world, "before");
    world.wire.node().silence = Some(silence);
    assert_eq!(world.import(&[&file]).exit, Exit::Operational);
    let signed = Moment::of(&world, "signed");
    (world, file, before, signed)
}

#[test]
fn an_end_after_the_note_and_before_the_outbox_signs_again() {
    let (world, file, before, signed) = interrupted(Silence::BeforeTaking(0));
    copy(&before.author, &author_dir(&world));
    copy(&before.marks, world.home().guard());
    copy(&signed.state, &world.state_dir());
    let ran = world.import(&[&file]);
    assert_eq!(ran.json()["resumed"], 0);
    assert_whole(&world, &ran);
}

#[test]
fn an_end_after_the_outbox_offers_the_same_bytes() {
    let (world, file, _, signed) = interrupted(Silence::AfterTaking(0));
    copy(&signed.author, &author_dir(&world));
    let batch = world.author().pending().unwrap()[0].batch().clone();
    let ran = world.import(&[&file]);
    assert_eq!(ran.json()["resumed"], 256);
    assert_whole(&world, &ran);
    let node = world.wire.node();
    for one in &batch.0 {
        let held = node
            .entries
            .iter()
            .find(|(entry, _)| entry.id() == one.entry.id());
        assert_eq!(held.unwrap().0.bytes(), one.entry.bytes());
    }
}

#[test]
fn an_end_after_the_acknowledgement_and_before_the_note_states_nothing_twice() {
    let (world, file, ..) = interrupted(Silence::AfterTaking(0));
    let ran = world.run(&["submit", "--pending", "--as", "watcher", "--json"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let ran = world.import(&[&file]);
    assert_eq!(ran.json()["resumed"], 256);
    assert_whole(&world, &ran);
}

#[test]
fn what_somebody_signed_in_between_does_not_confuse() {
    for signed_before in [true, false] {
        let (world, file, before, signed) = interrupted(Silence::BeforeTaking(0));
        if signed_before {
            let ran = world.run(&["submit", "--pending", "--as", "watcher"]);
            assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
        } else {
            copy(&before.author, &author_dir(&world));
            copy(&before.marks, world.home().guard());
            copy(&signed.state, &world.state_dir());
        }
        // As many entries of another command as lead past the last number of the run.
        for _ in 0..2 {
            pulses(&world, 200);
        }
        let ran = world.import(&[&file]);
        let resumed = if signed_before { 256 } else { 0 };
        assert_eq!(ran.json()["resumed"], resumed, "{}", ran.err);
        assert_eq!(world.stated(), FIRMS + 1 + 400);
        assert_eq!(ran.exit, Exit::Done);
    }
}

fn pulses(world: &World, count: usize) {
    let mut author = world.author();
    let mut signing = author.signing(None, Seen::Offline).unwrap();
    for _ in 0..count {
        let pulse = NetworkClaim::Pulse(Pulse {});
        let draft = Draft::network(pulse, world.observer, crate::world::now());
        signing.push(&draft).unwrap();
    }
    signing.finish().unwrap();
    drop(author);
    let ran = world.run(&["submit", "--pending", "--as", "watcher"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
}

#[test]
fn what_a_rotation_abandoned_is_stated_anew() {
    let (world, file, ..) = interrupted(Silence::BeforeTaking(0));
    let rotated = world.run(&["author", "rotate", "watcher", "--abandon", "--yes"]);
    assert_eq!(rotated.exit, Exit::Done, "{}", rotated.err);
    let ran = world.import(&[&file]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(ran.json()["stated"], FIRMS + 1);
    // The rotation is one of the entries.
    assert_eq!(world.stated(), FIRMS + 2);
}

#[test]
fn another_author_cannot_go_on_with_it() {
    let (world, file, ..) = interrupted(Silence::BeforeTaking(0));
    let state = world.state_dir();
    let ran = world.run(&[
        "import",
        "register",
        "--format",
        "uk-sponsor",
        file.to_str().unwrap(),
        "--as",
        "root",
        "--state",
        state.to_str().unwrap(),
        "--yes",
        "--json",
    ]);
    assert_eq!(ran.json()["reason"], "state-foreign", "{}", ran.err);
    let ran = world.import(&[&file]);
    assert_whole(&world, &ran);
}
