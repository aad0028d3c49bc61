//! Entries that came before what they cite, kept on offer.

use super::{AdmissionError, AdmittedSet, Answer};
use crate::entry::SignedEntry;
use crate::id::{AuthorId, EntryId};
use crate::limits::{EARLY_PER_FEED, EARLY_TOTAL};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Early entries by the SHA-256 of their bytes. Never by id: a copy with a bad signature has the
/// id of the good one and would keep it out.
///
/// Entries of feeds that have not begun share one allowance. What does not fit is dropped and may
/// be offered again; dropping leaves no mark.
#[derive(Debug, Clone, Default)]
pub struct EarlyBuffer {
    entries: BTreeMap<[u8; 32], Kept>,
    waiting: BTreeMap<[u8; 32], BTreeSet<[u8; 32]>>,
    per_feed: BTreeMap<Option<AuthorId>, usize>,
}

#[derive(Debug, Clone)]
struct Kept {
    entry: SignedEntry,
    /// Whose allowance it uses; `None` is the one shared by feeds that have not begun.
    allowance: Option<AuthorId>,
}

/// What came of one offer, the entries it released included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offered {
    /// Admitted, in order.
    pub admitted: Vec<SignedEntry>,
    /// Refused for good.
    pub refused: Vec<(EntryId, AdmissionError)>,
    /// Why the offered entry itself waits, if it does.
    pub early: Option<AdmissionError>,
    /// Whether it was dropped for want of room.
    pub dropped: bool,
}

impl EarlyBuffer {
    /// Offers an entry to `set`; what it releases is offered in turn.
    pub fn offer(&mut self, set: &mut AdmittedSet, entry: SignedEntry) -> Offered {
        let mut offered = Offered::default();
        let mut queue = vec![entry];
        let mut first = true;
        while let Some(entry) = queue.pop() {
            match set.admit(&entry) {
                Ok(Answer::Known) => {}
                Ok(Answer::Admitted { arrived }) => {
                    offered.admitted.push(entry);
                    for id in arrived {
                        queue.extend(self.release(id));
                    }
                }
                Err(error) => match error.waits_for() {
                    None => offered.refused.push((entry.id(), error)),
                    Some(id) => {
                        let kept = self.keep(id, entry, set);
                        if first {
                            offered.early = Some(error);
                            offered.dropped = !kept;
                        }
                    }
                },
            }
            first = false;
        }
        offered
    }

    /// Number of entries kept.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn keep(&mut self, waits_for: [u8; 32], entry: SignedEntry, set: &AdmittedSet) -> bool {
        let key: [u8; 32] = Sha256::digest(entry.bytes()).into();
        if self.entries.contains_key(&key) {
            return true;
        }
        let allowance = set.walk(entry.author()).map(|_| entry.author());
        let used = self.per_feed.entry(allowance).or_default();
        if *used >= EARLY_PER_FEED || self.entries.len() >= EARLY_TOTAL {
            return false;
        }
        *used = used.saturating_add(1);
        self.waiting.entry(waits_for).or_default().insert(key);
        self.entries.insert(key, Kept { entry, allowance });
        true
    }

    fn release(&mut self, id: [u8; 32]) -> Vec<SignedEntry> {
        let keys = self.waiting.remove(&id).unwrap_or_default();
        let kept: Vec<_> = keys
            .iter()
            .filter_map(|key| self.entries.remove(key))
            .collect();
        for Kept { allowance, .. } in &kept {
            if let Some(used) = self.per_feed.get_mut(allowance) {
                *used = used.saturating_sub(1);
            }
        }
        kept.into_iter().map(|kept| kept.entry).collect()
    }
}
