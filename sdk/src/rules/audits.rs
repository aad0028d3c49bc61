//! R-47 audit results incomplete: declared findings that were not posted.

use super::gathered::Found;
use super::index::audits;
use super::lines::counts_against;
use super::{Case, Effect, Gathered, Rule, messages};
use crate::claim::{Audit, Claim, ExternalRef, manifest};
use crate::history::HistoryEntry;
use crate::messages::Sentence;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_47];

static R_47: Rule = Rule {
    id: "R-47",
    fields: &[
        ("audit", "findings_total"),
        ("audit", "manifest"),
        ("finding", "external_ref"),
        ("finding", "report_ref"),
    ],
    basis: "the audit's own manifest",
    severity: "",
    effect: Effect::Inquiry,
    ilo: &[],
    source: "the audit's own declaration",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let mut incomplete = Vec::new();
    for (entry, audit) in audits(case) {
        let posted = posted(case, entry, audit, |entry| {
            counts_against(entry) || entry.is_replaced()
        });
        gathered.evaluated(&R_47);
        if is_complete(audit, &posted) {
            continue;
        }
        incomplete.push(entry.id());
        let sentence = messages::audit_incomplete(audit, posted.len());
        gathered.found_on(case, vec![entry], Found::new(&R_47, sentence));
    }
    // What was declared and is not posted may be adverse, whatever other audits say.
    if !incomplete.is_empty() {
        let sentence = Sentence::new("audit-coverage-incomplete");
        gathered.unknown("audit-incomplete", sentence, incomplete);
    }
}

/// Whether every declared finding was posted, by the manifest.
pub(super) fn is_complete(audit: &Audit, posted: &[ExternalRef]) -> bool {
    manifest(posted) == audit.manifest && usize::from(audit.findings_total) == posted.len()
}

/// The references of the findings posted under the audit's report, by the same firm. A finding
/// that was superseded since was posted all the same.
pub(super) fn posted(
    case: &Case<'_>,
    by: &HistoryEntry,
    audit: &Audit,
    counts: impl Fn(&HistoryEntry) -> bool,
) -> Vec<ExternalRef> {
    let same_firm = by.standing().principal;
    let entries = case.history.findings_in(&audit.report_ref);
    let own = entries.filter(|entry| entry.standing().principal == same_firm && counts(entry));
    let references = own.filter_map(|entry| match entry.claim() {
        Some(Claim::Finding(finding)) => finding.external_ref,
        _ => None,
    });
    let mut references: Vec<_> = references.collect();
    references.sort();
    references.dedup();
    references
}
