//! Restored directories, missing marks, and going on after them.

use super::*;
use crate::entry::SignedEntry;

fn read(entries: &[SignedEntry]) -> FeedRead<'_> {
    FeedRead {
        entries,
        forked: false,
    }
}

fn entry(pending: &Pending) -> SignedEntry {
    pending.batch().0[0].entry.clone()
}

/// An author that has begun and signed one entry more, its feed, and a copy from in between.
fn restored(home: &TempDir) -> (AuthorDir, Vec<SignedEntry>) {
    let mut author = AuthorDir::create(&home.path().join("a"), &guard(home)).unwrap();
    author.join(&charter(author.pair()), at(9)).unwrap();
    let begin = author.begin(Seen::Offline).unwrap().unwrap();
    author.acknowledge(&begin).unwrap();
    let (path, backup) = (author.path.clone(), home.path().join("backup"));
    copy(&path, &backup);
    let one = pulse(&mut author, Seen::Offline, 1).unwrap();
    drop(author);
    let feed = vec![entry(&begin), entry(&one)];
    (AuthorDir::open(&backup, &guard(home)).unwrap(), feed)
}

#[test]
fn the_mark_alone_stops_a_restored_backup_and_resuming_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let (mut author, feed) = restored(&home);
    let refused = pulse(&mut author, Seen::Offline, 2).unwrap_err();
    assert_eq!(refused.code(), Reason::RollbackSuspected);
    assert_eq!(author.pending().unwrap(), vec![]);
    let resumed = author.resume(&[read(&feed), read(&feed[..1])]).unwrap();
    assert_eq!(resumed.signed.map(|head| head.seq), Some(1));
    assert_eq!((resumed.lost, resumed.marked), (None, true));
    let next = pulse(&mut author, Seen::Offline, 2).unwrap();
    assert_eq!(entry(&next).header().prev, Some(feed[1].id()));
}

#[test]
fn what_no_gateway_holds_is_lost_until_it_turns_up_or_is_left_behind() {
    let home = tempfile::tempdir().unwrap();
    let (mut author, feed) = restored(&home);
    let resumed = author.resume(&[read(&feed[..1])]).unwrap();
    assert_eq!(resumed.lost.map(|head| head.id), Some(feed[1].id()));
    let refused = pulse(&mut author, Seen::Offline, 2).unwrap_err();
    assert_eq!(refused, AuthorError::Lost { seq: 1 });
    let resumed = author.resume(&[read(&feed)]).unwrap();
    assert_eq!(resumed.lost, None);
    let home = tempfile::tempdir().unwrap();
    let (mut author, feed) = restored(&home);
    author.resume(&[read(&feed[..1])]).unwrap();
    let rotated = author.rotate(&rotation(true), Seen::Offline).unwrap();
    assert_eq!(entry(&rotated).header().seq, 1);
    pulse(&mut author, Seen::Offline, 60).unwrap();
}

#[test]
fn without_a_mark_nothing_is_signed_and_foreign_or_forged_feeds_change_nothing() {
    let home = tempfile::tempdir().unwrap();
    let (mut author, feed) = restored(&home);
    fs_err::remove_dir_all(guard(&home)).unwrap();
    let refused = pulse(&mut author, Seen::Offline, 2).unwrap_err();
    assert_eq!(refused.code(), Reason::GuardMissing);
    let mut forged = feed[1].bytes().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let forged = [feed[0].clone(), SignedEntry::parse(&forged).unwrap()];
    let refused = author.resume(&[read(&forged)]).unwrap_err();
    assert_eq!(refused.code(), Reason::SignatureInvalid);
    let (_, other) = restored(&tempfile::tempdir().unwrap());
    assert!(author.resume(&[read(&other)]).is_err());
    let resumed = author.resume(&[read(&feed)]).unwrap();
    assert!(!resumed.marked);
    pulse(&mut author, Seen::Offline, 2).unwrap();
}

#[test]
fn a_copy_from_before_a_rotation_does_not_rotate_again() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let begin = signed(&author);
    let (path, backup) = (author.path.clone(), home.path().join("backup"));
    copy(&path, &backup);
    let rotated = author.rotate(&rotation(false), Seen::Offline).unwrap();
    let mut gateway = view_of(&author, signed(&author));
    gateway.key_state = Some(entry(&rotated).id());
    drop(author);
    let mut old = AuthorDir::open(&backup, &guard(&home)).unwrap();
    let refused = old.rotate(&rotation(true), says(&gateway));
    assert_eq!(refused.unwrap_err().code(), Reason::RollbackSuspected);
    // Also when the mark was put back.
    let feed = old.membership().unwrap().author;
    let mark = mark::Marked {
        signed: Some(begin),
        ..mark::Marked::of(feed)
    };
    old.mark().unwrap().write(&mark).unwrap();
    let refused = old.rotate(&rotation(true), says(&gateway));
    assert_eq!(refused.unwrap_err().code(), Reason::AuthorBehind);
}

#[test]
fn a_crash_between_outbox_and_mark_moves_the_mark_on_opening() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let path = author.path.clone();
    let state = fs_err::read(path.join(STATE)).unwrap();
    let mark = author.mark().unwrap().read().unwrap();
    let one = pulse(&mut author, Seen::Offline, 1).unwrap();
    author.mark().unwrap().write(&mark).unwrap();
    drop(author);
    fs_err::write(path.join(STATE), state).unwrap();
    let mut author = AuthorDir::open(&path, &guard(&home)).unwrap();
    assert_eq!(author.pending().unwrap(), vec![one.clone()]);
    assert_eq!(author.mark().unwrap().read().unwrap().signed, one.last());
    let two = pulse(&mut author, Seen::Offline, 2).unwrap();
    assert_eq!(entry(&two).header().seq, 2);
}
