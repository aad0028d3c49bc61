//! One log in one process: what is submitted, promised, published, and read back.

mod support;

use fairtrail::api::Batch;
use fairtrail::log::{EntryTile, SignedPromise, Tile, TlogProof, decode_entries};
use fairtrail::merkle::{TreeSize, leaf_hash};
use fairtrail::reason::Reason;
use fairtrail_node::service::{Acknowledged, ReadError};
use std::collections::BTreeSet;
use support::*;

#[test]
fn what_is_submitted_is_promised_published_and_proved() {
    let place = Place::new();
    let log = place.open().unwrap();
    assert_eq!(log.service.checkpoint().size(), TreeSize::ZERO);
    let mut root = Feed::root();
    let mut entries = vec![root.begin.clone()];
    entries.extend(root.pulses(299));
    let first = log.submit(batch(&entries[..250])).unwrap();
    assert_eq!(first.acknowledged, Acknowledged::Promised);
    let second = log.publish(batch(&entries[249..]));
    assert_eq!(second.acknowledged, Acknowledged::Published);

    let promise = first.receipt.promise.unwrap();
    let key = keys();
    let promise = SignedPromise::open(promise.as_bytes(), key.promise.verifier()).unwrap();
    for (leaf, (entry, line)) in entries.iter().zip(&first.receipt.entries).enumerate() {
        let path: Vec<_> = line.path.iter().map(|hash| hash.parse().unwrap()).collect();
        let found = promise.covers(leaf_hash(entry.bytes()), line.position.unwrap(), &path);
        assert_eq!(
            (found.unwrap().get(), line.leaf_index),
            (leaf as u64, leaf as u64)
        );
    }
    let lines = &second.receipt.entries;
    assert!(lines[0].known && lines[0].leaf_index == 249 && !lines[1].known);
    for (entry, line) in entries[249..].iter().zip(lines) {
        let proof = TlogProof::parse(line.proof.as_ref().unwrap().as_bytes()).unwrap();
        assert_eq!(proof.index().get(), line.leaf_index);
        proof.verify(leaf_hash(entry.bytes()), &policy()).unwrap();
    }

    let cosigned = policy().open(log.service.checkpoint().note()).unwrap();
    assert_eq!(cosigned.checkpoint().size().get(), 300);
    for (index, width, first) in [(0, 256, 0), (1, 44, 256), (1, 7, 256), (0, 3, 0)] {
        let bundle = log
            .service
            .entries(EntryTile::new(index, width).unwrap())
            .unwrap();
        let read = decode_entries(&bundle, usize::from(width)).unwrap();
        let tile = log
            .service
            .tile(Tile::new(0, index, width).unwrap())
            .unwrap();
        for ((entry, read), hash) in entries[first..].iter().zip(read).zip(tile.chunks(32)) {
            assert_eq!(entry.bytes(), read);
            assert_eq!(leaf_hash(read).as_bytes(), hash);
        }
    }
    assert_eq!(
        log.service.tile(Tile::new(1, 0, 1).unwrap()).unwrap().len(),
        32
    );
    let beyond = EntryTile::new(1, 45).unwrap();
    assert_eq!(log.service.entries(beyond), Err(ReadError::NotFound));
    log.stop();
}

#[test]
fn a_restart_keeps_everything_and_answers_known_entries_with_their_leaf() {
    let place = Place::new();
    let mut root = Feed::root();
    let mut entries = vec![root.begin.clone()];
    for round in 0..4 {
        let log = place.open().unwrap();
        let kept = if round == 0 { 0 } else { entries.len() };
        assert_eq!(log.service.checkpoint().size().get(), kept as u64);
        entries.extend(root.pulses(3));
        let receipt = log.submit(batch(&entries)).unwrap().receipt;
        for (leaf, line) in receipt.entries.iter().enumerate() {
            assert_eq!((line.leaf_index, line.known), (leaf as u64, leaf < kept));
        }
        assert_eq!(log.service.feed(root.author).seq, Some(root.seq));
        log.published(entries.len() as u64);
        let again = log.submit(batch(&entries)).unwrap();
        assert_eq!(again.acknowledged, Acknowledged::Known);
        assert_eq!(again.receipt.promise, None);
        log.stop();
    }
}

#[test]
fn one_entry_submitted_by_many_at_once_gets_one_leaf() {
    let place = Place::new();
    let log = place.open().unwrap();
    let root = Feed::root();
    let entries = batch(std::slice::from_ref(&root.begin));
    let leaves: BTreeSet<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| log.submit(entries.clone()).unwrap().receipt))
            .collect();
        let receipts = threads.into_iter().map(|thread| thread.join().unwrap());
        receipts
            .map(|receipt| receipt.entries[0].leaf_index)
            .collect()
    });
    assert_eq!(leaves, BTreeSet::from([0]));
    assert_eq!(log.service.health().admitted, 1);
    log.stop();
}

