//! `fairtrail verify --tiers`: a supplier and those it depends on.

mod page;
#[cfg(test)]
pub(super) mod sample;

use super::words::Words;
use crate::exit::Exit;
use crate::output::{Page, Report};
use fairtrail::chain::{ChainParty, ChainVerdict};
use fairtrail::history::Link;
use fairtrail::subject::SubjectId;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a chain amounts to, under a policy.
#[derive(Serialize)]
pub(super) struct Chained {
    /// BLAKE3 of the policy file: what was trusted.
    policy: String,
    exit: u8,
    #[serde(skip)]
    words: Words,
    #[serde(flatten)]
    chain: ChainVerdict,
}

impl Chained {
    pub(super) const fn new(chain: ChainVerdict, policy: String, words: Words) -> Self {
        Self {
            policy,
            exit: chain.outcome.exit_code(),
            words,
            chain,
        }
    }
}

impl Report for Chained {
    const COMMAND: &'static str = "verify-tiers";

    fn human(&self, page: &mut Page) {
        page::write(&self.chain, self.words, page);
    }

    fn exit(&self) -> Exit {
        self.chain.outcome.into()
    }
}

/// The parties as a tree is read: each after the whole branch before it, below the one through
/// which it was first reached.
pub(super) fn branches(chain: &ChainVerdict) -> Vec<&ChainParty> {
    let mut below: BTreeMap<&[Link], Vec<&ChainParty>> = BTreeMap::new();
    for party in &chain.parties {
        if let Some((_, before)) = party.path.split_last() {
            below.entry(before).or_default().push(party);
        }
    }
    let mut tree = Vec::with_capacity(chain.parties.len());
    let mut next: Vec<_> = chain.parties.first().into_iter().collect();
    while let Some(party) = next.pop() {
        tree.push(party);
        let children = below.get(party.path.as_slice()).into_iter().flatten();
        next.extend(children.rev());
    }
    tree
}

/// What is not known, by how far away and by what is missing, with the parties of which that is so.
pub(super) fn unknowns(chain: &ChainVerdict) -> BTreeMap<(u8, &'static str), Vec<&SubjectId>> {
    let mut unknowns: BTreeMap<_, Vec<&SubjectId>> = BTreeMap::new();
    for unknown in &chain.unknowns {
        let subjects = unknowns.entry((unknown.tier, unknown.code)).or_default();
        // What is unknown of one party stands together.
        if subjects.last() != Some(&&unknown.subject) {
            subjects.push(&unknown.subject);
        }
    }
    unknowns
}

/// The ids on the way from the party asked about to another.
pub(super) fn way(path: &[Link], to: &SubjectId) -> String {
    // A step may go against the direction of its words, so each is told by the end it leads to.
    let mut ids: Vec<String> = Vec::new();
    for link in path {
        let from = link.from.to_string();
        if ids.last() != Some(&from) {
            ids.push(from);
        }
    }
    ids.push(to.to_string());
    ids.join(" > ")
}
