//! JSON answers.

use crate::claim::Ground;
use crate::fraud::Accused;
use crate::id::{AuthorId, EntryId, GrantId, NetworkId, PartDigest};
use crate::subject::SubjectId;
use serde::{Deserialize, Serialize};

/// `GET /v1/log`: which log this is and how to check it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogInfo {
    /// The log's origin.
    pub origin: String,
    /// The key that signs its checkpoints.
    pub vkey: String,
    /// The key that signs its promises.
    pub promise_vkey: String,
    /// The operator's own cosigning key: a stamp, never independent.
    pub witness_vkey: String,
    /// Independent witnesses asked for cosignatures.
    pub witnesses: Vec<WitnessInfo>,
    /// The index of the log; absent where none is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<IndexInfo>,
    /// The network.
    pub network: NetworkId,
    /// Leaves published.
    pub size: u64,
    /// Terms of use, from the charter.
    pub terms: String,
    /// Whom to write to.
    pub contact: String,
}

/// The index of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexInfo {
    /// Its origin, which follows from the log's.
    pub origin: String,
    /// The key that signs its checkpoints.
    pub vkey: String,
    /// The operator's own cosigning key of indexes: a stamp, never independent.
    pub witness_vkey: String,
}

/// One witness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WitnessInfo {
    /// Its name.
    pub name: String,
    /// Its cosigning key.
    pub vkey: String,
}

/// `POST /v1/entries`: what was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The entries of the batch, in order.
    pub entries: Vec<ReceiptEntry>,
    /// The promise that covers the new ones; absent when all were known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<String>,
}

/// One acknowledged entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptEntry {
    /// The entry.
    pub id: EntryId,
    /// Its leaf.
    pub leaf_index: u64,
    /// Whether it was there before.
    pub known: bool,
    /// Its position in the promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Hashes from the leaf's sibling up to the promised root, base64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// A tlog-proof file, when publication was waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// `POST /v1/check`: what the submission door would say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// Whether it would be taken.
    pub acceptable: bool,
    /// Every problem found.
    pub problems: Vec<Problem>,
}

/// One problem of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The stable code.
    pub reason: String,
    /// The field, if one is to blame.
    pub field: String,
    /// What is wrong.
    pub detail: String,
}

/// `GET /v1/entries/{id}` as JSON: the header, nothing proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// The entry.
    pub id: EntryId,
    /// Its leaf.
    pub leaf_index: u64,
    /// The author.
    pub author: AuthorId,
    /// Position in the feed.
    pub seq: u64,
    /// What it is.
    pub kind: String,
    /// Whom or what it is about.
    pub subjects: Vec<SubjectId>,
    /// Claimed time, RFC 3339.
    pub claimed_at: String,
    /// The grant it cites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// Its parts.
    pub parts: Vec<PartDigest>,
    /// Public parts that are not served here, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<WithheldView>,
}

/// A public part that is not served here: it counts as unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithheldView {
    /// The part.
    pub part: PartDigest,
    /// `part-erased`, `withheld-by-law`, `claim-inadmissible`, or `withheld` when it is just not here.
    pub reason: String,
    /// The ground that the operator names.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
}

/// `GET /v1/withheld`: the public parts of a run of leaves that are not served, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithheldPage {
    /// The first leaf covered.
    pub first: u64,
    /// The first leaf not covered.
    pub next: u64,
    /// The parts, each once, by digest.
    pub parts: Vec<WithheldView>,
}

/// `GET /v1/subjects/{id}/history`: a convenience, proved by a replica only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// The subject asked for.
    pub subject: SubjectId,
    /// The log.
    pub origin: String,
    /// Leaves published when this was answered.
    pub size: u64,
    /// Entries that name the subject, in log order.
    pub items: Vec<HistoryItem>,
    /// Where to go on: `?after=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// One line of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryItem {
    /// The entry.
    pub id: EntryId,
    /// Its leaf.
    pub leaf_index: u64,
    /// What it is.
    pub kind: String,
    /// The author.
    pub author: AuthorId,
    /// Public parts that are not served here, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<WithheldView>,
}

/// `GET /v1/feeds/{author}`: where a feed stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedView {
    /// The author.
    pub author: AuthorId,
    /// Whether the feed has begun here.
    pub begun: bool,
    /// Sequence number of the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<EntryId>,
    /// The begin or rotation that set the key after the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_state: Option<EntryId>,
    /// Whether the feed is forked.
    pub forked: bool,
    /// The grants in effect that name the author.
    pub grants: Vec<GrantId>,
}

/// `GET /v1/fraud`: the fraud files a node holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FraudList {
    /// One line for each who is accused.
    pub files: Vec<FraudLine>,
}

/// One fraud file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FraudLine {
    /// Who is accused.
    pub accused: Accused,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hex.
    pub digest: String,
}

/// `GET /v1/checkpoints`: the largest checkpoints a node has seen of other logs, each as a note with
/// the log's line alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenCheckpoints {
    /// The notes.
    pub checkpoints: Vec<String>,
}
