//! What a log's part names. Nothing of it is verified: that is for [`super::open`].

use super::earlier::States;
use super::leaves::includes;
use super::{Bundle, BundleError, LogPart};
use crate::entry::{Body, SignedEntry};
use crate::id::{EntryId, PartDigest};
use crate::index::{Answer, Embedded, IndexHead, Posting, PostingList};
use crate::merkle::{Hash, LeafIndex};
use std::collections::{BTreeMap, BTreeSet};

impl LogPart {
    /// The answer, and the index head that it is about; nothing of it is verified.
    ///
    /// # Errors
    /// [`BundleError`] for what cannot be read.
    pub fn stated(&self) -> Result<(Answer, IndexHead), BundleError> {
        let answer = Answer::parse(&self.answer.0)?;
        let head = IndexHead::parse(&answer.head.0)?;
        Ok((answer, head))
    }
}

/// The entries that the lists of a part name: where they stand, and in which form.
pub(super) fn listed<'a>(
    lists: impl Iterator<Item = &'a PostingList>,
) -> Result<BTreeMap<EntryId, (LeafIndex, Hash)>, BundleError> {
    let mut listed = BTreeMap::new();
    for bytes in lists.flat_map(|list| &list.postings) {
        let posting = Posting::parse(&bytes.0)?;
        listed.insert(posting.entry, (posting.leaf, posting.hash));
    }
    Ok(listed)
}

/// The bodies of those parts that some entries name.
pub(super) fn bodies_of<'a>(
    bodies: impl Iterator<Item = Body>,
    entries: impl Iterator<Item = &'a SignedEntry>,
) -> BTreeMap<PartDigest, Body> {
    let parts = entries.flat_map(|entry| &entry.header().parts);
    let named: BTreeSet<_> = parts.map(|part| part.digest).collect();
    let bodies = bodies.map(|body| (body.digest(), body));
    bodies.filter(|(part, _)| named.contains(part)).collect()
}

/// The bundle as one for each log, in their order. Nothing is verified by it, and the report is left
/// out, as it may speak of all of them.
///
/// # Errors
/// [`BundleError`] for what cannot be read.
pub fn split(bundle: &Bundle) -> Result<Vec<Bundle>, BundleError> {
    let forms = bundle.entries.iter();
    let forms = forms.map(|bytes| Ok(SignedEntry::parse(&bytes.0)?));
    let forms = forms.collect::<Result<Vec<_>, BundleError>>()?;
    let parts = bundle.logs.iter();
    let parts = parts.map(|part| {
        let entries = standing(part, &forms)?;
        let bodies = bodies_of(bundle.bodies.iter().cloned(), entries.iter().copied());
        let entries = entries.iter();
        let entries = entries.map(|entry| Embedded(entry.bytes().to_vec()));
        Ok(Bundle {
            version: bundle.version,
            charter: bundle.charter.clone(),
            logs: vec![part.clone()],
            entries: entries.collect(),
            bodies: bodies.into_values().collect(),
            report: None,
        })
    });
    parts.collect()
}

/// The forms of entries that stand in the log of a part, in their order.
fn standing<'a>(
    part: &LogPart,
    forms: &'a [SignedEntry],
) -> Result<Vec<&'a SignedEntry>, BundleError> {
    let lists = part.lists.iter();
    let lists = lists.map(|list| PostingList::parse(&list.list.0));
    let lists = lists.collect::<Result<Vec<_>, _>>()?;
    let listed = listed(lists.iter())?;
    let states = States::read(part, &part.stated()?.1)?;
    let mut places = BTreeMap::new();
    for state in states.iter() {
        places.extend(
            state
                .places
                .iter()
                .map(|place| (place.entry, (state, place))),
        );
    }
    let stands = |entry: &&SignedEntry| match (listed.get(&entry.id()), places.get(&entry.id())) {
        (Some((_, hash)), _) => entry.leaf_hash() == *hash,
        (None, Some((state, place))) => includes(&state.at, entry, &place.at).is_ok(),
        (None, None) => false,
    };
    Ok(forms.iter().filter(stands).collect())
}
