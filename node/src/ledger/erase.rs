//! Erasure of parts (specs/privacy.md §5): the bodies of what is erased are overwritten.

use fairtrail::entry::SignedEntry;
use fairtrail::history::Erased;
use fairtrail::id::PartDigest;

use super::error::LedgerError;
use super::tables::{PartRow, Tables};
use crate::store::bodies::{Bodies, BodyError, BodyPlace};
use crate::store::lookup::IndexStore;

/// Overwrites the bodies of everything erased, then notes that they are gone. Doing it again
/// changes nothing, so every start repeats it: what a crash left half done is done then.
pub(super) fn apply(
    erased: &Erased,
    store: &impl IndexStore,
    bodies: &mut Bodies,
) -> Result<(), LedgerError> {
    let tables = Tables(store);
    for (entry, digest) in erased.pairs() {
        if let Some(leaf) = tables.leaf_of(entry)?
            && let Some(row) = tables.part_at(digest, leaf)?
        {
            erase(digest, row, &tables, bodies)?;
        }
    }
    for digest in erased.everywhere() {
        let mut after = None;
        loop {
            let rows = tables.parts_named(digest, after)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.leaf);
            for row in rows {
                erase(digest, row, &tables, bodies)?;
            }
        }
    }
    Ok(())
}

/// As [`apply`], for the parts of an entry that came after they were erased, or together with what
/// erases them.
pub(super) fn apply_to(
    erased: &Erased,
    leaf: u64,
    entry: &SignedEntry,
    store: &impl IndexStore,
    bodies: &mut Bodies,
) -> Result<(), LedgerError> {
    if erased.is_empty() {
        return Ok(());
    }
    let tables = Tables(store);
    for part in &entry.header().parts {
        if erased.covers(entry.id(), part.digest)
            && let Some(row) = tables.part_at(part.digest, leaf)?
        {
            erase(part.digest, row, &tables, bodies)?;
        }
    }
    Ok(())
}

fn erase<S: IndexStore>(
    digest: PartDigest,
    row: PartRow,
    tables: &Tables<'_, S>,
    bodies: &mut Bodies,
) -> Result<(), LedgerError> {
    let Some(place) = row.place else {
        return Ok(());
    };
    if place != BodyPlace::REFUSED {
        match bodies.erase(place) {
            // What cannot be found cannot be read either; a check of the stopped node names it.
            Ok(()) | Err(BodyError::Damaged { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(tables.drop_part(digest, row)?)
}
