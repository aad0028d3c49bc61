//! Statements that do not go together: R-14 nobody was charged, and somebody reports that workers
//! paid.

use super::closing::within_months;
use super::gathered::Found;
use super::index::{attestations, said_anywhere};
use super::lines::{carried, is_paid_by_worker};
use super::recruitment::is_recruiter;
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{Channel, Claim, Common, ContractAttest, FeeStatement, Finding, Topic};
use crate::history::HistoryEntry;
use crate::id::EntryId;
use crate::messages::Sentence;
use crate::subject::SubjectId;
use crate::time::Date;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

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
    let reports = Reports::of(case);
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
        if reports.lack_parties_of(case, attest, &ids) {
            gathered.not_evaluated(&R_14, "parties");
        }
        let against = reports.against(case, attest, &ids);
        if against.iter().any(|against| against.is_undecided) {
            gathered.not_evaluated(&R_14, "origin");
        }
        for report in against.iter().filter_map(|against| against.strongest) {
            found(case, gathered, entry, report);
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
#[derive(Clone, Copy)]
struct Report<'a> {
    entry: &'a HistoryEntry,
    claim: &'a Claim,
    from: Date,
    to: Date,
    /// Whether it is about the subjects asked about, not only about a recruiter of theirs.
    own: bool,
}

/// Reports of fees, the strongest first, by whom they name as recruiter.
struct Reports<'a> {
    /// About the subjects, and about others.
    named: [BTreeMap<&'a SubjectId, Vec<Report<'a>>>; 2],
    /// Those about the subjects that name no recruiter.
    of_site: Vec<Report<'a>>,
}

/// What reports say against one attestation.
#[derive(Default)]
struct Against<'r, 'a> {
    strongest: Option<&'r Report<'a>>,
    /// Of a stronger one it cannot be told whether it speaks of the same corridor.
    is_undecided: bool,
}

impl<'a> Reports<'a> {
    fn of(case: &Case<'a>) -> Self {
        let mut reports = Self {
            named: <[BTreeMap<_, _>; 2]>::default(),
            of_site: Vec::new(),
        };
        let subjects = case.history.subjects();
        for entry in said_anywhere(case, &["contract.attest", "finding"]) {
            let Some(claim) = entry.claim() else {
                continue;
            };
            let of_time = time_of_fees(claim).filter(|(from, _)| *from <= case.as_of);
            if let Some((from, to)) = of_time {
                let own = subjects.iter().any(|id| entry.names(id));
                reports.take(Report {
                    entry,
                    claim,
                    from,
                    to,
                    own,
                });
            }
        }
        let named = reports.named.iter_mut().flat_map(BTreeMap::values_mut);
        for list in named.chain([&mut reports.of_site]) {
            list.sort_by_key(Report::order);
        }
        reports
    }

    fn take(&mut self, report: Report<'a>) {
        let licences: &[SubjectId] = match report.claim {
            Claim::ContractAttest(attest) => &attest.licences,
            _ => &[],
        };
        let recruiters = recruiters(report.claim.common(), licences);
        if recruiters.is_empty() && report.own {
            // A finding that names no recruiter is about the site itself.
            self.of_site.push(report);
        }
        let [own, elsewhere] = &mut self.named;
        let named = if report.own { own } else { elsewhere };
        for id in recruiters {
            named.entry(id).or_default().push(report);
        }
    }

    /// Whether an attestation names no recruiter, though somebody was between, and reports about the
    /// same ids name theirs: whether they speak of the same one cannot be told.
    fn lack_parties_of(
        &self,
        case: &Case<'_>,
        attest: &ContractAttest,
        ids: &BTreeSet<&SubjectId>,
    ) -> bool {
        let direct = matches!(attest.channel, Some(Channel::Direct | Channel::Government));
        let [own, _] = &self.named;
        let mut reports = own.values().flatten();
        ids.is_empty() && !direct && reports.any(|report| report.is_near(case, attest))
    }

    /// The strongest report of the same recruiter, corridor and time that is about the subjects, and
    /// the strongest that is not.
    fn against(
        &self,
        case: &Case<'_>,
        attest: &ContractAttest,
        ids: &BTreeSet<&SubjectId>,
    ) -> [Against<'_, 'a>; 2] {
        let mut found = <[Against<'_, 'a>; 2]>::default();
        for (against, named) in found.iter_mut().zip(&self.named) {
            for list in ids.iter().filter_map(|id| named.get::<SubjectId>(id)) {
                against.take(case, attest, list);
            }
        }
        let [own, _] = &mut found;
        own.take(case, attest, &self.of_site);
        found
    }
}

impl<'r, 'a> Against<'r, 'a> {
    /// Takes the first of a list that contradicts, if it is stronger than what is known.
    fn take(&mut self, case: &Case<'_>, attest: &ContractAttest, list: &'r [Report<'a>]) {
        for report in list {
            let known = self.strongest.map(Report::order);
            if known.is_some_and(|known| known <= report.order()) {
                return;
            }
            match report.contradicts(case, attest) {
                Some(true) => self.strongest = Some(report),
                Some(false) => {}
                None => self.is_undecided = true,
            }
        }
    }
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
    fn order(&self) -> (Reverse<u8>, EntryId) {
        (Reverse(carried(self.claim, u8::MAX)), self.entry.id())
    }

    fn is_near(&self, case: &Case<'_>, attest: &ContractAttest) -> bool {
        let months = case.policy.settings().zero_fee_window_months;
        within_months(attest.recruited_to.last(), self.from, months)
            && within_months(self.to, attest.recruited_from.first(), months)
    }

    /// Whether it speaks of the same corridor and time; `None` where that cannot be told without an
    /// origin.
    fn contradicts(&self, case: &Case<'_>, attest: &ContractAttest) -> Option<bool> {
        if !self.is_near(case, attest) {
            return Some(false);
        }
        match self.claim {
            Claim::ContractAttest(other) => {
                let to = other.destination.country == attest.destination.country;
                let from = other.origin.as_ref()?.country == attest.origin.as_ref()?.country;
                Some(from && to)
            }
            _ => Some(true),
        }
    }
}
