//! Copies on disk that are torn, damaged, shared or put back.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod ledger;

use fairtrail::client::StoreError;
use fairtrail::files::FileError;
use fairtrail::reason::Reason;
use ledger::{Home, Ledger, Served, content};

fn synced(statements: u64) -> (Ledger, Home) {
    let ledger = Ledger::new(statements);
    let home = Home::new(&ledger);
    let served = Served {
        archive: vec![2, ledger.size()],
        ..Served::new(&ledger)
    };
    home.sync(&served.gateway()).unwrap();
    (ledger, home)
}

#[test]
fn nothing_is_loaded_before_the_first_download() {
    let ledger = Ledger::new(1);
    let home = Home::new(&ledger);
    let error = home.load().unwrap_err();
    assert!(matches!(error, StoreError::Empty { .. }), "{error}");
    assert!(error.hint().is_some());
}

#[test]
fn one_process_at_a_time_holds_a_copy() {
    let (_, home) = synced(1);
    let held = home.store().unwrap();
    let error = home.store().unwrap_err();
    assert!(
        matches!(error, StoreError::File(FileError::Locked { .. })),
        "{error}"
    );
    drop(held);
    assert!(home.load().is_ok());
}

#[test]
fn a_torn_tail_is_cut_and_a_cut_file_is_damage() {
    let (ledger, home) = synced(4);
    let whole = content(&home.load().unwrap());
    let files = home.files();
    for name in ["leaves", "parts", "notes"] {
        let path = home.copy().join(name);
        for tail in [&[0_u8][..], &[0; 5_000], &[0xff; 70]] {
            let bytes = [&files[&path][..], tail].concat();
            fs_err::write(&path, bytes).unwrap();
            assert_eq!(content(&home.load().unwrap()), whole, "{name}");
        }
        let served = Served::new(&ledger);
        assert_eq!(content(&home.sync(&served.gateway()).unwrap()), whole);
        fs_err::write(&path, &files[&path][..files[&path].len() - 1]).unwrap();
        let error = home.load().unwrap_err();
        assert_eq!(error.code(), Reason::StoreDamaged, "{name}");
        let copy = home.copy();
        assert!(error.hint().unwrap().contains(copy.to_str().unwrap()));
        home.put(&files);
    }
}

#[test]
fn every_flipped_byte_is_noticed_or_changes_nothing() {
    let (ledger, home) = synced(3);
    let whole = content(&home.load().unwrap());
    let files = home.files();
    for (path, bytes) in &files {
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            fs_err::write(path, changed).unwrap();
            // Lines of witnesses that nobody trusts may read otherwise; they never counted.
            if let Ok(replica) = home.load() {
                assert_eq!(content(&replica), whole, "{} byte {at}", path.display());
                let newest = replica.newest().unwrap();
                assert!(newest.meets_quorum(), "{} byte {at}", path.display());
            }
        }
        fs_err::write(path, bytes).unwrap();
    }
    let leaves = home.copy().join("leaves");
    let mut changed = files[&leaves].clone();
    changed[100] ^= 1;
    fs_err::write(&leaves, changed).unwrap();
    let error = home.sync(&Served::new(&ledger).gateway()).unwrap_err();
    assert_eq!(error.code(), Reason::StoreDamaged);
    assert!(error.hint().unwrap().contains("delete"));
    fs_err::remove_dir_all(home.copy()).unwrap();
    assert!(home.sync(&Served::new(&ledger).gateway()).is_ok());
}

#[test]
fn a_copy_that_was_put_back_is_behind_until_it_is_brought_up_to_date() {
    let (mut ledger, home) = synced(3);
    let old = home.files();
    ledger.say(50);
    home.sync(&Served::new(&ledger).gateway()).unwrap();
    for (path, bytes) in old.iter().filter(|(path, _)| path.starts_with(home.copy())) {
        fs_err::write(path, bytes).unwrap();
    }
    let error = home.load().unwrap_err();
    assert_eq!(error.code(), Reason::RollbackSuspected);
    assert!(error.hint().is_some());
    let replica = home.sync(&Served::new(&ledger).gateway()).unwrap();
    assert_eq!(content(&replica).entries.len(), 7);
}

#[test]
fn another_version_checks_every_signature_again() {
    let (_, home) = synced(3);
    let whole = content(&home.load().unwrap());
    let path = home.copy().join("state");
    let state = fs_err::read_to_string(&path).unwrap();
    let version = format!("\"verified_by\":\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(state.contains(&version));
    let json = state
        .lines()
        .next()
        .unwrap()
        .replace(&version, "\"verified_by\":\"0.0.0\"");
    let digest = blake3::hash(json.as_bytes()).to_hex();
    fs_err::write(&path, format!("{json}\n{digest}\n")).unwrap();
    assert_eq!(content(&home.load().unwrap()), whole);
}
