//! What of a verdict is kept to compare a later one with: stable keys, readable back from a file.
//!
//! A snapshot proves nothing and decides nothing; it is a reader's own note of what was known.

use super::{Indicator, NotEvaluated, OpenFinding, Outcome, Unknown, Verdict};
use crate::id::{EntryId, NetworkId};
use crate::messages::{Sentence, Value};
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A verdict, as far as a later one is compared with it.
///
/// ```
/// use fairtrail::rules::Snapshot;
/// let kept = r#"{ "outcome": "unknown", "edition": "2026-1",
///     "network": "network:xht4t3gxrlv6maaitm2tkfkmp3yz6jeb5jgkdutemi6tpe4ptgsq",
///     "as_of": "2026-08-20", "asked_at": "2026-08-20T12:00:00Z",
///     "subjects": ["osid:XA2026001N0RTHW"] }"#;
/// let snapshot: Snapshot = serde_json::from_str(kept).unwrap();
/// assert!(snapshot.indicators.is_empty());
/// assert!(serde_json::from_str::<Snapshot>("{}").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The outcome.
    pub outcome: Outcome,
    /// Edition of the rules.
    pub edition: String,
    /// The network.
    pub network: NetworkId,
    /// The date asked about.
    pub as_of: Date,
    /// The date as of which knowledge was cut off, if it was.
    #[serde(default)]
    pub known_at: Option<Date>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Ids covered.
    pub subjects: Vec<SubjectId>,
    /// The worst severity.
    #[serde(default)]
    pub worst_severity: Option<u8>,
    /// Rules that found something.
    #[serde(default)]
    pub indicators: Vec<KnownIndicator>,
    /// Findings that were open.
    #[serde(default)]
    pub open_findings: Vec<KnownFinding>,
    /// What was not known.
    #[serde(default)]
    pub unknowns: Vec<KnownUnknown>,
    /// What was not evaluated.
    #[serde(default)]
    pub not_evaluated: Vec<KnownGap>,
    /// Every entry about the subjects.
    #[serde(default)]
    pub entries: Vec<EntryId>,
}

/// An indicator; the same one while rule and entries are the same.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIndicator {
    /// The rule.
    pub rule: String,
    /// 0 to 5.
    pub severity: u8,
    /// Numbers of the ILO indicators.
    pub ilo: Vec<u8>,
    /// Whether it makes the outcome `findings`.
    pub adverse: bool,
    /// What was found, in plain words.
    pub sentence: Said,
    /// The entries it rests on, in order.
    pub rests_on: Vec<EntryId>,
}

/// A finding that was open.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFinding {
    /// The finding.
    pub entry: EntryId,
    /// What it is about.
    pub topic: String,
    /// The clause.
    pub clause: String,
    /// 0 to 5, if graded.
    #[serde(default)]
    pub severity: Option<u8>,
    /// When it is due, if a date was set.
    #[serde(default)]
    pub due: Option<Date>,
    /// Replies.
    #[serde(default)]
    pub replies: Vec<EntryId>,
}

/// Something that was not known; the same while code and entries are the same.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownUnknown {
    /// The stable word.
    pub code: String,
    /// What was missing, in plain words.
    pub sentence: Said,
    /// The entries that raised the question, in order.
    pub rests_on: Vec<EntryId>,
}

/// A rule that was not evaluated for want of a field.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownGap {
    /// The rule.
    pub rule: String,
    /// The field.
    pub field: String,
    /// Statements in which it was absent.
    pub statements: u64,
}

/// What was said: a sentence of the catalogue, or the English words of one that was kept. Written,
/// read and compared as its English words.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "String"))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Said {
    /// The sentence.
    Sentence(Sentence),
    /// Its words.
    Words(String),
}

impl Said {
    /// To stand in another sentence.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Sentence(sentence) => sentence.clone().into(),
            Self::Words(words) => words.as_str().into(),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sentence(sentence) => sentence.fmt(f),
            Self::Words(words) => f.write_str(words),
        }
    }
}

impl PartialEq for Said {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sentence(one), Self::Sentence(two)) if one == two => true,
            _ => self.to_string() == other.to_string(),
        }
    }
}

impl Eq for Said {}

impl From<String> for Said {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<&str> for Said {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<Said> for String {
    fn from(said: Said) -> Self {
        said.to_string()
    }
}

impl Snapshot {
    /// What is kept of a verdict.
    pub fn of(verdict: &Verdict) -> Self {
        let mut entries: Vec<_> = verdict.entries.iter().map(|line| line.id).collect();
        entries.sort_unstable();
        Self {
            outcome: verdict.outcome,
            edition: verdict.edition.clone(),
            network: verdict.network,
            as_of: verdict.as_of,
            known_at: verdict.known_at,
            asked_at: verdict.asked_at,
            subjects: verdict.subjects.clone(),
            worst_severity: verdict.worst_severity,
            indicators: verdict.indicators.iter().map(indicator).collect(),
            open_findings: verdict.open_findings.iter().map(finding).collect(),
            unknowns: verdict.unknowns.iter().map(unknown).collect(),
            not_evaluated: verdict.not_evaluated.iter().map(gap).collect(),
            entries,
        }
    }
}

impl From<&Verdict> for Snapshot {
    fn from(verdict: &Verdict) -> Self {
        Self::of(verdict)
    }
}

fn indicator(found: &Indicator) -> KnownIndicator {
    KnownIndicator {
        rule: found.rule.to_string(),
        severity: found.severity,
        ilo: found.ilo.to_vec(),
        adverse: found.adverse,
        sentence: Said::Sentence(found.sentence.clone()),
        rests_on: in_order(&found.rests_on),
    }
}

fn finding(found: &OpenFinding) -> KnownFinding {
    KnownFinding {
        entry: found.entry,
        topic: found.topic.clone(),
        clause: found.clause.clone(),
        severity: found.severity,
        due: found.due,
        replies: in_order(&found.replies),
    }
}

fn unknown(found: &Unknown) -> KnownUnknown {
    KnownUnknown {
        code: found.code.to_string(),
        sentence: Said::Sentence(found.sentence.clone()),
        rests_on: in_order(&found.rests_on),
    }
}

fn gap(found: &NotEvaluated) -> KnownGap {
    KnownGap {
        rule: found.rule.to_string(),
        field: found.field.to_string(),
        statements: u64::try_from(found.statements).unwrap_or(u64::MAX),
    }
}

fn in_order(entries: &[EntryId]) -> Vec<EntryId> {
    let mut entries = entries.to_vec();
    entries.sort_unstable();
    entries.dedup();
    entries
}
