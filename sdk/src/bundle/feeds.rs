//! What the entries at hand show of feeds, compared with what each log proves of them.

use super::{BundleError, LogEvidence};
use crate::entry::SignedEntry;
use crate::feed::{FeedShape, FeedValue, Link, rotates};
use crate::id::{AuthorId, EntryId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The entries of one author that are at hand and stand in one log.
type Own = BTreeMap<EntryId, Link>;

/// The shape of each feed over all logs together. Of a feed without forks, on which the logs agree,
/// its head is enough; of any other everything after its base is there.
///
/// # Errors
/// [`BundleError::FeedUnproved`] where the entries at hand do not amount to what a log proves, or
/// two logs' feeds do not hang together.
pub(super) fn shapes(
    logs: &[LogEvidence],
    authors: &BTreeSet<AuthorId>,
) -> Result<HashMap<AuthorId, FeedShape>, BundleError> {
    let per_log: Vec<_> = logs.iter().map(|log| own(log.in_order.iter())).collect();
    let none = Own::new();
    let mut shapes = HashMap::new();
    for author in authors {
        let mut held = Vec::new();
        for (log, own) in logs.iter().zip(&per_log) {
            let own = own.get(author).unwrap_or(&none);
            let unproved = || {
                let (author, log) = (*author, log.origin().clone());
                BundleError::FeedUnproved { author, log }
            };
            match log.proved.feeds.get(author).and_then(Option::as_ref) {
                None if own.is_empty() => {}
                None => return Err(unproved()),
                Some(value) => {
                    let shape = shape_in(own, value).ok_or_else(unproved)?;
                    held.push((own, shape, unproved()));
                }
            }
        }
        if let Some(shape) = union(held)? {
            shapes.insert(*author, shape);
        }
    }
    Ok(shapes)
}

/// Entries as links, by author.
fn own<'a>(entries: impl Iterator<Item = &'a SignedEntry>) -> HashMap<AuthorId, Own> {
    let mut own: HashMap<_, Own> = HashMap::new();
    for entry in entries {
        let links = own.entry(entry.author()).or_default();
        links.insert(entry.id(), link(entry));
    }
    own
}

fn link(entry: &SignedEntry) -> Link {
    let header = entry.header();
    Link {
        id: entry.id(),
        prev: header.prev.unwrap_or_else(|| entry.id()),
        seq: header.seq,
        rotate: rotates(entry),
    }
}

/// The shape of a feed in one log, if it amounts to the value proved there.
fn shape_in(own: &Own, value: &FeedValue) -> Option<FeedShape> {
    let base = match &value.fork {
        None => *own.get(&value.head)?,
        Some(fork) => {
            let last = fork.lowest.seq.checked_sub(1)?;
            *own.values().find(|link| link.seq == last)?
        }
    };
    let shape = from_base(own, base)?;
    let walk = shape.walk();
    let same = walk.head.id == value.head && walk.head.seq == value.seq && walk.fork == value.fork;
    same.then_some(shape)
}

/// The shape that the links from a base on make: before it one entry at most for each sequence
/// number, after it each one hangs on another.
fn from_base(own: &Own, base: Link) -> Option<FeedShape> {
    let mut linear = BTreeSet::new();
    let before = own.values().filter(|link| link.seq <= base.seq);
    if !before.map(|link| link.seq).all(|seq| linear.insert(seq)) {
        return None;
    }
    let mut after: Vec<_> = own.values().filter(|link| link.seq > base.seq).collect();
    after.sort_by_key(|link| (link.seq, link.id));
    let mut shape = FeedShape::ending_in(base);
    for link in after {
        let before = own.get(&link.prev)?;
        if before.seq < base.seq || before.seq.checked_add(1) != Some(link.seq) {
            return None;
        }
        shape.insert(*link, |id| own.get(&id).copied());
    }
    Some(shape)
}

/// One feed over all logs that hold it. It is followed from the last entry that each of them has
/// and that no fork in any of them comes before.
fn union(held: Vec<(&Own, FeedShape, BundleError)>) -> Result<Option<FeedShape>, BundleError> {
    let bases = held.iter().map(|(_, shape, _)| shape.base().seq);
    let (Some(lowest), Some((first, ..))) = (bases.min(), held.first()) else {
        return Ok(None);
    };
    let everywhere = |link: &&Link| held.iter().all(|(own, ..)| own.contains_key(&link.id));
    let common = first.values().filter(|link| link.seq <= lowest);
    let base = common
        .filter(everywhere)
        .max_by_key(|link| link.seq)
        .copied();
    let mut all = Own::new();
    let mut shape = None;
    for (own, _, unproved) in held {
        let Some(base) = base.filter(|base| from_base(own, *base).is_some()) else {
            return Err(unproved);
        };
        all.extend(own);
        shape = Some((base, unproved));
    }
    let shape = shape.map(|(base, unproved)| from_base(&all, base).ok_or(unproved));
    shape.transpose()
}

/// What was known of each feed when only some of its entries were: `known` says which. Up to its
/// base a feed is linear, so its newest known entry stands for it.
pub(super) fn known<'a>(
    shapes: &HashMap<AuthorId, FeedShape>,
    known: impl Iterator<Item = &'a SignedEntry>,
) -> HashMap<AuthorId, FeedShape> {
    let of = |(author, own): (AuthorId, Own)| {
        let base = shapes.get(&author)?.base();
        let base = match own.get(&base.id) {
            Some(base) => *base,
            None => *own.values().max_by_key(|link| link.seq)?,
        };
        Some((author, from_base(&own, base)?))
    };
    own(known).into_iter().filter_map(of).collect()
}
