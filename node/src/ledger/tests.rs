//! Every file operation of the writer and of the publisher fails once, and everything after it; a
//! restart keeps what was acknowledged and signs no second root.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, SyncSender};

use fairtrail::id::EntryId;
use tokio::sync::oneshot;

use super::frame::NoteFrame;
use super::open::{Assembled, assemble};
use super::support::{Feed, Place, batch, setup, ticking};
use super::writer::{Append, Job, Submit};
use super::{LedgerError, Published};
use crate::core::head::Head;
use crate::core::publish::Intent;
use crate::core::sequence::Offered;
use crate::store::disk::faults;
use fairtrail::api::{Batch, Receipt};
use std::collections::BTreeSet;

type Answer = oneshot::Receiver<Result<Receipt, super::SubmitError>>;

fn ready(place: &Place) -> Assembled {
    assemble(setup(&place.data, &place.guard, ticking(&place.time))).unwrap()
}

fn post(jobs: &SyncSender<Job>, batch: Batch) -> Answer {
    let (reply, answer) = oneshot::channel();
    let offered = Offered::new(batch.0);
    let door = false;
    jobs.send(Job::Submit(Submit {
        offered,
        door,
        reply,
    }))
    .unwrap();
    answer
}

/// Runs the writer over the batches, in this thread; the leaves that were acknowledged.
fn write(log: Assembled, batches: Vec<Batch>) -> (Result<(), LedgerError>, BTreeMap<EntryId, u64>) {
    let Assembled {
        writer,
        press,
        waiting,
        ..
    } = log;
    let answers: Vec<_> = batches
        .into_iter()
        .map(|batch| post(&press.jobs, batch))
        .collect();
    press.jobs.send(Job::Stop).unwrap();
    let outcome = writer.run(&waiting);
    drop(waiting);
    let answered = answers
        .into_iter()
        .filter_map(|mut answer| answer.try_recv().ok()?.ok());
    let lines = answered.flat_map(|receipt| receipt.entries);
    let leaves = lines.map(|line| (line.id, line.leaf_index)).collect();
    (outcome, leaves)
}

#[test]
fn whatever_fails_while_a_group_is_written_what_was_acknowledged_is_kept() {
    let mut root = Feed::root();
    let mut author = Feed::author(9);
    let granted = root.grant(&mut author);
    let base = batch(&[root.begin.clone(), granted, author.begin.clone()]);
    let said: Vec<_> = (0..3)
        .map(|salt| Batch(vec![author.say(salt), author.say(salt + 10)]))
        .collect();
    let mut sizes = BTreeSet::new();
    for operations in 0.. {
        let place = Place::new();
        let (outcome, kept) = write(ready(&place), vec![base.clone()]);
        assert_eq!((outcome, kept.len()), (Ok(()), 3));
        let log = ready(&place);
        faults::after(operations);
        let (outcome, mut acknowledged) = write(log, said.clone());
        let struck = faults::lift();
        acknowledged.extend(kept);

        let log = ready(&place);
        let size = log.writer.range.size().get();
        sizes.insert(size);
        for (id, leaf) in &acknowledged {
            assert_eq!(log.writer.reader.entry(*id).unwrap().unwrap().0, *leaf);
        }
        // All of a group, or nothing of it.
        assert!(size == 3 || size == 9, "{size}");
        for leaf in 3..size {
            let entry = log.writer.reader.entry_at(leaf).unwrap();
            for part in &entry.header().parts {
                let row = log
                    .writer
                    .reader
                    .tables()
                    .part_at(part.digest, leaf)
                    .unwrap();
                let place = row.unwrap().place.unwrap();
                assert!(
                    log.writer
                        .reader
                        .body(part.digest, place)
                        .unwrap()
                        .is_some()
                );
            }
        }
        // Submitting again ends the same, whatever was lost.
        let (outcome_again, leaves) = write(log, said.clone());
        assert_eq!((outcome_again, leaves.len()), (Ok(()), 6));
        assert!(
            acknowledged
                .iter()
                .all(|(id, leaf)| leaves.get(id).is_none_or(|again| again == leaf))
        );
        if !struck {
            assert_eq!((outcome, acknowledged.len()), (Ok(()), 9));
            break;
        }
    }
    assert_eq!(sizes, BTreeSet::from([3, 9]));
}

