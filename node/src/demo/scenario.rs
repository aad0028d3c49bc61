//! The scenario file.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Table;

/// A network in the making: who may speak, what is said, what a buyer should be told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub(super) network: Network,
    pub(super) subjects: BTreeMap<String, String>,
    #[serde(rename = "grant")]
    pub(super) grants: Vec<GrantLine>,
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
    #[serde(rename = "story")]
    stories: Vec<Story>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Network {
    pub(super) name: String,
    pub(super) roots: Vec<String>,
    pub(super) threshold: u64,
    pub(super) reply_desks: Vec<String>,
    pub(super) terms: String,
    pub(super) contact: String,
    pub(super) licence: String,
    /// Numbers of the nodes at which authors write, from 1; the first one where nothing is said.
    #[serde(default)]
    writes_at: BTreeMap<String, usize>,
}

impl Network {
    /// The place of the node at which an author writes, from 0.
    pub(super) fn node_of(&self, author: &str) -> usize {
        let number = self.writes_at.get(author).copied();
        number.unwrap_or_default().saturating_sub(1)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantLine {
    pub(super) by: String,
    pub(super) to: String,
    pub(super) role: fairtrail::entry::Role,
    #[serde(default)]
    pub(super) scope: Vec<String>,
    #[serde(default)]
    pub(super) may_delegate: Vec<fairtrail::entry::Role>,
}

/// One batch: a statement with its findings, or a revocation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) by: String,
    pub(super) name: String,
    pub(super) statement: Option<Table>,
    /// Names of the statement's findings.
    #[serde(default)]
    pub(super) findings: Vec<String>,
    /// Signs at the place of this earlier step: forks the feed.
    pub(super) instead_of: Option<String>,
    pub(super) revoke: Option<RevokeLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RevokeLine {
    pub(super) grant_to: String,
    pub(super) kind: fairtrail::entry::RevokeKind,
    pub(super) since: String,
}

/// What a buyer asks, and what should come out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// In one line.
    pub title: String,
    /// The subject asked about, by its name in the file.
    pub subject: String,
    /// The outcome.
    pub outcome: String,
    /// The exit code.
    pub exit: u8,
    /// Names of all entries about the subject, in log order.
    pub entries: Vec<String>,
    /// Indicators, in any order; no others.
    #[serde(default)]
    pub indicators: Vec<Expected>,
    /// Names of the findings still open, in any order; no others.
    #[serde(default)]
    pub open_findings: Vec<String>,
    /// Codes of what is unknown, in any order; no others.
    #[serde(default)]
    pub unknowns: Vec<String>,
    /// Marks that occur, in any order; no others.
    #[serde(default)]
    pub marks: Vec<String>,
    /// What should come out of the chain behind the subject, where that is asked about.
    pub chain: Option<ExpectedChain>,
}

/// What should come out of a chain.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedChain {
    /// How many steps are asked for.
    pub tiers: u8,
    /// The outcome of the whole chain.
    pub outcome: String,
    /// The exit code.
    pub exit: u8,
    /// Names of the parties, nearest first.
    pub parties: Vec<String>,
    /// What is reported somewhere in the chain, by ILO indicator; nothing else.
    pub worst: Vec<ExpectedWorst>,
}

/// The worst that is reported of one ILO indicator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedWorst {
    /// The ILO number.
    pub ilo: u8,
    /// The severity.
    pub severity: u8,
    /// The party of which it is reported.
    pub at: String,
    /// Names of the entries that lead there, in order.
    pub by: Vec<String>,
}

/// An indicator that should come out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The rule.
    pub rule: String,
    /// The severity.
    pub severity: u8,
    /// Names of the entries it rests on; no others.
    pub rests_on: Vec<String>,
}

/// The scenario file is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("scenario: {0}")]
pub struct ScenarioError(#[from] toml::de::Error);

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// [`ScenarioError`] for an unknown field, a missing one or one of another type.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        Ok(toml::from_str(text)?)
    }

    /// The scenario that comes with this version.
    ///
    /// # Errors
    /// [`ScenarioError`] never, as tests show.
    pub fn built_in() -> Result<Self, ScenarioError> {
        Self::parse(include_str!("scenario.toml"))
    }

    /// What a buyer asks.
    pub fn stories(&self) -> &[Story] {
        &self.stories
    }
}
