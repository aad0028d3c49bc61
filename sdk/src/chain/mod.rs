//! Supply chains: a party, those it buys from, and those who recruit for them (specs/chain.md).
//!
//! A pure function of the logs read, the policy and the question, as one verdict is. Every party is
//! judged by itself, once, over all its ids; nothing that is reported of one is reported of
//! another. What the chain adds is the worst of all, and the statements that lead there.

mod cycles;
mod graph;
mod roll;
mod steps;
mod verdict;

pub use verdict::{
    ChainIlo, ChainParty, ChainStep, ChainTier, ChainUnknown, ChainVerdict, Place, Shared,
};

use crate::limits::CHAIN_TIERS;
use crate::replica::Reader;
use crate::rules::Question;
use crate::subject::SubjectId;
use graph::Finder;

/// Judges a party and those it depends on, at most `tiers` steps away and at most
/// [`CHAIN_TIERS`].
pub fn judge_chain(
    reader: &Reader<'_>,
    subjects: &[SubjectId],
    tiers: u8,
    question: Question,
) -> ChainVerdict {
    let tiers = tiers.min(CHAIN_TIERS);
    let graph = Finder::new(reader, question).run(subjects, tiers);
    roll::up(graph, tiers, question, reader.known_at())
}
