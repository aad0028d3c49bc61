//! The ids of one party, as far as those a policy trusts say so (specs/closure.md).
//!
//! A function of the set of links: neither their order nor that of the ids asked for matters.

use super::links::{Link, LinkSeen, WhyLeft};
use crate::limits::{ALIAS_DEPTH, ALIAS_IDS};
use crate::subject::SubjectId;
use std::collections::{BTreeMap, BTreeSet};

/// The ids a history covers, and how each was found.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Closure {
    /// The ids asked for.
    pub asked: Vec<SubjectId>,
    /// Other ids of the same party.
    pub aliases: Vec<Alias>,
    /// Other parties: who operates or owns, who came after, the legal entity of a site. Nothing
    /// said of them is said of the ids covered.
    pub neighbours: Vec<Link>,
    /// Links to ids that are not covered.
    pub left: Vec<LinkLeft>,
}

/// Another id of the same party.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Alias {
    /// The id.
    pub id: SubjectId,
    /// The links that lead to it from an id asked for, nearest first.
    pub path: Vec<Link>,
    /// Whether every way to it uses a link that an accepted author disputes.
    pub disputed: bool,
}

/// A link that is not followed.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LinkLeft {
    /// The link.
    #[serde(flatten)]
    pub link: Link,
    /// Why.
    pub why: WhyLeft,
}

impl Closure {
    /// The closure of `asked`. `links_of` gives every link that one of some ids has.
    pub(crate) fn of(
        asked: &BTreeSet<SubjectId>,
        mut links_of: impl FnMut(&BTreeSet<SubjectId>) -> Vec<LinkSeen>,
    ) -> Self {
        let mut walk = Walk::default();
        for id in asked {
            walk.reached.insert(id.clone(), Reached::default());
        }
        walk.learn(links_of(asked));
        // Undisputed links first: an id that they reach does not rest on a disputed one.
        for disputed in [false, true] {
            let mut frontier: BTreeSet<_> = walk.reached.keys().cloned().collect();
            while !frontier.is_empty() {
                frontier = walk.step(&frontier, disputed);
                if !frontier.is_empty() {
                    walk.learn(links_of(&frontier));
                }
            }
        }
        walk.finish(asked)
    }

    /// Every id covered, ascending.
    pub fn ids(&self) -> Vec<SubjectId> {
        let aliases = self.aliases.iter().map(|alias| &alias.id);
        let ids: BTreeSet<_> = self.asked.iter().chain(aliases).collect();
        ids.into_iter().cloned().collect()
    }
}

#[derive(Default)]
struct Walk {
    reached: BTreeMap<SubjectId, Reached>,
    links: BTreeMap<Link, LinkSeen>,
    links_of: BTreeMap<SubjectId, BTreeSet<Link>>,
}

/// How an id was reached.
#[derive(Default)]
struct Reached {
    depth: usize,
    disputed: bool,
    /// From which id, by which link; absent for ids asked for.
    by: Option<(SubjectId, Link)>,
}

impl Walk {
    fn learn(&mut self, links: Vec<LinkSeen>) {
        for seen in links {
            for id in [&seen.link.from, &seen.link.to] {
                let links = self.links_of.entry(id.clone()).or_default();
                links.insert(seen.link.clone());
            }
            self.links.insert(seen.link.clone(), seen);
        }
    }

    /// The ids one link beyond `frontier`, as many as there is room for.
    fn step(&mut self, frontier: &BTreeSet<SubjectId>, disputed: bool) -> BTreeSet<SubjectId> {
        let mut found: BTreeMap<SubjectId, Reached> = BTreeMap::new();
        for id in frontier {
            for (beyond, reached) in self.beyond(id, disputed) {
                let better = found
                    .get(&beyond)
                    .is_none_or(|known| (reached.depth, &reached.by) < (known.depth, &known.by));
                if better {
                    found.insert(beyond, reached);
                }
            }
        }
        let room = ALIAS_IDS.saturating_sub(self.reached.len());
        let found: Vec<_> = found.into_iter().take(room).collect();
        let new = found.iter().map(|(id, _)| id.clone()).collect();
        self.reached.extend(found);
        new
    }

    fn beyond(&self, id: &SubjectId, disputed: bool) -> Vec<(SubjectId, Reached)> {
        let (Some(from), Some(links)) = (self.reached.get(id), self.links_of.get(id)) else {
            return Vec::new();
        };
        let depth = from.depth.saturating_add(1);
        let links = links.iter().filter_map(|link| self.links.get(link));
        let open = links.filter(|seen| {
            seen.same && seen.left.is_none() && (disputed || !seen.disputed) && depth <= ALIAS_DEPTH
        });
        open.filter_map(|seen| {
            let beyond = seen.link.beyond(id)?;
            let reached = Reached {
                depth,
                disputed: from.disputed || seen.disputed,
                by: Some((id.clone(), seen.link.clone())),
            };
            (!self.reached.contains_key(beyond)).then(|| (beyond.clone(), reached))
        })
        .collect()
    }

    fn finish(self, asked: &BTreeSet<SubjectId>) -> Closure {
        let covers = |id: &SubjectId| self.reached.contains_key(id);
        let cut = if self.reached.len() >= ALIAS_IDS {
            WhyLeft::TooMany
        } else {
            WhyLeft::TooDeep
        };
        let (mut neighbours, mut left) = (Vec::new(), Vec::new());
        for seen in self.links.values() {
            let link = seen.link.clone();
            if !seen.same {
                neighbours.extend(seen.left.is_none_or(heard).then_some(link));
            } else if !(covers(&link.from) && covers(&link.to)) {
                let why = seen.left.unwrap_or(cut);
                left.push(LinkLeft { link, why });
            }
        }
        let others = self
            .reached
            .iter()
            .filter(|(_, reached)| reached.by.is_some());
        let aliases = others.map(|(id, reached)| Alias {
            id: id.clone(),
            path: self.path(id),
            disputed: reached.disputed,
        });
        Closure {
            asked: asked.iter().cloned().collect(),
            aliases: aliases.collect(),
            neighbours,
            left,
        }
    }

    fn path(&self, id: &SubjectId) -> Vec<Link> {
        let mut path = Vec::new();
        let mut at = id;
        while let Some((before, link)) = self.reached.get(at).and_then(|r| r.by.as_ref()) {
            path.push(link.clone());
            at = before;
        }
        path.reverse();
        path
    }
}

/// Neighbours are shown on the word of everybody believed, asserter or not.
const fn heard(why: WhyLeft) -> bool {
    matches!(why, WhyLeft::NotAnAsserter | WhyLeft::Disputed)
}

#[cfg(test)]
mod tests;
