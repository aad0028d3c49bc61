//! Where the entries of a bundle stand in one log.

use super::at_hand::AtHand;
use super::{BundleError, LogPart, OutsideLists};
use crate::entry::SignedEntry;
use crate::id::EntryId;
use crate::index::{IndexHead, Posting};
use crate::log::LogError;
use crate::merkle::verify::inclusion;
use crate::merkle::{LeafIndex, leaf_hash};
use std::collections::{BTreeMap, HashMap};

/// Entries by their leaves, and leaves by their entries.
pub(super) struct Leaves {
    pub(super) of: HashMap<EntryId, u64>,
    pub(super) in_order: BTreeMap<u64, SignedEntry>,
}

impl Leaves {
    /// By a list, or by a path for those that are in none.
    pub(super) fn read<'a>(
        part: &LogPart,
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
        let mut last = None;
        for place in &part.places {
            if last.is_some_and(|last| last >= place.at.leaf) {
                return Err(BundleError::Order { what: "places" });
            }
            last = Some(place.at.leaf);
            if leaves.of.contains_key(&place.entry) {
                return Err(BundleError::Stray { entry: place.entry });
            }
            leaves.put(place.at.leaf, included(place, head, entries)?, head)?;
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
    head: &IndexHead,
    entries: &'a AtHand,
) -> Result<&'a SignedEntry, BundleError> {
    let (entry, at) = (place.entry, &place.at);
    let mut refused = BundleError::EntryMissing { entry };
    for form in entries.forms(entry) {
        let hash = leaf_hash(form.bytes());
        match inclusion(hash, at.leaf, head.size, &at.path, head.root) {
            Ok(()) => return Ok(form),
            Err(error) => refused = LogError::from(error).into(),
        }
    }
    Err(refused)
}
