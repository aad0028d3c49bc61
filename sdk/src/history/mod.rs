//! Verified history: what a replica or a bundle proved about a set of subjects.
//!
//! A [`VerifiedHistory`] has no public constructor: it comes out of [`crate::replica`] (and later
//! bundles), which recompute every binding. Only it may enter the rules.

mod acts;
mod closure;
mod entry;
mod erasures;
mod links;
mod lookup;
mod refs;
mod revocations;
mod standing;
mod succession;
mod times;
mod withholding;

pub use closure::{Alias, Closure, LinkLeft};
pub use entry::{ClaimState, HistoryEntry};
pub use erasures::Erased;
pub use links::{Link, WhyLeft};
pub use refs::{IgnoredRef, IncomingRef};
pub use revocations::{Revocations, Status};
pub use standing::{Authority, Standing};
pub use times::{NoteTimes, Times};
pub use withholding::{WithheldPart, WithheldReason, Withholding};

pub(crate) use entry::read_parts;
pub(crate) use links::{LinkSeen, links};
pub(crate) use refs::{effect, resolve};
pub(crate) use standing::{in_scope, role_of};
pub(crate) use succession::{closes_own, same_voice};
pub(crate) use withholding::{Said, stated};

use acts::RootActs;
use erasures::Erasures;
use lookup::Lookup;

use crate::claim::Code;
use crate::id::{AuthorId, EntryId, NetworkId};
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use std::collections::BTreeMap;

/// What is proved about a set of subjects.
#[derive(Debug, Clone)]
pub struct VerifiedHistory {
    found: Found,
    subjects: Vec<SubjectId>,
    lookup: Lookup,
}

/// What a reader of logs found about a set of subjects.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) network: NetworkId,
    pub(crate) closure: Closure,
    pub(crate) related: Vec<SubjectId>,
    pub(crate) logs: Vec<LogView>,
    pub(crate) not_read: Vec<LogNotRead>,
    pub(crate) entries: Vec<HistoryEntry>,
    pub(crate) lacking: Vec<Lacking>,
    pub(crate) feeds: BTreeMap<AuthorId, FeedKnown>,
    pub(crate) ignored: Vec<IgnoredRef>,
    pub(crate) known_at: Option<Date>,
    pub(crate) truncated: bool,
}

/// An entry that one of several logs does not hold.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Lacking {
    /// The entry.
    pub entry: EntryId,
    /// The log without it.
    pub origin: String,
}

/// One log as it was read: the scope of every "nothing was left out".
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// When the newest checkpoint is proved to have existed, and with it everything the log holds.
    pub time: Option<Timestamp>,
    /// The newest time at which it is proved to have been cosigned: what cites it was made after.
    pub not_before: Option<Timestamp>,
}

/// A log of the policy that was not read.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LogNotRead {
    /// The log.
    pub origin: String,
    /// Why it was not read.
    pub reason: Reason,
}

/// How far an author's feed is known.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    pub(crate) fn new(mut found: Found) -> Self {
        for (at, entry) in found.entries.iter_mut().enumerate() {
            entry.position = at;
        }
        let subjects = found.closure.ids();
        let lookup = Lookup::new(&found.entries, &subjects);
        Self {
            found,
            subjects,
            lookup,
        }
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.found.network
    }

    /// The ids covered, ascending: those asked for and their aliases. Completeness is proved for
    /// each of them.
    pub fn subjects(&self) -> &[SubjectId] {
        &self.subjects
    }

    /// The ids asked for, how each alias was found, and which links were not followed.
    pub const fn closure(&self) -> &Closure {
        &self.found.closure
    }

    /// Ids that entries about the subjects name, e.g. of recruiters; read in full as well.
    pub fn related(&self) -> &[SubjectId] {
        &self.found.related
    }

    /// The logs, all read in full.
    pub fn logs(&self) -> &[LogView] {
        &self.found.logs
    }

    /// Logs of the policy that could not be read.
    pub fn not_read(&self) -> &[LogNotRead] {
        &self.found.not_read
    }

    /// Every entry about the subjects and the related ids, in the order of the log; what only
    /// further logs hold comes after what the first holds.
    pub fn entries(&self) -> &[HistoryEntry] {
        &self.found.entries
    }

    /// Of several logs, which lacks which of these entries.
    pub fn lacking(&self) -> &[Lacking] {
        &self.found.lacking
    }

    /// The entries about one subject, in the order of [`Self::entries`].
    pub fn about<'a>(&'a self, subject: &SubjectId) -> impl Iterator<Item = &'a HistoryEntry> {
        self.at(self.lookup.about(subject))
    }

    /// The entries about the subjects covered, in the order of [`Self::entries`].
    pub fn own(&self) -> impl Iterator<Item = &HistoryEntry> {
        self.at(self.lookup.own())
    }

    /// The findings that name a report, whoever posted them.
    pub fn findings_in(&self, report: &Code) -> impl Iterator<Item = &HistoryEntry> {
        self.at(self.lookup.findings_in(report))
    }

    /// An entry by its id.
    pub fn entry(&self, id: EntryId) -> Option<&HistoryEntry> {
        self.found.entries.get(self.lookup.entry(id)?)
    }

    fn at<'a>(&'a self, positions: &'a [usize]) -> impl Iterator<Item = &'a HistoryEntry> {
        positions
            .iter()
            .filter_map(|at| self.found.entries.get(*at))
    }

    /// How far the feed of each author in this history is known.
    pub const fn feeds(&self) -> &BTreeMap<AuthorId, FeedKnown> {
        &self.found.feeds
    }

    /// Whether more related ids are named than are read.
    pub const fn is_truncated(&self) -> bool {
        self.found.truncated
    }

    /// References without effect, and why.
    pub fn ignored(&self) -> &[IgnoredRef] {
        &self.found.ignored
    }

    /// The date as of which knowledge was cut off, if it was.
    pub const fn known_at(&self) -> Option<Date> {
        self.found.known_at
    }
}
