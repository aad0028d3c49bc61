use super::*;
use crate::store::disk::faults;

const ORIGIN: &str = "log.example/one/e1";
const EMPTY: TreeHead = TreeHead {
    size: 0,
    root: [0; 32],
};

fn head(size: u64) -> TreeHead {
    TreeHead {
        size,
        root: [size.to_le_bytes()[0]; 32],
    }
}

fn folders() -> (tempfile::TempDir, tempfile::TempDir) {
    (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap())
}

#[test]
fn what_was_raised_is_remembered_and_nothing_lower_or_different_is_taken() {
    let (dir, data) = folders();
    let mut guard = Guard::create(dir.path(), data.path(), ORIGIN, EMPTY).unwrap();
    guard.raise(head(9)).unwrap();
    drop(guard);
    let mut guard = Guard::open(dir.path(), data.path(), ORIGIN).unwrap();
    assert_eq!(guard.high(), head(9));
    assert_eq!(guard.raise(head(9)), Ok(()));
    let lower = guard.raise(head(8)).unwrap_err();
    assert_eq!(lower, GuardError::Lower { have: 9, got: 8 });
    let other = guard
        .raise(TreeHead {
            size: 9,
            root: [1; 32],
        })
        .unwrap_err();
    assert_eq!(other, GuardError::OtherRoot { size: 9 });
    assert_eq!(
        (lower.code(), other.code()),
        (Reason::RollbackSuspected, Reason::RollbackSuspected)
    );
    assert_eq!(guard.raise(head(10)), Ok(()));
}

#[test]
fn a_log_restored_from_an_old_copy_is_refused() {
    let (dir, data) = folders();
    let mut guard = Guard::create(dir.path(), data.path(), ORIGIN, EMPTY).unwrap();
    guard.raise(head(50)).unwrap();
    let root = |size: u64| Some([size.to_le_bytes()[0]; 32]);
    assert_eq!(
        guard.check(49, root),
        Err(GuardError::Lower { have: 50, got: 49 })
    );
    assert_eq!(
        guard.check(60, |_| Some([1; 32])),
        Err(GuardError::OtherRoot { size: 50 })
    );
    assert_eq!(
        guard.check(60, |_| None),
        Err(GuardError::OtherRoot { size: 50 })
    );
    assert_eq!(guard.check(50, root), Ok(()));
    assert_eq!(guard.check(60, root), Ok(()));
}

#[test]
fn a_missing_damaged_or_foreign_guard_is_a_refusal_and_is_not_replaced() {
    let (dir, data) = folders();
    let path = dir.path().join(file_name(ORIGIN));
    let missing = Guard::open(dir.path(), data.path(), ORIGIN).unwrap_err();
    assert_eq!(missing, GuardError::Missing { path: path.clone() });
    assert!(disk::names(dir.path()).unwrap().is_empty());
    drop(Guard::create(dir.path(), data.path(), ORIGIN, EMPTY).unwrap());
    let whole = fs_err::read(&path).unwrap();
    let again = Guard::create(dir.path(), data.path(), ORIGIN, EMPTY).unwrap_err();
    assert_eq!(again, GuardError::Exists { path: path.clone() });
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        for bytes in [&flipped, &whole[..at]] {
            fs_err::write(&path, bytes).unwrap();
            let refused = Guard::open(dir.path(), data.path(), ORIGIN).unwrap_err();
            assert_eq!(refused, GuardError::Damaged { path: path.clone() });
            assert_eq!(refused.code(), Reason::GuardMissing);
        }
    }
    fs_err::write(&path, encode("other.example/e1", EMPTY, false)).unwrap();
    assert!(Guard::open(dir.path(), data.path(), ORIGIN).is_err());
}

#[test]
fn a_guard_inside_the_data_directory_is_no_guard() {
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().join("guard");
    let refused = Guard::create(&dir, data.path(), ORIGIN, EMPTY).unwrap_err();
    assert_eq!(refused, GuardError::InsideData { path: dir });
}

#[test]
fn a_copied_data_directory_finds_the_guard_taken() {
    let (dir, data) = folders();
    let copy = tempfile::tempdir().unwrap();
    let held = Guard::create(dir.path(), data.path(), ORIGIN, EMPTY).unwrap();
    let refused = Guard::open(dir.path(), copy.path(), ORIGIN).unwrap_err();
    assert!(matches!(refused, GuardError::Lock(LockError::Held { .. })));
    let other = Guard::create(dir.path(), data.path(), "log.example/one/e1/index/1", EMPTY);
    assert!(other.is_ok());
    drop(held);
}

#[test]
fn a_failed_raise_leaves_the_old_head_or_the_new_one() {
    for operations in 0.. {
        let (dir, data) = folders();
        let mut guard = Guard::create(dir.path(), data.path(), ORIGIN, EMPTY).unwrap();
        guard.raise(head(3)).unwrap();
        faults::after(operations);
        let outcome = guard.raise(head(4));
        if !faults::lift() {
            return assert_eq!(outcome, Ok(()));
        }
        assert!(matches!(outcome, Err(GuardError::Io(_))));
        drop(guard);
        let high = Guard::open(dir.path(), data.path(), ORIGIN).unwrap().high();
        assert!(high == head(3) || high == head(4));
    }
}
