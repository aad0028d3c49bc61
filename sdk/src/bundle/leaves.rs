//! Where the entries of a bundle stand in one log.

use super::at_hand::AtHand;
use super::earlier::States;
use super::{BundleError, OutsideLists};
use crate::entry::SignedEntry;
use crate::id::EntryId;
use crate::index::{Inclusion, IndexHead, Posting};
use crate::log::{Checkpoint, LogError};
use crate::merkle::verify::inclusion;
use crate::merkle::{LeafIndex, leaf_hash};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Entries by their leaves, and leaves by their entries.
pub(super) struct Leaves {
    pub(super) of: HashMap<EntryId, u64>,
    pub(super) in_order: BTreeMap<u64, SignedEntry>,
}

impl Leaves {
    /// By a list, or by a path for those that are in none.
    pub(super) fn read<'a>(
        states: &States<'_>,
        head: &IndexHead,
        postings: impl Iterator<Item = &'a Posting>,
        entries: &AtHand,
    ) -> Result<Self, BundleError> {
        let mut leaves = Self {
            of: HashMap::with_capacity(entries.len()),
            in_order: BTreeMap::new(),
        };
        for posting in postings {
            let entry = posting.entry;
            let found = entries.posted(posting);
            let found = found.ok_or(BundleError::EntryMissing { entry })?;
            leaves.put(posting.leaf, found, head)?;
        }
        let mut placed = HashSet::new();
        for state in states.iter() {
            let leaf = |place: &OutsideLists| place.at.leaf;
            if !(state.places).is_sorted_by(|one, next| leaf(one) < leaf(next)) {
                return Err(BundleError::Order { what: "places" });
            }
            for place in state.places {
                let entry = place.entry;
                if !placed.insert(entry) {
                    let log = head.origin.clone();
                    return Err(BundleError::LeafTwice { entry, log });
                }
                if leaves.of.contains_key(&entry) {
                    return Err(BundleError::Stray { entry });
                }
                leaves.put(leaf(place), included(place, &state.at, entries)?, head)?;
            }
        }
        Ok(leaves)
    }

    fn put(
        &mut self,
        leaf: LeafIndex,
        found: &SignedEntry,
        head: &IndexHead,
    ) -> Result<(), BundleError> {
        let (leaf, entry) = (leaf.get(), found.id());
        let elsewhere = self
            .of
            .insert(entry, leaf)
            .is_some_and(|other| other != leaf);
        let before = self.in_order.insert(leaf, found.clone());
        if elsewhere || before.is_some_and(|before| before.id() != entry) {
            let log = head.origin.clone();
            return Err(BundleError::LeafTwice { entry, log });
        }
        Ok(())
    }
}

/// The form of the entry that the path leads from.
fn included<'a>(
    place: &OutsideLists,
    log: &Checkpoint,
    entries: &'a AtHand,
) -> Result<&'a SignedEntry, BundleError> {
    let (entry, at) = (place.entry, &place.at);
    let mut refused = BundleError::EntryMissing { entry };
    for form in entries.forms(entry) {
        match includes(log, form, at) {
            Ok(()) => return Ok(form),
            Err(error) => refused = error.into(),
        }
    }
    Err(refused)
}

/// Whether this form of an entry stands there in a log.
pub(super) fn includes(
    log: &Checkpoint,
    form: &SignedEntry,
    at: &Inclusion,
) -> Result<(), LogError> {
    let hash = leaf_hash(form.bytes());
    Ok(inclusion(hash, at.leaf, log.size(), &at.path, log.root())?)
}
