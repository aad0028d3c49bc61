#![expect(clippy::cast_possible_truncation, reason = "small numbers")]
use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::store::disk::faults;

const SMALL: u32 = 400;

fn body(number: usize) -> Vec<u8> {
    (0..20 + number * 7 % 90)
        .map(|at| (number * 31 + at) as u8)
        .collect()
}

fn append(journal: &mut Journal, numbers: std::ops::Range<usize>) -> Vec<Location> {
    let mut places = Vec::new();
    for number in numbers {
        let body = body(number);
        places.extend(
            journal
                .append(&[Frame {
                    kind: number as u8,
                    body: &body,
                }])
                .unwrap(),
        );
    }
    places
}

fn bodies(journal: &Journal) -> Vec<Vec<u8>> {
    let frames = journal.reader().frames(Location::START);
    frames.map(|frame| frame.unwrap().body).collect()
}

fn expected(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(body).collect()
}

/// A directory with `synced` frames synced and `count - synced` written behind them.
fn written(synced: usize, count: usize, segment_bytes: u32) -> (tempfile::TempDir, Vec<Location>) {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(dir.path(), segment_bytes).unwrap();
    let mut places = append(&mut journal, 0..synced);
    journal.sync().unwrap();
    places.extend(append(&mut journal, synced..count));
    (dir, places)
}

fn image(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = disk::names(dir).unwrap();
    names
        .into_iter()
        .map(|name| (name.clone(), fs_err::read(dir.join(name)).unwrap()))
        .collect()
}

fn restore(image: &BTreeMap<String, Vec<u8>>) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in image {
        fs_err::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

#[test]
fn frames_come_back_in_order_across_segments_and_restarts() {
    let (dir, mut places) = written(0, 30, SMALL);
    let (mut journal, recovery) = Journal::open(dir.path(), SMALL).unwrap();
    assert_eq!(
        recovery,
        Recovery {
            torn_bytes: 0,
            synced_lost: false
        }
    );
    places.extend(append(&mut journal, 30..60));
    assert!(journal.end().segment > 5);
    assert_eq!(bodies(&journal), expected(60));
    let reader = journal.reader();
    for (number, at) in places.iter().enumerate() {
        let frame = reader.frame(*at).unwrap();
        assert_eq!(
            (frame.at, frame.kind, frame.body),
            (*at, number as u8, body(number))
        );
        let span = Span {
            frame: *at,
            start: 3,
            len: 9,
        };
        assert_eq!(reader.span(span).unwrap(), &body(number)[3..12]);
    }
    let from: Vec<_> = reader
        .frames(places[41])
        .map(|frame| frame.unwrap().body)
        .collect();
    assert_eq!(from, expected(60)[41..]);
    assert_eq!(reader.damage(), Ok(vec![]));
}

#[test]
fn a_group_of_frames_may_cross_a_segment() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(dir.path(), SMALL).unwrap();
    let all = expected(40);
    let frames: Vec<_> = all.iter().map(|body| Frame { kind: 1, body }).collect();
    let places = journal.append(&frames).unwrap();
    assert_eq!(places.len(), 40);
    assert!(journal.end().segment > 3);
    assert_eq!(bodies(&journal), all);
}

#[test]
fn a_frame_larger_than_a_segment_gets_one_of_its_own_and_beyond_the_limit_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(dir.path(), SMALL).unwrap();
    let large = vec![7; 5000];
    for _ in 0..3 {
        journal
            .append(&[Frame {
                kind: 1,
                body: &large,
            }])
            .unwrap();
    }
    assert_eq!(journal.end().segment, 3);
    let beyond = vec![0; MAX_FRAME_BYTES + 1];
    let refused = journal
        .append(&[Frame {
            kind: 1,
            body: &beyond,
        }])
        .unwrap_err();
    let len = MAX_FRAME_BYTES + 1;
    assert_eq!(
        refused,
        JournalError::FrameTooLarge {
            len,
            max: MAX_FRAME_BYTES
        }
    );
    journal
        .append(&[Frame {
            kind: 1,
            body: &beyond[1..],
        }])
        .unwrap();
    assert_eq!(journal.reader().frames(Location::START).count(), 4);
}

