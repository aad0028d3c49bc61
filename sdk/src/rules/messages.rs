//! The sentences of verdicts, in one place.
//!
//! Words of CLAIMS: reported, observed, indicator, needs inquiry, expired, recorded late, not
//! evaluated, unknown. Language: English. Reviewed: not yet by anybody outside the project.

use crate::claim::{Audit, ContractAttest, DocumentHolder, FeeLine, Finding};
use crate::id::AuthorId;
use crate::subject::SubjectId;
use crate::time::{Date, Month, Timestamp};

pub(super) fn worker_paid_fee(lines: &[&FeeLine]) -> String {
    let sorts: std::collections::BTreeSet<_> = lines
        .iter()
        .map(|line| line.category.to_string().replace('_', " "))
        .collect();
    let sorts: Vec<_> = sorts.into_iter().collect();
    let amounts = lines.iter().filter_map(|line| line.highest.as_ref());
    let highest: Vec<_> = amounts.map(|money| format!("up to {money}")).collect();
    let amount = if highest.is_empty() {
        String::new()
    } else {
        format!(", {}", highest.join(", "))
    };
    format!(
        "workers are reported to have paid for {}{amount}",
        sorts.join(", ")
    )
}

pub(super) fn documents_held(attest: &ContractAttest) -> String {
    match &attest.documents_held_by {
        Some(DocumentHolder::EmployerOnRequestReceipt) => {
            "the employer is reported to hold identity documents on request, against receipt: needs inquiry".into()
        }
        Some(holder) => {
            let holder = holder.to_string().replace('_', " ");
            format!("identity documents are reported to be held by: {holder}")
        }
        None => "who holds identity documents is unknown".into(),
    }
}

pub(super) fn finding_overdue(finding: &Finding, due: Date) -> String {
    let topic = finding.topic.to_string().replace('_', " ");
    format!(
        "a finding about {topic}, reported on {}, was due on {due} and is open",
        finding.found_on
    )
}

pub(super) fn audit_incomplete(audit: &Audit, posted: usize) -> String {
    format!(
        "the audit {} declared {} findings, {posted} are posted: results incomplete, needs inquiry",
        audit.report_ref, audit.findings_total
    )
}

pub(super) fn licence_not_named() -> String {
    "the attestation names no licence of the recruiter".into()
}

pub(super) fn licence_unknown(licence: &SubjectId, months: &[Month]) -> String {
    format!(
        "the status of {licence} is not known through {}",
        span(months)
    )
}

pub(super) fn licence_lapsed(licence: &SubjectId, months: &[Month]) -> String {
    format!(
        "workers are reported to have been recruited in {} while {licence} was suspended, expired or otherwise out of force",
        span(months)
    )
}

pub(super) fn no_licence(licence: &SubjectId, months: &[Month]) -> String {
    format!(
        "no licence was in force under {licence} when workers were recruited in {}",
        span(months)
    )
}

pub(super) fn logs_missing(have: usize, need: usize) -> String {
    format!("{have} of {need} required logs were read")
}

pub(super) fn audit_missing() -> String {
    "no on-site audit by an accepted auditor, within its validity, is known".into()
}

pub(super) fn audit_coverage_incomplete() -> String {
    "not all findings that the audit declared are posted".into()
}

pub(super) fn fee_not_assessed() -> String {
    "whether workers were charged was not assessed".into()
}

pub(super) fn attestation_missing() -> String {
    "no statement on how workers were recruited is known".into()
}

pub(super) fn claims_unreadable(count: usize) -> String {
    format!(
        "{count} statements are withheld, erased, broken or of a kind this version does not know"
    )
}

pub(super) fn author_silent(author: AuthorId, heard: Option<Timestamp>) -> String {
    match heard {
        Some(at) => format!("{author} was last heard of at {at}"),
        None => format!("{author} was never heard of"),
    }
}

fn span(months: &[Month]) -> String {
    match months {
        [] => "no month".into(),
        [only] => only.to_string(),
        [first, .., last] => format!("{first} to {last} ({} months)", months.len()),
    }
}
