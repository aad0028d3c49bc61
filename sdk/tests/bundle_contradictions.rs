//! A bundle whose index hid an entry or made one up, beside the log: what is proved by it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::bundle::LogPart;
use fairtrail::fraud::{Charge, Keys, Kind, contradictions};
use fairtrail::index::{Answer, EDITION, Embedded, IndexHead};
use fairtrail::log::{Checkpoint, Origin};
use fairtrail::merkle::{Tree, TreeSize, leaf_hash};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;
use market::{SITE, market, statement};
use world::reading::ORIGIN;
use world::{World, subject};

/// The site that is accused in the place of the other.
const SCAPEGOAT: &str = "osid:XA2026002N0RTHW";

/// What everybody knows, up to the last entry.
fn begun(findings: usize) -> World {
    let mut world = market();
    world.say("auditor", &statement("audit", ""));
    for _ in 0..findings {
        world.say("auditor", &statement("finding", ""));
    }
    world
}

/// The log: a finding at the site comes last.
fn log(findings: usize) -> Replica {
    let mut world = begun(findings);
    world.say("auditor", &statement("finding", "claim.severity = 5"));
    world.replica()
}

fn index_key() -> NoteVerifier {
    let policy = begun(0).policy("");
    let index = ORIGIN.parse::<Origin>().unwrap().index(EDITION).unwrap();
    let mut logs = policy.indexes().unwrap().logs().iter();
    logs.find(|log| *log.origin() == index)
        .unwrap()
        .key()
        .clone()
}

/// What the index of a world says, under a head that claims to be over the log.
fn told(world: &World, log: &Replica) -> LogPart {
    let indexed = world.indexed();
    let asked = [subject(SITE), subject(SCAPEGOAT)];
    let inquired = indexed.inquire(&asked, &world.policy(""), None);
    let mut part = inquired.bundle.logs[0].clone();
    let mut answer = Answer::parse(&part.answer.0).unwrap();
    let head = IndexHead {
        root: log.root_at(log.size()).unwrap(),
        ..IndexHead::parse(&answer.head.0).unwrap()
    };
    assert_eq!(head.size, log.size());
    let index = head.origin.index(EDITION).unwrap();
    let heads = Tree::from_leaves([leaf_hash(&head.to_bytes())]).unwrap();
    let size = TreeSize::new(1).unwrap();
    let checkpoint = Checkpoint::new(index.clone(), size, heads.root()).unwrap();
    answer.head = Embedded(head.to_bytes());
    part.note = Embedded(World::stamped(&index, &checkpoint, world.now));
    part.path = Vec::new();
    part.answer = Embedded(answer.to_bytes());
    part
}

fn charges(part: &LogPart, log: &Replica) -> Vec<Charge> {
    let keys = [index_key()];
    let found = contradictions(part, &keys[0], log).unwrap();
    let verified = found.iter().map(|fraud| fraud.verify(&Keys::new(&keys)));
    verified.map(Result::unwrap).collect()
}

#[test]
fn an_entry_that_was_hidden_and_one_made_up_are_proved() {
    for findings in [0, 2] {
        let log = log(findings);
        let mut lie = begun(findings);
        let instead = statement("finding", "").replace(SITE, SCAPEGOAT);
        lie.say("auditor", &instead);
        let charges = charges(&told(&lie, &log), &log);
        let kinds: Vec<_> = charges.iter().map(|charge| charge.kind).collect();
        assert!(kinds.contains(&Kind::Omission), "{kinds:?}");
        assert!(kinds.contains(&Kind::ForeignPosting), "{kinds:?}");
        let of = |kind, id: &str| {
            let mut charges = charges.iter().filter(|charge| charge.kind == kind);
            charges.any(|charge| format!("{charge:?}").contains(id))
        };
        assert!(of(Kind::Omission, SITE));
        assert!(of(Kind::ForeignPosting, SCAPEGOAT));
    }
}

#[test]
fn an_honest_bundle_contradicts_nothing() {
    for findings in [0, 2] {
        let mut world = begun(findings);
        world.say("auditor", &statement("finding", "claim.severity = 5"));
        let log = world.replica();
        let asked = [subject(SITE), subject(SCAPEGOAT)];
        let inquired = world.indexed().inquire(&asked, &world.policy(""), None);
        assert_eq!(charges(&inquired.bundle.logs[0], &log), []);
        // The log grew since.
        world.on("2026-07-01");
        world.say("auditor", &statement("finding", ""));
        assert_eq!(charges(&inquired.bundle.logs[0], &world.replica()), []);
    }
}

#[test]
fn a_head_over_another_log_is_compared_with_none() {
    let world = begun(1);
    let inquired = world
        .indexed()
        .inquire(&[subject(SITE)], &world.policy(""), None);
    let part = &inquired.bundle.logs[0];
    let other = log(0);
    let refused = contradictions(part, &index_key(), &other).unwrap_err();
    assert_eq!(refused.code(), Reason::ProofIncomplete);
}