#[test]
fn cutting_anywhere_in_the_last_three_frames_keeps_the_synced_prefix() {
    let (dir, places) = written(10, 13, SEGMENT_BYTES);
    let whole = image(dir.path());
    let first = places[10].offset as usize;
    for len in first..whole["00000001.seg"].len() {
        let mut cut = whole.clone();
        cut.get_mut("00000001.seg").unwrap().truncate(len);
        let dir = restore(&cut);
        let (mut journal, recovery) = Journal::open(dir.path(), SEGMENT_BYTES).unwrap();
        let kept = places
            .iter()
            .skip(1)
            .filter(|at| at.offset as usize <= len)
            .count();
        assert_eq!(bodies(&journal), expected(kept), "cut at {len}");
        assert_eq!(
            recovery.torn_bytes,
            (len - places[kept].offset as usize) as u64
        );
        append(&mut journal, kept..kept + 2);
        journal.sync().unwrap();
        assert_eq!(bodies(&journal), expected(kept + 2));
    }
}

#[test]
fn any_bit_flipped_behind_the_synced_place_costs_no_synced_frame() {
    let (dir, places) = written(5, 8, SEGMENT_BYTES);
    let whole = image(dir.path());
    let first = places[5].offset as usize;
    for at in first..whole["00000001.seg"].len() {
        let mut flipped = whole.clone();
        flipped.get_mut("00000001.seg").unwrap()[at] ^= 1 << (at % 8);
        let dir = restore(&flipped);
        let (journal, _) = Journal::open(dir.path(), SEGMENT_BYTES).unwrap();
        let kept = places
            .iter()
            .skip(1)
            .filter(|place| place.offset as usize <= at)
            .count();
        assert_eq!(bodies(&journal), expected(kept));
    }
}

#[test]
fn any_bit_flipped_before_the_synced_place_is_damage_and_nothing_is_cut() {
    let (dir, places) = written(8, 8, SEGMENT_BYTES);
    let whole = image(dir.path());
    let len = whole["00000001.seg"].len();
    for at in 0..len {
        let mut flipped = whole.clone();
        flipped.get_mut("00000001.seg").unwrap()[at] ^= 1 << (at % 8);
        let dir = restore(&flipped);
        let refused = Journal::open(dir.path(), SEGMENT_BYTES).unwrap_err();
        let place = places
            .iter()
            .rev()
            .find(|place| place.offset as usize <= at);
        let found = place.copied().unwrap_or(Location {
            segment: 1,
            offset: 0,
        });
        let synced = Some(Location {
            segment: 1,
            offset: len as u32,
        });
        assert_eq!(refused, JournalError::Damaged { at: found, synced });
        assert_eq!(refused.code(), fairtrail::reason::Reason::JournalDamaged);
        assert_eq!(image(dir.path()), flipped);
    }
}

#[test]
fn a_journal_shorter_than_its_synced_place_is_damaged() {
    let (dir, _) = written(8, 8, SEGMENT_BYTES);
    let whole = image(dir.path());
    for len in 0..whole["00000001.seg"].len() {
        let mut cut = whole.clone();
        cut.get_mut("00000001.seg").unwrap().truncate(len);
        let dir = restore(&cut);
        let refused = Journal::open(dir.path(), SEGMENT_BYTES).unwrap_err();
        assert!(
            matches!(refused, JournalError::Damaged { .. }),
            "cut at {len}"
        );
        assert_eq!(image(dir.path()), cut);
    }
}

#[test]
fn damage_in_an_earlier_segment_is_found_when_it_is_read_and_named() {
    let (dir, places) = written(30, 30, SMALL);
    let path = dir.path().join("00000002.seg");
    let mut bytes = fs_err::read(&path).unwrap();
    let hit = places.iter().rposition(|at| at.segment == 2).unwrap();
    bytes[places[hit].offset as usize + 12] ^= 1;
    fs_err::write(&path, &bytes).unwrap();
    let (journal, _) = Journal::open(dir.path(), SMALL).unwrap();
    let damaged = |error| matches!(error, JournalError::Damaged { at, .. } if at == places[hit]);
    assert!(damaged(journal.reader().frame(places[hit]).unwrap_err()));
    let mut frames = journal.reader().frames(Location::START);
    assert_eq!(frames.by_ref().take_while(Result::is_ok).count(), hit);
    assert!(frames.next().is_none());
    assert_eq!(journal.reader().damage(), Ok(vec![places[hit]]));
}

#[test]
fn an_earlier_segment_that_was_cut_or_removed_is_noticed_at_start() {
    let (dir, _) = written(30, 30, SMALL);
    let whole = image(dir.path());
    let mut cut = whole.clone();
    cut.get_mut("00000002.seg").unwrap().pop();
    let refused = Journal::open(restore(&cut).path(), SMALL).unwrap_err();
    assert!(matches!(refused, JournalError::Damaged { at, .. } if at.segment == 2));
    for segment in 1..whole.len() as u32 {
        let mut missing = whole.clone();
        missing.remove(&format!("{segment:08}.seg"));
        let refused = Journal::open(restore(&missing).path(), SMALL).unwrap_err();
        assert_eq!(refused, JournalError::SegmentMissing { segment });
    }
}

