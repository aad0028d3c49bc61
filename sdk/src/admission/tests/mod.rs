//! One set of entries with forks, nested grants, rotations, threshold acts, bad copies and early
//! arrivals, offered in many orders.

pub(crate) mod world;

use super::*;
use crate::entry::*;
use crate::feed::Winner;
use crate::id::{AuthorId, EntryId, GrantId};
use crate::reason::Reason;
use world::*;

/// A small deterministic generator, so that a failing order can be repeated from its seed.
pub(crate) fn shuffle(entries: &mut [SignedEntry], mut seed: u64) {
    for at in (1..entries.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).unwrap() % (at + 1);
        entries.swap(at, other);
    }
}

#[derive(Debug, PartialEq)]
struct Outcome {
    ids: Vec<EntryId>,
    key_states: Vec<(EntryId, KeyState)>,
    grants: Vec<(GrantId, AuthorId, usize)>,
    values: Vec<(AuthorId, Vec<u8>)>,
}

fn outcome(set: &AdmittedSet) -> Outcome {
    let mut ids: Vec<_> = set.ids().collect();
    ids.sort();
    let key_states = ids
        .iter()
        .filter_map(|id| Some((*id, *set.key_state(*id)?)))
        .collect();
    let mut grants: Vec<_> = set
        .grants()
        .map(|(id, fact)| (id, fact.grant.to, fact.depth))
        .collect();
    grants.sort();
    let mut authors: Vec<_> = set.authors().collect();
    authors.sort();
    let value = |author| {
        (
            author,
            crate::cbor::encode(&set.feed_value(author).unwrap()),
        )
    };
    let values = authors.into_iter().map(value).collect();
    Outcome {
        ids,
        key_states,
        grants,
        values,
    }
}

fn admit_in_order(world: &World, entries: &[SignedEntry]) -> AdmittedSet {
    let mut set = AdmittedSet::new(world.charter.clone());
    let mut early = EarlyBuffer::default();
    for entry in entries {
        early.offer(&mut set, entry.clone());
    }
    set
}

#[test]
fn one_set_in_a_thousand_orders_gives_one_outcome() {
    let world = world();
    let expected = outcome(&admit_in_order(&world, &world.entries));
    // All but the stranger's two entries and the grant beyond the delegation; copies add nothing.
    assert_eq!(expected.ids.len(), world.entries.len() / 2 - 3);
    for seed in 0..1_000 {
        let mut entries = world.entries.clone();
        shuffle(&mut entries, seed);
        assert_eq!(
            outcome(&admit_in_order(&world, &entries)),
            expected,
            "seed {seed}"
        );
    }
}

#[test]
fn the_world_holds_what_it_should() {
    let world = world();
    let set = admit_in_order(&world, &world.entries);
    assert!(!set.contains(world.stranger));
    let fork = set.feed_value(world.auditor).unwrap().fork.unwrap();
    assert_eq!(fork.count, 2);
    assert!(matches!(fork.lowest.winner, Winner::Child(_)));
    assert_eq!(fork.last.winner, Winner::Open);
    assert!(set.feed_value(world.scheme).unwrap().fork.is_none());
    let desk = begin_id(&world.charter, 12);
    let under = set.grants_to(desk)[0];
    assert_eq!(set.principal(desk, Some(under)), Some(world.auditor));
    assert_eq!(set.chain(under).len(), 3);
}

#[test]
fn what_is_refused_has_its_reason_and_changes_nothing() {
    let world = world();
    let set = admit_in_order(&world, &world.entries);
    let code = |entry: &SignedEntry| set.clone().admit(entry).unwrap_err().code();
    let charter = &world.charter;
    let grant_id = set.grants_to(world.auditor)[0];

    let stranger = Writer::author(charter, 30, grant_id);
    assert_eq!(code(&stranger.entries[0]), Reason::EarlyBegin);
    let mut other = Writer::author(charter, 10, grant_id);
    other.say("finding", 40);
    assert_eq!(code(&other.entries[1]), Reason::GrantMismatch);
    let mut none = Writer {
        grant: None,
        ..Writer::begin(charter, 10, at(10))
    };
    none.say("finding", 40);
    assert_eq!(code(&none.entries[1]), Reason::GrantMissing);
    let mut unknown = Writer::author(charter, 10, GrantId::new([1; 32]));
    unknown.say("finding", 40);
    assert_eq!(code(&unknown.entries[1]), Reason::EarlyGrant);
    let mut late = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    late.seq = 7;
    late.say("finding", 40);
    assert_eq!(code(&late.entries[1]), Reason::PrevMismatch);
    let mut root = Writer::root(charter, 1);
    root.grant = Some(grant_id);
    root.say("finding", 41);
    assert_eq!(code(&root.entries[1]), Reason::GrantMissing);
    let mut scheme = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    scheme.network(NetworkClaim::Amend(Amend {
        pairs: vec![pair(40)],
    }));
    assert_eq!(code(&scheme.entries[1]), Reason::ActForbidden);
    let mut rotated = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    rotated.key = 11;
    rotated.say("finding", 42);
    assert_eq!(code(&rotated.entries[1]), Reason::KeyMismatch);
    let mut wrong = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    wrong.key = 12;
    wrong.rotate(50);
    assert_eq!(code(&wrong.entries[1]), Reason::RotationMismatch);
    let mut reused = Writer::author(charter, 10, set.grants_to(world.scheme)[0]);
    reused.rotate(10);
    assert_eq!(code(&reused.entries[1]), Reason::KeyReused);
}

