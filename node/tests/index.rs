//! The index log of a running node: what it shows follows from the log, and outlives every crash.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::path::Path;

use fairtrail::entry::SignedEntry;
use fairtrail::index::{Checked, Index, IndexHead, UpdateProof};
use fairtrail::log::{EntryTile, Origin, SignedCheckpoint, TilePath, decode_entries};
use fairtrail::merkle::{CompactRange, leaf_hash};
use fairtrail::note::NoteSigner;
use fairtrail::reason::Reason;
use fairtrail_node::ledger::Setup;
use fairtrail_node::service::{IndexQuestion, ReadError};
use support::*;

/// The checkpoint of the index log, and all its leaves, checked against each other.
fn heads(running: &Running) -> (SignedCheckpoint, Vec<Vec<u8>>) {
    let service = &running.service;
    let note = service.index_log(IndexQuestion::Checkpoint).unwrap();
    let full = service.index_log(IndexQuestion::FullCheckpoint).unwrap();
    assert_eq!(note, full);
    let named = service.log_info().index.unwrap();
    let shown = SignedCheckpoint::open(&note, &named.vkey.parse().unwrap()).unwrap();
    assert_eq!(shown.checkpoint().origin().as_str(), named.origin);
    let checkpoint = shown.checkpoint();
    let (mut heads, mut range) = (Vec::new(), CompactRange::new());
    for tile in 0..checkpoint.size().get().div_ceil(256) {
        let tile = EntryTile::widest(tile, checkpoint.size()).unwrap();
        let asked = IndexQuestion::Tile(TilePath::Entries(tile));
        let bundle = service.index_log(asked).unwrap();
        let leaves = decode_entries(&bundle, usize::from(tile.width())).unwrap();
        heads.extend(leaves.into_iter().map(<[u8]>::to_vec));
    }
    for head in &heads {
        range.append(leaf_hash(head)).unwrap();
    }
    assert_eq!(
        (range.size(), range.root()),
        (checkpoint.size(), checkpoint.root())
    );
    (shown, heads)
}

fn parsed(heads: &[Vec<u8>]) -> Vec<IndexHead> {
    heads
        .iter()
        .map(|head| IndexHead::parse(head).unwrap())
        .collect()
}

