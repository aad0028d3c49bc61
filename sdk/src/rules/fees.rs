//! R-08 workers paid a fee; R-19 identity documents held.

use super::lines::{carried, counts_against, marks};
use super::{Case, Gathered, Indicator, messages};
use crate::claim::{Claim, ContractAttest, DocumentHolder, FeeLine};
use crate::history::HistoryEntry;

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for entry in case.history.own().filter(|entry| counts_against(entry)) {
        match entry.claim() {
            Some(claim @ Claim::ContractAttest(attest))
                if attest.recruited_from.first() <= case.as_of =>
            {
                fee_lines(case, gathered, entry, claim, &attest.fees);
                documents(case, gathered, entry, claim, attest);
            }
            Some(claim @ Claim::Finding(finding)) if finding.found_on <= case.as_of => {
                fee_lines(case, gathered, entry, claim, &finding.fees);
            }
            _ => {}
        }
    }
}

/// A fee is adverse whether or not the finding that reports it is closed by now: repayment
/// is what lowers it, and that is another statement.
fn fee_lines(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    claim: &Claim,
    fees: &[FeeLine],
) {
    let nothing = |line: &FeeLine| line.highest.as_ref().is_some_and(|m| m.minor_units() == 0);
    let paid: Vec<_> = fees
        .iter()
        .filter(|line| line.paid_by_worker() && !nothing(line))
        .collect();
    if paid.is_empty() {
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

///
fn documents(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    claim: &Claim,
    attest: &ContractAttest,
) {
    use DocumentHolder as Holder;
    let severity = match &attest.documents_held_by {
        Some(Holder::Employer | Holder::Agent | Holder::LockedStorageNoAccess) => carried(claim, 5),
        Some(Holder::EmployerOnRequestReceipt) => 2,
        Some(Holder::Worker) => return,
        _ => {
            gathered.not_evaluated("R-19", "documents_held_by");
            return;
        }
    };
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
