//! What several gateways say of one feed.

use super::*;

#[test]
fn a_gateway_that_lags_or_knows_nothing_stops_nobody() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let first = signed(&author);
    pulse(&mut author, Seen::Offline, 1).unwrap();
    let (lags, nothing) = (view_of(&author, first), view(&author, None, false));
    pulse(&mut author, says(&lags), 2).unwrap();
    pulse(&mut author, says(&nothing), 3).unwrap();
    // The walk stops before an open fork, at an entry long acknowledged.
    for pending in author.pending().unwrap() {
        author.acknowledge(&pending).unwrap();
    }
    let forked = view(&author, Some((0, first.id)), true);
    let refused = pulse(&mut author, says(&forked), 4).unwrap_err();
    assert_eq!(refused, AuthorError::Forked { seq: 0 });
    let head = signed(&author);
    let resolved = view(&author, Some((head.seq, head.id)), true);
    pulse(&mut author, says(&resolved), 4).unwrap();
}

#[test]
fn of_several_gateways_the_one_that_knows_most_decides() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    let first = view_of(&author, signed(&author));
    let later = |seq, id| view(&author, Some((seq, EntryId::new([id; 32]))), false);
    let (one, two, other) = (later(1, 1), later(2, 2), later(2, 3));
    let mut refused = |views: &[FeedView]| {
        let refused = pulse(&mut author, Seen::Gateways(views), 1);
        refused.unwrap_err()
    };
    let behind = AuthorError::Behind {
        ours: Some(0),
        gateway: 2,
    };
    assert_eq!(refused(&[first.clone(), two.clone(), one]), behind);
    assert_eq!(refused(&[two, first.clone(), other]), behind);
    // Two that tell different stories of the past, each of which alone would stop nobody.
    pulse(&mut author, says(&first), 1).unwrap();
    for pending in author.pending().unwrap() {
        author.acknowledge(&pending).unwrap();
    }
    let strange = view(&author, Some((0, EntryId::new([9; 32]))), false);
    let refused = pulse(&mut author, Seen::Gateways(&[first, strange]), 2);
    assert_eq!(refused.unwrap_err(), AuthorError::Forked { seq: 0 });
}

#[test]
fn gateways_are_remembered_with_the_mark_so_that_a_restored_copy_knows_them() {
    let home = tempfile::tempdir().unwrap();
    let mut author = begun(&home);
    author.remember_gateway("http://one.example").unwrap();
    author.remember_gateway("http://one.example").unwrap();
    let (path, backup) = (author.path.clone(), home.path().join("backup"));
    copy(&path, &backup);
    author.remember_gateway("http://two.example").unwrap();
    for number in 0..100 {
        let url = format!("http://{number}.example/{}", "x".repeat(200));
        author.remember_gateway(&url).unwrap();
    }
    pulse(&mut author, Seen::Offline, 1).unwrap();
    let known = author.gateways().unwrap();
    assert_eq!(known.len(), Membership::MAX_GATEWAYS);
    drop(author);
    let old = AuthorDir::open(&backup, &guard(&home)).unwrap();
    assert_eq!(old.gateways().unwrap(), known);
}
