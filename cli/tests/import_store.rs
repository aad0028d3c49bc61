//! The state directory: kept private, replaced whole, resumed where it stopped.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail::id::{AuthorId, EntryId};
use fairtrail::reason::Reason;
use fairtrail_cli::import::Secret;
use fairtrail_cli::import::register::{Coverage, SourceFile, State};
use fairtrail_cli::import::store;
use fairtrail_cli::import::store::{InFlight, StoreError};
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

type Store = store::Store<State>;

fn peek(dir: &Path) -> Result<Option<store::Memory<State>>, StoreError> {
    store::peek(dir)
}

const OBSERVER: AuthorId = AuthorId::new([8; 32]);

fn open(dir: &Path) -> Result<Store, StoreError> {
    Store::open(dir, OBSERVER, || Secret::new([5; 32]))
}

fn id(n: u8) -> EntryId {
    EntryId::new([n; 32])
}

/// Statements signed at these places of the feed.
fn run(seqs: std::ops::Range<u8>) -> InFlight {
    InFlight {
        last_seq: u64::from(seqs.end) - 1,
        entries: seqs.map(id).collect(),
    }
}

fn put(path: &Path, bytes: &[u8]) {
    fs_err::write(path, bytes).unwrap();
    fs_err::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
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
    store.take_in(&[file()]).unwrap();
    let plan = store.plan().to_vec();
    assert_eq!(plan.len(), 4);
    let names = store.write_names().unwrap();
    drop(store);
    let store = Store::open(&dir, OBSERVER, || panic!("the secret is kept")).unwrap();
    assert_eq!(store.plan(), plan);
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
    store.take_in(&[file()]).unwrap();
    let plan = store.plan().to_vec();
    store.intend(run(1..2)).unwrap();
    store.settle(true).unwrap();
    store.intend(run(2..3)).unwrap();
    store.settle(false).unwrap();
    store.intend(run(2..3)).unwrap();
    store.settle(true).unwrap();
    assert_eq!(store.plan(), &plan[2..]);
    drop(store);
    for _ in 0..2 {
        let store = open(&dir).unwrap();
        assert_eq!(store.plan(), &plan[2..]);
        assert_eq!(store.in_flight(), None);
        assert_eq!(store.state().files().next().unwrap().1, Some(id(1)));
    }
    // Going on counts from where the plan now begins.
    let mut store = open(&dir).unwrap();
    store.intend(run(3..4)).unwrap();
    store.settle(true).unwrap();
    drop(store);
    assert_eq!(open(&dir).unwrap().plan(), &plan[3..]);
}

#[test]
fn what_is_in_flight_stays_so_until_somebody_knows() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    let mut store = open(&dir).unwrap();
    store.take_in(&[file()]).unwrap();
    let plan = store.plan().to_vec();
    store.intend(run(1..2)).unwrap();
    store.settle(true).unwrap();
    store.intend(run(2..4)).unwrap();
    let again = store.intend(run(2..4)).unwrap_err();
    assert_eq!(again, StoreError::Unsettled { count: 2 });
    drop(store);
    for _ in 0..2 {
        let mut store = open(&dir).unwrap();
        assert_eq!(store.in_flight(), Some(&run(2..4)));
        assert_eq!(store.plan(), &plan[1..]);
        assert!(store.take_in(&[file()]).is_err());
    }
    let memory = peek(&dir).unwrap().unwrap();
    assert_eq!(memory.in_flight, Some(run(2..4)));
    let mut store = open(&dir).unwrap();
    store.settle(true).unwrap();
    assert_eq!(store.plan(), &plan[3..]);
    drop(store);
    assert_eq!(open(&dir).unwrap().plan(), &plan[3..]);
}

#[test]
fn a_note_cut_short_is_no_note() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    let mut store = open(&dir).unwrap();
    store.take_in(&[file()]).unwrap();
    store.intend(run(1..3)).unwrap();
    store.settle(true).unwrap();
    drop(store);
    let whole = fs_err::read(dir.join("progress.jsonl")).unwrap();
    let state = fs_err::read(dir.join("state.json")).unwrap();
    let ends: Vec<_> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    for cut in 0..=whole.len() {
        fs_err::write(dir.join("state.json"), &state).unwrap();
        put(&dir.join("progress.jsonl"), &whole[..cut]);
        let memory = peek(&dir).unwrap().unwrap();
        assert_eq!(memory.in_flight.is_some(), cut > ends[1] && cut <= ends[2]);
        let left = if cut > ends[2] { 2 } else { 4 };
        let store = open(&dir).unwrap();
        assert_eq!(store.plan().len(), left, "{cut}");
    }
    fs_err::write(dir.join("state.json"), &state).unwrap();
    let mut odd = whole[..=ends[0]].to_vec();
    odd.extend_from_slice(b"{\"stated\":true}\n");
    put(&dir.join("progress.jsonl"), &odd);
    assert_eq!(open(&dir).unwrap_err().code(), Reason::StateFileMalformed);
}

#[test]
fn notes_on_an_earlier_state_mean_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    let mut store = open(&dir).unwrap();
    store.intend(run(1..3)).unwrap();
    store.settle(false).unwrap();
    let stale = fs_err::read(dir.join("progress.jsonl")).unwrap();
    store.take_in(&[file()]).unwrap();
    drop(store);
    put(&dir.join("progress.jsonl"), &stale);
    assert_eq!(open(&dir).unwrap().plan().len(), 4);
}

#[test]
fn one_process_at_a_time_and_one_author() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    let store = open(&dir).unwrap();
    assert_eq!(open(&dir).unwrap_err().code(), Reason::StateLocked);
    drop(store);
    assert!(open(&dir).is_ok());
    let other = Store::open(&dir, AuthorId::new([9; 32]), || Secret::new([5; 32]));
    assert_eq!(other.unwrap_err().code(), Reason::StateForeign);
}

#[test]
fn looking_changes_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let dir = place(&parent);
    assert!(peek(&dir).unwrap().is_none());
    assert!(!dir.exists());
    drop(open(&dir).unwrap());
    let before = fs_err::read(dir.join("state.json")).unwrap();
    assert!(peek(&dir).unwrap().is_some());
    assert_eq!(fs_err::read(dir.join("state.json")).unwrap(), before);
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
