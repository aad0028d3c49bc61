//! Evidence of forks: the entries from the last one that is known of a feed down to where a new
//! leaf parts from it, and further down to the one that set the key there.

use super::{FeedFact, IndexError};
use crate::entry::SignedEntry;
use crate::feed::{Link, rotates};
use crate::id::EntryId;
use std::collections::{BTreeSet, HashSet};

/// The entries, named as `prev` by new leaves of one feed, that are not known.
pub(super) fn wanted<'a>(
    leaves: impl Iterator<Item = &'a SignedEntry>,
    known: impl Fn(EntryId) -> bool,
) -> BTreeSet<EntryId> {
    let (mut new, mut wanted) = (HashSet::new(), BTreeSet::new());
    for leaf in leaves {
        if let Some(prev) = leaf.header().prev
            && !new.contains(&prev)
            && !known(prev)
        {
            wanted.insert(prev);
        }
        new.insert(leaf.id());
    }
    wanted
}

/// Walks a feed down from `base` until every wanted entry was met and the key after the lowest of
/// them is known; what was learnt of the entries met, from `base` down.
pub(super) fn run(
    base: FeedFact,
    mut wanted: BTreeSet<EntryId>,
    mut next: impl FnMut(EntryId) -> Result<SignedEntry, IndexError>,
) -> Result<Vec<FeedFact>, IndexError> {
    let (mut met, mut at, mut rotated) = (Vec::new(), base.link.id, false);
    while !wanted.is_empty() || rotated {
        let entry = next(at)?;
        let header = entry.header();
        if entry.id() != at || entry.author() != base.feed {
            return Err(IndexError::Evidence);
        }
        wanted.remove(&at);
        let (seq, rotate) = (header.seq, rotates(&entry));
        let prev = header.prev.unwrap_or(at);
        met.push(Link {
            id: at,
            prev,
            seq,
            rotate,
        });
        if wanted.is_empty() && (rotate || seq == 0) {
            rotated = false;
        } else {
            rotated |= rotate;
            at = header.prev.ok_or(IndexError::Evidence)?;
        }
    }
    Ok(facts(base, &met))
}

/// The key states of entries in a row, the highest first. The lowest sets its key itself, or no
/// entry of the row sets one.
fn facts(base: FeedFact, met: &[Link]) -> Vec<FeedFact> {
    let mut key_state = base.key_state;
    let mut facts = Vec::with_capacity(met.len());
    for link in met.iter().rev() {
        if link.rotate || link.seq == 0 {
            key_state = link.id;
        }
        facts.push(FeedFact {
            feed: base.feed,
            link: *link,
            key_state,
        });
    }
    facts.reverse();
    facts
}
