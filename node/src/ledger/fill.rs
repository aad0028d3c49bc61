//! Filling the look-ups from the journal.

use std::ops::Range;

use fairtrail::entry::SignedEntry;
use fairtrail::merkle::{LeafIndex, leaf_hash};

use super::error::LedgerError;
use super::frame::{self, Content, GroupFrame};
use super::reader::Reader;
use super::tables::Rows;
use crate::store::head::TreeHead;
use crate::store::journal::Location;
use crate::store::lookup::IndexStore;

/// Rows in memory beyond which they are written out on the way.
const UNSEALED_BYTES: usize = 16 << 20;
/// A root no tree has: what is sealed with it on the way is built anew after a crash.
const UNFINISHED: [u8; 32] = [0; 32];

/// Puts the rows of the leaves `wanted`, the first of which stands in the frame at `at` or behind
/// it. Signatures are not looked at; what is erased is for the caller to erase again.
///
/// # Errors
/// [`LedgerError`] of the journal or the look-ups.
pub(super) fn fill_lookups(
    reader: &Reader,
    wanted: Range<u64>,
    at: Location,
) -> Result<(), LedgerError> {
    if wanted.is_empty() {
        return Ok(());
    }
    for stored in reader.journal.frames(at) {
        let stored = stored?;
        let torn = LedgerError::Frame { at: stored.at };
        let Content::Group(group) = frame::decode(&stored).ok_or(torn)? else {
            continue;
        };
        let first = group.first.get();
        if first >= wanted.end {
            break;
        }
        put_group(reader, &group, &wanted)?;
        if reader.lookups.unsealed_bytes() >= UNSEALED_BYTES {
            let size = first.saturating_add(group.entries.len() as u64);
            let root = UNFINISHED;
            reader.lookups.seal(TreeHead { size, root })?;
            reader.lookups.flush()?;
        }
    }
    Ok(())
}

/// Puts the rows of one group, as far as they were wanted.
fn put_group(
    reader: &Reader,
    group: &GroupFrame<'_>,
    wanted: &Range<u64>,
) -> Result<(), LedgerError> {
    let mut rows = Rows::default();
    for (leaf, stored) in (group.first.get()..).zip(&group.entries) {
        if !wanted.contains(&leaf) {
            continue;
        }
        let entry = SignedEntry::parse(stored.bytes).map_err(|error| LedgerError::Leaf {
            leaf,
            reason: error.code(),
        })?;
        let hash = leaf_hash(stored.bytes);
        rows.add(LeafIndex::new(leaf)?, &entry, hash, &stored.held);
    }
    Ok(rows.put(&reader.lookups)?)
}
