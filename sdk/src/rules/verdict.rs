//! Verdicts: the outcome, what it rests on, and what is not known.

use super::ilo::IloLine;
use super::known_then::RecruitedUnder;
use super::licences::LicenceView;
use super::replies::ReplyView;
use crate::claim::{EvidenceStandard, FindingState};
use crate::history::{Closure, FeedKnown, IgnoredRef, Lacking, LogNotRead, LogView, WithheldPart};
use crate::id::{AuthorId, EntryId, NetworkId};
use crate::messages::Sentence;
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a policy and the rules say about a verified history.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// Edition of the settings it was judged by.
    pub edition: String,
    /// SHA-256 of these settings written out: what a `ruleset.adopt` of them carries.
    #[serde(serialize_with = "hex")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = "^[0-9a-f]{64}$"))
    )]
    pub settings: [u8; 32],
    /// The network.
    pub network: NetworkId,
    /// The date asked about.
    pub as_of: Date,
    /// The date as of which knowledge was cut off, if it was.
    pub known_at: Option<Date>,
    /// When it was asked: the age of the evidence is measured from here.
    pub asked_at: Timestamp,
    /// Ids covered, those asked for and their aliases: nothing about them was left out.
    pub subjects: Vec<SubjectId>,
    /// Which of them were asked for, how the others were found, and which links were not followed.
    pub closure: Closure,
    /// Ids these entries name, read in full as well.
    pub related: Vec<SubjectId>,
    /// The logs, all read in full.
    pub logs: Vec<LogView>,
    /// Logs of the policy that could not be read; whether that matters, `required_logs` says.
    pub not_read: Vec<LogNotRead>,
    /// Of several logs, which lacks which of the entries read.
    pub lacking: Vec<Lacking>,
    /// How far the feeds of those who spoke, and of those the policy names, are known.
    pub feeds: BTreeMap<AuthorId, FeedKnown>,
    /// Whether times rest on the log operator's word alone.
    pub time_is_operators_word: bool,
    /// The severity of the worst indicator or open finding; `None` where nothing graded was found,
    /// which says nothing of what is unknown.
    pub worst_severity: Option<u8>,
    /// The eleven ILO indicators, by number.
    pub ilo: Vec<IloLine>,
    /// Rules that found something, worst first.
    pub indicators: Vec<Indicator>,
    /// Findings still open, worst first.
    pub open_findings: Vec<OpenFinding>,
    /// What is not known and would be needed for "no adverse entries".
    pub unknowns: Vec<Unknown>,
    /// Rules whose fields are absent.
    pub not_evaluated: Vec<NotEvaluated>,
    /// On how many statements each rule was evaluated; one that is not named was on none.
    pub evaluated: BTreeMap<&'static str, usize>,
    /// What is known of each licence on the date asked about.
    pub licences: Vec<LicenceView>,
    /// Each licence recruited under in each month of recruitment: as known now, and as known then.
    pub recruited_under: Vec<RecruitedUnder>,
    /// The entries about the subjects, and what they count for.
    pub entries: Vec<EntryLine>,
    /// Entries about related ids that a result above rests on.
    pub related_entries: Vec<EntryLine>,
    /// What parties answered, to be shown beside what they answer.
    pub replies: Vec<ReplyView>,
    /// References without effect, and why.
    pub ignored_refs: Vec<IgnoredRef>,
}

/// The closed set of outcomes. Unknown is never good news.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// An adverse entry of an authorised author is open.
    Findings,
    /// Nothing adverse, all of it proved, and the minimum coverage is there.
    NoAdverseEntries,
    /// Evidence is older than the policy allows.
    Stale,
    /// Anything less.
    Unknown,
}

impl Outcome {
    /// The process exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Findings => 4,
            Self::NoAdverseEntries => 0,
            Self::Stale | Self::Unknown => 5,
        }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::NoAdverseEntries => "no-adverse-entries",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
        }
    }
}

/// A rule that found something.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Indicator {
    /// The rule.
    pub rule: &'static str,
    /// 0 to 5.
    pub severity: u8,
    /// Numbers of the ILO indicators it bears on.
    pub ilo: &'static [u8],
    /// What was found, in plain words.
    pub sentence: Sentence,
    /// The entries it rests on.
    pub rests_on: Vec<EntryId>,
    /// Marks on them.
    pub marks: Vec<Mark>,
    /// Whether it makes the outcome `findings`.
    pub adverse: bool,
    /// Whether it needs inquiry: then nothing is known to be well before it is answered. Neither
    /// this nor adverse: context.
    pub inquiry: bool,
}

