//! Where in a history an entry stands, by its id and by the subjects it names.

use super::HistoryEntry;
use crate::claim::{Claim, Code};
use crate::id::EntryId;
use crate::subject::SubjectId;
use std::collections::HashMap;

/// Positions of entries.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookup {
    by_id: HashMap<EntryId, usize>,
    by_subject: HashMap<SubjectId, Vec<usize>>,
    /// Findings by the report that they stand in.
    by_report: HashMap<Code, Vec<usize>>,
    own: Vec<usize>,
}

impl Lookup {
    /// `subjects` are those covered, ascending.
    pub(super) fn new(entries: &[HistoryEntry], subjects: &[SubjectId]) -> Self {
        let mut lookup = Self::default();
        for (at, entry) in entries.iter().enumerate() {
            lookup.by_id.insert(entry.id(), at);
            let mut own = false;
            for subject in &entry.entry().header().subjects {
                own |= subjects.binary_search(subject).is_ok();
                match lookup.by_subject.get_mut(subject) {
                    Some(positions) => positions.push(at),
                    None => {
                        lookup.by_subject.insert(subject.clone(), vec![at]);
                    }
                }
            }
            if own {
                lookup.own.push(at);
            }
            if let Some(Claim::Finding(finding)) = entry.claim()
                && let Some(report) = &finding.report_ref
            {
                let findings = lookup.by_report.entry(report.clone()).or_default();
                findings.push(at);
            }
        }
        lookup
    }

    pub(super) fn entry(&self, id: EntryId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn about(&self, subject: &SubjectId) -> &[usize] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    pub(super) fn findings_in(&self, report: &Code) -> &[usize] {
        self.by_report.get(report).map_or(&[], Vec::as_slice)
    }

    pub(super) fn own(&self) -> &[usize] {
        &self.own
    }
}
