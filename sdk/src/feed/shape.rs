//! The shape of a feed: linear as far as it goes, a graph from its lowest fork on.

use super::{Fork, ForkSummary, Winner};
use crate::cbor::encode;
use crate::contexts::{FORK_TIPS, derive};
use crate::id::EntryId;
use std::collections::{BTreeMap, BTreeSet};

/// One entry as far as the shape of its feed shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The entry.
    pub id: EntryId,
    /// The entry before; the entry itself at sequence number 0.
    pub prev: EntryId,
    /// Its sequence number.
    pub seq: u64,
    /// Whether it is an `author.rotate`.
    pub rotate: bool,
}

/// All entries of one feed, as links. Costs a constant for a feed without forks, and one link per
/// entry from the lowest fork on otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedShape {
    tip: Link,
    forks: Option<Forks>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Forks {
    /// The last entry before the lowest fork.
    base: Link,
    /// Every entry after `base`.
    links: BTreeMap<EntryId, Link>,
}

/// Where the walk ends, what it met and which entries lie on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// The last entry reached.
    pub head: Link,
    /// The forks met.
    pub fork: Option<ForkSummary>,
    /// The entries on the path from the lowest fork on.
    path: BTreeSet<EntryId>,
}

impl Walk {
    /// Whether an entry of this feed lies on the path.
    pub fn holds(&self, entry: EntryId, seq: u64) -> bool {
        self.fork.as_ref().is_none_or(|fork| seq < fork.lowest.seq) || self.path.contains(&entry)
    }
}

impl FeedShape {
    /// A feed that has just begun.
    pub const fn new(begin: EntryId) -> Self {
        Self {
            tip: Link {
                id: begin,
                prev: begin,
                seq: 0,
                rotate: false,
            },
            forks: None,
        }
    }

    /// A feed without forks, of which no more than the last entry is known.
    pub const fn ending_in(tip: Link) -> Self {
        Self { tip, forks: None }
    }

    /// A feed with forks: the last entry before the lowest one, and every entry after it.
    pub fn forked(base: Link, after: impl IntoIterator<Item = Link>) -> Self {
        let links = after.into_iter().map(|link| (link.id, link)).collect();
        let forks = Some(Forks { base, links });
        Self { tip: base, forks }
    }

    /// Whether there is a fork.
    pub const fn is_forked(&self) -> bool {
        self.forks.is_some()
    }

    /// The last entry before the lowest fork; without forks the last entry.
    pub fn base(&self) -> Link {
        self.forks.as_ref().map_or(self.tip, |forks| forks.base)
    }

    /// The entries after the base, by id.
    pub fn after_base(&self) -> impl Iterator<Item = &Link> {
        self.forks.iter().flat_map(|forks| forks.links.values())
    }

    /// Adds an entry whose `prev` is in the feed. `link_of` finds the links added before.
    pub fn insert(&mut self, link: Link, link_of: impl Fn(EntryId) -> Option<Link>) {
        if self.forks.is_none() && link.prev == self.tip.id {
            self.tip = link;
            return;
        }
        let tip = self.tip;
        let forks = self.forks.get_or_insert_with(|| Forks {
            base: tip,
            links: BTreeMap::new(),
        });
        if !forks.links.contains_key(&link.prev) {
            forks.lower_base_to(link.prev, link_of);
        }
        forks.links.insert(link.id, link);
    }

    /// Walks the feed from its first entry (specs/feed.md §4). Linear in the entries from the
    /// lowest fork on.
    pub fn walk(&self) -> Walk {
        match &self.forks {
            None => Walk {
                head: self.tip,
                fork: None,
                path: BTreeSet::new(),
            },
            Some(forks) => forks.walk(),
        }
    }
}

impl Forks {
    /// Takes in the links between the base and `base`, an earlier entry.
    fn lower_base_to(&mut self, base: EntryId, link_of: impl Fn(EntryId) -> Option<Link>) {
        while self.base.id != base && self.base.seq > 0 {
            self.links.insert(self.base.id, self.base);
            let Some(before) = link_of(self.base.prev) else {
                return;
            };
            self.base = before;
        }
    }

    fn children(&self) -> BTreeMap<EntryId, Vec<EntryId>> {
        let mut children: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for link in self.links.values() {
            children.entry(link.prev).or_default().push(link.id);
        }
        children
    }

    /// The entries that are, or have below them, a rotation.
    fn rotated(&self) -> BTreeSet<EntryId> {
        let mut rotated = BTreeSet::new();
        for link in self.links.values().filter(|link| link.rotate) {
            let mut at = Some(link);
            while let Some(link) = at.filter(|link| rotated.insert(link.id)) {
                at = self.links.get(&link.prev);
            }
        }
        rotated
    }

    fn walk(&self) -> Walk {
        let (children, rotated) = (self.children(), self.rotated());
        let (mut head, mut path, mut met) = (self.base, BTreeSet::new(), Vec::new());
        while let Some(siblings) = children.get(&head.id) {
            let next = if let [only] = siblings.as_slice() {
                Some(*only)
            } else {
                let fork = fork_of(head.seq.saturating_add(1), siblings, &rotated);
                met.extend(fork);
                fork.and_then(|fork| fork.winner.child())
            };
            let Some(link) = next.and_then(|next| self.links.get(&next)) else {
                break;
            };
            path.insert(link.id);
            head = *link;
        }
        let summary = |lowest: &Fork| ForkSummary {
            count: u64::try_from(met.len()).unwrap_or(u64::MAX),
            lowest: *lowest,
            last: *met.last().unwrap_or(lowest),
            tips: self.tips(&children),
        };
        let fork = met.first().map(summary);
        Walk { head, fork, path }
    }

