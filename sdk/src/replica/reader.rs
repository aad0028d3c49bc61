//! From replicas to verified history.

use super::gather::{Gather, Gathered};
use super::ledger::{Ledger, Logs};
use super::{Replica, ReplicaError};
use crate::bundle::Evidence;
use crate::entry::SignedEntry;
use crate::history::{
    Authority, FeedKnown, Found, HistoryEntry, LogNotRead, Standing, Times, VerifiedHistory,
    read_parts,
};
use crate::id::{AuthorId, EntryId};
use crate::policy::Policy;
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::BTreeSet;

/// Reads histories out of the copies of one or more logs. What authors may say is worked out once,
/// for whatever is asked afterwards.
#[derive(Debug)]
pub struct Reader<'a> {
    policy: &'a Policy,
    logs: Logs<'a>,
    not_read: Vec<LogNotRead>,
    known_at: Option<Date>,
    ledger: Ledger<'a>,
    authority: Authority,
    /// What is erased today is gone, whenever it was known.
    erasures: Option<Authority>,
}

impl Replica {
    /// A reader of this log. With `known_at`, only what was provably known at the end of that date;
    /// what was known is a prefix of today's list, so nothing else changes.
    pub fn reader<'a>(&'a self, policy: &'a Policy, known_at: Option<Date>) -> Reader<'a> {
        Reader::new(Logs::one(self, policy), policy, known_at)
    }

    /// Everything this log holds about `subjects`, and about the ids those entries name as
    /// recruiters or licences. Whoever asks more than once makes a [`Self::reader`].
    pub fn history(
        &self,
        subjects: &[SubjectId],
        policy: &Policy,
        known_at: Option<Date>,
    ) -> VerifiedHistory {
        self.reader(policy, known_at).history(subjects)
    }
}

impl<'a> Reader<'a> {
    /// A reader of several logs of one network: of what any of them holds, at the best time that
    /// any of them proves. The order of the logs does not matter.
    ///
    /// # Errors
    /// [`ReplicaError::Unlike`] when they are not different logs of one network.
    pub fn over(
        first: &'a Replica,
        more: &[&'a Replica],
        policy: &'a Policy,
        known_at: Option<Date>,
    ) -> Result<Self, ReplicaError> {
        Ok(Self::new(Logs::new(first, more, policy)?, policy, known_at))
    }

    /// A reader of what a bundle proves.
    pub(crate) fn of_bundle(
        evidence: &'a Evidence,
        policy: &'a Policy,
        known_at: Option<Date>,
    ) -> Self {
        Self::new(Logs::of_bundle(evidence, policy), policy, known_at)
    }

    /// Says which logs of the policy could not be read, and why; histories name them.
    #[must_use]
    pub fn without(mut self, mut not_read: Vec<LogNotRead>) -> Self {
        not_read.sort_by(|a, b| a.origin.cmp(&b.origin));
        self.not_read = not_read;
        self
    }

    fn new(logs: Logs<'a>, policy: &'a Policy, known_at: Option<Date>) -> Self {
        let all = logs.all();
        let today = all.authority(&logs);
        let (ledger, authority, erasures) = match known_at.map(|date| logs.known(date)) {
            None => (all, today, None),
            Some(known) => {
                let then = known.authority(&logs);
                (known, then, Some(today))
            }
        };
        Self {
            policy,
            logs,
            not_read: Vec::new(),
            known_at,
            ledger,
            authority,
            erasures,
        }
    }

    /// Everything about `subjects`, about the other ids of the same party, and about the ids those
    /// entries name as recruiters or licences.
    pub fn history(&self, subjects: &[SubjectId]) -> VerifiedHistory {
        let Gathered {
            closure,
            related,
            truncated,
            entries,
            ignored,
        } = Gather::new(self).run(&subjects.iter().cloned().collect());
        let authors: BTreeSet<_> = entries.iter().map(|entry| entry.entry.author()).collect();
        let required = self.policy.acceptance().authors.iter().copied();
        let feeds = authors.into_iter().chain(required);
        let lacking = entries
            .iter()
            .flat_map(|entry| self.logs.lacking(entry.id()));
        VerifiedHistory::new(Found {
            network: self.logs.network(),
            closure,
            related: related.into_iter().collect(),
            logs: self.logs.views(),
            not_read: self.not_read.clone(),
            lacking: lacking.collect(),
            feeds: feeds
                .filter_map(|author| Some((author, self.feed_known(author)?)))
                .collect(),
            entries,
            ignored,
            known_at: self.known_at,
            truncated,
        })
    }

    /// What is trusted.
    pub const fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// The date as of which knowledge is cut off, if it is.
    pub const fn known_at(&self) -> Option<Date> {
        self.known_at
    }

    pub(super) const fn ledger(&self) -> &Ledger<'a> {
        &self.ledger
    }

    pub(super) const fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(super) fn entry(&self, at: usize) -> Option<HistoryEntry> {
        let entry = self.ledger.entry(at)?;
        let (copy, leaf) = self.logs.place(entry.id())?;
        let times = self.logs.times(entry);
        let standing = self.standing(entry, times);
        let erasures = self.erasures.as_ref().unwrap_or(&self.authority);
        let mut parts = read_parts(
            entry,
            standing.role,
            |digest| self.logs.body(digest),
            |digest| erasures.is_erased(entry.id(), digest),
        );
        parts.tell(|digest| self.logs.said(digest));
        Some(HistoryEntry {
            entry: entry.clone(),
            origin: copy.origin().to_string(),
            leaf,
            times,
            standing,
            parts,
            incoming: Vec::new(),
            position: 0,
        })
    }

    fn standing(&self, entry: &SignedEntry, times: Times) -> Standing {
        let (set, acceptance) = (self.ledger.set(), self.policy.acceptance());
        self.authority.standing(set, acceptance, entry, times)
    }

    fn feed_known(&self, author: AuthorId) -> Option<FeedKnown> {
        let walk = self.authority.walk(author)?;
        let head: EntryId = walk.head.id;
        Some(FeedKnown {
            seq: walk.head.seq,
            head,
            last_heard: self.logs.not_after(head),
            forked: self.authority.is_forked(author),
        })
    }
}