/// Publishes in this thread, the writer in another; what came of it.
fn publish(log: Assembled, fail_after: Option<u32>) -> (Result<Published, LedgerError>, bool) {
    let Assembled {
        writer,
        mut press,
        todo,
        waiting,
        ..
    } = log;
    let writer = std::thread::spawn(move || writer.run(&waiting));
    if let Some(operations) = fail_after {
        faults::after(operations);
    }
    let outcome = press.start(todo);
    let struck = faults::lift();
    press.jobs.send(Job::Stop).unwrap();
    writer.join().unwrap().unwrap();
    (outcome, struck)
}

#[test]
fn whatever_fails_while_the_first_leaves_are_published_a_restart_goes_on_with_the_same_checkpoint()
{
    whatever_fails_while_publishing_after(0);
}

#[test]
fn whatever_fails_while_more_leaves_are_published_a_restart_goes_on_with_the_same_checkpoint() {
    whatever_fails_while_publishing_after(2);
}

/// Three leaves are published once `before` of them are.
fn whatever_fails_while_publishing_after(before: usize) {
    let mut root = Feed::root();
    let entries = [root.begin.clone(), root.pulse(), root.pulse()];
    let (shown, fresh) = entries.split_at(before);
    for operations in 0.. {
        let place = Place::new();
        if before > 0 {
            write(ready(&place), vec![batch(shown)]).0.unwrap();
        }
        let (first, _) = publish(ready(&place), None);
        let first = first.unwrap();
        assert_eq!(first.size().get(), before as u64);
        write(ready(&place), vec![batch(fresh)]).0.unwrap();
        let (outcome, struck) = publish(ready(&place), Some(operations));
        if let Ok(published) = &outcome {
            assert_eq!(published.size().get(), 3);
        }
        let log = ready(&place);
        assert_eq!(log.writer.range.size().get(), 3);
        let (again, _) = publish(log, None);
        let again = again.unwrap();
        assert_eq!(again.size().get(), 3);
        if let Ok(published) = outcome {
            assert_eq!(published, again);
        }
        // The archive keeps the very note that is served, the first of an hour that has leaves.
        let kept = if before > 0 { &first } else { &again };
        let log = ready(&place);
        let archive = log.writer.reader.archive();
        let note = archive.notes().note(kept.size().get()).unwrap();
        assert_eq!(note.as_deref(), Some(kept.note()));
        // So does the index: it goes on, and covers what the log shows.
        assert!(log.press.index.is_some(), "after {operations} operations");
        let index = log.index.unwrap();
        let shown = index.shown.borrow().clone().unwrap();
        let last = shown.size().get().checked_sub(1).unwrap();
        let head = index.reader.leaf_bytes(last).unwrap();
        let head = fairtrail::index::IndexHead::parse(&head).unwrap();
        assert_eq!(
            (head.size, head.root),
            (again.size(), again.checkpoint().root())
        );
        if !struck {
            assert!(operations > 5);
            return;
        }
    }
}

#[test]
fn what_was_intended_before_a_crash_is_signed_though_the_tiles_end_before_it() {
    let mut root = Feed::root();
    let place = Place::new();
    let shown = [root.begin.clone(), root.pulse()];
    write(ready(&place), vec![batch(&shown)]).0.unwrap();
    publish(ready(&place), None).0.unwrap();
    write(ready(&place), vec![batch(&[root.pulse()])])
        .0
        .unwrap();
    let log = ready(&place);
    let intent = Intent {
        head: Head::of(&log.writer.range),
        stamp: (log.writer.clock)(),
    };
    let (done, durable) = mpsc::channel();
    let frame = NoteFrame::intent(intent);
    let jobs = log.press.jobs.clone();
    jobs.send(Job::Append(Append { frame, done })).unwrap();
    write(log, Vec::new()).0.unwrap();
    durable.recv().unwrap();
    std::fs::remove_dir_all(place.data.join("tiles")).unwrap();
    let (published, _) = publish(ready(&place), None);
    assert_eq!(published.unwrap().size().get(), 3);
}
