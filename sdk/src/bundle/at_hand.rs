//! The entries that a bundle holds.

use super::{BundleError, LogEvidence};
use crate::admission::AdmissionError;
use crate::entry::SignedEntry;
use crate::id::{EntryId, NetworkId};
use crate::index::{Embedded, Posting};
use crate::key::PublicKey;
use crate::merkle::leaf_hash;

/// Entries by rising id. An author can put two valid signatures under one statement, and two logs may
/// hold one form each; nearly always there is one.
#[derive(Debug, Clone, Default)]
pub(super) struct AtHand {
    entries: Vec<SignedEntry>,
    /// The first bytes of their ids, side by side: who looks for one of many finds its place without
    /// going to the entries, which lie far apart.
    beginnings: Vec<u64>,
}

impl AtHand {
    /// Reads entries of a network; their signatures are checked when they are admitted.
    pub(super) fn read(entries: &[Embedded], network: NetworkId) -> Result<Self, BundleError> {
        let mut forms: Vec<SignedEntry> = Vec::with_capacity(entries.len());
        for bytes in entries {
            let entry = SignedEntry::parse(&bytes.0)?;
            let found = entry.header().network;
            if found != network {
                let expected = network;
                return Err(BundleError::Network { expected, found });
            }
            let rises =
                |last: &SignedEntry| (last.id(), last.bytes()) < (entry.id(), entry.bytes());
            if !forms.last().is_none_or(rises) {
                return Err(BundleError::Order { what: "entries" });
            }
            forms.push(entry);
        }
        let beginnings = forms.iter().map(|entry| beginning(entry.id())).collect();
        Ok(Self {
            entries: forms,
            beginnings,
        })
    }

    /// How many there are, in all their forms.
    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// The statement, in whichever form.
    pub(super) fn get(&self, id: EntryId) -> Option<&SignedEntry> {
        self.forms(id).first()
    }

    /// Every statement once.
    pub(super) fn statements(&self) -> impl Iterator<Item = &SignedEntry> {
        self.by_statement().filter_map(<[_]>::first)
    }

    /// The forms of each statement.
    fn by_statement(&self) -> impl Iterator<Item = &[SignedEntry]> {
        self.entries.chunk_by(|one, next| one.id() == next.id())
    }

    /// Its forms.
    pub(super) fn forms(&self, id: EntryId) -> &[SignedEntry] {
        let sought = beginning(id);
        let from = self.beginnings.partition_point(|found| *found < sought);
        let rest = self.entries.get(from..).unwrap_or_default();
        let before = rest.iter().take_while(|entry| entry.id() < id).count();
        let rest = rest.get(before..).unwrap_or_default();
        let forms = rest.iter().take_while(|entry| entry.id() == id).count();
        rest.get(..forms).unwrap_or_default()
    }

    /// The form that a posting names; another one where that is not there.
    pub(super) fn posted(&self, posting: &Posting) -> Option<&SignedEntry> {
        let forms = self.forms(posting.entry);
        let mut others = forms.iter().skip(1);
        let other = others.find(|entry| leaf_hash(entry.bytes()) == posting.hash);
        other.or_else(|| forms.first())
    }

    /// Every form of every statement stands in one of the logs.
    pub(super) fn check_stray(&self, logs: &[LogEvidence]) -> Result<(), BundleError> {
        let stands = |form: &SignedEntry| {
            let mut logs = logs.iter();
            logs.any(|log| log.entry(form.id()) == Some(form))
        };
        match self.entries.iter().find(|form| !stands(form)) {
            None => Ok(()),
            Some(form) => Err(BundleError::Stray { entry: form.id() }),
        }
    }

    /// Checks the signatures that admission did not look at.
    pub(super) fn check_other_forms(&self) -> Result<(), BundleError> {
        for entry in self.by_statement().flat_map(|forms| forms.iter().skip(1)) {
            let key = PublicKey::enrol(entry.protected().key);
            let checked = key.and_then(|key| entry.authenticate(&key));
            checked.map_err(|error| BundleError::Inadmissible {
                entry: entry.id(),
                error: AdmissionError::from(error),
            })?;
        }
        Ok(())
    }
}

/// In the order of ids, as far as it goes.
fn beginning(id: EntryId) -> u64 {
    let first = id.as_bytes().first_chunk();
    first.map_or(0, |first| u64::from_be_bytes(*first))
}