    fn tips(&self, children: &BTreeMap<EntryId, Vec<EntryId>>) -> [u8; 32] {
        let tips = self.links.keys().filter(|id| !children.contains_key(id));
        fork_tips(&tips.copied().collect())
    }
}

/// The digest of the childless entries of a forked feed, rising.
pub(crate) fn fork_tips(tips: &Vec<EntryId>) -> [u8; 32] {
    derive(FORK_TIPS, &[&encode(tips)])
}

fn fork_of(seq: u64, siblings: &[EntryId], rotated: &BTreeSet<EntryId>) -> Option<Fork> {
    let [first, second, ..] = *siblings else {
        return None;
    };
    let mut continued = siblings.iter().filter(|id| rotated.contains(id));
    let winner = match (continued.next(), continued.next()) {
        (None, _) => Winner::Open,
        (Some(child), None) => Winner::Child(*child),
        (Some(_), Some(_)) => Winner::Frozen,
    };
    Some(Fork {
        seq,
        first,
        second,
        winner,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u8) -> EntryId {
        EntryId::new([number; 32])
    }

    /// Entries as `(id, prev, seq, rotate)`; the begin is 0.
    fn shape(entries: &[(u8, u8, u64, bool)]) -> FeedShape {
        let mut known = BTreeMap::from([(id(0), FeedShape::new(id(0)).tip)]);
        let mut shape = FeedShape::new(id(0));
        for &(entry, prev, seq, rotate) in entries {
            let link = Link {
                id: id(entry),
                prev: id(prev),
                seq,
                rotate,
            };
            shape.insert(link, |id| known.get(&id).copied());
            known.insert(link.id, link);
        }
        shape
    }

    #[test]
    fn a_linear_feed_ends_at_its_tip() {
        let walk = shape(&[(1, 0, 1, false), (2, 1, 2, true)]).walk();
        assert_eq!((walk.head.id, walk.fork.is_none()), (id(2), true));
        assert!(walk.holds(id(1), 1));
    }

    #[test]
    fn an_open_fork_stops_the_walk_before_it() {
        let walk = shape(&[(1, 0, 1, false), (3, 1, 2, false), (2, 1, 2, false)]).walk();
        let fork = walk.fork.clone().unwrap();
        assert_eq!(
            (walk.head.id, fork.count, fork.lowest.winner),
            (id(1), 1, Winner::Open)
        );
        assert_eq!(
            (fork.lowest.seq, fork.lowest.first, fork.lowest.second),
            (2, id(2), id(3))
        );
        assert!(walk.holds(id(1), 1) && !walk.holds(id(2), 2) && !walk.holds(id(3), 2));
    }

    #[test]
    fn a_rotation_resolves_a_fork_and_two_freeze_it() {
        let resolved = [
            (1, 0, 1, false),
            (2, 0, 1, false),
            (3, 2, 2, true),
            (4, 3, 3, false),
        ];
        let walk = shape(&resolved).walk();
        assert_eq!(walk.fork.clone().unwrap().last.winner, Winner::Child(id(2)));
        assert_eq!(walk.head.id, id(4));
        assert!(walk.holds(id(3), 2) && !walk.holds(id(1), 1));

        let frozen = [resolved.as_slice(), &[(5, 1, 2, true)]].concat();
        let walk = shape(&frozen).walk();
        assert_eq!(walk.fork.unwrap().last.winner, Winner::Frozen);
        assert_eq!(walk.head.id, id(0));
    }

    #[test]
    fn a_lower_fork_found_later_moves_the_base_down() {
        let late = [
            (1, 0, 1, false),
            (2, 1, 2, false),
            (3, 1, 2, false),
            (4, 0, 1, false),
        ];
        let early = [
            (4, 0, 1, false),
            (1, 0, 1, false),
            (3, 1, 2, false),
            (2, 1, 2, false),
        ];
        assert_eq!(shape(&late).walk(), shape(&early).walk());
        assert_eq!(shape(&late).walk().fork.unwrap().lowest.seq, 1);
    }

    /// A random tree: entry n hangs below an earlier one.
    fn tree() -> impl Strategy<Value = Vec<(u8, u8, u64, bool)>> {
        prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..24).prop_map(
            |raw| {
                let mut entries = vec![(0, 0, 0, false)];
                for (number, (parent, rotate)) in (1_u8..).zip(raw) {
                    let (prev, _, seq, _) = entries[parent.index(entries.len())];
                    entries.push((number, prev, seq + 1, rotate));
                }
                entries.split_off(1)
            },
        )
    }

    proptest! {
        #[test]
        fn the_walk_depends_on_the_set_alone(entries in tree(), seed: u64) {
            let mut shuffled = entries.clone();
            // Any topological order: repeatedly take some entry whose parent is there.
            let mut order = Vec::new();
            let mut state = seed;
            while !shuffled.is_empty() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = usize::try_from(state >> 33).unwrap() % shuffled.len();
                let parent = shuffled[at].1;
                let ready = parent == 0 || order.iter().any(|e: &(u8, u8, u64, bool)| e.0 == parent);
                if ready { order.push(shuffled.swap_remove(at)); }
            }
            prop_assert_eq!(shape(&entries).walk(), shape(&order).walk());
        }
    }
}
