//! Erasure of parts (specs/privacy.md §5): the bodies of what is erased are overwritten.

use fairtrail::entry::SignedEntry;
use fairtrail::history::Erased;
use fairtrail::id::PartDigest;

use super::error::LedgerError;
use super::frame::{self, Content};
use super::late::LateBody;
use super::reader::Reader;
use super::tables::{PartRow, Tables};
use crate::store::bodies::{Bodies, BodyError, BodyPlace};
use crate::store::lookup::IndexStore;

/// Overwrites the bodies of everything erased, then notes that they are gone. Doing it again
/// changes nothing.
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

/// As [`apply`], by what the journal says of where bodies lie and not by the look-ups, which may say
/// of bodies that came back with an old copy of a file that they are gone.
pub(super) fn repair(
    erased: &Erased,
    late: &[LateBody],
    reader: &Reader,
    bodies: &mut Bodies,
) -> Result<(), LedgerError> {
    let came_late = late.iter();
    for late in came_late.filter(|late| erased.covers(late.entry, late.part)) {
        overwrite(late.place, bodies)?;
    }
    let tables = reader.tables();
    let mut held = Vec::new();
    for (entry, digest) in erased.pairs() {
        held.extend(tables.leaf_of(entry)?.map(|leaf| (leaf, digest)));
    }
    for digest in erased.everywhere() {
        let mut after = None;
        loop {
            let rows = tables.parts_named(digest, after)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.leaf);
            held.extend(rows.iter().map(|row| (row.leaf, digest)));
        }
    }
    for (leaf, digest) in held {
        for place in places(reader, leaf, digest)? {
            overwrite(place, bodies)?;
        }
    }
    apply(erased, &reader.lookups, bodies)
}

/// Where the bodies of a part of a leaf were stored.
fn places(reader: &Reader, leaf: u64, digest: PartDigest) -> Result<Vec<BodyPlace>, LedgerError> {
    let Some(span) = reader.positions.read(leaf)? else {
        return Ok(Vec::new());
    };
    let Some(stored) = reader.journal.frames(span.frame).next().transpose()? else {
        return Ok(Vec::new());
    };
    let torn = LedgerError::Frame { at: stored.at };
    let Content::Group(group) = frame::decode(&stored).ok_or(torn)? else {
        return Ok(Vec::new());
    };
    let mut lines = (group.first.get()..).zip(&group.entries);
    let line = lines.find(|(at, _)| *at == leaf).map(|(_, line)| line);
    let entry = line.and_then(|line| SignedEntry::parse(line.bytes).ok());
    let (Some(line), Some(entry)) = (line, entry) else {
        return Ok(Vec::new());
    };
    let parts = &entry.header().parts;
    let named = |index: u8| {
        let part = parts.get(usize::from(index));
        part.is_some_and(|part| part.digest == digest)
    };
    let held = line.held.iter().filter(|(index, _)| named(*index));
    Ok(held.map(|(_, place)| *place).collect())
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
    overwrite(place, bodies)?;
    Ok(tables.drop_part(digest, row)?)
}

fn overwrite(place: BodyPlace, bodies: &mut Bodies) -> Result<(), LedgerError> {
    if place == BodyPlace::REFUSED {
        return Ok(());
    }
    match bodies.erase(place) {
        // What cannot be found cannot be read either; a check of the stopped node names it.
        Ok(()) | Err(BodyError::Damaged { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