#[test]
fn a_batch_is_admitted_whole_or_leaves_no_trace() {
    let world = world();
    let mut set = AdmittedSet::new(world.charter.clone());
    let before = outcome(&set);
    let good = world.entries.len() / 2;
    let (at, error) = set.admit_all(&world.entries).unwrap_err();
    assert!(at < good && error.waits_for().is_some());
    assert_eq!(outcome(&set), before);

    let order = admit_order(&world);
    let mut broken = order.clone();
    broken.push(
        world.entries[good..]
            .iter()
            .find(|e| e.id() == order[3].id())
            .unwrap()
            .clone(),
    );
    // A copy of an admitted entry is known, whatever its signature.
    assert_eq!(set.admit_all(&broken).unwrap().last(), Some(&Answer::Known));
    let mut again = AdmittedSet::new(world.charter.clone());
    let stranger = world
        .entries
        .iter()
        .find(|entry| entry.id() == world.stranger)
        .unwrap();
    broken.push(stranger.clone());
    assert_eq!(again.admit_all(&broken).unwrap_err().0, broken.len() - 1);
    assert_eq!(outcome(&again), before);
    again.admit_all(&order).unwrap();
    assert_eq!(outcome(&again), outcome(&set));
}

#[test]
fn after_a_batch_that_was_taken_back_everything_is_early_that_was() {
    let world = world();
    let mut broken = admit_order(&world);
    let mut others = world.entries.iter();
    broken.extend(others.find(|entry| entry.id() == world.stranger).cloned());
    let fresh = AdmittedSet::new(world.charter.clone());
    let mut set = fresh.clone();
    set.admit_all(&broken).unwrap_err();
    for entry in &world.entries {
        let answer = |set: &AdmittedSet| set.clone().admit(entry).map_err(|error| error.code());
        assert_eq!(answer(&set), answer(&fresh), "{}", entry.id());
    }
}

/// The admitted entries in one order in which each can be admitted.
fn admit_order(world: &World) -> Vec<SignedEntry> {
    let mut set = AdmittedSet::new(world.charter.clone());
    let mut early = EarlyBuffer::default();
    let offers = world
        .entries
        .iter()
        .flat_map(|entry| early.offer(&mut set, entry.clone()).admitted);
    offers.collect()
}

#[test]
fn early_entries_are_bounded_per_feed() {
    let world = world();
    let mut set = AdmittedSet::new(world.charter.clone());
    let mut early = EarlyBuffer::default();
    let mut stranger = Writer::author(&world.charter, 30, GrantId::new([1; 32]));
    let mut dropped = 0;
    for _ in 0..=crate::limits::EARLY_PER_FEED {
        stranger.say("finding", 1);
        let entry = stranger.entries.last().unwrap().clone();
        dropped += usize::from(early.offer(&mut set, entry).dropped);
    }
    assert_eq!((early.len(), dropped), (crate::limits::EARLY_PER_FEED, 1));
}

#[test]
fn the_door_is_asked_about_new_authentic_entries_and_its_refusal_undoes_the_batch() {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        Admission(AdmissionError),
        Door,
    }
    impl From<AdmissionError> for Refusal {
        fn from(error: AdmissionError) -> Self {
            Self::Admission(error)
        }
    }
    let world = world();
    let order = admit_order(&world);
    let mut set = AdmittedSet::new(world.charter.clone());
    let last = order.len() - 1;
    let refused = set.admit_all_through(&order, |seen, at| {
        assert_eq!(seen.len(), at);
        if at == last {
            Err(Refusal::Door)
        } else {
            Ok(())
        }
    });
    assert_eq!(refused, Err((last, Refusal::Door)));
    assert!(set.is_empty());
    let (known, _) = order.split_at(last);
    set.admit_all(known).unwrap();
    let mut asked = Vec::new();
    let answers = set.admit_all_through(&order, |_, at| {
        asked.push(at);
        Ok::<_, Refusal>(())
    });
    assert_eq!(asked, [last]);
    assert!(matches!(
        answers.unwrap().last(),
        Some(Answer::Admitted { .. })
    ));
}
