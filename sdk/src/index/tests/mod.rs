//! The index of a whole small network with forks, built, asked, checked and lied about.

mod lies;
mod lists;
mod opening;
mod replays;
pub(crate) mod world;

use super::*;
use crate::cbor::{Rules, decode, encode};
use crate::reason::Reason;
use crate::trie::{Trie, TrieRoot};
use std::collections::{BTreeMap, BTreeSet};
use world::*;

#[test]
fn every_head_is_checked_from_the_one_before() {
    for (seed, batch) in (0..30).zip([1, 2, 3, 5, 7, 100].into_iter().cycle()) {
        let log = Log::of_world(seed);
        let (index, updates) = log.index(batch);
        let mut checked = Checked::new(origin());
        for update in &updates {
            let read = UpdateProof::parse(&update.to_bytes()).unwrap();
            assert_eq!(&read, update);
            checked = checked.check(&read).unwrap();
            // What is kept lasts over a restart.
            let forked = decode(&encode(checked.forked()), Rules::INDEX).unwrap();
            let (head, range) = (checked.head().unwrap().clone(), checked.range().clone());
            assert_eq!(Checked::resume(head, range, forked).unwrap(), checked);
        }
        assert_eq!(checked.head(), index.settled(), "seed {seed}");
        assert!(!checked.forked().is_empty());
    }
}

#[test]
fn equal_sets_have_equal_feeds_roots_in_any_order() {
    let (mut feeds, mut subjects) = (Vec::new(), Vec::new());
    for seed in 0..40 {
        let log = Log::of_world(seed);
        let batch = 1 + usize::try_from(seed).unwrap() % 9;
        let (index, _) = log.index(batch);
        let head = index.settled().unwrap().clone();
        feeds.push(head.feeds);
        subjects.push(head.subjects);
    }
    feeds.dedup();
    subjects.dedup();
    assert_eq!(feeds.len(), 1);
    assert!(subjects.len() > 1, "lists stand in the order of each log");
}

#[test]
fn values_are_those_of_admission_and_of_counting() {
    let log = Log::of_world(11);
    let (index, _) = log.index(4);
    let authors: Vec<_> = log.set.authors().collect();
    let answer = index.answer(log.subjects(), authors.clone()).unwrap();
    let proved = answer.verify_at(index.settled().unwrap().clone()).unwrap();
    for author in authors {
        assert_eq!(proved.feeds[&author], log.set.feed_value(author));
    }
    for (subject, map) in &proved.subjects {
        let mut counted: BTreeMap<Class, u64> = BTreeMap::new();
        for entry in log.entries.iter().filter(|entry| names(entry, subject)) {
            *counted.entry(Class::of(&entry.header().kind)).or_default() += 1;
        }
        let map = map.as_ref().unwrap();
        let stated = map.classes().map(|(class, tally)| (class, tally.count));
        assert_eq!(stated.collect::<BTreeMap<_, _>>(), counted, "{subject}");
        assert_eq!(index.class_map(subject).as_ref(), Some(map));
    }
}

#[test]
fn answers_are_given_from_what_has_settled() {
    let log = Log::of_world(5);
    let mut index = Index::new(origin());
    assert_eq!(index.answer(log.subjects(), []), Err(IndexError::NoHead));
    let (first, rest) = log.entries.split_at(9);
    index.append(first, at(1), &log.set).unwrap();
    index.settle();
    let head = index.settled().unwrap().clone();
    let answer = index.answer(log.subjects(), log.set.authors()).unwrap();
    index.append(rest, at(2), &log.set).unwrap();
    assert_eq!(
        index.answer(log.subjects(), log.set.authors()),
        Ok(answer.clone())
    );
    assert!(answer.verify_at(head).is_ok());
    index.settle();
    let later = index.answer(log.subjects(), log.set.authors()).unwrap();
    assert_ne!(later, answer);
    assert!(later.verify_at(index.settled().unwrap().clone()).is_ok());
}

