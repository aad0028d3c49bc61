//! What a chain amounts to.

use crate::history::Link;
use crate::id::EntryId;
use crate::messages::Sentence;
use crate::rules::{IloState, Outcome, Verdict};
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use serde::Serialize;

/// What policy and rules say about a party and those it depends on, step by step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainVerdict {
    /// The worst outcome of all.
    pub outcome: Outcome,
    /// How many steps were asked for.
    pub tiers: u8,
    /// The date asked about.
    pub as_of: Date,
    /// The date as of which knowledge was cut off, if it was.
    pub known_at: Option<Date>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// The ILO indicators, each with the worst that is reported anywhere in the chain.
    pub ilo: Vec<ChainIlo>,
    /// What is worst at each distance, nearest first.
    pub by_tier: Vec<ChainTier>,
    /// What is not known anywhere in the chain, and of the chain itself.
    pub unknowns: Vec<ChainUnknown>,
    /// Recruiters that several parties use; each was judged once.
    pub shared_recruiters: Vec<Shared>,
    /// Parties that depend on each other in a circle; each was judged once.
    pub cycles: Vec<Vec<SubjectId>>,
    /// Steps to parties that were not judged: further than asked for, or too many.
    pub cut: Vec<Link>,
    /// Steps that did not hold on the date asked about.
    pub other_times: Vec<Link>,
    /// Parties of which nobody states on whom they depend. That does not mean: on nobody.
    pub ends: Vec<SubjectId>,
    /// The steps between the parties judged.
    pub steps: Vec<ChainStep>,
    /// The parties, nearest first, beginning with the one asked about.
    pub parties: Vec<ChainParty>,
}

/// A party of the chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainParty {
    /// The id by which it was reached.
    pub subject: SubjectId,
    /// Steps from the party asked about.
    pub tier: u8,
    /// Whether it is named; a `blind:` id is a party not named.
    pub named: bool,
    /// Statements that lead to it, from the party asked about.
    pub path: Vec<Link>,
    /// Its own verdict, over all its ids.
    pub verdict: Verdict,
}

/// A step between two parties of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainStep {
    /// The party that depends.
    pub from: SubjectId,
    /// The party it depends on.
    pub to: SubjectId,
    /// Whether that one recruits.
    pub recruits: bool,
    /// What is said.
    pub link: Link,
}

/// All parties that are equally many steps away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainTier {
    /// Steps from the party asked about.
    pub tier: u8,
    /// How many parties.
    pub parties: usize,
    /// Of these, how many nobody names.
    pub not_named: usize,
    /// The worst outcome of them.
    pub outcome: Outcome,
    /// The worst severity of what is reported of them; `None` where nothing is or nobody graded it.
    pub worst_severity: Option<u8>,
    /// What is not known of any of them: stable words, each once.
    pub unknowns: Vec<&'static str>,
}

/// One ILO indicator over the whole chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainIlo {
    /// The ILO number.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// The worst that is known of any party.
    pub state: IloState,
    /// The worst severity; `None` also where what was reported is not graded.
    pub worst_severity: Option<u8>,
    /// The parties of which that is so, nearest first.
    pub at: Vec<Place>,
}

/// A party, and the statements that lead to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// The party.
    pub subject: SubjectId,
    /// From the party asked about.
    pub path: Vec<Link>,
    /// What its own verdict rests on here.
    pub rests_on: Vec<EntryId>,
}

/// Something that is not known of a party, or of the chain at a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainUnknown {
    /// A stable word.
    pub code: &'static str,
    /// What is missing, in plain words.
    pub sentence: Sentence,
    /// The party; the statements that lead to it stand with it.
    pub subject: SubjectId,
    /// Steps from the party asked about.
    pub tier: u8,
    /// The entries that raise the question.
    pub rests_on: Vec<EntryId>,
}

/// A recruiter that several parties use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shared {
    /// The recruiter.
    pub recruiter: SubjectId,
    /// Who uses it.
    pub used_by: Vec<SubjectId>,
}
