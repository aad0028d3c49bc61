//! Statements that do not go together: R-14 nobody was charged, and somebody reports that workers
//! paid.

use super::closing::within_months;
use super::gathered::Found;
use super::lines::{carried, counts_against, is_paid_by_worker};
use super::recruitment::{attestations, is_recruiter};
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{Channel, Claim, Common, ContractAttest, FeeStatement, Finding, Topic};
use crate::history::HistoryEntry;
use crate::messages::Sentence;
use crate::subject::SubjectId;
use crate::time::Date;
use std::collections::BTreeSet;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_14];

static R_14: Rule = Rule {
    id: "R-14",
    fields: &[
        ("contract.attest", "channel"),
        ("contract.attest", "fee_statement"),
        ("contract.attest", "fees"),
        ("contract.attest", "licences"),
        ("contract.attest", "origin"),
        ("contract.attest", "parties"),
        ("contract.attest", "recruited_from"),
        ("contract.attest", "recruited_to"),
        ("finding", "fees"),
        ("finding", "found_on"),
        ("finding", "parties"),
        ("finding", "topic"),
    ],
    basis: "both statements; as strong as the report of fees",
    severity: "at most 3 below observed; a report from another site is context",
    effect: Effect::Inquiry,
    ilo: &[2, 9],
    source: "our own; setting zero_fee_window_months",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    let reports = reports(case);
    for (entry, attest) in attestations(case) {
        match attest.fee_statement {
            FeeStatement::NoneCharged => {}
            FeeStatement::NotAssessed => {
                gathered.not_evaluated(&R_14, "fee_statement");
                continue;
            }
            FeeStatement::Charged => continue,
        }
        gathered.evaluated(&R_14);
        let ids = recruiters(attest.common(), &attest.licences);
        for report in &reports {
            match report.contradicts(case, attest, &ids) {
                Ok(true) => found(case, gathered, entry, report),
                Ok(false) => {}
                Err(lacking) => gathered.not_evaluated(&R_14, lacking),
            }
        }
    }
}

fn found(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, report: &Report<'_>) {
    let id = if report.own {
        "fee-contradicted"
    } else {
        "fee-contradicted-elsewhere"
    };
    let found = Found::new(&R_14, Sentence::new(id));
    let weight = found.weight(case);
    let found = found.of_severity(carried(report.claim, weight));
    let found = if report.own {
        found
    } else {
        found.with_effect(Effect::Context)
    };
    gathered.found_on(case, vec![entry, report.entry], found);
}

/// A statement that workers paid.
struct Report<'a> {
    entry: &'a HistoryEntry,
    claim: &'a Claim,
    recruiters: BTreeSet<&'a SubjectId>,
    from: Date,
    to: Date,
    /// Whether it is about the subjects asked about, not only about a recruiter of theirs.
    own: bool,
}

fn reports<'a>(case: &Case<'a>) -> Vec<Report<'a>> {
    let own: BTreeSet<_> = case.history.own().map(HistoryEntry::id).collect();
    let entries = case.history.entries().iter();
    let entries = entries.filter(|entry| counts_against(entry));
    entries
        .filter_map(|entry| {
            let claim = entry.claim()?;
            let (from, to) = time_of_fees(claim)?;
            let recruiters = match claim {
                Claim::ContractAttest(attest) => recruiters(claim.common(), &attest.licences),
                _ => recruiters(claim.common(), &[]),
            };
            let own = own.contains(&entry.id());
            (from <= case.as_of).then_some(Report {
                entry,
                claim,
                recruiters,
                from,
                to,
                own,
            })
        })
        .collect()
}

/// The time of which a statement says that workers paid.
fn time_of_fees(claim: &Claim) -> Option<(Date, Date)> {
    match claim {
        Claim::ContractAttest(attest) => {
            let charged = attest.fee_statement == FeeStatement::Charged;
            let paid = charged || attest.fees.iter().any(is_paid_by_worker);
            paid.then(|| (attest.recruited_from.first(), attest.recruited_to.last()))
        }
        Claim::Finding(finding) => {
            reports_fees(finding).then_some((finding.found_on, finding.found_on))
        }
        _ => None,
    }
}

fn reports_fees(finding: &Finding) -> bool {
    let topic = matches!(finding.topic, Topic::Fees | Topic::Debt);
    topic && !finding.positive || finding.fees.iter().any(is_paid_by_worker)
}

/// Who recruited, and under which licences.
fn recruiters<'a>(common: Common<'a>, licences: &'a [SubjectId]) -> BTreeSet<&'a SubjectId> {
    let parties = common.parties.iter();
    let recruiters = parties.filter(|party| is_recruiter(&party.role));
    recruiters
        .map(|party| &party.subject)
        .chain(licences)
        .collect()
}

impl Report<'_> {
    /// Whether it speaks of the same recruiter, corridor and time; the field without which that
    /// cannot be told.
    fn contradicts(
        &self,
        case: &Case<'_>,
        attest: &ContractAttest,
        ids: &BTreeSet<&SubjectId>,
    ) -> Result<bool, &'static str> {
        // A finding that names no recruiter is about the site itself.
        let same = if self.recruiters.is_empty() {
            self.own
        } else {
            !self.recruiters.is_disjoint(ids)
        };
        let months = case.policy.settings().zero_fee_window_months;
        let near = within_months(attest.recruited_to.last(), self.from, months)
            && within_months(self.to, attest.recruited_from.first(), months);
        let direct = matches!(attest.channel, Some(Channel::Direct | Channel::Government));
        if near && self.own && ids.is_empty() && !direct && !self.recruiters.is_empty() {
            return Err("parties");
        }
        if !same || !near {
            return Ok(false);
        }
        match self.claim {
            Claim::ContractAttest(other) => {
                let to = other.destination.country == attest.destination.country;
                let origins = other.origin.as_ref().zip(attest.origin.as_ref());
                let (one, another) = origins.ok_or("origin")?;
                Ok(one.country == another.country && to)
            }
            _ => Ok(true),
        }
    }
}
