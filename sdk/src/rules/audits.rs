//! R-47 audit results incomplete: declared findings that were not posted.

use super::lines::{counts_against, marks};
use super::{Case, Gathered, Indicator, messages};
use crate::claim::{Audit, Claim, ExternalRef, manifest};
use crate::history::HistoryEntry;

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let mut incomplete = Vec::new();
    for (entry, audit) in audits(case) {
        let posted = posted(case, entry, audit, |entry| {
            counts_against(entry) || entry.is_replaced()
        });
        if is_complete(audit, &posted) {
            continue;
        }
        incomplete.push(entry.id());
        gathered.indicators.push(Indicator {
            rule: "R-47",
            severity: 3,
            ilo: &[],
            sentence: messages::audit_incomplete(audit, posted.len()),
            rests_on: vec![entry.id()],
            marks: marks(case, entry),
            adverse: false,
        });
    }
    // What was declared and is not posted may be adverse, whatever other audits say.
    if !incomplete.is_empty() {
        let sentence = messages::audit_coverage_incomplete();
        gathered.unknown("audit-incomplete", sentence, incomplete);
    }
}

/// The audits about the subjects that had ended on the date asked about; off the path too.
pub(super) fn audits<'a>(
    case: &Case<'a>,
) -> impl Iterator<Item = (&'a HistoryEntry, &'a Audit)> + use<'a> {
    let as_of = case.as_of;
    case.history
        .own()
        .filter(|entry| counts_against(entry))
        .filter_map(move |entry| match entry.claim() {
            Some(Claim::Audit(audit)) if audit.ended_on <= as_of => Some((entry, &**audit)),
            _ => None,
        })
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
    let entries = case.history.entries().iter();
    let own = entries.filter(|entry| entry.standing().principal == same_firm && counts(entry));
    let references = own.filter_map(|entry| match entry.claim() {
        Some(Claim::Finding(finding)) if finding.report_ref.as_ref() == Some(&audit.report_ref) => {
            finding.external_ref
        }
        _ => None,
    });
    let mut references: Vec<_> = references.collect();
    references.sort();
    references.dedup();
    references
}