#[test]
fn parts_are_served_by_digest_and_by_leaf_until_they_are_erased() {
    let place = Place::new();
    let mut root = Feed::root();
    let mut author = Feed::author(9);
    let log = place.open().unwrap();
    let granted = root.grant(&mut author);
    log.submit(batch(&[root.begin.clone(), granted, author.begin.clone()]))
        .unwrap();
    let said: Vec<_> = (1..=3).map(|salt| author.say(salt)).collect();
    log.take_up(Batch(said.clone())).unwrap();
    log.published(6);

    let page = log.service.parts(0, 256).unwrap();
    assert_eq!((page.first, page.next, page.parts.len()), (0, 6, 6));
    let page = log.service.parts(4, 1).unwrap();
    assert_eq!((page.next, page.parts.len()), (5, 2));
    assert_eq!(log.service.parts(6, 1), Err(ReadError::NotFound));
    let digest = said[1].bodies[1].digest();
    assert_eq!(log.service.part(digest), Ok(said[1].bodies[1].clone()));
    let subject = &said[0].entry.header().subjects[0];
    let history = log.service.history(subject, None, 2).unwrap();
    assert_eq!((history.items.len(), history.next), (2, Some(4)));
    let history = log.service.history(subject, history.next, 2).unwrap();
    assert_eq!(
        (history.items[0].id, history.next),
        (said[2].entry.id(), None)
    );

    let erase = author.erase(&said[1].entry, digest);
    log.publish(batch(&[erase]));
    assert_eq!(log.service.part(digest), Err(ReadError::Erased));
    assert_eq!(log.service.parts(4, 1).unwrap().parts.len(), 1);
    log.stop();
    for lookups_lost in [false, true] {
        if lookups_lost {
            fs_err::remove_dir_all(place.data.join("lookup")).unwrap();
        }
        let log = place.open().unwrap();
        assert_eq!(log.service.part(digest), Err(ReadError::Erased));
        assert_eq!(log.service.parts(0, 256).unwrap().parts.len(), 5);
        log.stop();
    }
    let stored = fs_err::read(place.data.join("bodies/00000001.seg")).unwrap();
    let times = stored
        .windows(13)
        .filter(|bytes| *bytes == b"what was seen")
        .count();
    assert_eq!(times, 2);
}

#[test]
fn derived_data_may_be_lost_and_no_answer_changes() {
    let place = Place::new();
    let mut root = Feed::root();
    let mut entries = vec![root.begin.clone()];
    entries.extend(root.pulses(700));
    let log = place.open().unwrap();
    for chunk in entries.chunks(256) {
        log.submit(batch(chunk)).unwrap();
    }
    log.published(701);
    let answers = |log: &Running| {
        let subject = entries[5].header().subjects[0].clone();
        let checkpoint = log.service.checkpoint();
        (
            checkpoint.note().to_vec(),
            log.service.proof(entries[300].id()).unwrap(),
            log.service.history(&subject, Some(17), 200).unwrap(),
            log.service.tile(Tile::new(0, 2, 100).unwrap()).unwrap(),
            log.service
                .entries(EntryTile::new(2, 189).unwrap())
                .unwrap(),
            log.service.entry(entries[700].id()).unwrap(),
            log.service.archive(),
        )
    };
    let before = answers(&log);
    log.stop();
    for lost in [
        &["lookup"][..],
        &["tiles"],
        &["positions"],
        &["lookup", "tiles", "positions"],
    ] {
        for name in lost {
            let path = place.data.join(name);
            if path.is_dir() {
                fs_err::remove_dir_all(path).unwrap();
            } else {
                fs_err::remove_file(path).unwrap();
            }
        }
        let log = place.open().unwrap();
        assert_eq!(answers(&log), before, "{lost:?}");
        log.stop();
    }
    // Damaged instead of lost.
    for name in ["tiles/0/000", "positions"] {
        let path = place.data.join(name);
        let mut bytes = fs_err::read(&path).unwrap();
        bytes[40] ^= 1;
        fs_err::write(&path, bytes).unwrap();
        let log = place.open().unwrap();
        if name == "positions" {
            assert_eq!(answers(&log), before);
        } else {
            let tile = log.service.tile(Tile::new(0, 0, 256).unwrap());
            assert_eq!(tile.unwrap_err().code(), Reason::StoreDamaged);
        }
        log.stop();
    }
}

#[test]
fn bodies_that_come_with_entries_that_are_known_are_stored_once() {
    let place = Place::new();
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let log = place.open().unwrap();
    let granted = root.grant(&mut author);
    log.submit(batch(&[root.begin.clone(), granted, author.begin.clone()]))
        .unwrap();
    let said = author.say(1);
    let entry = said.entry.clone();
    // The log it came from held its parts back.
    log.take_up(batch(&[entry])).unwrap();
    log.published(4);
    let digest = said.bodies[0].digest();
    let lacking = Err(ReadError::Withheld { refused: false });
    assert_eq!(log.service.part(digest), lacking);
    // A body that the entry does not name stays outside.
    let mut foreign = said.clone();
    foreign.bodies[0].salt[0] ^= 1;
    log.submit(Batch(vec![foreign])).unwrap();
    assert_eq!(log.service.part(digest), lacking);
    for _ in 0..2 {
        let again = log.submit(Batch(vec![said.clone()])).unwrap();
        assert!(again.receipt.entries[0].known);
        assert_eq!(log.service.part(digest), Ok(said.bodies[0].clone()));
    }
    log.stop();
    let log = place.open().unwrap();
    assert_eq!(log.service.part(digest), Ok(said.bodies[0].clone()));
    log.stop();
}
