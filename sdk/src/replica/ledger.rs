//! One or more copies of logs as one set of entries.
//!
//! What any of the logs admitted is in the set: admission does not depend on order, so the union is
//! one that each of them could hold. An entry's times are the best that any of the logs proves.

use super::copy::LogCopy;
use super::{Replica, ReplicaError};
use crate::admission::{AdmittedSet, Answer};
use crate::bundle::Evidence;
use crate::charter::Charter;
use crate::entry::{Body, SignedEntry};
use crate::history::{Authority, Lacking, LogView, NoteTimes, Said, Times};
use crate::id::{EntryId, NetworkId, PartDigest};
use crate::policy::Policy;
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The logs read, and what their notes say of time.
#[derive(Debug)]
pub(super) struct Logs<'a> {
    charter: &'a Charter,
    /// By origin.
    copies: Vec<&'a dyn LogCopy>,
    notes: Vec<NoteTimes>,
    f: usize,
    basis: Basis<'a>,
}

/// What the set of entries rests on.
#[derive(Debug)]
enum Basis<'a> {
    /// One log, read in full.
    Whole(&'a AdmittedSet),
    /// Several of them.
    Several,
    /// What a bundle proves.
    Bundle(&'a Evidence),
}

impl<'a> Logs<'a> {
    /// # Errors
    /// [`ReplicaError::Unlike`] when they are not different logs of one network.
    pub(super) fn new(
        first: &'a Replica,
        more: &[&'a Replica],
        policy: &Policy,
    ) -> Result<Self, ReplicaError> {
        if more.is_empty() {
            return Ok(Self::one(first, policy));
        }
        let mut replicas = vec![first];
        for other in more {
            let network = |replica: &Replica| replica.set.charter().network();
            let same = replicas.iter().any(|one| one.origin == other.origin);
            if same || network(first) != network(other) {
                return Err(ReplicaError::Unlike {
                    one: first.origin.clone(),
                    other: other.origin.clone(),
                });
            }
            replicas.push(other);
        }
        replicas.sort_by(|a, b| a.origin.as_str().cmp(b.origin.as_str()));
        let copies = replicas.into_iter().map(|replica| replica as _).collect();
        Ok(Self::of(
            first.set.charter(),
            copies,
            policy,
            Basis::Several,
        ))
    }

    pub(super) fn one(replica: &'a Replica, policy: &Policy) -> Self {
        let basis = Basis::Whole(&replica.set);
        Self::of(replica.set.charter(), vec![replica], policy, basis)
    }

    pub(super) fn of_bundle(evidence: &'a Evidence, policy: &Policy) -> Self {
        let copies = evidence.logs().iter().map(|log| log as _).collect();
        Self::of(evidence.charter(), copies, policy, Basis::Bundle(evidence))
    }

    fn of(
        charter: &'a Charter,
        copies: Vec<&'a dyn LogCopy>,
        policy: &Policy,
        basis: Basis<'a>,
    ) -> Self {
        let f = policy.f();
        Self {
            charter,
            notes: copies.iter().map(|copy| note_times(*copy, f)).collect(),
            copies,
            f,
            basis,
        }
    }

    pub(super) fn network(&self) -> NetworkId {
        self.charter.network()
    }

    pub(super) fn times(&self, entry: &SignedEntry) -> Times {
        Times {
            claimed: entry.protected().issued_at,
            not_before: self.not_before(entry),
            not_after: self.not_after(entry.id()),
        }
    }

    /// When an entry is proved to have existed: each log bounds it, so the least does.
    pub(super) fn not_after(&self, id: EntryId) -> Option<Timestamp> {
        let logs = self.copies.iter().zip(&self.notes);
        let times = logs.filter_map(|(copy, notes)| notes.not_after(copy.leaf(id)?));
        times.min()
    }

    fn not_before(&self, entry: &SignedEntry) -> Option<Timestamp> {
        let anchor = entry.header().anchor.as_ref()?;
        let note = self
            .copies
            .iter()
            .find_map(|copy| copy.note(&anchor.note))?;
        let named = note.checkpoint();
        let same = anchor.origin == named.origin().as_str() && anchor.size == named.size().get();
        same.then(|| note.not_before(self.f)).flatten()
    }

    /// The first log that holds an entry, and where.
    pub(super) fn place(&self, id: EntryId) -> Option<(&'a dyn LogCopy, u64)> {
        let mut copies = self.copies.iter();
        copies.find_map(|copy| Some((*copy, copy.leaf(id)?)))
    }

    pub(super) fn body(&self, digest: PartDigest) -> Option<&'a Body> {
        self.copies.iter().find_map(|copy| copy.body(digest))
    }

    /// What gateways say of a part that they do not serve.
    pub(super) fn said(&self, digest: PartDigest) -> Vec<Said> {
        let said = self.copies.iter().filter_map(|copy| {
            let view = copy.said(digest)?.clone();
            let log = copy.origin().to_string();
            Some(Said { log, view })
        });
        said.collect()
    }

    /// The logs that do not hold an entry.
    pub(super) fn lacking(&self, entry: EntryId) -> impl Iterator<Item = Lacking> {
        let logs = self.copies.iter();
        let without = logs.filter(move |copy| copy.leaf(entry).is_none());
        without.map(move |copy| Lacking {
            entry,
            origin: copy.origin().to_string(),
        })
    }

    pub(super) fn views(&self) -> Vec<LogView> {
        let views = self.copies.iter().filter_map(|copy| copy.view(self.f));
        views.collect()
    }

    /// Everything that is at hand.
    pub(super) fn all(&self) -> Ledger<'a> {
        let whole = || self.copies.iter().map(|copy| copy.in_order());
        match &self.basis {
            Basis::Whole(set) => Ledger::of(Cow::Borrowed(*set), whole().flatten()),
            Basis::Bundle(evidence) => {
                Ledger::of(Cow::Borrowed(evidence.set()), once_each(whole()))
            }
            Basis::Several => self.union(whole()),
        }
    }

    /// What is proved to have been known at the end of `date`: of each log a prefix.
    pub(super) fn known(&self, date: Date) -> Ledger<'a> {
        let prefix = |(copy, notes): (&&'a dyn LogCopy, &NoteTimes)| {
            let known = |entry: &SignedEntry| {
                let time = copy.leaf(entry.id()).and_then(|leaf| notes.not_after(leaf));
                time.is_some_and(|time| time <= date.end())
            };
            let entries = copy.in_order();
            let len = entries.iter().take_while(|entry| known(entry)).count();
            entries.get(..len).unwrap_or_default()
        };
        let known = self.copies.iter().zip(&self.notes).map(prefix);
        match &self.basis {
            Basis::Whole(_) | Basis::Several => self.union(known),
            Basis::Bundle(evidence) => {
                let known = once_each(known);
                let set = evidence.known_set(known.iter().copied());
                Ledger::of(Cow::Owned(set), known)
            }
        }
    }

    /// Every prefix of a log in which each entry was admitted in turn is such a log, and what
    /// several of them hold could stand in one. Signatures are not checked again.
    fn union(&self, parts: impl Iterator<Item = &'a [SignedEntry]>) -> Ledger<'a> {
        let mut set = AdmittedSet::new(self.charter.clone());
        let entries = parts.flatten();
        let new = entries.filter(|entry| matches!(set.admit(entry), Ok(Answer::Admitted { .. })));
        let new: Vec<_> = new.collect();
        Ledger::of(Cow::Owned(set), new)
    }
}

