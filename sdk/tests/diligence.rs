//! What could have been known when, what was done, and private acknowledgements that are proved.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/world.rs"]
mod world;

use fairtrail::diligence::{
    ANCHOR_MEDIA_TYPE, AnchorText, DiligenceTimeline, Lateness, Noted, PrivateLog, PrivateProof,
};
use fairtrail::entry::{Draft, Role};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::log::TlogProof;
use fairtrail::merkle::LeafIndex;
use market::{FIRM, SITE, market};
use world::{World, date, pulse, subject};

fn world() -> World {
    let mut world = market();
    world.grant("roots", "buyer", Role::Company, &["osid:XA*", "lei:*"], &[]);
    world
}

/// A finding of 2 February, recorded on the day said.
fn finding(world: &mut World, on: &str) -> EntryId {
    let text = format!(
        "kind = \"finding\"\nown_key = \"{on}\"\nsubjects = [\"{SITE}\"]\nbasis = [\"on_site\"]\n[claim]\n\
         scheme = \"EXAMPLE\"\nclause = \"A.1\"\ntopic = \"fees\"\nnative_grade = \"major\"\nfound_on = \"2026-02-02\"\n\
         evidence_standard = \"observed\"\nresponsible = \"{SITE}\"\nparties = [{{ role = \"site\", subject = \"{SITE}\" }}]\n"
    );
    world.on(on);
    world.say("auditor", &text)[0]
}

fn ack(world: &mut World, by: &str, of: EntryId, seen_on: &str) -> EntryId {
    let text = format!(
        "kind = \"ack\"\nsubjects = [\"{SITE}\"]\nrefs = [{{ type = \"about\", entry = \"{of}\" }}]\n[claim]\n\
         entry = \"{of}\"\nseen_on = \"{seen_on}\"\naction = \"engaged\"\n"
    );
    world.say(by, &text)[0]
}

fn timeline(world: &World, by: &str, known_at: Option<&str>) -> DiligenceTimeline {
    let policy = world.policy("");
    let history = world
        .replica()
        .history(&[subject(SITE)], &policy, known_at.map(date));
    DiligenceTimeline::of(&history, world.author(by), 30)
}

#[test]
fn the_gap_between_recorded_and_seen_is_said_in_words() {
    let mut world = world();
    let found = finding(&mut world, "2026-03-04");
    world.on("2026-04-15");
    ack(&mut world, "buyer", found, "2026-04-14");
    let timeline = timeline(&world, "buyer", None);
    let line = &timeline.lines[0];
    assert_eq!(line.lateness, Lateness::InTime { days: 30 });
    assert_eq!(
        line.recorded_words(),
        "recorded on 2026-03-04, 30 days after the event"
    );
    assert_eq!(
        line.acknowledged_words("Buyer"),
        "acknowledged by Buyer 41 days later (seen on 2026-04-14 by its own word, recorded on 2026-04-15); \
         action stated: engaged"
    );
    assert_eq!(timeline.not_acknowledged(), 0);
    assert!(timeline.without_effect.is_empty());
}

#[test]
fn what_others_saw_and_what_was_not_known_yet_is_not_acknowledged() {
    let mut world = world();
    let found = finding(&mut world, "2026-03-20");
    world.on("2026-04-15");
    ack(&mut world, "company", found, "2026-04-01");
    ack(&mut world, "buyer", found, "2026-04-14");
    world.on("2026-06-01");
    let others = timeline(&world, "ministry", None);
    let line = &others.lines[0];
    assert_eq!(line.lateness, Lateness::RecordedLate { days: 46 });
    assert_eq!(
        line.acknowledged_words("it"),
        "not acknowledged by it as far as known"
    );
    assert_eq!(others.not_acknowledged(), 1);
    let then = timeline(&world, "buyer", Some("2026-04-01"));
    assert_eq!((then.lines.len(), then.not_acknowledged()), (1, 1));
    let before = timeline(&world, "buyer", Some("2026-03-01"));
    assert!(before.lines.is_empty());
}

#[test]
fn states_and_replies_stand_below_what_they_are_about() {
    let mut world = world();
    let found = finding(&mut world, "2026-03-04");
    world.on("2026-04-01");
    let text = format!(
        "kind = \"finding.status\"\nsubjects = [\"{SITE}\"]\nbasis = [\"document_seen\"]\n\
         refs = [{{ type = \"about\", entry = \"{found}\" }}]\n[claim]\nstate = \"cap_proposed\"\non = \"2026-03-30\"\n"
    );
    world.say("auditor", &text);
    let reply = format!(
        "kind = \"reply\"\nsubjects = [\"{SITE}\"]\nrefs = [{{ type = \"replies\", entry = \"{found}\" }}]\n\
         [claim]\nstance = \"disputes\"\n[text]\nlang = \"en\"\nreply = \"No.\"\n"
    );
    world.say("respondent", &reply);
    let timeline = timeline(&world, "buyer", None);
    assert_eq!(timeline.lines.len(), 1);
    let words: Vec<_> = timeline.lines[0]
        .acts
        .iter()
        .map(fairtrail::diligence::Act::words)
        .collect();
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(
        words
            .iter()
            .any(|words| words == "reply: disputes, recorded on 2026-04-01"),
        "{words:?}"
    );
}

