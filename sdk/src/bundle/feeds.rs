//! What the entries at hand show of feeds, compared with what each log proves of them.

use super::{BundleError, LogEvidence};
use crate::entry::SignedEntry;
use crate::feed::{FeedShape, FeedValue, Link, rotates};
use crate::id::{AuthorId, EntryId};
use std::collections::{BTreeSet, HashMap};

/// The entries of one author that are at hand and stand in one log, by sequence number and id, each
/// once.
#[derive(Default)]
struct Own(Vec<Link>);

impl Own {
    fn new(mut links: Vec<Link>) -> Self {
        links.sort_by_key(place);
        links.dedup();
        Self(links)
    }

    /// The entry with this id, if it has this sequence number.
    fn get(&self, seq: u64, id: EntryId) -> Option<Link> {
        let at = self.0.binary_search_by_key(&(seq, id), place).ok()?;
        self.0.get(at).copied()
    }

    /// Those up to a sequence number, and those after it.
    fn split_after(&self, seq: u64) -> (&[Link], &[Link]) {
        self.0
            .split_at(self.0.partition_point(|link| link.seq <= seq))
    }
}

const fn place(link: &Link) -> (u64, EntryId) {
    (link.seq, link.id)
}

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
    let none = Own::default();
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
                None if own.0.is_empty() => {}
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
    let mut own: HashMap<_, Vec<Link>> = HashMap::new();
    for entry in entries {
        own.entry(entry.author()).or_default().push(link(entry));
    }
    let own = own.into_iter();
    own.map(|(author, links)| (author, Own::new(links)))
        .collect()
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
        None => own.get(value.seq, value.head)?,
        Some(fork) => {
            let last = fork.lowest.seq.checked_sub(1)?;
            *own.0.iter().find(|link| link.seq == last)?
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
    let (before, after) = own.split_after(base.seq);
    if !before.is_sorted_by(|one, next| one.seq < next.seq) {
        return None;
    }
    // By id, for the walk down to a fork; of a feed without forks the base is the last one.
    let known = std::iter::once(&base).chain(after);
    let known: HashMap<_, _> = known.map(|link| (link.id, *link)).collect();
    let mut shape = FeedShape::ending_in(base);
    for link in after {
        own.get(link.seq.checked_sub(1)?, link.prev)?;
        shape.insert(*link, |id| known.get(&id).copied());
    }
    Some(shape)
}

/// One feed over all logs that hold it. It is followed from the last entry that each of them has
/// and that no fork in any of them comes before.
fn union(held: Vec<(&Own, FeedShape, BundleError)>) -> Result<Option<FeedShape>, BundleError> {
    let bases = held.iter().map(|(_, shape, _)| shape.base().seq);
    let (Some(lowest), Some((first, shape, _))) = (bases.min(), held.first()) else {
        return Ok(None);
    };
    if held.len() == 1 {
        return Ok(Some(shape.clone()));
    }
    let everywhere = |link: &&Link| {
        let mut held = held.iter();
        held.all(|(own, ..)| own.get(link.seq, link.id).is_some())
    };
    let (common, _) = first.split_after(lowest);
    let base = common.iter().rev().find(everywhere).copied();
    let mut all = Vec::new();
    let mut shape = None;
    for (own, _, unproved) in held {
        let Some(base) = base.filter(|base| from_base(own, *base).is_some()) else {
            return Err(unproved);
        };
        all.extend_from_slice(&own.0);
        shape = Some((base, unproved));
    }
    let all = Own::new(all);
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
        let base = own.get(base.seq, base.id);
        let base = base.or_else(|| own.0.last().copied())?;
        Some((author, from_base(&own, base)?))
    };
    own(known).into_iter().filter_map(of).collect()
}
