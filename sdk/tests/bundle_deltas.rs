//! What came since: put to what is held it says what a whole answer says, and nothing can be left out
//! of it either.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/happens.rs"]
mod happens;
#[path = "support/market.rs"]
mod market;
#[path = "support/told.rs"]
mod told;
#[path = "support/world.rs"]
mod world;

use fairtrail::bundle::{
    Bundle, BundleError, DeltaError, Evidence, FeedWanted, Inquiry, Question, complete, open, split,
};
use fairtrail::index::{Class, PostingList};
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use happens::days;
use market::{FIRM, LICENCE, SITE, market, statement};
use proptest::prelude::*;
use std::collections::BTreeSet;
use told::trust;
use world::bundled::{Indexed, inquire, kept_up};
use world::reading::assert_same;
use world::{OTHER_ORIGIN, World, date, subject};

fn opened(policy: &Policy, bundle: &Bundle) -> Evidence {
    open(&bundle.to_bytes(), trust(policy)).unwrap()
}

fn refused(policy: &Policy, bundle: &Bundle) -> Reason {
    let opened = open(&bundle.to_bytes(), trust(policy));
    opened
        .map(|_| ())
        .map_err(|error: BundleError| error.code())
        .unwrap_err()
}

/// Asserts that two answers prove the same, but for parts that one of them held.
fn assert_equal(policy: &Policy, completed: &Bundle, whole: &Bundle, known_at: &str) {
    assert_eq!(completed.entries, whole.entries);
    let (one, other) = (&completed.logs[0], &whole.logs[0]);
    assert_eq!(one.lists, other.lists);
    assert_eq!(one.answer, other.answer);
    for body in &whole.bodies {
        assert!(completed.bodies.contains(body));
    }
    let whole = &Bundle {
        bodies: completed.bodies.clone(),
        ..whole.clone()
    };
    let (one, other) = (opened(policy, completed), opened(policy, whole));
    let sizes = |evidence: &Evidence| -> Vec<_> {
        let notes = evidence.logs()[0].notes.iter();
        notes.map(|note| note.checkpoint().size()).collect()
    };
    assert_eq!(sizes(&one), sizes(&other));
    for id in [SITE, FIRM, LICENCE] {
        for known_at in [None, Some(date(known_at))] {
            let subjects: [SubjectId; 1] = [subject(id)];
            let one = one.history(&subjects, policy, known_at);
            let other = other.history(&subjects, policy, known_at);
            match (one, other) {
                (Ok(one), Ok(other)) => assert_same(&one, &other),
                (one, other) => assert_eq!(one.unwrap_err(), other.unwrap_err()),
            }
        }
    }
}

fn asked(world: &World, which: u8) -> Question {
    let subjects: &[&str] = match which % 3 {
        0 => &[SITE],
        1 => &[FIRM, SITE],
        _ => &[LICENCE],
    };
    let mut question = Question {
        subjects: subjects.iter().map(|id| subject(id)).collect(),
        ..Question::default()
    };
    if which & 4 > 0 {
        question.classes = BTreeSet::from([Class::Finding, Class::Licence]);
    }
    if which & 8 > 0 {
        let auditor = world.author("auditor");
        question.authors = [
            (auditor, FeedWanted::EntriesFrom(2)),
            (world.author("watcher"), FeedWanted::Value),
        ]
        .into();
    }
    question
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_up_says_what_a_whole_answer_says(
        told in prop::collection::vec(prop::collection::vec(0..16_u8, 0..4), 2..6),
        which in 0..16_u8,
        skipped in 0..2_usize,
    ) {
        let worlds = days(&told);
        let policy = market().policy("");
        let question = asked(&worlds[0], which);
        let from = skipped.min(worlds.len() - 2);
        let logs: Vec<_> = worlds[from..].iter().map(World::indexed).collect();
        for upto in 2..=logs.len() {
            let completed = kept_up(&logs[..upto], &question);
            let whole = logs[upto - 1].bundle(&question);
            if !told.iter().flatten().any(|what| [11, 13].contains(what)) {
                assert_eq!(completed.bodies, whole.bodies);
            }
            assert_equal(&policy, &completed, &whole, "2026-03-15");
            // In one step.
            let held = logs[0].bundle(&question);
            let since = question.since(&held).unwrap();
            let once = complete(&held, logs[upto - 1].bundle(&since)).unwrap();
            assert_equal(&policy, &once, &whole, "2026-03-15");
        }
    }
}