#[test]
fn an_ended_supply_link_is_an_act_of_whoever_says_so() {
    let mut world = world();
    world.on("2026-05-02");
    let text = format!(
        "kind = \"supply.link\"\nsubjects = [\"{FIRM}\", \"{SITE}\"]\nbasis = [\"self_declared\"]\n[claim]\n\
         from = \"{FIRM}\"\nrelation = \"buys_from\"\nto = \"{SITE}\"\nvalid_to = \"2026-04-30\"\n"
    );
    world.say("buyer", &text);
    let ours = timeline(&world, "buyer", None);
    assert_eq!((ours.acts.len(), ours.lines.len()), (1, 0));
    assert!(
        ours.acts[0]
            .words()
            .contains("on 2026-04-30 by its own word")
    );
    let theirs = timeline(&world, "company", None);
    assert_eq!((theirs.acts.len(), theirs.lines.len()), (0, 1));
}

/// A log of three private acknowledgements of the buyer, anchored in a pulse, and a proof of one.
fn proof(world: &mut World, record: usize) -> (PrivateProof, PrivateLog) {
    let author: AuthorId = world.author("buyer");
    let mut log = PrivateLog::new(author);
    for number in 0..3 {
        let noted = Noted {
            entry: EntryId::new([number; 32]),
            seen_on: date("2026-03-01"),
            action: None,
            action_on: None,
            noted_at: world.now,
        };
        log.append(noted, [number; 16]).unwrap();
    }
    let (size, root) = (log.size(), log.root());
    let body = AnchorText { author, size, root }.body([9; 16]);
    let draft =
        Draft::network(pulse(), author, world.now).with_named_document(ANCHOR_MEDIA_TYPE, body);
    assert!(draft.bodies().is_empty(), "only the digest is shared");
    let anchor = world.post("buyer", &draft);
    let replica = world.replica();
    let leaf = LeafIndex::new(replica.leaf_of(anchor).unwrap()).unwrap();
    let note = replica.newest().unwrap();
    let path = replica.inclusion(leaf, note.checkpoint().size()).unwrap();
    let in_log = TlogProof::new(vec![], leaf, path, note.note().clone()).unwrap();
    let index = LeafIndex::new(u64::try_from(record).unwrap()).unwrap();
    let path = log.path(index, size).unwrap();
    let entry = replica.entries()[usize::try_from(leaf.get()).unwrap()].clone();
    let proof = PrivateProof::new(
        &log.records()[record],
        (size, path),
        [9; 16],
        &entry,
        &in_log,
    );
    (proof, log)
}

#[test]
fn a_private_acknowledgement_is_proved_offline_with_the_time_it_stood_there() {
    let mut world = world();
    world.on("2026-03-02");
    let (proof, log) = proof(&mut world, 1);
    let proved = proof.verify(&world.policy("")).unwrap();
    assert_eq!(proved.ack, log.records()[1]);
    assert_eq!(proved.not_after, world.now);
    assert_eq!(proved.author, world.author("buyer"));
    let text = serde_json::to_string(&proof).unwrap();
    assert_eq!(serde_json::from_str::<PrivateProof>(&text).unwrap(), proof);
}

#[test]
fn no_field_of_a_proof_can_be_changed() {
    let mut world = world();
    world.on("2026-03-02");
    let (proof, _) = proof(&mut world, 1);
    let policy = world.policy("");
    let whole = serde_json::to_value(&proof).unwrap();
    let (other, _) = self::proof(&mut world.clone(), 2);
    let other = serde_json::to_value(&other).unwrap();
    for field in ["record", "path"] {
        let mut changed = whole.clone();
        changed[field] = other[field].clone();
        let changed: PrivateProof = serde_json::from_value(changed).unwrap();
        assert!(changed.verify(&policy).is_err(), "{field}");
    }
    for (field, value) in [
        ("schema", serde_json::json!("fairtrail/private-ack@v2")),
        ("size", serde_json::json!(4)),
        ("salt", serde_json::json!("AAAAAAAAAAAAAAAAAAAAAA==")),
        ("entry", serde_json::json!("AAAA")),
        ("log", serde_json::json!("x")),
        ("record", serde_json::json!("AAAA")),
    ] {
        let mut changed = whole.clone();
        changed[field] = value;
        let changed: PrivateProof = serde_json::from_value(changed).unwrap();
        assert!(changed.verify(&policy).is_err(), "{field}");
    }
}
