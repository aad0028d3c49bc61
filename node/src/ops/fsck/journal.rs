//! The journal: frames, entries, admission, the tree, and what was signed over it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use fairtrail::admission::Answer;
use fairtrail::charter::Charter;
use fairtrail::entry::{NetworkClaim, SignedEntry};
use fairtrail::id::PartDigest;
use fairtrail::log::{Checkpoint, Origin, SignedCheckpoint};
use fairtrail::merkle::{CompactRange, Root, leaf_hash};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::Report;
use super::derived::Derived;
use crate::core::head::Head;
use crate::core::publish::{Intent, Publication};
use crate::ledger::frame::{Content, GroupFrame, decode};
use crate::ledger::{Admitted, Keys, LedgerError};
use crate::store::bodies::BodiesEnd;
use crate::store::journal::{JournalReader, Location, StoredFrame};

/// Walks the journal from front to back.
pub(super) struct Walk {
    pub(super) origin: Origin,
    pub(super) admitted: Admitted,
    pub(super) range: CompactRange,
    pub(super) bodies_end: BodiesEnd,
    /// The last tree that was signed.
    pub(super) signed: Option<Intent>,
    pub(super) log_key: NoteVerifier,
    pub(super) witness_key: NoteVerifier,
    /// Digests that a `part.erase` names, whether it has effect or not: a fork may have taken it.
    pub(super) named: HashSet<PartDigest>,
    intent: Option<Intent>,
    wanted: BTreeSet<u64>,
    roots: BTreeMap<u64, Root>,
    ends: BTreeMap<u64, Root>,
}

impl Walk {
    pub(super) fn new(
        origin: Origin,
        charter: Charter,
        keys: &Keys,
        wanted: BTreeSet<u64>,
    ) -> Self {
        let empty = BTreeMap::from([(0, Root::empty())]);
        Self {
            origin,
            admitted: Admitted::new(charter),
            range: CompactRange::new(),
            bodies_end: BodiesEnd::START,
            signed: None,
            log_key: keys.log.verifier().clone(),
            witness_key: keys.witness.verifier().clone(),
            named: HashSet::new(),
            intent: None,
            wanted,
            roots: empty.clone(),
            ends: empty,
        }
    }

    /// The root at a size that was asked for, or nothing when the log is smaller.
    pub(super) fn root_at(&self, size: u64) -> Option<Root> {
        self.roots.get(&size).copied()
    }

    pub(super) fn run(
        &mut self,
        journal: &JournalReader,
        derived: &Derived,
        report: &mut Report,
    ) -> Result<(), LedgerError> {
        for stored in journal.frames(Location::START) {
            // The place of damage is in the report; behind it nothing can be told.
            let Ok(stored) = stored else { break };
            let at = place(stored.at);
            match decode(&stored) {
                Some(Content::Group(group)) => {
                    self.take_group(&stored, &group, derived, report)?;
                }
                Some(Content::Intent(intent)) => {
                    self.check_root(intent.head, &at, report);
                    self.intent = Some(intent);
                }
                Some(Content::Signed(signed)) => self.take_signed(&signed, &at, report),
                Some(Content::Published(published)) => {
                    self.check_published(&published, &at, report);
                }
                Some(Content::Late(frame)) => self.bodies_end = frame.bodies_end,
                None => report.find(Reason::JournalDamaged, at, "a frame of no known form"),
            }
        }
        self.admitted.settle();
        let Head { size, root } = Head::of(&self.range);
        report.entries = size.get();
        report.root = root.to_string();
        report.signed = self.signed.map_or(0, |signed| signed.head.size.get());
        Ok(())
    }