/// A day on which an auditor spoke, and one on which another one did that was granted before.
fn two_days() -> [Indexed; 2] {
    let worlds = days(&[vec![0, 1, 5], vec![2, 0, 6]]);
    [worlds[0].indexed(), worlds[1].indexed()]
}

fn site() -> Question {
    asked(&market(), 0)
}

#[test]
fn what_came_since_is_nothing_by_itself() {
    let (policy, question, [old, new]) = (market().policy(""), site(), two_days());
    let held = old.bundle(&question);
    let since = question.since(&held).unwrap();
    let delta = new.bundle(&since);
    assert_eq!(delta.logs[0].earlier.len(), 1);
    assert!(delta.to_bytes().len() < new.bundle(&question).to_bytes().len());
    assert_eq!(refused(&policy, &delta), Reason::PostingChain);
    assert!(delta.is_delta() && !held.is_delta());
    assert!(!complete(&held, delta.clone()).unwrap().is_delta());
    // It is told by its state alone where no list grew.
    let mut unlisted = delta;
    unlisted.logs[0].lists.clear();
    assert!(unlisted.is_delta());
    // Nor is it where nothing came.
    let nothing = old.bundle(&since);
    assert!(nothing.entries.is_empty() && nothing.logs[0].earlier.is_empty());
    assert_eq!(refused(&policy, &nothing), Reason::EvidenceIncomplete);
    let same = complete(&held, nothing).unwrap();
    assert_eq!(same, held);
}

#[test]
fn nothing_can_be_left_out_of_what_came() {
    let (policy, question, [old, new]) = (market().policy(""), site(), two_days());
    let held = old.bundle(&question);
    let delta = new.bundle(&question.since(&held).unwrap());
    let complete = |delta: Bundle| complete(&held, delta).unwrap();
    assert!(open(&complete(delta.clone()).to_bytes(), trust(&policy)).is_ok());
    for at in 0..delta.entries.len() {
        let mut short = delta.clone();
        short.entries.remove(at);
        let reason = refused(&policy, &complete(short));
        assert_eq!(reason, Reason::EvidenceIncomplete);
    }
    for (at, list) in delta.logs[0].lists.iter().enumerate() {
        let mut short = delta.clone();
        short.logs[0].lists.remove(at);
        let goes_on = PostingList::parse(&list.list.0).unwrap().start > 0;
        let completed = complete(short);
        let opened = open(&completed.to_bytes(), trust(&policy));
        let history = opened.map(|evidence| evidence.history(&[subject(SITE)], &policy, None));
        assert!(!matches!(history, Ok(Ok(_))), "{} {goes_on}", list.subject);
    }
    for at in 0..delta.logs[0].places.len() {
        let mut short = delta.clone();
        short.logs[0].places.remove(at);
        let reason = refused(&policy, &complete(short));
        assert_eq!(reason, Reason::EvidenceIncomplete);
    }
}

#[test]
fn what_does_not_belong_together_is_not_put_together() {
    let (question, [old, new]) = (site(), two_days());
    let held = old.bundle(&question);
    let since = question.since(&held).unwrap();
    let delta = new.bundle(&since);
    let mut other = delta.clone();
    other.logs[0].earlier[0].root[0] ^= 1;
    let refused = |delta: Bundle| complete(&held, delta).unwrap_err();
    assert_eq!(refused(other).code(), Reason::RootMismatch);
    let mut other = delta.clone();
    other.logs[0].earlier[0].size += 1;
    assert!(matches!(refused(other), DeltaError::State { .. }));
    let stranger = days(&[vec![0], vec![1]]);
    let stranger = stranger[1].indexed_as(OTHER_ORIGIN).bundle(&since);
    assert!(matches!(refused(stranger), DeltaError::Origin { .. }));
    let mut none = delta.clone();
    none.logs.clear();
    assert!(matches!(refused(none), DeltaError::Logs { found: 0 }));
    let mut short = held.clone();
    let class = |list: &PostingList| list.class == Class::Finding;
    let goes_on = short.logs[0].lists.iter_mut();
    for list in goes_on {
        let mut read = PostingList::parse(&list.list.0).unwrap();
        if class(&read) {
            read.postings.pop();
            list.list.0 = read.to_bytes();
        }
    }
    let error = complete(&short, delta.clone()).unwrap_err();
    assert_eq!(error.code(), Reason::PostingChain);
    // A whole answer is one.
    let whole = new.bundle(&question);
    assert_eq!(complete(&held, whole.clone()), Ok(whole.clone()));
    // So is that to somebody who holds what is not there yet, and to one who holds nothing.
    for since in [
        u64::MAX,
        1 << 40,
        new.bundle(&since).to_bytes().len() as u64,
        0,
    ] {
        let question = Question {
            since: Some(since),
            ..question.clone()
        };
        assert_eq!(new.bundle(&question), whole);
    }
}

