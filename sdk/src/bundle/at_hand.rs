//! The entries that a bundle holds.

use super::{BundleError, LogEvidence};
use crate::admission::AdmissionError;
use crate::entry::SignedEntry;
use crate::id::{EntryId, NetworkId};
use crate::index::{Embedded, Posting};
use crate::key::PublicKey;
use crate::merkle::leaf_hash;
use std::collections::HashMap;

/// Entries by id. An author can put two valid signatures under one statement, and two logs may hold
/// one form each; nearly always there is one.
#[derive(Debug, Clone, Default)]
pub(super) struct AtHand(HashMap<EntryId, Vec<SignedEntry>>);

impl AtHand {
    /// Reads entries of a network; their signatures are checked when they are admitted.
    pub(super) fn read(entries: &[Embedded], network: NetworkId) -> Result<Self, BundleError> {
        let mut forms: HashMap<_, Vec<SignedEntry>> = HashMap::with_capacity(entries.len());
        let mut last: Option<SignedEntry> = None;
        for bytes in entries {
            let entry = SignedEntry::parse(&bytes.0)?;
            let found = entry.header().network;
            if found != network {
                let expected = network;
                return Err(BundleError::Network { expected, found });
            }
            let place = |entry: &SignedEntry| (entry.id(), entry.bytes().to_vec());
            if last.is_some_and(|last| last.id() >= entry.id() && place(&last) >= place(&entry)) {
                return Err(BundleError::Order { what: "entries" });
            }
            last = Some(entry.clone());
            forms.entry(entry.id()).or_default().push(entry);
        }
        Ok(Self(forms))
    }

    /// The statement, in whichever form.
    pub(super) fn get(&self, id: EntryId) -> Option<&SignedEntry> {
        self.0.get(&id)?.first()
    }

    /// Every statement once.
    pub(super) fn statements(&self) -> impl Iterator<Item = &SignedEntry> {
        self.0.values().filter_map(|forms| forms.first())
    }

    /// Its forms.
    pub(super) fn forms(&self, id: EntryId) -> &[SignedEntry] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
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
            logs.any(|log| {
                log.entry(form.id())
                    .is_some_and(|at| at.bytes() == form.bytes())
            })
        };
        let mut forms = self.0.values().flatten();
        match forms.find(|form| !stands(form)) {
            None => Ok(()),
            Some(form) => Err(BundleError::Stray { entry: form.id() }),
        }
    }

    /// Checks the signatures that admission did not look at.
    pub(super) fn check_other_forms(&self) -> Result<(), BundleError> {
        for entry in self.0.values().flat_map(|forms| forms.iter().skip(1)) {
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
