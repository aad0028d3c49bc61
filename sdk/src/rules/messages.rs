//! The sentences of verdicts, in one place.
//!
//! Words of CLAIMS: reported, observed, indicator, needs inquiry, expired, recorded late, not
//! evaluated, unknown. Language: English. Reviewed: not yet by anybody outside the project.

use crate::claim::{Audit, ContractAttest, DocumentHolder, FeeLine, Finding, LicenceState};
use crate::id::AuthorId;
use crate::subject::SubjectId;
use crate::time::{Date, Month, Timestamp};

pub(super) fn worker_paid_fee(lines: &[&FeeLine]) -> String {
    if lines.is_empty() {
        return "workers are reported to have been charged, for what is not stated".into();
    }
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

pub(super) fn licence_not_named(recruiter: Option<&SubjectId>) -> String {
    match recruiter {
        Some(recruiter) => format!("no licence of the recruiter {recruiter} is known"),
        None => "neither a recruiter nor a licence is named".into(),
    }
}

pub(super) fn recruited_too_long(months: &[Month]) -> String {
    format!(
        "the recruitment lasted longer than what is looked at: known is {}, beyond is unknown",
        span(months)
    )
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

pub(super) fn status_says_nothing(status: &LicenceState) -> String {
    match status {
        LicenceState::NotFound => "the register no longer shows it, cause unknown".into(),
        LicenceState::UnderAppeal => {
            "a decision is under appeal; whether the licence is in force meanwhile is unknown"
                .into()
        }
        other => format!("what the status {other} means is unknown"),
    }
}

pub(super) fn no_register_statement() -> String {
    "no register statement".into()
}

pub(super) fn may_have_begun() -> String {
    "it may or may not have begun".into()
}

pub(super) fn nothing_so_early() -> String {
    "nothing is known of a time so early".into()
}

pub(super) fn nothing_so_late() -> String {
    "nothing was heard so late".into()
}

pub(super) fn changed_around_then() -> String {
    "the status changed around then, the day is not known".into()
}

pub(super) fn doubtful_status() -> String {
    "who said so has a forked feed or a compromised key".into()
}

pub(super) fn replacement_in_doubt(count: usize) -> String {
    format!(
        "meant to take the place of others, on a fork or with a compromised key: {}; which stands is unknown",
        statements(count)
    )
}

pub(super) fn rows_not_told_apart() -> String {
    "several rows of the register carry this name and are not told apart".into()
}

pub(super) fn too_many_related_ids() -> String {
    "more recruiters and licences are named than are looked at".into()
}

pub(super) fn alias_not_covered(id: &SubjectId) -> String {
    format!("{id} is reported to name the same party and was not asked about")
}

pub(super) fn standing_lost(count: usize) -> String {
    format!(
        "not counted, because the standing of their authors was revoked or had ended: {}; what they say is not settled",
        statements(count)
    )
}

pub(super) fn logs_missing(have: usize, need: usize) -> String {
    format!("{have} of {need} required logs were read")
}

pub(super) fn audit_missing() -> String {
    "no on-site audit made by an accepted auditor, within its validity, is known".into()
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
        "withheld, erased, broken or of a kind this version does not know: {}",
        statements(count)
    )
}

pub(super) fn author_silent(author: AuthorId, heard: Option<Timestamp>) -> String {
    match heard {
        Some(at) => format!("{author} was last heard of at {at}"),
        None => format!("{author} was never heard of"),
    }
}

fn statements(count: usize) -> String {
    if count == 1 {
        "1 statement".into()
    } else {
        format!("{count} statements")
    }
}

fn span(months: &[Month]) -> String {
    match months {
        [] => "no month".into(),
        [only] => only.to_string(),
        [first, .., last] => format!("{first} to {last} ({} months)", months.len()),
    }
}
