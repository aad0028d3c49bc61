//! One or more copies of logs as one set of entries.
//!
//! What any of the logs admitted is in the set: admission does not depend on order, so the union is
//! one that each of them could hold. An entry's times are the best that any of the logs proves.

use super::{Replica, ReplicaError};
use crate::admission::{AdmittedSet, Answer};
use crate::charter::Charter;
use crate::entry::{Body, SignedEntry};
use crate::history::{Authority, Lacking, LogView, NoteTimes, Said, Times};
use crate::id::{EntryId, NetworkId, PartDigest};
use crate::log::CosignedCheckpoint;
use crate::policy::Policy;
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// The logs read, and what their notes say of time.
#[derive(Debug)]
pub(super) struct Logs<'a> {
    charter: &'a Charter,
    /// By origin.
    replicas: Vec<&'a Replica>,
    notes: Vec<NoteTimes>,
    f: usize,
}

impl<'a> Logs<'a> {
    /// # Errors
    /// [`ReplicaError::Unlike`] when they are not different logs of one network.
    pub(super) fn new(
        first: &'a Replica,
        more: &[&'a Replica],
        policy: &Policy,
    ) -> Result<Self, ReplicaError> {
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
        let f = policy.f();
        let notes = replicas.iter().map(|replica| note_times(replica, f));
        Ok(Self {
            charter: first.set.charter(),
            notes: notes.collect(),
            replicas,
            f,
        })
    }

    pub(super) fn one(replica: &'a Replica, policy: &Policy) -> Self {
        let f = policy.f();
        Self {
            charter: replica.set.charter(),
            notes: vec![note_times(replica, f)],
            replicas: vec![replica],
            f,
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
        let logs = self.replicas.iter().zip(&self.notes);
        let times = logs.filter_map(|(replica, notes)| {
            let leaf = u64::try_from(*replica.leaf_of.get(&id)?).ok()?;
            notes.not_after(leaf)
        });
        times.min()
    }

    fn not_before(&self, entry: &SignedEntry) -> Option<Timestamp> {
        let anchor = entry.header().anchor.as_ref()?;
        let mut notes = self.replicas.iter().map(|replica| &replica.archive);
        let note = notes.find_map(|notes| notes.get(&anchor.note))?;
        let named = note.checkpoint();
        let same = anchor.origin == named.origin().as_str() && anchor.size == named.size().get();
        same.then(|| note.not_before(self.f)).flatten()
    }

    /// The first log that holds an entry, and where.
    pub(super) fn place(&self, id: EntryId) -> Option<(&'a Replica, u64)> {
        let mut places = self.replicas.iter().filter_map(|replica| {
            let leaf = u64::try_from(*replica.leaf_of.get(&id)?).ok()?;
            Some((*replica, leaf))
        });
        places.next()
    }

    pub(super) fn body(&self, digest: PartDigest) -> Option<&'a Body> {
        let mut bodies = self.replicas.iter();
        bodies.find_map(|replica| replica.bodies.get(&digest))
    }

    /// What gateways say of a part that they do not serve.
    pub(super) fn said(&self, digest: PartDigest) -> Vec<Said> {
        let said = self.replicas.iter().filter_map(|replica| {
            let view = replica.withheld.get(&digest)?.clone();
            let log = replica.origin.to_string();
            Some(Said { log, view })
        });
        said.collect()
    }

    /// The logs that do not hold an entry.
    pub(super) fn lacking(&self, entry: EntryId) -> impl Iterator<Item = Lacking> {
        let without = move |replica: &&&Replica| !replica.leaf_of.contains_key(&entry);
        let logs = self.replicas.iter().filter(without);
        logs.map(move |replica| Lacking {
            entry,
            origin: replica.origin.to_string(),
        })
    }

    pub(super) fn views(&self) -> Vec<LogView> {
        let views = self.replicas.iter().filter_map(|replica| {
            let newest = replica.newest.as_ref()?;
            Some(log_view(newest, self.f))
        });
        views.collect()
    }

    /// Everything the logs hold.
    pub(super) fn all(&self) -> Ledger<'a> {
        if let [replica] = self.replicas.as_slice() {
            let mut ledger = Ledger::new(Cow::Borrowed(&replica.set));
            for entry in &replica.entries {
                ledger.push(entry);
            }
            return ledger;
        }
        let whole = self
            .replicas
            .iter()
            .map(|replica| replica.entries.as_slice());
        self.union(whole)
    }

    /// What is proved to have been known at the end of `date`: of each log a prefix.
    pub(super) fn known(&self, date: Date) -> Ledger<'a> {
        let prefix = |(replica, notes): (&&'a Replica, &NoteTimes)| {
            let known = |leaf: &usize| {
                let leaf = u64::try_from(*leaf).ok();
                let time = leaf.and_then(|leaf| notes.not_after(leaf));
                time.is_some_and(|time| time <= date.end())
            };
            let len = (0..replica.entries.len()).take_while(known).count();
            replica.entries.get(..len).unwrap_or_default()
        };
        self.union(self.replicas.iter().zip(&self.notes).map(prefix))
    }

    /// Every prefix of a log in which each entry was admitted in turn is such a log, and what
    /// several of them hold could stand in one. Signatures are not checked again.
    fn union(&self, parts: impl Iterator<Item = &'a [SignedEntry]>) -> Ledger<'a> {
        let mut set = AdmittedSet::new(self.charter.clone());
        let entries = parts.flatten();
        let new = entries.filter(|entry| matches!(set.admit(entry), Ok(Answer::Admitted { .. })));
        let new: Vec<_> = new.collect();
        let mut ledger = Ledger::new(Cow::Owned(set));
        for entry in new {
            ledger.push(entry);
        }
        ledger
    }
}

/// Entries of one network, each once.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    set: Cow<'a, AdmittedSet>,
    entries: Vec<&'a SignedEntry>,
    by_subject: HashMap<&'a SubjectId, Vec<usize>>,
}

impl<'a> Ledger<'a> {
    fn new(set: Cow<'a, AdmittedSet>) -> Self {
        Self {
            set,
            entries: Vec::new(),
            by_subject: HashMap::new(),
        }
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

fn note_times(replica: &Replica, f: usize) -> NoteTimes {
    let mut times = NoteTimes::default();
    for note in replica.archive.values().chain(&replica.newest) {
        if let (true, Some(time)) = (note.meets_quorum(), note.not_after(f)) {
            times.push(note.checkpoint().size().get(), time);
        }
    }
    times
}

fn log_view(newest: &CosignedCheckpoint, f: usize) -> LogView {
    let checkpoint = newest.checkpoint();
    let stamps = newest.stamps().iter();
    LogView {
        origin: checkpoint.origin().to_string(),
        size: checkpoint.size().get(),
        root: checkpoint.root().to_string(),
        cosigned_by: stamps
            .map(|stamps| (stamps.operator.clone(), stamps.earliest))
            .collect(),
        time: newest.not_after(f),
        not_before: newest.not_before(f),
    }
}
