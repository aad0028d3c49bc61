use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::store::disk;

const SMALL: Sizes = Sizes {
    cache_bytes: 1 << 20,
    chunk_bytes: 200,
    max_generations: 3,
};

fn head(size: u64) -> TreeHead {
    TreeHead {
        size,
        root: [size.to_le_bytes()[0]; 32],
    }
}

fn row(number: u32) -> Row {
    (
        format!("key {:05}", number * 7919 % 10_000).into_bytes(),
        number.to_le_bytes().repeat(3),
    )
}

fn open(dir: &Path) -> (SledIndex, Start) {
    SledIndex::open(dir, SMALL).unwrap()
}

/// A flushed store of `batches` batches of 40 rows, closed.
fn filled(dir: &Path, batches: u32) {
    let (index, _) = open(dir);
    for batch in 0..batches {
        fill(&index, batch);
        assert_eq!(index.flush(), Ok(Some(head(u64::from(batch) + 1))));
    }
}

fn fill(index: &SledIndex, batch: u32) {
    index
        .put(Table(1), (batch * 40..batch * 40 + 40).map(row).collect())
        .unwrap();
    index.seal(head(u64::from(batch) + 1)).unwrap();
}

/// Whether the store holds exactly the rows of `batches` batches; an error is neither.
fn holds(index: &SledIndex, batches: u64) -> Result<bool, LookupError> {
    let rows = u32::try_from(batches).unwrap() * 40;
    for number in 0..rows {
        let (key, value) = row(number);
        if index.get(Table(1), &key)? != Some(value) {
            return Ok(false);
        }
    }
    Ok(scan_all(index, Table(1), b"", 50)?.len() == rows as usize)
}

fn scan_all(
    index: &SledIndex,
    table: Table,
    prefix: &[u8],
    limit: usize,
) -> Result<Vec<Row>, LookupError> {
    let mut rows = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = index.scan_prefix(table, prefix, after.as_deref(), limit)?;
        assert!(page.rows.len() <= limit);
        rows.extend(page.rows);
        match page.resume {
            Some(key) => after = Some(key),
            None => return Ok(rows),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for name in disk::names(from).unwrap() {
        if from.join(&name).is_dir() {
            copy(&from.join(&name), &to.join(&name));
        } else {
            fs_err::copy(from.join(&name), to.join(&name)).unwrap();
        }
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let paths = disk::names(dir)
        .unwrap()
        .into_iter()
        .map(|name| dir.join(name));
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn rows_survive_a_restart_and_newer_values_win() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lookup");
    let (index, start) = open(&path);
    assert_eq!(start, Start::Rebuild(RebuildCause::New));
    for batch in 0..20 {
        fill(&index, batch);
        index
            .put(
                Table(2),
                Rows::from_iter([(b"same".to_vec(), batch.to_le_bytes().to_vec())]),
            )
            .unwrap();
        if batch % 3 == 0 {
            index.flush().unwrap();
        }
    }
    index.seal(head(20)).unwrap();
    assert_eq!(index.flush(), Ok(Some(head(20))));
    assert_eq!(holds(&index, 20), Ok(true));
    drop(index);
    let (index, start) = open(&path);
    assert_eq!(
        (start, index.covers()),
        (Start::Covers(head(20)), Some(head(20)))
    );
    assert_eq!(holds(&index, 20), Ok(true));
    assert_eq!(
        index.get(Table(2), b"same"),
        Ok(Some(19u32.to_le_bytes().to_vec()))
    );
    assert_eq!(index.get(Table(3), b"same"), Ok(None));
}

#[test]
fn what_was_not_flushed_is_not_covered() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lookup");
    filled(&path, 2);
    let (index, _) = open(&path);
    fill(&index, 2);
    assert_eq!(
        (holds(&index, 3), index.covers()),
        (Ok(true), Some(head(2)))
    );
    assert_eq!(index.unsealed_bytes(), 0);
    drop(index);
    let (index, start) = open(&path);
    assert_eq!(
        (start, holds(&index, 2)),
        (Start::Covers(head(2)), Ok(true))
    );
}

#[test]
fn clearing_forgets_everything_and_the_store_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lookup");
    filled(&path, 5);
    let (index, _) = open(&path);
    fill(&index, 5);
    index.clear().unwrap();
    assert_eq!((holds(&index, 0), index.covers()), (Ok(true), None));
    fill(&index, 0);
    index.flush().unwrap();
    assert_eq!(holds(&index, 1), Ok(true));
    drop(index);
    assert_eq!(open(&path).1, Start::Covers(head(1)));
}