fn once_each<'a>(parts: impl Iterator<Item = &'a [SignedEntry]>) -> Vec<&'a SignedEntry> {
    let mut seen = HashSet::new();
    parts
        .flatten()
        .filter(|entry| seen.insert(entry.id()))
        .collect()
}

/// Entries of one network, each once.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    set: Cow<'a, AdmittedSet>,
    entries: Vec<&'a SignedEntry>,
    by_subject: HashMap<&'a SubjectId, Vec<usize>>,
}

impl<'a> Ledger<'a> {
    fn of(set: Cow<'a, AdmittedSet>, entries: impl IntoIterator<Item = &'a SignedEntry>) -> Self {
        let mut ledger = Self {
            set,
            entries: Vec::new(),
            by_subject: HashMap::new(),
        };
        entries.into_iter().for_each(|entry| ledger.push(entry));
        ledger
    }

    fn push(&mut self, entry: &'a SignedEntry) {
        let at = self.entries.len();
        for subject in &entry.header().subjects {
            self.by_subject.entry(subject).or_default().push(at);
        }
        self.entries.push(entry);
    }

    pub(super) fn set(&self) -> &AdmittedSet {
        &self.set
    }

    pub(super) fn entry(&self, at: usize) -> Option<&'a SignedEntry> {
        self.entries.get(at).copied()
    }

    /// Positions of the entries that name one of `subjects`.
    pub(super) fn about(&self, subjects: &BTreeSet<SubjectId>) -> BTreeSet<usize> {
        let lists = subjects.iter().filter_map(|id| self.by_subject.get(id));
        lists.flatten().copied().collect()
    }

    /// Everything standing depends on.
    pub(super) fn authority(&self, logs: &Logs<'_>) -> Authority {
        let mut authority = Authority::new(&self.set);
        let network = |entry: &&&SignedEntry| entry.network_claim().is_some();
        for entry in self.entries.iter().filter(network) {
            authority.observe(&self.set, entry, logs.times(entry));
        }
        authority
    }
}

fn note_times(copy: &dyn LogCopy, f: usize) -> NoteTimes {
    let mut times = NoteTimes::default();
    for note in copy.all_notes() {
        if let (true, Some(time)) = (note.meets_quorum(), note.not_after(f)) {
            times.push(note.checkpoint().size().get(), time);
        }
    }
    times
}
