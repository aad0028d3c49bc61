//! The check of a stopped node: silent about a sound one, and finding every damage.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::path::{Path, PathBuf};

use fairtrail::api::Batch;
use fairtrail::merkle::LeafIndex;
use fairtrail::reason::Reason;
use fairtrail_node::config::{Overrides, Settings};
use fairtrail_node::ledger::frame::{GroupEntry, GroupFrame};
use fairtrail_node::ledger::{Ledger, Setup};
use fairtrail_node::ops::fsck::{Report, fsck};
use fairtrail_node::ops::{Init, init, read_keys};
use fairtrail_node::store::bodies::BodiesEnd;
use fairtrail_node::store::journal::{Journal, SEGMENT_BYTES};
use support::*;

fn made(dir: &Path) -> Settings {
    let data_dir = dir.join("data");
    init(Init {
        data_dir: data_dir.clone(),
        charter: charter(),
        origin: ORIGIN.parse().unwrap(),
        guard_dir: None,
        keys_dir: None,
    })
    .unwrap();
    Settings::load(&data_dir, Overrides::default()).unwrap()
}

fn open(settings: &Settings) -> Running {
    let place = Place::new();
    let clock = ticking(&place.time);
    let setup = setup(&settings.data_dir, &settings.guard_dir, clock);
    let keys = read_keys(&settings.keys_dir, &settings.origin).unwrap();
    Running::of(Ledger::open(Setup { keys, ..setup }).unwrap())
}

/// A log with a few hundred entries, parts, one of them erased, and derived data on the disk.
fn filled(dir: &Path) -> Settings {
    let settings = made(dir);
    let log = open(&settings);
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    log.submit(batch(&[root.begin.clone(), granted, author.begin.clone()]))
        .unwrap();
    log.publish(batch(&root.pulses(250)));
    let said: Vec<_> = (1..=5).map(|salt| author.say(salt)).collect();
    log.take_up(Batch(said.clone())).unwrap();
    let erase = author.erase(&said[2].entry, said[2].bodies[1].digest());
    log.publish(batch(&[erase]));
    log.stop();
    settings
}

fn reasons(report: &Report) -> Vec<Reason> {
    report
        .findings
        .iter()
        .map(|finding| finding.reason)
        .collect()
}

#[test]
fn a_sound_log_is_as_it_must_be_and_checking_it_changes_no_answer() {
    let dir = tempfile::tempdir().unwrap();
    let settings = filled(dir.path());
    let report = fsck(&settings).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.entries, report.signed), (259, 259));
    assert_eq!((report.parts, report.erased), (9, 1));
    assert!(report.checkpoints >= 3 && report.archived == 1);
    assert!(report.heads >= 1);
    assert_eq!(fsck(&settings).unwrap(), report);
    let log = open(&settings);
    assert_eq!(log.service.checkpoint().size().get(), 259);
    let refused = fsck(&settings).unwrap_err();
    assert_eq!(refused.code(), Some(Reason::DirectoryLocked));
    log.stop();
}

/// The files below a folder, largest first.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort_by_key(|path| std::cmp::Reverse(fs_err::metadata(path).unwrap().len()));
    found
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let settings = filled(dir.path());
    let damaged = |folder: &str, part: usize| {
        let copy = tempfile::tempdir().unwrap();
        copy_dir(dir.path(), copy.path());
        let settings = Settings {
            data_dir: copy.path().join("data"),
            guard_dir: copy.path().join("data.guard"),
            ..settings.clone()
        };
        let path = settings.data_dir.join(folder);
        let path = if path.is_dir() {
            files(&path).remove(0)
        } else {
            path
        };
        let mut bytes = fs_err::read(&path).unwrap();
        let at = bytes.len() * part / 7;
        bytes[at] ^= 0x10;
        fs_err::write(&path, bytes).unwrap();
        reasons(&fsck(&settings).unwrap())
    };
    for part in 1..7 {
        assert_eq!(
            damaged("journal/00000001.seg", part),
            [Reason::JournalDamaged]
        );
        assert_eq!(damaged("bodies/00000001.seg", part), [Reason::StoreDamaged]);
        assert!(!damaged("archive/log", part).is_empty());
        assert_eq!(damaged("tiles/0/000", part), [Reason::StoreDamaged]);
        assert_eq!(damaged("positions", part), [Reason::StoreDamaged]);
        let index = damaged("index/journal/00000001.seg", part);
        assert_eq!(index, [Reason::JournalDamaged]);
    }
}

#[test]
fn a_forged_signature_in_the_journal_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let settings = made(dir.path());
    let mut root = Feed::root();
    let sound = root.begin.clone();
    let mut forged = root.pulse().bytes().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let entry = |bytes| GroupEntry {
        start: 0,
        bytes,
        held: Vec::new(),
    };
    let group = GroupFrame {
        first: LeafIndex::new(0).unwrap(),
        include_by: at(0),
        bodies_end: BodiesEnd::START,
        entries: vec![entry(sound.bytes()), entry(&forged)],
    };
    let (body, _) = group.encode();
    let journal = settings.data_dir.join("journal");
    let (mut journal, _) = Journal::open(&journal, SEGMENT_BYTES).unwrap();
    journal.append(&[GroupFrame::frame(&body)]).unwrap();
    journal.sync().unwrap();
    drop(journal);
    let report = fsck(&settings).unwrap();
    assert_eq!(reasons(&report), [Reason::SignatureInvalid]);
    assert_eq!(report.findings[0].place, "leaf 1");
}

#[test]
fn a_guard_that_has_seen_more_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let settings = filled(dir.path());
    let old = dir.path().join("old");
    copy_dir(&settings.data_dir, &old);
    let log = open(&settings);
    log.take_up(batch(&[Feed::root().pulse()])).unwrap();
    log.published(260);
    log.stop();
    let report = fsck(&Settings {
        data_dir: old,
        ..settings
    });
    assert_eq!(reasons(&report.unwrap()), [Reason::RollbackSuspected]);
}
