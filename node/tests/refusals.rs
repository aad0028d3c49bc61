//! What a log does not take, and what it does not do: each with its reason, and nothing changed.

mod support;

use fairtrail::api::{Batch, DraftMessage};
use fairtrail::reason::Reason;
use fairtrail_node::service::Acknowledged;
use support::*;

#[test]
fn a_batch_with_one_bad_entry_leaves_no_trace() {
    let place = Place::new();
    let log = place.open().unwrap();
    let mut root = Feed::root();
    log.publish(batch(&[root.begin.clone()]));
    let good = root.pulses(4);
    let mut stranger = Feed::author(9);
    let mut entries = good.clone();
    entries.insert(2, stranger.pulse());
    let refused = log.submit(batch(&entries)).unwrap_err();
    assert_eq!(
        (refused.reason, refused.position),
        (Reason::EarlyPrev, Some(2))
    );
    // A signature by another key under a good id, too.
    let mut thief = root.clone();
    thief.key = 77;
    let refused = log
        .submit(batch(&[good[0].clone(), thief.pulse()]))
        .unwrap_err();
    assert_eq!(refused.position, Some(1));
    let feed = log.service.feed(root.author);
    assert_eq!((feed.seq, feed.head), (Some(0), Some(root.begin.id())));
    assert_eq!(log.service.health().admitted, 1);
    let taken = log.publish(batch(&good)).receipt;
    assert_eq!(taken.entries[0].leaf_index, 1);
    log.stop();
}

#[test]
fn a_fork_is_refused_at_the_door_and_taken_up_as_evidence() {
    let place = Place::new();
    let log = place.open().unwrap();
    let mut root = Feed::root();
    log.submit(batch(&[root.begin.clone()])).unwrap();
    let before = root.clone();
    log.submit(batch(&root.pulses(2))).unwrap();
    let mut fork = before;
    let mut other = Feed::author(9);
    let branch = fork.grant(&mut other);
    let refused = log
        .submit(batch(std::slice::from_ref(&branch)))
        .unwrap_err();
    assert_eq!(refused.reason, Reason::FeedForked);
    assert_eq!(refused.problems[0].field, "prev");
    assert!(!log.service.feed(root.author).forked);
    log.take_up(batch(&[branch])).unwrap();
    assert!(log.service.feed(root.author).forked);
    log.stop();
}

#[test]
fn a_second_process_and_an_old_copy_are_refused() {
    let place = Place::new();
    let mut root = Feed::root();
    let log = place.open().unwrap();
    log.publish(batch(&[root.begin.clone()]));
    let refused = place.open().err().unwrap();
    assert_eq!(refused.code(), Reason::DirectoryLocked);
    log.stop();

    let copy = place.dir.path().join("copy");
    copy_dir(&place.data, &copy);
    let log = place.open().unwrap();
    // The copy has another lock, but the guard is one.
    let refused = place.open_at(&copy).err().unwrap();
    assert_eq!(refused.code(), Reason::DirectoryLocked);
    log.publish(batch(&root.pulses(50)));
    log.stop();
    let refused = place.open_at(&copy).err().unwrap();
    assert_eq!(refused.code(), Reason::RollbackSuspected);
    let text = refused.to_string();
    assert!(text.contains("51") && text.contains(" 1"), "{text}");
    // The refusal changed nothing.
    let log = place.open().unwrap();
    assert_eq!(log.service.checkpoint().size().get(), 51);
    log.stop();

    let guard = fs_err::read_dir(&place.guard).unwrap();
    for file in guard {
        fs_err::remove_file(file.unwrap().path()).unwrap();
    }
    assert_eq!(place.open().err().unwrap().code(), Reason::GuardMissing);
}

#[test]
fn a_clock_that_falls_back_halts_signing_until_it_has_caught_up() {
    let place = Place::new();
    let log = place.open().unwrap();
    let mut root = Feed::root();
    log.publish(batch(std::slice::from_ref(&root.begin)));
    let last = log.service.checkpoint();
    place
        .time
        .store(FOUNDED, std::sync::atomic::Ordering::Relaxed);
    let taken = log.submit(batch(&root.pulses(3))).unwrap();
    assert_eq!(taken.acknowledged, Acknowledged::Promised);
    let halted = || log.service.health().halted;
    while halted().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(halted(), Some(Reason::ClockFellBack));
    assert_eq!(log.service.checkpoint(), last);
    let later = last.signed_at().seconds() + 1;
    place
        .time
        .store(later, std::sync::atomic::Ordering::Relaxed);
    log.published(4);
    assert_eq!(halted(), None);
    assert!(log.service.checkpoint().signed_at() > last.signed_at());
    log.stop();
}