#[test]
fn an_answer_shows_absence_and_no_other_value() {
    let log = Log::of_world(6);
    let (index, _) = log.index(10);
    let head = index.settled().unwrap().clone();
    let absent: crate::subject::SubjectId = "lei:999900DEMO0000009952".parse().unwrap();
    let nobody = crate::id::AuthorId::new([9; 32]);
    let asked = [absent.clone(), log.subjects()[0].clone()];
    let answer = index.answer(asked, [nobody]).unwrap();
    let answer = Answer::parse(&answer.to_bytes()).unwrap();
    let proved = answer.verify_at(head.clone()).unwrap();
    assert_eq!(
        (&proved.subjects[&absent], &proved.feeds[&nobody]),
        (&None, &None)
    );
    let refused = |change: &dyn Fn(&mut Answer)| {
        let mut answer = answer.clone();
        change(&mut answer);
        answer.verify_at(head.clone()).unwrap_err().code()
    };
    assert_eq!(refused(&|a| a.maps.swap(0, 1)), Reason::TrieClaimMismatch);
    assert_eq!(refused(&|a| a.subjects.swap(0, 1)), Reason::NotAscending);
    assert_eq!(refused(&|a| a.maps.truncate(1)), Reason::IndexCount);
    assert_eq!(refused(&|a| a.feeds_proof = None), Reason::ProofIncomplete);
    let none = Answer {
        head: answer.head.clone(),
        subjects: Vec::new(),
        maps: Vec::new(),
        subjects_proof: None,
        authors: Vec::new(),
        values: Vec::new(),
        feeds_proof: None,
    };
    assert_eq!(
        none.verify_at(head).unwrap_err().code(),
        Reason::ProofIncomplete
    );
}

#[test]
fn a_head_counts_only_as_the_last_leaf_of_its_own_index() {
    let log = Log::of_world(7);
    let (index, updates) = log.index(10);
    let heads: Vec<_> = updates.iter().map(|update| update.new.0.clone()).collect();
    let signed = IndexLog::of(&heads);
    let answer = index.answer(log.subjects(), []).unwrap();
    let last = heads.len() - 1;
    let (checkpoint, path) = (signed.checkpoint(&origin()), signed.path(last));
    assert!(answer.verify(&checkpoint, &path).is_ok());
    let earlier = IndexHead::last_of(&checkpoint, &heads[last - 1], &signed.path(last - 1));
    assert!(earlier.is_err());
    let other = signed.checkpoint(&"log.example/two/e1".parse().unwrap());
    assert_eq!(
        answer.verify(&other, &path).unwrap_err().code(),
        Reason::OriginMismatch
    );
}

#[test]
fn a_head_has_one_encoding() {
    let head = IndexHead::before_first(origin());
    let bytes = head.to_bytes();
    assert_eq!(IndexHead::parse(&bytes), Ok(head.clone()));
    assert_eq!(
        (head.subjects, head.feeds),
        (TrieRoot::empty(), TrieRoot::empty())
    );
    let index = IndexHead {
        origin: origin().index(1).unwrap(),
        ..head
    };
    let refused = IndexHead::parse(&index.to_bytes()).unwrap_err().code();
    assert_eq!(refused, Reason::OriginMismatch);
    let mut second = bytes.clone();
    second[1] = 2;
    assert_eq!(
        IndexHead::parse(&second).unwrap_err().code(),
        Reason::VersionUnknown
    );
    for at in 0..bytes.len() {
        assert!(IndexHead::parse(&bytes[..at]).is_err());
    }
}

#[test]
fn a_head_covers_what_the_limits_let_it() {
    let log = Log::of_world(8);
    assert_eq!(head_covers(log.entries.iter()), log.entries.len());
    let mut index = Index::new(origin());
    let none = index.append(&[], at(1), &log.set).unwrap_err();
    assert_eq!(none.code(), Reason::IndexLimit);
    index.append(&log.entries[..1], at(5), &log.set).unwrap();
    let fell = index
        .append(&log.entries[1..2], at(4), &log.set)
        .unwrap_err();
    assert_eq!(fell.code(), Reason::LogTimeFell);
    assert_eq!(index.size().get(), 1);
    let twice = index
        .append(&log.entries[..1], at(5), &log.set)
        .unwrap_err();
    assert_eq!(twice.code(), Reason::DuplicateLeaf);
}

#[test]
fn leaves_and_log_times_make_the_same_index_again() {
    let log = Log::of_world(9);
    let (mut index, _) = log.index(5);
    let mut rebuild = Rebuild::new(origin());
    for (number, leaves) in (0..).zip(log.entries.chunks(5)) {
        rebuild.take(leaves, at(number), &log.set).unwrap();
    }
    assert_eq!(rebuild.size(), index.size());
    let mut again = rebuild.finish(index.head()).unwrap();
    assert_eq!((again.head(), again.settled()), (index.head(), None));
    again.settle();
    let ask = |index: &Index| index.answer(log.subjects(), log.set.authors());
    assert_eq!(ask(&again), ask(&index));
    // What is made of either from there is the same.
    let none = Rebuild::new(origin()).finish(None).unwrap();
    assert_eq!((none.head(), none.size().get()), (None, 0));
    let other = Rebuild::new(origin()).finish(index.head());
    assert_eq!(other.unwrap_err().code(), Reason::BadUpdate);
    index.settle();
}