/// A finding that is not closed.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenFinding {
    /// The finding.
    pub entry: EntryId,
    /// Who reported it.
    pub reported_by: Option<AuthorId>,
    /// What it is about.
    pub topic: String,
    /// The clause.
    pub clause: String,
    /// The grade in the scheme's own word.
    pub native_grade: String,
    /// 0 to 5, if graded.
    pub severity: Option<u8>,
    /// Numbers of the ILO indicators its topic bears on.
    pub ilo: &'static [u8],
    /// What the report rests on.
    pub basis: Vec<&'static str>,
    /// How well it is supported; `None` where that is not stated.
    pub evidence_standard: Option<EvidenceStandard>,
    /// Its newest state that has effect; `None` where nobody stated one.
    pub state: Option<FindingState>,
    /// When it was found.
    pub found_on: Date,
    /// When it is due, if a date was set; absent is not "never due".
    pub due: Option<Date>,
    /// Replies.
    pub replies: Vec<EntryId>,
    /// Until when the party may reply, if it has not.
    pub reply_by: Option<Date>,
    /// Marks.
    pub marks: Vec<Mark>,
}

/// A mark never improves a verdict.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Declared as history loaded later.
    Backfill,
    /// Somebody replied.
    Disputed,
    /// The author's feed is forked.
    Forked,
    /// Written into the log long after the event.
    RecordedLate,
    /// Weaker than observed: shown as reported, its severity capped.
    Reported,
    /// Written with a compromised key before that was declared.
    Suspect,
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Backfill => "backfill",
            Self::Disputed => "disputed",
            Self::Forked => "forked",
            Self::RecordedLate => "recorded-late",
            Self::Reported => "reported",
            Self::Suspect => "suspect",
        })
    }
}

/// Something that is not known.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// A stable word.
    pub code: &'static str,
    /// What is missing, in plain words.
    pub sentence: Sentence,
    /// The entries that raise the question.
    pub rests_on: Vec<EntryId>,
}

/// A rule that could not be evaluated on some statements.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotEvaluated {
    /// The rule.
    pub rule: &'static str,
    /// Statements in which the field is absent; 0 when there is none that could hold it.
    pub statements: usize,
    /// The field, or the kind of which there is no statement.
    pub field: &'static str,
}

/// One entry as the verdict saw it.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryLine {
    /// The entry.
    pub id: EntryId,
    /// Its leaf.
    pub leaf: u64,
    /// What it is.
    pub kind: String,
    /// Who speaks.
    pub author: AuthorId,
    /// For whom it speaks.
    pub principal: Option<AuthorId>,
    /// In which role.
    pub role: Option<&'static str>,
    /// What it is about.
    pub subjects: Vec<SubjectId>,
    /// What it rests on.
    pub basis: Vec<&'static str>,
    /// How well it is supported, where that is stated.
    pub evidence_standard: Option<EvidenceStandard>,
    /// What it states, in the words of its kind; empty where the claim is not readable.
    pub states: Vec<Stated>,
    /// When what it states came to its end, where it is about something that happened.
    pub happened: Option<Date>,
    /// When it was written, as its author says.
    pub claimed: Timestamp,
    /// When it was proved to exist.
    pub not_after: Option<Timestamp>,
    /// Whether it counts, and if not, why.
    pub counts: Counts,
    /// Marks.
    pub marks: Vec<Mark>,
    /// Entries that reply to it.
    pub replies: Vec<EntryId>,
    /// Revocations that took something from it.
    pub revoked_by: Vec<EntryId>,
    /// Parts that are not here.
    pub withheld: Vec<WithheldPart>,
}

/// A field of a claim and its value, both as the claim has them.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stated {
    /// The field.
    pub field: &'static str,
    /// Its value: a word, code, date or number.
    pub value: String,
}

/// Whether an entry counts.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// It counts.
    Yes,
    /// A later statement took its place or withdrew it.
    Replaced,
    /// It lies off the path of a forked feed: only what is adverse in it counts.
    OffPath,
    /// The author's standing was taken.
    Revoked,
    /// The author may not say this: no grant in effect, out of scope or dates, or another role.
    NotAuthorised,
    /// The policy does not believe this author.
    NotAccepted,
    /// Its claim is not here, of an unknown kind or broken.
    NotReadable,
    /// Written with a compromised key before that was declared: only what is adverse in it counts.
    Suspect,
    /// Its claim breaks a rule of its kind: only what is adverse in it counts.
    Unsound,
    /// A network kind: it shapes who may speak.
    Network,
}

fn hex<S: serde::Serializer>(digest: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&data_encoding::HEXLOWER.encode(digest))
}
