//! Filling the look-ups from the journal.

use std::ops::Range;

use fairtrail::entry::SignedEntry;
use fairtrail::merkle::LeafIndex;

use super::admitted::Admitted;
use super::erase;
use super::error::LedgerError;
use super::frame::{self, Content, GroupFrame};
use super::reader::Reader;
use super::tables::Rows;
use crate::store::bodies::Bodies;
use crate::store::head::TreeHead;
use crate::store::journal::Location;
use crate::store::lookup::IndexStore;

/// Rows in memory beyond which they are written out on the way.
const UNSEALED_BYTES: usize = 16 << 20;
/// A root no tree has: what is sealed with it on the way is built anew after a crash.
const UNFINISHED: [u8; 32] = [0; 32];

/// Puts the rows of the leaves `wanted`, the first of which stands in the frame at `at` or behind
/// it, and repeats the erasures among them. Signatures are not looked at.
///
/// # Errors
/// [`LedgerError`] of the journal, the look-ups or the bodies.
pub(super) fn fill_lookups(
    reader: &Reader,
    admitted: &Admitted,
    bodies: &mut Bodies,
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
        let entries = put_group(reader, &group, &wanted)?;
        for entry in &entries {
            erase::apply(admitted, entry, &reader.lookups, bodies)?;
        }
        if reader.lookups.unsealed_bytes() >= UNSEALED_BYTES {
            let size = first.saturating_add(group.entries.len() as u64);
            let root = UNFINISHED;
            reader.lookups.seal(TreeHead { size, root })?;
            reader.lookups.flush()?;
        }
    }
    Ok(())
}

/// Puts the rows of one group; its entries, as far as they were wanted.
fn put_group(
    reader: &Reader,
    group: &GroupFrame<'_>,
    wanted: &Range<u64>,
) -> Result<Vec<SignedEntry>, LedgerError> {
    let mut rows = Rows::default();
    let mut entries = Vec::new();
    for (leaf, stored) in (group.first.get()..).zip(&group.entries) {
        if !wanted.contains(&leaf) {
            continue;
        }
        let entry = SignedEntry::parse(stored.bytes).map_err(|error| LedgerError::Leaf {
            leaf,
            reason: error.code(),
        })?;
        rows.add(LeafIndex::new(leaf)?, &entry, &stored.held);
        entries.push(entry);
    }
    rows.put(&reader.lookups)?;
    Ok(entries)
}
