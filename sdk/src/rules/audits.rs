//! R-47 audit results incomplete: declared findings that were not posted.

use super::lines::{counts_against, counts_for, marks};
use super::{Case, Gathered, Indicator, messages};
use crate::claim::{Audit, Claim, ExternalRef, manifest};
use crate::history::HistoryEntry;

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for (entry, audit) in audits(case) {
        let posted = posted(case, entry, audit);
        if is_complete(audit, &posted) {
            continue;
        }
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
}

/// The audits about the subjects that count and had ended on the date asked about.
pub(super) fn audits<'a>(
    case: &Case<'a>,
) -> impl Iterator<Item = (&'a HistoryEntry, &'a Audit)> + use<'a> {
    let as_of = case.as_of;
    case.history
        .own()
        .filter(|entry| counts_for(entry))
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
pub(super) fn posted(case: &Case<'_>, by: &HistoryEntry, audit: &Audit) -> Vec<ExternalRef> {
    let same_report = |entry: &&HistoryEntry| {
        entry.standing().principal == by.standing().principal
            && (counts_against(entry) || entry.is_replaced())
    };
    let own = case.history.own().filter(same_report);
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