#[test]
fn a_disk_that_is_nearly_full_takes_nothing_and_still_answers() {
    let place = Place::new();
    let log = place.open().unwrap();
    let mut root = Feed::root();
    log.publish(batch(std::slice::from_ref(&root.begin)));
    log.stop();
    let log = place
        .open_with(|setup| setup.reserve_bytes = u64::MAX)
        .unwrap();
    let refused = log.submit(batch(&root.pulses(2))).unwrap_err();
    assert_eq!(refused.reason, Reason::DiskFull);
    assert_eq!(log.service.feed(root.author).seq, Some(0));
    assert!(log.service.proof(root.begin.id()).is_ok());
    log.stop();
}

#[test]
fn more_than_may_wait_is_refused_as_overload_and_what_is_taken_is_kept() {
    let place = Place::new();
    let log = place.open_with(|setup| setup.waiting = 1).unwrap();
    let mut root = Feed::root();
    log.submit(batch(std::slice::from_ref(&root.begin)))
        .unwrap();
    let mut grants = Vec::new();
    let authors: Vec<_> = (10..74)
        .map(|key| {
            let mut author = Feed::author(key);
            grants.push(root.grant(&mut author));
            author
        })
        .collect();
    log.submit(batch(&grants)).unwrap();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let submit = |author: &Feed| log.submit(batch(std::slice::from_ref(&author.begin)));
        let threads: Vec<_> = authors
            .iter()
            .map(|author| scope.spawn(move || (author.author, submit(author))))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for (author, outcome) in outcomes {
        let taken = match outcome {
            Ok(_) => true,
            Err(refused) => {
                assert_eq!(refused.reason, Reason::Overloaded);
                false
            }
        };
        assert_eq!(log.service.feed(author).begun, taken);
    }
    log.stop();
}

#[test]
fn a_draft_is_told_every_problem_and_changes_nothing() {
    let place = Place::new();
    let log = place.open().unwrap();
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    log.publish(batch(&[root.begin.clone(), granted, author.begin.clone()]));
    let said = author.say(1);
    let draft = DraftMessage {
        header: said.entry.header().clone(),
        bodies: said.bodies.clone(),
    };
    let answer = log.service.check(&draft);
    assert!(!answer.acceptable && !answer.problems.is_empty());
    let refused = log.submit(Batch(vec![said])).unwrap_err();
    assert_eq!(refused.problems, answer.problems);
    assert_eq!(
        (log.service.health().admitted, refused.position),
        (3, Some(0))
    );
    log.stop();
}

#[test]
fn nobody_else_and_nobody_off_the_path_erases_a_part() {
    let place = Place::new();
    let log = place.open().unwrap();
    let (mut root, mut author, mut other) = (Feed::root(), Feed::author(9), Feed::author(10));
    let granted = [root.grant(&mut author), root.grant(&mut other)];
    let mut entries = vec![root.begin.clone()];
    entries.extend(granted);
    entries.extend([author.begin.clone(), other.begin.clone()]);
    log.submit(batch(&entries)).unwrap();
    let mut thief = author.clone();
    let said = author.say(1);
    let later = author.pulse();
    log.take_up(Batch(vec![said.clone()])).unwrap();
    log.publish(batch(&[later]));
    let part = said.bodies[0].digest();
    let erase = |feed: &mut Feed| feed.erase(&said.entry, part);
    // Another author is not admitted with it; a branch of the feed itself is, without effect.
    let refused = log.take_up(batch(&[erase(&mut other)])).unwrap_err();
    assert_eq!(refused.reason, Reason::NotAuthorised);
    let taken = log.take_up(batch(&[erase(&mut thief)])).unwrap();
    log.published(taken.receipt.entries[0].leaf_index + 1);
    assert_eq!(log.service.part(part), Ok(said.bodies[0].clone()));
    log.stop();
}
