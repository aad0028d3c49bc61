//! Bundles that were changed: nothing is accepted that says anything else, and what may be missing
//! never makes a verdict better.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/market.rs"]
mod market;
#[path = "support/told.rs"]
mod told;
#[path = "support/world.rs"]
mod world;

use fairtrail::bundle::{Bundle, LogPart};
use fairtrail::index::{Answer, Embedded, PostingList};
use market::market;
use told::{badness, bundles, is_accepted, world_of};

/// Everything that is a list in one log's part, changed in one place.
fn changed_lists(part: &LogPart, other: &LogPart) -> Vec<LogPart> {
    let mut changed = Vec::new();
    let mut each = |len: usize, change: &dyn Fn(&mut LogPart, usize, usize)| {
        for at in 0..len {
            for how in 0..4 {
                let mut copy = part.clone();
                change(&mut copy, at, how);
                changed.push(copy);
            }
        }
    };
    each(part.lists.len(), &|part, at, how| {
        alter(&mut part.lists, &other.lists, at, how);
    });
    each(part.places.len(), &|part, at, how| {
        alter(&mut part.places, &other.places, at, how);
    });
    each(part.path.len(), &|part, at, how| {
        alter(&mut part.path, &other.path, at, how);
    });
    changed
}

/// Drops, doubles, exchanges or replaces one element.
fn alter<T: Clone>(list: &mut Vec<T>, other: &[T], at: usize, how: usize) {
    match how {
        0 => drop(list.remove(at)),
        1 => list.insert(at, list[at].clone()),
        2 => {
            let next = (at + 1) % list.len();
            list.swap(at, next);
        }
        _ => {
            if let Some(one) = other.get(at % other.len().max(1)) {
                list[at] = one.clone();
            }
        }
    }
}

/// Every field of an answer, and every posting of every list, changed by one bit somewhere.
fn changed_bytes(part: &LogPart, step: usize) -> Vec<LogPart> {
    let mut changed = Vec::new();
    let flip = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1 << (at % 8);
        Embedded(bytes)
    };
    for at in (0..part.answer.0.len()).step_by(step) {
        let answer = flip(&part.answer.0, at);
        assert!(answer.0 != part.answer.0);
        changed.push(LogPart {
            answer,
            ..part.clone()
        });
    }
    for at in (0..part.note.0.len()).step_by(step) {
        let note = flip(&part.note.0, at);
        changed.push(LogPart {
            note,
            ..part.clone()
        });
    }
    for (list, subject_list) in part.lists.iter().enumerate() {
        let read = PostingList::parse(&subject_list.list.0).unwrap();
        for (posting, bytes) in read.postings.iter().enumerate() {
            for at in (0..bytes.0.len()).step_by(step) {
                let mut read = read.clone();
                read.postings[posting] = flip(&bytes.0, at);
                let mut copy = part.clone();
                copy.lists[list].list = Embedded(read.to_bytes());
                changed.push(copy);
            }
        }
    }
    changed
}

#[test]
fn no_single_change_to_what_an_index_proves_is_accepted() {
    let policy = market().policy("");
    let bundles = bundles(&policy);
    let (mut tried, mut accepted) = (0_usize, Vec::new());
    for (number, (_, bundle)) in bundles.iter().enumerate() {
        assert!(is_accepted(&policy, bundle), "bundle {number}");
        let (_, other) = &bundles[(number + 1) % bundles.len()];
        let part = &bundle.logs[0];
        let mut parts = changed_lists(part, &other.logs[0]);
        parts.extend(changed_bytes(part, 5));
        for changed in parts.into_iter().filter(|changed| changed != part) {
            tried += 1;
            let bundle = Bundle {
                logs: vec![changed],
                ..bundle.clone()
            };
            if is_accepted(&policy, &bundle) {
                accepted.push((number, bundle));
            }
        }
    }
    println!("{tried} changes");
    assert!(tried > 8_000);
    // Lists of what is asked about may be dropped where no entry needs them: then no history is
    // given for the subject any more.
    for (number, bundle) in &accepted {
        let (id, original) = &bundles[*number];
        assert!(bundle.logs[0].lists.len() < original.logs[0].lists.len());
        assert_eq!(badness(&policy, id, bundle), None, "bundle {number}");
    }
}