/// Waits until the index covers what the log shows, and as many leaves.
fn covered(running: &Running, size: u64) {
    running.published(size);
    for _ in 0..1_000 {
        let index = running.service.index().unwrap();
        if index.settled().is_some_and(|head| head.size.get() >= size) {
            return;
        }
        drop(index);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the index does not cover {size} leaves in time");
}

/// Every head follows from the leaves of the log, and its log time is all that is taken from it.
fn follow(running: &Running, heads: &[Vec<u8>], entries: &[SignedEntry]) {
    let origin: Origin = ORIGIN.parse().unwrap();
    let mut set = fairtrail::admission::AdmittedSet::new(charter());
    for entry in entries {
        set.admit(entry).unwrap();
    }
    let mut index = Index::new(origin);
    let mut rest = entries;
    for (bytes, head) in heads.iter().zip(parsed(heads)) {
        let count = usize::try_from(head.size.get() - index.size().get()).unwrap();
        let (leaves, behind) = rest.split_at(count);
        index.append(leaves, head.time, &set).unwrap();
        assert_eq!(index.head().unwrap().to_bytes(), *bytes);
        rest = behind;
    }
    index.settle();
    assert_eq!(rest.len(), 0);
    let here = running.service.index().unwrap();
    assert_eq!(here.settled(), index.settled());
    let subjects = || entries.iter().flat_map(fairtrail::index::posted_under);
    let authors = || entries.iter().map(SignedEntry::author);
    let answer = here.answer(subjects(), authors()).unwrap();
    assert_eq!(answer, index.answer(subjects(), authors()).unwrap());
}

/// Every head follows from the one before by its update proof.
fn check_updates(running: &Running, heads: &[Vec<u8>]) {
    let mut checked = Checked::new(ORIGIN.parse().unwrap());
    for (leaf, head) in (0..).zip(heads) {
        let proof = running.service.index_log(IndexQuestion::Update(leaf));
        let proof = UpdateProof::parse(&proof.unwrap()).unwrap();
        assert_eq!(proof.new.0, *head);
        checked = checked.check(&proof).unwrap();
    }
    let behind = u64::try_from(heads.len()).unwrap();
    let none = running.service.index_log(IndexQuestion::Update(behind));
    assert_eq!(none, Err(ReadError::NotFound));
}

#[test]
fn every_head_follows_from_the_log_and_outlives_restarts_and_lost_derived_data() {
    let place = Place::new();
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let mut entries = vec![root.begin.clone(), granted, author.begin.clone()];
    let running = place.open().unwrap();
    let none = running.service.index_log(IndexQuestion::Checkpoint);
    assert_eq!(none, Err(ReadError::NotFound));
    running.publish(batch(&entries));
    covered(&running, 3);
    let said: Vec<_> = (0..4).map(|salt| author.say(salt)).collect();
    entries.extend(said.iter().map(|said| said.entry.clone()));
    running.take_up(fairtrail::api::Batch(said)).unwrap();
    covered(&running, 7);
    let (shown, first) = heads(&running);
    assert!(first.len() >= 2);
    follow(&running, &first, &entries);
    let archive = running.service.index_log(IndexQuestion::Archive).unwrap();
    let archive = String::from_utf8(archive).unwrap();
    let oldest = archive.split(' ').next().unwrap().parse().unwrap();
    let oldest = fairtrail::merkle::TreeSize::new(oldest).unwrap();
    let archived = running.service.index_log(IndexQuestion::Archived(oldest));
    let key = keys().index.unwrap();
    let archived = SignedCheckpoint::open(&archived.unwrap(), key.verifier()).unwrap();
    assert_eq!(archived.checkpoint().size(), oldest);
    running.stop();

    for lost in ["nothing", "index/tiles", "index/positions"] {
        let path = place.data.join(lost);
        let _ = fs_err::remove_dir_all(&path);
        let _ = fs_err::remove_file(&path);
        let running = place.open().unwrap();
        let (again, heads) = heads(&running);
        assert_eq!((again, &heads), (shown.clone(), &first), "{lost} was lost");
        covered(&running, 7);
        follow(&running, &heads, &entries);
        check_updates(&running, &heads);
        running.stop();
    }

    let running = place.open().unwrap();
    let more = root.pulses(5);
    running.publish(batch(&more));
    entries.extend(more);
    covered(&running, 12);
    let (_, more) = heads(&running);
    assert!(more.starts_with(&first) && more.len() > first.len());
    follow(&running, &more, &entries);
    running.stop();
}

/// The guard file of the index log.
fn index_guard(dir: &Path) -> std::path::PathBuf {
    let files = fs_err::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap().path());
    let names_index = |path: &std::path::PathBuf| {
        fs_err::read_to_string(path).is_ok_and(|text| text.contains("/index/1"))
    };
    files.into_iter().find(names_index).unwrap()
}

#[test]
fn a_folder_from_before_there_was_an_index_gets_one() {
    let place = Place::new();
    let mut root = Feed::root();
    let running = place.open().unwrap();
    running.publish(batch(std::slice::from_ref(&root.begin)));
    let entries = root.pulses(3);
    running.publish(batch(&entries));
    running.stop();
    fs_err::remove_dir_all(place.data.join("index")).unwrap();
    fs_err::remove_dir_all(place.data.join("archive/index")).unwrap();
    fs_err::remove_file(index_guard(&place.guard)).unwrap();
    let running = place.open().unwrap();
    covered(&running, 4);
    let (_, heads) = heads(&running);
    let all: Vec<_> = std::iter::once(root.begin).chain(entries).collect();
    follow(&running, &heads, &all);
    running.stop();
}

fn copy(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for file in fs_err::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (file.path(), to.join(file.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs_err::copy(&path, to).unwrap();
        }
    }
}

#[test]
fn a_damaged_index_stops_the_index_alone() {
    let place = Place::new();
    let mut root = Feed::root();
    let running = place.open().unwrap();
    running.publish(batch(std::slice::from_ref(&root.begin)));
    covered(&running, 1);
    running.stop();
    let journal = place.data.join("index/journal/00000001.seg");
    let mut bytes = fs_err::read(&journal).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs_err::write(&journal, bytes).unwrap();
    let running = place.open().unwrap();
    running.publish(batch(&root.pulses(2)));
    assert_eq!(running.service.checkpoint().size().get(), 3);
    let none = running.service.index_log(IndexQuestion::Checkpoint);
    assert_eq!(none, Err(ReadError::NotFound));
    running.stop();
}

