//! R-08 workers paid a fee; R-19 identity documents held.

use super::gathered::Found;
use super::index::said;
use super::lines::{carried, is_paid_by_worker};
use super::{Case, Effect, Gathered, Rule, messages, remedies};
use crate::claim::{Claim, ContractAttest, DocumentHolder, FeeLine, FeeStatement, Payer, Topic};
use crate::history::HistoryEntry;
use crate::messages::Sentence;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_08, &R_19];

static R_08: Rule = Rule {
    id: "R-08",
    fields: &[
        ("contract.attest", "fee_statement"),
        ("contract.attest", "fees"),
        ("finding", "fees"),
        ("finding", "topic"),
        ("remedy", "completed_on"),
        ("remedy", "verified_by"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed; one less for a repayment verified in full",
    effect: Effect::Adverse,
    ilo: &[9],
    source: "ILO definition of recruitment fees and related costs, 2019; Dhaka principle 1",
};

static R_19: Rule = Rule {
    id: "R-19",
    fields: &[("contract.attest", "documents_held_by")],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed; on request against receipt by itself",
    effect: Effect::Adverse,
    ilo: &[7],
    source: "ILO indicators of forced labour; Dhaka principle 4",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for entry in said(case, &["contract.attest", "finding"]) {
        match entry.claim() {
            Some(Claim::ContractAttest(attest)) if attest.recruited_from.first() <= case.as_of => {
                let charged = attest.fee_statement == FeeStatement::Charged;
                fee_lines(case, gathered, entry, &attest.fees, charged);
                if attest.fee_statement == FeeStatement::NotAssessed {
                    gathered.not_evaluated(&R_08, "fee_statement");
                } else {
                    gathered.evaluated(&R_08);
                }
                documents(case, gathered, entry, attest);
            }
            Some(Claim::Finding(finding)) if finding.found_on <= case.as_of => {
                fee_lines(case, gathered, entry, &finding.fees, false);
                let on_fees = matches!(finding.topic, Topic::Fees | Topic::Debt);
                if !finding.fees.is_empty() {
                    gathered.evaluated(&R_08);
                } else if on_fees && !finding.positive {
                    gathered.not_evaluated(&R_08, "fees");
                }
            }
            _ => {}
        }
    }
}

/// A fee is adverse whether or not the finding that reports it is closed by now: a repayment
/// that is verified in full lowers it by one. `charged` says so without a line.
fn fee_lines(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    fees: &[FeeLine],
    charged: bool,
) {
    let paid: Vec<_> = fees.iter().filter(|line| is_paid_by_worker(line)).collect();
    let unclear = |line: &&FeeLine| matches!(line.payer, Payer::Other(_));
    for _ in fees.iter().filter(unclear) {
        gathered.not_evaluated(&R_08, "payer");
    }
    if paid.is_empty() && !charged {
        return;
    }
    let found = Found::new(&R_08, messages::worker_paid_fee(&paid));
    let Some((remedy, by, completed)) = remedies::verified(case, entry) else {
        return gathered.found(case, entry, found);
    };
    let weight = remedies::lowered(case, found.weight(case), completed);
    let weight = entry
        .claim()
        .map_or(weight.min(3), |claim| carried(claim, weight));
    let sentence = Sentence::new("fee-repaid")
        .with("paid", found.sentence)
        .with_text(
            "verifier",
            by.verified_by
                .iter()
                .map(ToString::to_string)
                .collect::<String>(),
        )
        .with_text("completed", completed);
    let found = Found::new(&R_08, sentence).of_severity(weight);
    gathered.found_on(case, vec![entry, remedy], found);
}

/// Whether somebody else holds the documents of workers, and in which case of R-19; `None` for
/// workers themselves and where nobody looked.
pub(super) fn documents_case(attest: &ContractAttest) -> Option<&'static str> {
    use DocumentHolder as Holder;
    match &attest.documents_held_by {
        Some(Holder::Employer | Holder::Agent | Holder::LockedStorageNoAccess) => Some("held"),
        Some(Holder::EmployerOnRequestReceipt) => Some("on-receipt"),
        _ => None,
    }
}

///
fn documents(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    attest: &ContractAttest,
) {
    let Some(holding) = documents_case(attest) else {
        if attest.documents_held_by == Some(DocumentHolder::Worker) {
            gathered.evaluated(&R_19);
        } else {
            gathered.not_evaluated(&R_19, "documents_held_by");
        }
        return;
    };
    gathered.evaluated(&R_19);
    let found = Found::new(&R_19, messages::documents_held(attest)).case(holding);
    gathered.found(case, entry, found);
}