#[test]
fn entries_cannot_be_dropped_doubled_exchanged_or_changed() {
    let policy = market().policy("");
    let bundles = bundles(&policy);
    for (number, (_, bundle)) in bundles.iter().enumerate() {
        let (_, other) = &bundles[(number + 4) % bundles.len()];
        for at in 0..bundle.entries.len() {
            for how in 0..4 {
                let mut changed = bundle.clone();
                alter(&mut changed.entries, &other.entries, at, how);
                let same = changed == *bundle;
                assert!(
                    same || !is_accepted(&policy, &changed),
                    "{number} {at} {how}"
                );
            }
            let mut changed = bundle.clone();
            let middle = changed.entries[at].0.len() / 2;
            changed.entries[at].0[middle] ^= 4;
            assert!(!is_accepted(&policy, &changed), "{number} {at}");
        }
    }
}

#[test]
fn parts_of_two_bundles_cannot_be_mixed() {
    let policy = market().policy("");
    let bundles = bundles(&policy);
    for (one, (id, bundle)) in bundles.iter().enumerate() {
        let before = badness(&policy, id, bundle);
        for (two, (_, other)) in bundles.iter().enumerate().filter(|(two, _)| *two != one) {
            let (mine, theirs) = (&bundle.logs[0], &other.logs[0]);
            let mixed = [
                LogPart {
                    note: theirs.note.clone(),
                    ..mine.clone()
                },
                LogPart {
                    path: theirs.path.clone(),
                    ..mine.clone()
                },
                LogPart {
                    answer: theirs.answer.clone(),
                    ..mine.clone()
                },
                LogPart {
                    lists: theirs.lists.clone(),
                    ..mine.clone()
                },
                LogPart {
                    places: theirs.places.clone(),
                    ..mine.clone()
                },
                theirs.clone(),
            ];
            for changed in mixed.into_iter().filter(|changed| changed != mine) {
                let mixed = Bundle {
                    logs: vec![changed],
                    ..bundle.clone()
                };
                let same = mixed.entries == other.entries && mixed.logs == other.logs;
                // Bundles of one log at one size prove things under one head, each its own.
                let after = badness(&policy, id, &mixed);
                if world_of(one) == world_of(two) {
                    assert!(after.is_none() || after == before, "{one} {two}");
                } else {
                    assert!(same || !is_accepted(&policy, &mixed), "{one} {two}");
                }
            }
        }
    }
}

#[test]
fn a_note_or_a_part_that_is_missing_is_no_good_news() {
    let policy = market().policy("");
    for (number, (id, bundle)) in bundles(&policy).iter().enumerate() {
        let before = badness(&policy, id, bundle).unwrap();
        let mut fewer = Vec::new();
        for at in 0..bundle.logs[0].notes.len() {
            let mut changed = bundle.clone();
            changed.logs[0].notes.remove(at);
            fewer.push(changed);
        }
        for at in 0..bundle.bodies.len() {
            let mut changed = bundle.clone();
            changed.bodies.remove(at);
            fewer.push(changed);
        }
        for changed in fewer {
            let after = badness(&policy, id, &changed);
            assert!(after.is_none_or(|after| after >= before), "bundle {number}");
        }
    }
}

#[test]
fn every_field_of_an_answer_is_read() {
    let policy = market().policy("");
    let (_, bundle) = &bundles(&policy)[0];
    let answer = Answer::parse(&bundle.logs[0].answer.0).unwrap();
    let fewer = |change: &dyn Fn(&mut Answer)| {
        let mut changed = answer.clone();
        change(&mut changed);
        let mut bundle = bundle.clone();
        bundle.logs[0].answer = Embedded(changed.to_bytes());
        assert!(!is_accepted(&policy, &bundle));
    };
    for at in 0..answer.subjects.len() {
        fewer(&|answer| drop(answer.subjects.remove(at)));
        fewer(&|answer| drop(answer.maps.remove(at)));
        fewer(&|answer| answer.maps.swap(at, (at + 1) % answer.subjects.len()));
    }
    for at in 0..answer.authors.len() {
        fewer(&|answer| {
            answer.authors.remove(at);
        });
        fewer(&|answer| answer.values.swap(at, (at + 1) % answer.authors.len()));
    }
    fewer(&|answer| answer.subjects_proof = None);
    fewer(&|answer| answer.feeds_proof = None);
}