#[test]
fn rows_beyond_the_limits_are_refused_and_pages_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let (index, _) = open(&dir.path().join("lookup"));
    let table = Table(9);
    for (key, value) in [(MAX_KEY_BYTES + 1, 0), (0, MAX_VALUE_BYTES + 1)] {
        let refused = index
            .put(table, Rows::from_iter([(vec![1; key], vec![1; value])]))
            .unwrap_err();
        assert_eq!(refused, LookupError::RowTooLarge { table, key, value });
    }
    let large = |number: u8| (vec![number; MAX_KEY_BYTES], vec![number; MAX_VALUE_BYTES]);
    index.put(table, (0..40).map(large).collect()).unwrap();
    index.seal(head(1)).unwrap();
    index.flush().unwrap();
    let page = index.scan_prefix(table, b"", None, usize::MAX).unwrap();
    assert!(page.rows.len() < 20 && page.resume.is_some());
    assert_eq!(
        scan_all(&index, table, b"", 4).unwrap(),
        (0..40).map(large).collect::<Vec<_>>()
    );
}

#[test]
fn a_copy_taken_at_any_moment_covers_what_it_says_or_is_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lookup");
    let (index, _) = open(&path);
    for batch in 0..12 {
        fill(&index, batch);
        for moment in 0..2 {
            let image = dir.path().join(format!("{batch}-{moment}"));
            copy(&path, &image);
            let (copied, start) = open(&image);
            let covered = match start {
                Start::Covers(found) => {
                    assert_eq!(found, head(found.size));
                    found.size
                }
                Start::Rebuild(_) => 0,
            };
            assert!(covered == 0 || covered == u64::from(batch) + moment);
            assert_eq!(holds(&copied, covered), Ok(true));
            index.flush().unwrap();
        }
    }
}

#[test]
fn a_deleted_store_starts_empty() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lookup");
    filled(&path, 3);
    fs_err::remove_dir_all(&path).unwrap();
    let (index, start) = open(&path);
    assert_eq!(start, Start::Rebuild(RebuildCause::New));
    assert_eq!(holds(&index, 0), Ok(true));
}

/// Opens a store that something happened to: it must cover what it says with the right rows, or
/// say that it cannot, now or at the read that meets the damage, and then start empty.
fn survives(path: &Path, batches: u64) {
    let (index, start) = open(path);
    let outcome = match start {
        Start::Covers(found) => {
            // An older manifest that is still whole may come back; rows never differ from it.
            assert!(found.size <= batches && found == head(found.size));
            holds(&index, found.size)
        }
        Start::Rebuild(_) => holds(&index, 0),
    };
    if let Err(error) = outcome {
        assert_ne!(error, LookupError::Broken);
        assert_eq!(index.get(Table(1), b"any"), Err(LookupError::Broken));
        assert_eq!(
            index.put(Table(1), Rows::default()),
            Err(LookupError::Broken)
        );
        drop(index);
        let (index, start) = open(path);
        assert_eq!(start, Start::Rebuild(RebuildCause::Damaged));
        assert_eq!(holds(&index, 0), Ok(true));
        fill(&index, 0);
        assert_eq!(index.flush(), Ok(Some(head(1))));
    } else {
        assert_eq!(outcome, Ok(true));
    }
}

