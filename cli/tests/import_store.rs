//! The state directory: kept private, replaced whole, resumed where it stopped.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail::reason::Reason;
use fairtrail_cli::import::store::{Store, StoreError};
use fairtrail_cli::import::{Coverage, Secret, SourceFile};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const LIST: &str = "organisation_name_normalised,route,type_and_rating,snapshot_date\n\
                    one foods,Skilled Worker,Worker (A rating),2026-01-05\n\
                    one foods,Skilled Worker,Worker (A rating),2026-01-05\n\
                    two foods,Skilled Worker,Worker (A rating),2026-01-05\n\
                    three foods,Skilled Worker,Worker (B rating),2026-01-05\n";

fn file() -> SourceFile {
    SourceFile::parse(LIST.as_bytes(), Coverage::Sample).unwrap()
}

fn open(dir: &Path) -> Result<Store, StoreError> {
    Store::open(dir, || Secret::new([5; 32]))
}

/// A place where nothing is yet; the store makes its directory there.
fn place(parent: &tempfile::TempDir) -> PathBuf {
    parent.path().join("import")
}

fn mode(path: &Path) -> u32 {
    fs_err::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_secret_and_the_rows_survive_a_restart_and_stay_private() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    let mut store = open(&dir).unwrap();
    store.state_mut().observe(&[file()]);
    store.save().unwrap();
    let plan = store.state().pending();
    let names = store.write_names().unwrap();
    drop(store);
    let store = Store::open(&dir, || panic!("the secret is kept")).unwrap();
    assert_eq!(store.state().pending(), plan);
    assert_eq!(mode(&dir), 0o700);
    for file in fs_err::read_dir(&dir).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
    let text = fs_err::read_to_string(names).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert!(
        text.contains("one foods") && text.contains("not told apart"),
        "{text}"
    );
}

#[test]
fn an_interrupted_plan_goes_on_where_it_stopped() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    let mut store = open(&dir).unwrap();
    store.state_mut().observe(&[file()]);
    store.save().unwrap();
    let plan = store.state().pending();
    store.advance(1).unwrap();
    store.advance(2).unwrap();
    drop(store);
    for _ in 0..2 {
        let store = open(&dir).unwrap();
        assert_eq!(store.state().pending(), plan[2..]);
    }
    // Going on counts from where the plan now begins.
    let store = open(&dir).unwrap();
    store.advance(1).unwrap();
    drop(store);
    assert_eq!(open(&dir).unwrap().state().pending(), plan[3..]);
}

#[test]
fn a_cursor_of_an_earlier_state_means_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    let mut store = open(&dir).unwrap();
    store.advance(2).unwrap();
    let stale = fs_err::read(dir.join("cursor.json")).unwrap();
    store.state_mut().observe(&[file()]);
    store.save().unwrap();
    drop(store);
    fs_err::write(dir.join("cursor.json"), stale).unwrap();
    fs_err::set_permissions(dir.join("cursor.json"), Permissions::from_mode(0o600)).unwrap();
    assert_eq!(open(&dir).unwrap().state().pending().len(), 4);
}

#[test]
fn one_process_at_a_time() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    let store = open(&dir).unwrap();
    assert_eq!(open(&dir).unwrap_err().code(), Reason::StateLocked);
    drop(store);
    assert!(open(&dir).is_ok());
}

#[test]
fn lax_and_damaged_files_are_refused() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    drop(open(&dir).unwrap());
    let state = dir.join("state.json");
    fs_err::set_permissions(&state, Permissions::from_mode(0o640)).unwrap();
    assert_eq!(open(&dir).unwrap_err().code(), Reason::StateFileLax);
    fs_err::set_permissions(&state, Permissions::from_mode(0o600)).unwrap();
    fs_err::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(open(&dir).unwrap_err().code(), Reason::StateFileLax);
    fs_err::set_permissions(&dir, Permissions::from_mode(0o700)).unwrap();

    let good = fs_err::read_to_string(&state).unwrap();
    for bad in [
        "",
        "{}",
        &good.replace("\"version\":1", "\"version\":2"),
        &good[..20],
    ] {
        fs_err::write(&state, bad).unwrap();
        assert_eq!(open(&dir).unwrap_err().code(), Reason::StateFileMalformed);
        assert_eq!(fs_err::read_to_string(&state).unwrap(), bad);
    }
}