#[test]
fn without_the_synced_note_a_sound_journal_opens_and_a_damaged_one_is_refused() {
    let (dir, places) = written(8, 8, SEGMENT_BYTES);
    let whole = image(dir.path());
    for note in [None, Some(vec![]), Some(vec![0xff; 600])] {
        let mut lost = whole.clone();
        lost.remove("synced");
        lost.extend(note.map(|bytes| ("synced".to_string(), bytes)));
        let dir = restore(&lost);
        let (journal, recovery) = Journal::open(dir.path(), SEGMENT_BYTES).unwrap();
        assert_eq!(
            recovery,
            Recovery {
                torn_bytes: 0,
                synced_lost: true
            }
        );
        assert_eq!(bodies(&journal), expected(8));
        let (_, recovery) = Journal::open(dir.path(), SEGMENT_BYTES).unwrap();
        assert!(!recovery.synced_lost);

        lost.get_mut("00000001.seg").unwrap().pop();
        let refused = Journal::open(restore(&lost).path(), SEGMENT_BYTES).unwrap_err();
        assert_eq!(
            refused,
            JournalError::Damaged {
                at: places[7],
                synced: None
            }
        );
    }
}

#[test]
fn a_segment_that_was_only_just_being_made_is_removed() {
    let (dir, _) = written(9, 9, SMALL);
    let whole = image(dir.path());
    let next = Journal::open(dir.path(), SMALL).unwrap().0.end().segment + 1;
    for bytes in [vec![], vec![0; 10], vec![0; HEADER_LEN as usize]] {
        let mut unmade = whole.clone();
        unmade.insert(format!("{next:08}.seg"), bytes);
        let dir = restore(&unmade);
        let (mut journal, _) = Journal::open(dir.path(), SMALL).unwrap();
        append(&mut journal, 9..30);
        assert_eq!(bodies(&journal), expected(30));
    }
}

#[test]
fn a_failed_write_or_sync_stops_the_journal_and_loses_nothing_that_was_synced() {
    for operations in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(dir.path(), SMALL).unwrap();
        faults::after(operations);
        let mut synced = 0;
        let mut failed = None;
        for number in 0..20 {
            let body = body(number);
            let frames = [Frame {
                kind: 0,
                body: &body,
            }];
            match journal.append(&frames).and_then(|_| journal.sync()) {
                Ok(()) => synced = number + 1,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let struck = faults::lift();
        let Some(error) = failed else {
            return assert!(!struck);
        };
        assert!(matches!(error, JournalError::Io(_)));
        assert_eq!(journal.sync(), Err(JournalError::Poisoned));
        assert_eq!(journal.append(&[]), Err(JournalError::Poisoned));
        drop(journal);
        let (journal, _) = Journal::open(dir.path(), SMALL).unwrap();
        let found = bodies(&journal);
        assert!(
            found.len() >= synced,
            "{synced} synced, {} found",
            found.len()
        );
        assert_eq!(found, expected(found.len()));
    }
}

#[test]
fn creation_over_an_existing_journal_is_refused() {
    let (dir, _) = written(1, 1, SMALL);
    assert_eq!(
        Journal::create(dir.path(), SMALL).unwrap_err(),
        JournalError::Exists
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Of the bytes written behind the synced place, a power cut keeps any pages and zeroes others.
    #[test]
    fn whatever_a_power_cut_keeps_of_the_tail_the_synced_prefix_stands(
        synced in 0usize..12, more in 1usize..12, lost in prop::collection::vec(any::<bool>(), 64),
        kept in 0usize..2000,
    ) {
        let (dir, places) = written(synced, synced + more, SEGMENT_BYTES);
        let mut image = image(dir.path());
        let bytes = image.get_mut("00000001.seg").unwrap();
        let start = places[synced].offset as usize;
        for (page, _) in lost.iter().enumerate().filter(|(_, lost)| **lost) {
            let from = (start + page * 16).min(bytes.len());
            let to = (from + 16).min(bytes.len());
            bytes[from..to].fill(0);
        }
        bytes.truncate(start + kept);
        let dir = restore(&image);
        let (journal, _) = Journal::open(dir.path(), SEGMENT_BYTES).unwrap();
        let found = bodies(&journal);
        prop_assert!(found.len() >= synced);
        prop_assert_eq!(&found, &expected(found.len()));
    }
}
