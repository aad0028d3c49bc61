//! From a replica to verified history.

use super::Replica;
use crate::entry::SignedEntry;
use crate::history::{
    Authority, FeedKnown, HistoryEntry, LogView, NoteTimes, Times, VerifiedHistory, read_parts,
    resolve,
};
use crate::id::AuthorId;
use crate::policy::Policy;
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Ids that are read in full besides those asked for, at most.
const MAX_RELATED: usize = 256;

impl Replica {
    /// Everything this log holds about `subjects`, and about the ids those entries name as
    /// recruiters or licences. With `known_at`, only what was provably known at the end of that
    /// date; what was known is a prefix of today's list, so nothing else changes.
    pub fn history(
        &self,
        subjects: &[SubjectId],
        policy: &Policy,
        known_at: Option<Date>,
    ) -> VerifiedHistory {
        let notes = self.note_times(policy);
        let known = known_at.map(|date| self.known_prefix(&notes, policy, date));
        let today = self.authority(&notes, policy);
        let then = known.as_ref().map(|then| then.authority(&notes, policy));
        let view = View {
            replica: known.as_ref().unwrap_or(self),
            policy,
            notes,
            authority: then.as_ref().unwrap_or(&today),
            // What is erased today is gone, whenever it was known.
            erasures: &today,
        };
        let asked: BTreeSet<_> = subjects.iter().cloned().collect();
        let (entries, related, truncated) = view.closure(&asked);
        let mut entries: Vec<_> = entries.into_values().collect();
        let ignored = resolve(&view.replica.set, view.authority, &mut entries);
        let authors = entries.iter().map(|entry| entry.entry.author());
        let required = policy.acceptance().authors.iter().copied();
        let feeds = authors
            .chain(required)
            .filter_map(|author| Some((author, view.feed_known(author)?)))
            .collect();
        VerifiedHistory {
            network: self.set.charter().network(),
            subjects: asked.into_iter().collect(),
            related: related.into_iter().collect(),
            logs: self.log_view(policy).into_iter().collect(),
            entries,
            feeds,
            ignored,
            known_at,
            truncated,
        }
    }

    fn log_view(&self, policy: &Policy) -> Option<LogView> {
        let newest = self.newest.as_ref()?;
        let stamps = newest.stamps().iter();
        Some(LogView {
            origin: self.origin.to_string(),
            size: newest.checkpoint().size().get(),
            root: newest.checkpoint().root().to_string(),
            cosigned_by: stamps
                .map(|stamps| (stamps.operator.clone(), stamps.earliest))
                .collect(),
            time: newest.not_after(policy.f()),
        })
    }

    fn note_times(&self, policy: &Policy) -> NoteTimes {
        let mut times = NoteTimes::default();
        for note in self.archive.values().chain(&self.newest) {
            if let (true, Some(time)) = (note.meets_quorum(), note.not_after(policy.f())) {
                times.push(note.checkpoint().size().get(), time);
            }
        }
        times
    }

    fn times(&self, leaf: usize, entry: &SignedEntry, notes: &NoteTimes, policy: &Policy) -> Times {
        let anchor = entry.header().anchor.as_ref();
        let note = anchor.and_then(|anchor| {
            let note = self.archive.get(&anchor.note)?;
            let named = note.checkpoint();
            let same =
                anchor.origin == named.origin().as_str() && anchor.size == named.size().get();
            same.then_some(note)
        });
        Times {
            claimed: entry.protected().issued_at,
            not_before: note.and_then(|note| note.not_before(policy.f())),
            not_after: u64::try_from(leaf)
                .ok()
                .and_then(|leaf| notes.not_after(leaf)),
        }
    }

    /// The leaves provably known at the end of `date`, as a replica of their own.
    fn known_prefix(&self, notes: &NoteTimes, policy: &Policy, date: Date) -> Self {
        let known = |(leaf, entry): &(usize, &SignedEntry)| {
            self.times(*leaf, entry, notes, policy).known_at(date)
        };
        let len = self.entries.iter().enumerate().take_while(known).count();
        self.prefix(len)
    }

    fn authority(&self, notes: &NoteTimes, policy: &Policy) -> Authority {
        let mut authority = Authority::new(&self.set);
        for (leaf, entry) in self.entries.iter().enumerate() {
            if entry.network_claim().is_none() {
                continue;
            }
            authority.observe(&self.set, entry, self.times(leaf, entry, notes, policy));
        }
        authority
    }
}

struct View<'a> {
    replica: &'a Replica,
    policy: &'a Policy,
    notes: NoteTimes,
    authority: &'a Authority,
    erasures: &'a Authority,
}

/// Entries by leaf.
type ByLeaf = BTreeMap<usize, HistoryEntry>;

impl View<'_> {
    /// Everything about the ids asked for and the ids related to them; those; and whether there
    /// were more than are read.
    fn closure(&self, asked: &BTreeSet<SubjectId>) -> (ByLeaf, BTreeSet<SubjectId>, bool) {
        let (mut entries, mut related) = (ByLeaf::new(), BTreeSet::new());
        let (mut new, mut truncated) = (asked.clone(), false);
        while !new.is_empty() {
            let found = self.entries_about(&new);
            let own = |entry: &HistoryEntry| asked.iter().any(|id| entry.names(id));
            let named = found.values().flat_map(|entry| entry.related(own(entry)));
            let named: BTreeSet<_> = named
                .filter(|id| !asked.contains(id) && !related.contains(id))
                .collect();
            let room = MAX_RELATED.saturating_sub(related.len());
            truncated |= named.len() > room;
            new = named.into_iter().take(room).collect();
            related.extend(new.iter().cloned());
            entries.extend(found);
        }
        (entries, related, truncated)
    }

    /// By leaf, the entries that name one of `subjects`.
    fn entries_about(&self, subjects: &BTreeSet<SubjectId>) -> ByLeaf {
        let by_subject = &self.replica.by_subject;
        let leaves = subjects
            .iter()
            .filter_map(|subject| by_subject.get(subject))
            .flatten();
        leaves
            .filter_map(|leaf| Some((*leaf, self.entry(*leaf)?)))
            .collect()
    }

    fn entry(&self, leaf: usize) -> Option<HistoryEntry> {
        let replica = self.replica;
        let entry = replica.entries.get(leaf)?;
        let times = replica.times(leaf, entry, &self.notes, self.policy);
        let acceptance = self.policy.acceptance();
        let standing = self
            .authority
            .standing(&replica.set, acceptance, entry, times);
        let parts = read_parts(
            entry,
            standing.role,
            |digest| replica.bodies.get(&digest),
            |digest| self.erasures.is_erased(entry.id(), digest),
        );
        Some(HistoryEntry {
            entry: entry.clone(),
            origin: replica.origin.to_string(),
            leaf: u64::try_from(leaf).ok()?,
            times,
            standing,
            parts,
            incoming: Vec::new(),
        })
    }

    fn feed_known(&self, author: AuthorId) -> Option<FeedKnown> {
        let walk = self.authority.walk(author)?;
        let leaf = *self.replica.leaf_of.get(&walk.head.id)?;
        let last_heard: Option<Timestamp> = u64::try_from(leaf)
            .ok()
            .and_then(|leaf| self.notes.not_after(leaf));
        let forked = self.authority.is_forked(author);
        Some(FeedKnown {
            seq: walk.head.seq,
            head: walk.head.id,
            last_heard,
            forked,
        })
    }
}
