//! Erasure of parts (specs/feed.md): which bodies an admitted `part.erase` takes.

use fairtrail::entry::{NetworkClaim, SignedEntry};
use fairtrail::id::PartDigest;

use super::admitted::Admitted;
use super::error::LedgerError;
use super::tables::{PartRow, Tables};
use crate::store::bodies::{Bodies, BodyError};
use crate::store::lookup::{IndexStore, LookupError};

/// Overwrites the bodies that an admitted entry erases, then notes that they are gone. Doing it
/// again changes nothing, so a start repeats it for every entry it replays.
pub(super) fn apply(
    admitted: &Admitted,
    entry: &SignedEntry,
    store: &impl IndexStore,
    bodies: &mut Bodies,
) -> Result<(), LedgerError> {
    let tables = Tables(store);
    for (digest, row) in targets(admitted, entry, &tables)? {
        if let Some(place) = row.place {
            match bodies.erase(place) {
                // What cannot be found cannot be read either.
                Ok(()) | Err(BodyError::Damaged { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        tables.drop_part(digest, row)?;
    }
    Ok(())
}

/// The pairs of entry and part that are erased: one pair by the principal of its entry, or every
/// pair of a digest by enough roots.
fn targets<S: IndexStore>(
    admitted: &Admitted,
    entry: &SignedEntry,
    tables: &Tables<'_, S>,
) -> Result<Vec<(PartDigest, PartRow)>, LookupError> {
    let Some(NetworkClaim::Erase(erase)) = entry.network_claim() else {
        return Ok(Vec::new());
    };
    if !admitted.on_path(entry) {
        return Ok(Vec::new());
    }
    let set = &admitted.set;
    let digest = erase.part;
    if set.is_root(entry.author()) {
        let claim = entry.header().claim.as_ref();
        let act = claim.map(|claim| set.act_id("part.erase", claim.as_bytes()));
        if act.is_some_and(|act| set.is_effective(act)) {
            let rows = tables.parts_named(digest)?;
            return Ok(rows.into_iter().map(|row| (digest, row)).collect());
        }
    }
    let target = set.fact(erase.entry);
    let principal = target.and_then(|fact| set.principal(fact.feed, fact.grant));
    let by = set.principal(entry.author(), entry.header().grant);
    if principal.is_none() || principal != by {
        return Ok(Vec::new());
    }
    let Some(leaf) = tables.leaf_of(erase.entry)? else {
        return Ok(Vec::new());
    };
    let row = tables.part_at(digest, leaf)?;
    Ok(row.map(|row| (digest, row)).into_iter().collect())
}