#[test]
fn flipped_bytes_anywhere_are_noticed_or_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lookup");
    filled(&path, 6);
    let mut flips = 0;
    for file in files(&path) {
        let bytes = fs_err::read(&file).unwrap();
        let step = (bytes.len() / 40).max(1);
        for at in (0..bytes.len())
            .step_by(step)
            .map(|at| at + at % 7)
            .filter(|at| *at < bytes.len())
        {
            let image = dir.path().join(format!("flip-{flips}"));
            copy(&path, &image);
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x41;
            fs_err::write(image.join(file.strip_prefix(&path).unwrap()), flipped).unwrap();
            survives(&image, 6);
            fs_err::remove_dir_all(&image).unwrap();
            flips += 1;
        }
    }
    assert!(flips > 40, "{flips}");
}

#[test]
fn truncated_files_are_noticed_or_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lookup");
    filled(&path, 6);
    for file in files(&path) {
        let bytes = fs_err::read(&file).unwrap();
        for part in 0..16 {
            let image = dir.path().join("cut");
            copy(&path, &image);
            let cut = &bytes[..bytes.len() * part / 16];
            fs_err::write(image.join(file.strip_prefix(&path).unwrap()), cut).unwrap();
            survives(&image, 6);
            fs_err::remove_dir_all(&image).unwrap();
        }
    }
}

#[test]
fn a_store_found_broken_in_use_is_moved_aside_at_the_next_start_or_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lookup");
    filled(&path, 6);
    let (index, _) = open(&path);
    open::mark_broken(&path).unwrap();
    drop(index);
    let (index, start) = open(&path);
    assert_eq!(start, Start::Rebuild(RebuildCause::Damaged));
    assert_eq!(holds(&index, 0), Ok(true));
    assert!(dir.path().join("lookup.broken").exists());
    open::mark_broken(&path).unwrap();
    index.clear().unwrap();
    drop(index);
    assert_eq!(open(&path).1, Start::Rebuild(RebuildCause::New));
}

#[derive(Debug, Clone)]
enum Step {
    Put(u8, Vec<Row>),
    Seal,
    Flush,
    Reopen,
    Get(u8, Vec<u8>),
    Scan(u8, Vec<u8>, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || prop::collection::vec(0u8..5, 0..6);
    let value = prop::collection::vec(any::<u8>(), 0..40);
    let rows = prop::collection::vec((key(), value), 0..40);
    let step = prop_oneof![
        6 => (0u8..2, rows).prop_map(|(table, rows)| Step::Put(table, rows)),
        2 => Just(Step::Seal),
        4 => Just(Step::Flush),
        1 => Just(Step::Reopen),
        4 => (0u8..2, key()).prop_map(|(table, key)| Step::Get(table, key)),
        2 => (0u8..2, prop::collection::vec(0u8..5, 0..3), 1usize..30)
            .prop_map(|(table, prefix, limit)| Step::Scan(table, prefix, limit)),
    ];
    prop::collection::vec(step, 1..50)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_store_answers_as_a_map_would(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lookup");
        let (mut index, _) = open(&path);
        let mut model: [BTreeMap<Vec<u8>, Vec<u8>>; 2] = Default::default();
        for (size, step) in (1u64..).zip(steps) {
            match step {
                Step::Put(table, rows) => {
                    model[usize::from(table)].extend(rows.clone());
                    index.put(Table(table), rows.into_iter().collect()).unwrap();
                }
                Step::Seal => index.seal(head(size)).unwrap(),
                Step::Flush => {
                    index.seal(head(size)).unwrap();
                    prop_assert_eq!(index.flush(), Ok(Some(head(size))));
                }
                Step::Reopen => {
                    index.seal(head(size)).unwrap();
                    index.flush().unwrap();
                    drop(index);
                    let (again, start) = open(&path);
                    prop_assert_eq!(start, Start::Covers(head(size)));
                    index = again;
                }
                Step::Get(table, key) => {
                    let expected = model[usize::from(table)].get(&key).cloned();
                    prop_assert_eq!(index.get(Table(table), &key), Ok(expected));
                }
                Step::Scan(table, prefix, limit) => {
                    let found = scan_all(&index, Table(table), &prefix, limit).unwrap();
                    let rows = model[usize::from(table)].iter();
                    let rows = rows.filter(|(key, _)| key.starts_with(&prefix));
                    let expected: Vec<_> =
                        rows.map(|(key, value)| (key.clone(), value.clone())).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
