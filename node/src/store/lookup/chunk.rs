//! A chunk: rows in key order, each key without what it shares with the one before.
//!
//! Row: `[shared varint][rest varint][value varint] rest value`.

use super::{MAX_KEY_BYTES, Row};
use crate::store::bytes::{put_varint, take_slice, take_varint};

/// Gathers rows, which must come in rising key order.
#[derive(Debug, Default)]
pub(super) struct ChunkWriter {
    bytes: Vec<u8>,
    last: Vec<u8>,
}

impl ChunkWriter {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) {
        let shared = shared_len(&self.last, key);
        let rest = key.get(shared..).unwrap_or_default();
        // Bounded by the limits of a row, so the conversions hold.
        for len in [shared, rest.len(), value.len()] {
            put_varint(&mut self.bytes, u32::try_from(len).unwrap_or(u32::MAX));
        }
        self.bytes.extend(rest);
        self.bytes.extend(value);
        self.last.truncate(shared);
        self.last.extend(rest);
    }

    /// The chunk's bytes; the writer is empty afterwards.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.last.clear();
        std::mem::take(&mut self.bytes)
    }
}

/// Reads rows off a chunk; stops at the first that cannot be read.
pub(super) struct ChunkRows<'a> {
    rest: &'a [u8],
    key: Vec<u8>,
}

impl<'a> ChunkRows<'a> {
    pub(super) fn new(chunk: &'a [u8]) -> Self {
        Self {
            rest: chunk,
            key: Vec::new(),
        }
    }

    /// Moves to the next row: its value, or nothing at the end or where the chunk is malformed.
    fn advance(&mut self) -> Option<&'a [u8]> {
        let mut rest = self.rest;
        let shared = take_varint(&mut rest)? as usize;
        let key_rest = take_varint(&mut rest)? as usize;
        let value = take_varint(&mut rest)? as usize;
        if shared > self.key.len() || shared.saturating_add(key_rest) > MAX_KEY_BYTES {
            return None;
        }
        self.key.truncate(shared);
        self.key.extend(take_slice(&mut rest, key_rest)?);
        let value = take_slice(&mut rest, value)?;
        self.rest = rest;
        Some(value)
    }
}

/// A chunk that is not what [`ChunkWriter`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// The value of a key.
pub(super) fn find(chunk: &[u8], key: &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
    let mut rows = ChunkRows::new(chunk);
    while !rows.rest.is_empty() {
        let value = rows.advance().ok_or(Malformed)?;
        match rows.key.as_slice().cmp(key) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => return Ok(Some(value.to_vec())),
            std::cmp::Ordering::Greater => break,
        }
    }
    Ok(None)
}

/// All rows.
pub(super) fn rows(chunk: &[u8]) -> Result<Vec<Row>, Malformed> {
    let mut found = Vec::new();
    let mut rows = ChunkRows::new(chunk);
    while !rows.rest.is_empty() {
        let value = rows.advance().ok_or(Malformed)?;
        found.push((rows.key.clone(), value.to_vec()));
    }
    Ok(found)
}

/// How many bytes two keys begin with in common.
pub(super) fn shared_len(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn rows_come_back_and_keys_are_found(
            table in prop::collection::btree_map(
                prop::collection::vec(0u8..4, 0..8), prop::collection::vec(any::<u8>(), 0..300), 0..40),
            key in prop::collection::vec(0u8..4, 0..8),
        ) {
            let mut writer = ChunkWriter::default();
            for (key, value) in &table {
                writer.push(key, value);
            }
            let chunk = writer.take();
            let read: BTreeMap<_, _> = rows(&chunk).unwrap().into_iter().collect();
            prop_assert_eq!(&read, &table);
            prop_assert_eq!(find(&chunk, &key), Ok(table.get(&key).cloned()));
        }

        #[test]
        fn no_bytes_make_reading_panic(chunk in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = rows(&chunk);
            let _ = find(&chunk, &[1, 2, 3]);
        }
    }
}
