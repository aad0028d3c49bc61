//! R-08 workers paid a fee; R-19 identity documents held.

use super::lines::{carried, counts_against, is_paid_by_worker, marks};
use super::{Case, Gathered, Indicator, messages};
use crate::claim::{Claim, ContractAttest, DocumentHolder, FeeLine, FeeStatement};
use crate::history::HistoryEntry;

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for entry in case.history.own().filter(|entry| counts_against(entry)) {
        match entry.claim() {
            Some(claim @ Claim::ContractAttest(attest))
                if attest.recruited_from.first() <= case.as_of =>
            {
                let charged = attest.fee_statement == FeeStatement::Charged;
                fee_lines(case, gathered, entry, claim, &attest.fees, charged);
                if attest.fee_statement == FeeStatement::NotAssessed {
                    gathered.not_evaluated("R-08", "fee_statement");
                }
                documents(case, gathered, entry, claim, attest);
            }
            Some(claim @ Claim::Finding(finding)) if finding.found_on <= case.as_of => {
                fee_lines(case, gathered, entry, claim, &finding.fees, false);
            }
            _ => {}
        }
    }
}

/// A fee is adverse whether or not the finding that reports it is closed by now: repayment
/// is what lowers it, and that is another statement. `charged` says so without a line.
fn fee_lines(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    claim: &Claim,
    fees: &[FeeLine],
    charged: bool,
) {
    let paid: Vec<_> = fees.iter().filter(|line| is_paid_by_worker(line)).collect();
    if paid.is_empty() && !charged {
        return;
    }
    gathered.indicators.push(Indicator {
        rule: "R-08",
        severity: carried(claim, 4),
        ilo: &[9],
        sentence: messages::worker_paid_fee(&paid),
        rests_on: vec![entry.id()],
        marks: marks(case, entry),
        adverse: true,
    });
}

/// How bad it is who holds the documents, before the evidence is weighed; `None` for workers
/// themselves and where nobody looked.
pub(super) fn documents_severity(attest: &ContractAttest) -> Option<u8> {
    use DocumentHolder as Holder;
    match &attest.documents_held_by {
        Some(Holder::Employer | Holder::Agent | Holder::LockedStorageNoAccess) => Some(5),
        Some(Holder::EmployerOnRequestReceipt) => Some(2),
        _ => None,
    }
}

///
fn documents(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    claim: &Claim,
    attest: &ContractAttest,
) {
    let Some(severity) = documents_severity(attest) else {
        if attest.documents_held_by != Some(DocumentHolder::Worker) {
            gathered.not_evaluated("R-19", "documents_held_by");
        }
        return;
    };
    let severity = carried(claim, severity);
    gathered.indicators.push(Indicator {
        rule: "R-19",
        severity,
        ilo: &[7],
        sentence: messages::documents_held(attest),
        rests_on: vec![entry.id()],
        marks: marks(case, entry),
        adverse: severity >= case.policy.settings().adverse_from_severity,
    });
}