#[test]
fn an_index_put_back_from_an_older_copy_or_lost_signs_nothing_and_the_log_goes_on() {
    let place = Place::new();
    let mut root = Feed::root();
    let running = place.open().unwrap();
    running.publish(batch(std::slice::from_ref(&root.begin)));
    covered(&running, 1);
    let (older, _) = heads(&running);
    running.stop();
    let (index, aside) = (place.data.join("index"), place.dir.path().join("aside"));
    copy(&index, &aside);
    let running = place.open().unwrap();
    running.publish(batch(&root.pulses(2)));
    covered(&running, 3);
    running.stop();

    fs_err::remove_dir_all(&index).unwrap();
    copy(&aside, &index);
    let running = place.open().unwrap();
    running.publish(batch(&root.pulses(2)));
    let note = running
        .service
        .index_log(IndexQuestion::Checkpoint)
        .unwrap();
    assert_eq!(note, older.note().to_string().into_bytes());
    running.stop();

    fs_err::remove_dir_all(&index).unwrap();
    let running = place.open().unwrap();
    running.publish(batch(&root.pulses(2)));
    assert_eq!(running.service.checkpoint().size().get(), 7);
    let none = running.service.index_log(IndexQuestion::Checkpoint);
    assert_eq!(none, Err(ReadError::NotFound));
    running.stop();
}

/// Goes on without its index, which shows what it showed last.
fn goes_on(running: &Running, root: &mut Feed, shown: Option<&SignedCheckpoint>, reason: Reason) {
    let before = running.service.checkpoint().size().get();
    running.publish(batch(&root.pulses(2)));
    assert_eq!(running.service.checkpoint().size().get(), before + 2);
    // The next tick of the publisher comes after the checkpoint is shown.
    running.publish(batch(&root.pulses(1)));
    let health = running.service.health();
    assert_eq!((health.halted, health.stopped), (None, false));
    assert_eq!(health.index_halted, Some(reason));
    assert!(health.index.unwrap_or(0) < before + 2);
    let note = running.service.index_log(IndexQuestion::Checkpoint);
    let expected = shown.map(|shown| shown.note().to_string().into_bytes());
    assert_eq!(note.ok(), expected);
}

#[test]
fn a_failure_while_the_log_runs_stops_the_index_alone() {
    let place = Place::new();
    let mut root = Feed::root();
    let running = place.open().unwrap();
    running.publish(batch(std::slice::from_ref(&root.begin)));
    covered(&running, 1);
    assert_eq!(running.service.health().index, Some(1));
    assert_eq!(running.service.health().index_halted, None);
    let (shown, _) = heads(&running);
    // Where the tiles stood nothing can be made any more.
    let tiles = place.data.join("index/tiles");
    fs_err::remove_dir_all(&tiles).unwrap();
    fs_err::write(&tiles, "").unwrap();
    goes_on(&running, &mut root, Some(&shown), Reason::StoreFailed);
    running.stop();

    // Tiles are derived: the next start makes them again and covers what was left.
    fs_err::remove_file(&tiles).unwrap();
    let running = place.open().unwrap();
    covered(&running, 4);
    assert_eq!(running.service.health().index_halted, None);
    running.stop();
}

#[test]
fn a_lost_key_stops_the_index_alone_and_another_signs_nothing() {
    let place = Place::new();
    let mut root = Feed::root();
    let running = place.open().unwrap();
    running.publish(batch(std::slice::from_ref(&root.begin)));
    covered(&running, 1);
    let (shown, _) = heads(&running);
    running.stop();

    for lose in [
        |setup: &mut Setup| setup.keys.index = None,
        |setup: &mut Setup| setup.keys.index_witness = None,
    ] {
        let running = place.open_with(lose).unwrap();
        assert_eq!(running.service.log_info().index, None);
        goes_on(&running, &mut root, None, Reason::IndexKeyMissing);
        running.stop();
    }

    let other = |setup: &mut Setup| {
        let name = setup.origin.index(1).unwrap().key_name().unwrap();
        let key = fairtrail::key::SecretKey::from_seed([77; 32]);
        setup.keys.index = Some(NoteSigner::new(name, key));
    };
    let running = place.open_with(other).unwrap();
    goes_on(&running, &mut root, Some(&shown), Reason::SignatureMissing);
    running.stop();

    let running = place.open().unwrap();
    covered(&running, 10);
    running.stop();
}
