//! Verified history: what a replica or a bundle proved about a set of subjects.
//!
//! A [`VerifiedHistory`] has no public constructor: it comes out of [`crate::replica`] (and later
//! bundles), which recompute every binding. Only it may enter the rules.

mod acts;
mod entry;
mod erasures;
mod refs;
mod revocations;
mod standing;
mod succession;
mod times;

pub use entry::{ClaimState, HistoryEntry, WithheldPart, WithheldReason};
pub use refs::{IgnoredRef, IncomingRef};
pub use revocations::{Revocations, Status};
pub use standing::{Authority, Standing};
pub use times::{NoteTimes, Times};

pub(crate) use entry::read_parts;
pub(crate) use refs::resolve;
pub(crate) use standing::{in_scope, role_of};
pub(crate) use succession::{closes_own, same_voice};

use acts::RootActs;
use erasures::Erasures;

use crate::id::{AuthorId, EntryId, NetworkId};
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use std::collections::BTreeMap;

/// What is proved about a set of subjects.
#[derive(Debug, Clone)]
pub struct VerifiedHistory {
    pub(crate) network: NetworkId,
    pub(crate) subjects: Vec<SubjectId>,
    pub(crate) related: Vec<SubjectId>,
    pub(crate) logs: Vec<LogView>,
    pub(crate) entries: Vec<HistoryEntry>,
    pub(crate) feeds: BTreeMap<AuthorId, FeedKnown>,
    pub(crate) ignored: Vec<IgnoredRef>,
    pub(crate) known_at: Option<Date>,
    pub(crate) truncated: bool,
}

/// One log as it was read: the scope of every "nothing was left out".
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LogView {
    /// The log.
    pub origin: String,
    /// Leaves read, all of them.
    pub size: u64,
    /// The root, base64.
    pub root: String,
    /// Operators whose cosignatures count, with their earliest stamps.
    pub cosigned_by: Vec<(String, Timestamp)>,
    /// When the newest checkpoint is proved to have existed.
    pub time: Option<Timestamp>,
}

/// How far an author's feed is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct FeedKnown {
    /// Sequence number of the head.
    pub seq: u64,
    /// The head.
    pub head: EntryId,
    /// When the author was last heard of.
    pub last_heard: Option<Timestamp>,
    /// Whether the feed stops at a fork.
    pub forked: bool,
}

impl VerifiedHistory {
    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// The ids asked for: completeness is proved for each of them.
    pub fn subjects(&self) -> &[SubjectId] {
        &self.subjects
    }

    /// Ids that entries about the subjects name, e.g. of recruiters; read in full as well.
    pub fn related(&self) -> &[SubjectId] {
        &self.related
    }

    /// The logs, all read in full.
    pub fn logs(&self) -> &[LogView] {
        &self.logs
    }

    /// Every entry about the subjects and the related ids, in log order.
    pub fn entries(&self) -> &[HistoryEntry] {
        &self.entries
    }

    /// The entries about one subject, in log order.
    pub fn about<'a>(&'a self, subject: &'a SubjectId) -> impl Iterator<Item = &'a HistoryEntry> {
        self.entries
            .iter()
            .filter(move |entry| entry.names(subject))
    }

    /// The entries about the subjects asked for, in log order.
    pub fn own(&self) -> impl Iterator<Item = &HistoryEntry> {
        let asked = |entry: &&HistoryEntry| self.subjects.iter().any(|id| entry.names(id));
        self.entries.iter().filter(asked)
    }

    /// An entry by its id.
    pub fn entry(&self, id: EntryId) -> Option<&HistoryEntry> {
        self.entries.iter().find(|entry| entry.id() == id)
    }

    /// How far the feed of each author in this history is known.
    pub const fn feeds(&self) -> &BTreeMap<AuthorId, FeedKnown> {
        &self.feeds
    }

    /// Whether more related ids are named than are read.
    pub const fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// References without effect, and why.
    pub fn ignored(&self) -> &[IgnoredRef] {
        &self.ignored
    }

    /// The date as of which knowledge was cut off, if it was.
    pub const fn known_at(&self) -> Option<Date> {
        self.known_at
    }
}