    fn take_group(
        &mut self,
        stored: &StoredFrame,
        group: &GroupFrame<'_>,
        derived: &Derived,
        report: &mut Report,
    ) -> Result<(), LedgerError> {
        if group.first.get() != self.range.size().get() {
            let (first, size) = (group.first, self.range.size());
            let detail = format!("the group begins at leaf {first}, the log has {size}");
            report.find(Reason::JournalDamaged, place(stored.at), detail);
        }
        self.bodies_end = group.bodies_end;
        let entries: Vec<_> = group
            .entries
            .par_iter()
            .map(|entry| self.parse(entry.bytes))
            .collect();
        for (line, entry) in group.entries.iter().zip(entries) {
            let leaf = self.range.size().get();
            let found = entry.and_then(|entry| self.admit(entry));
            match found {
                Ok(entry) => derived.check_leaf(leaf, &entry, line, stored.at, report),
                Err(reason) => {
                    report.find(reason, format!("leaf {leaf}"), reason.meaning());
                }
            }
            self.range.append(leaf_hash(line.bytes))?;
            let size = self.range.size().get();
            if self.wanted.contains(&size) {
                self.roots.insert(size, self.range.root());
            }
        }
        let Head { size, root } = Head::of(&self.range);
        self.ends.insert(size.get(), root);
        Ok(())
    }

    /// Reads an entry and checks its signature, if its key is known by now.
    fn parse(&self, bytes: &[u8]) -> Result<SignedEntry, Reason> {
        let entry = SignedEntry::parse(bytes).map_err(|error| error.code())?;
        if let Some(key) = self.admitted.likely_key(&entry) {
            entry.authenticate(&key).map_err(|error| error.code())?;
        }
        Ok(entry)
    }

    fn admit(&mut self, entry: SignedEntry) -> Result<SignedEntry, Reason> {
        match self.admitted.set.admit(&entry) {
            Ok(Answer::Admitted { .. }) => self.admitted.observe(&entry),
            Ok(Answer::Known) => return Err(Reason::DuplicateLeaf),
            Err(error) => return Err(error.code()),
        }
        if let Some(NetworkClaim::Erase(erase)) = entry.network_claim() {
            self.named.insert(erase.part);
        }
        Ok(entry)
    }

    /// What was signed, or going to be, is the tree at the end of some group.
    fn check_root(&self, head: Head, at: &str, report: &mut Report) {
        let size = head.size.get();
        if self.ends.get(&size) != Some(&head.root) {
            let detail = format!("the root stated at size {size} is not the one computed");
            report.find(Reason::RootMismatch, at, detail);
        }
    }

    fn take_signed(&mut self, signed: &Publication, at: &str, report: &mut Report) {
        let intent = signed.intent;
        self.check_root(intent.head, at, report);
        if self.intent != Some(intent) {
            report.find(Reason::JournalDamaged, at, "signed without an intent");
        }
        let rises = |last: &Intent| intent.head.size > last.head.size && intent.stamp > last.stamp;
        if !self.signed.as_ref().is_none_or(rises) {
            let detail = "sizes or stamps of signatures do not rise";
            report.find(Reason::LogForked, at, detail);
        }
        self.check_note(signed, at, report);
        report.checkpoints = report.checkpoints.saturating_add(1);
        self.ends = self.ends.split_off(&intent.head.size.get());
        self.signed = Some(intent);
    }

    fn check_published(&self, published: &Publication, at: &str, report: &mut Report) {
        if self.signed != Some(published.intent) {
            report.find(Reason::JournalDamaged, at, "published without a signature");
        }
        self.check_note(published, at, report);
        let stamps = published
            .note
            .verify(std::slice::from_ref(&self.witness_key));
        if let Err(error) = stamps {
            report.find(error.code(), at, error.to_string());
        }
    }

    /// The note states what the frame says, and the log's key signed it.
    fn check_note(&self, publication: &Publication, at: &str, report: &mut Report) {
        let bytes = publication.note.to_string();
        let opened = match SignedCheckpoint::open(bytes.as_bytes(), &self.log_key) {
            Ok(opened) => opened,
            Err(error) => return report.find(error.code(), at, error.to_string()),
        };
        let Head { size, root } = publication.intent.head;
        let expected = Checkpoint::new(self.origin.clone(), size, root);
        if expected.as_ref() != Ok(opened.checkpoint()) {
            report.find(Reason::RootMismatch, at, "the note states another tree");
        }
    }
}

fn place(at: Location) -> String {
    format!("journal segment {} offset {}", at.segment, at.offset)
}
