//! When what an entry states happened.

use crate::claim::{Claim, Effective, PartialDate};
use crate::history::HistoryEntry;
use crate::time::Date;

/// First and last day, as precise as stated; `None` where an entry is about no event, or its claim
/// is not here.
pub(super) fn happened(entry: &HistoryEntry) -> Option<(Date, Date)> {
    let claim = entry.claim()?;
    let own = match claim {
        Claim::Audit(audit) => Some((audit.started_on, audit.ended_on)),
        Claim::AuditStatus(status) => Some((status.on, status.on)),
        Claim::Certificate(certificate) => Some(day(certificate.issued_on)),
        Claim::CertificateStatus(status) => Some(effective(&status.effective)),
        Claim::ContractAttest(attest) => {
            Some((attest.recruited_from.first(), attest.recruited_to.last()))
        }
        Claim::Finding(finding) => {
            let from = finding.period_from.map(PartialDate::first);
            Some((
                from.unwrap_or(finding.found_on).min(finding.found_on),
                finding.found_on,
            ))
        }
        Claim::GrievanceStat(stat) => Some((stat.period_from.first(), stat.period_to.last())),
        Claim::LicenceStatus(status) => Some(effective(&status.effective)),
        Claim::Listing(listing) => listing.listed_on.as_ref().map(effective),
        Claim::RegisterSnapshot(snapshot) => Some(day(snapshot.listed_on)),
        _ => None,
    };
    own.or_else(|| {
        let from = claim.common().valid_from?;
        Some((from.first(), from.last()))
    })
}

const fn day(day: Date) -> (Date, Date) {
    (day, day)
}

fn effective(effective: &Effective) -> (Date, Date) {
    match effective {
        Effective::On(day) => (*day, *day),
        Effective::Between { after, by } => (after.unwrap_or(*by), *by),
    }
}
