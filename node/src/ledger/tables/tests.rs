//! Lists are read by themselves: what else names a subject costs nothing.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Mutex;

use fairtrail::entry::{Draft, NetworkClaim, Position, Pulse, Rotate};
use fairtrail::id::NetworkId;
use fairtrail::key::SecretKey;
use fairtrail::merkle::leaf_hash;
use fairtrail::time::Timestamp;

use super::*;
use crate::store::head::TreeHead;
use crate::store::lookup::Scan;

thread_local! {
    static ROWS_READ: Cell<usize> = const { Cell::new(0) };
}

type Key = (Table, Vec<u8>);

/// Rows in memory; counts those that scans return.
#[derive(Default)]
struct Counted(Mutex<BTreeMap<Key, Vec<u8>>>);

impl IndexStore for Counted {
    fn put(&self, table: Table, rows: TableRows) -> Result<(), LookupError> {
        let rows = rows.iter();
        let rows = rows.map(|(key, value)| ((table, key.to_vec()), value.to_vec()));
        self.0.lock().unwrap().extend(rows);
        Ok(())
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, LookupError> {
        Ok(self.0.lock().unwrap().get(&(table, key.to_vec())).cloned())
    }

    fn scan_prefix(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Scan, LookupError> {
        let rows = self.0.lock().unwrap();
        let rows = rows.iter().filter(|((of, key), _)| {
            *of == table && key.starts_with(prefix) && after.is_none_or(|after| key[..] > *after)
        });
        let rows = rows.map(|((_, key), value)| (key.clone(), value.clone()));
        let rows: Vec<_> = rows.take(limit).collect();
        ROWS_READ.set(ROWS_READ.get() + rows.len());
        Ok(Scan { rows, resume: None })
    }

    fn unsealed_bytes(&self) -> usize {
        0
    }

    fn seal(&self, _: TreeHead) -> Result<(), LookupError> {
        Ok(())
    }

    fn flush(&self) -> Result<Option<TreeHead>, LookupError> {
        Ok(None)
    }

    fn covers(&self) -> Option<TreeHead> {
        None
    }

    fn clear(&self) -> Result<(), LookupError> {
        Ok(())
    }
}

/// The feed of one author: pulses, and here and there a rotation. Its id as a subject.
fn filled(acts: &[u64], count: u64) -> (Counted, SubjectId) {
    let (key, next) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
    let (network, now) = (NetworkId::new([7; 32]), Timestamp::new(1_790_000_000));
    let (now, next) = (now.unwrap(), next.public().next_digest());
    let mut last = Draft::begin(network, &key, next, now).unwrap();
    let feed = last.author();
    let (store, mut rows) = (Counted::default(), Rows::default());
    for leaf in 0..count {
        let claim = if acts.contains(&leaf) {
            let key = key.public().id();
            NetworkClaim::Rotate(Rotate { key, next })
        } else {
            NetworkClaim::Pulse(Pulse {})
        };
        let position = Position {
            network,
            feed,
            seq: leaf + 1,
            prev: last.id(),
            grant: None,
        };
        let draft = Draft::network(claim, feed, now);
        last = draft.sign(&position, &key).unwrap();
        let hash = leaf_hash(last.bytes());
        rows.add(LeafIndex::new(leaf).unwrap(), &last, hash, &[]);
    }
    rows.put(&store).unwrap();
    (store, feed.into())
}

fn read<T>(work: impl FnOnce() -> Result<T, LookupError>) -> (T, usize) {
    ROWS_READ.set(0);
    (work().unwrap(), ROWS_READ.get())
}

#[test]
fn what_a_list_costs_is_its_own_length() {
    let (store, author) = filled(&[3, 900], 1_000);
    let tables = Tables(&store);
    let listed = |class, after| tables.leaves_listed(&author, class, after, 1_000, 4_096);
    assert_eq!(read(|| listed(Class::Net, None)), (vec![3, 900], 2));
    assert_eq!(read(|| listed(Class::Net, Some(3))), (vec![900], 1));
    assert_eq!(read(|| listed(Class::Audit, None)), (vec![], 0));
    let (pulses, rows) = read(|| listed(Class::Pulse, None));
    assert_eq!((pulses.len(), rows), (998, 998));
}

#[test]
fn everything_that_names_a_subject_stands_in_log_order() {
    let (store, author) = filled(&[0, 3, 9], 12);
    let tables = Tables(&store);
    let named = |after, end, limit| tables.leaves_naming(&author, after, end, limit).unwrap();
    assert_eq!(named(None, 12, 100), (0..12).collect::<Vec<_>>());
    assert_eq!(named(Some(2), 10, 3), [3, 4, 5]);
    assert_eq!(named(Some(7), 10, 100), [8, 9]);
    assert!(named(Some(11), 12, 100).is_empty());
    let other: SubjectId = "lei:EXAMPLE00FAIRTRAIL92".parse().unwrap();
    let found = tables.leaves_naming(&other, None, 12, 9).unwrap();
    assert!(found.is_empty());
}