#[test]
fn what_is_held_is_kept_up_so_often_and_no_more() {
    use fairtrail::limits::BUNDLE_STATES;
    let (policy, question) = (market().policy(""), site());
    let mut world = market();
    let mut held: Option<Bundle> = None;
    for day in 0.. {
        world.say("auditor", &statement("audit", ""));
        world.stamp();
        let log = world.indexed();
        let Some(before) = &held else {
            held = Some(log.bundle(&question));
            continue;
        };
        let Some(since) = question.since(before) else {
            assert_eq!(day, BUNDLE_STATES + 1);
            break;
        };
        held = Some(complete(before, log.bundle(&since)).unwrap());
    }
    let mut most = held.unwrap();
    assert_eq!(most.logs[0].earlier.len(), BUNDLE_STATES);
    assert!(open(&most.to_bytes(), trust(&policy)).is_ok());
    let state = most.logs[0].earlier[0].clone();
    most.logs[0].earlier.insert(0, state);
    assert_eq!(refused(&policy, &most), Reason::TooLarge);
}

/// A supplier of whom 50 things are known, and then one more.
#[test]
fn what_came_by_one_more_entry_is_a_small_part_of_the_whole() {
    let (policy, question) = (market().policy(""), site());
    let mut world = market();
    for day in 1..=10 {
        world.on(&format!("2026-03-{day:02}"));
        for _ in 0..4 {
            world.say("auditor", &statement("finding", ""));
        }
        world.say("other-auditor", &statement("audit", ""));
    }
    world.stamp();
    let held = world.indexed().bundle(&question);
    world.on("2026-04-01");
    world.say("auditor", &statement("finding", ""));
    world.stamp();
    let log = world.indexed();
    let delta = log.bundle(&question.since(&held).unwrap());
    let whole = log.bundle(&question).to_bytes().len();
    let came = delta.to_bytes().len();
    println!("one entry more than 50: {came} bytes came, {whole} are the whole");
    assert!(came * 3 < whole);
    let completed = complete(&held, delta).unwrap();
    assert!(open(&completed.to_bytes(), trust(&policy)).is_ok());
}

#[test]
fn a_file_about_two_logs_is_kept_up_log_by_log() {
    let worlds = days(&[vec![0, 1, 5], vec![2, 0, 6]]);
    let policy = market().policy("required_logs = 2");
    let both = |at: usize| {
        let hill = worlds[at].indexed_as(OTHER_ORIGIN);
        [worlds[at].indexed(), hill]
    };
    let (old, new) = (both(0), both(1));
    let site = [subject(SITE)];
    let inquired = inquire(&[&old[0], &old[1]], &site, &policy, None);
    let question = inquired.question;
    let each = split(&inquired.bundle).unwrap();
    let mut kept = Vec::new();
    for ((old, new), held) in old.iter().zip(&new).zip(&each) {
        assert_eq!(old.bundle(&question), *held);
        let since = question.since(held).unwrap();
        kept.push(complete(held, new.bundle(&since)).unwrap());
    }
    let mut inquiry = Inquiry::new(&policy, site.to_vec(), None).again(&question);
    assert_eq!(*inquiry.question(), question);
    let kept = inquiry.take(kept).unwrap().unwrap();
    let whole = inquire(&[&new[0], &new[1]], &site, &policy, None);
    assert_same(&kept.history, &whole.history);
}
