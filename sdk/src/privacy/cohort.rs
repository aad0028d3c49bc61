//! What may be said of a group, by its size.

use crate::claim::{
    Band, ClaimContext, ContractAttest, Deposit, FeeLine, Finding, PartialDate, Place, Problems,
};
use crate::entry::Audience;
use crate::reason::Reason;

/// Digits of an occupation that a group below fifty people may be given.
const COARSE_OCCUPATION: usize = 2;

pub(super) fn check_contract(
    claim: &ContractAttest,
    context: &ClaimContext<'_>,
    problems: &mut Problems,
) {
    let mut floor = Floor { problems };
    let recruited = [
        ("recruited_from", Some(claim.recruited_from)),
        ("recruited_to", Some(claim.recruited_to)),
        ("valid_from", claim.valid_from),
        ("valid_to", claim.valid_to),
    ];
    for (field, date) in recruited {
        let by_day = matches!(date, Some(PartialDate::Day(_)));
        floor.refuse(by_day, field, "a month at best: days find single people");
    }
    if claim.size < Band::From50 {
        floor.below_fifty(claim);
    }
    if claim.size <= Band::Few {
        floor.few(claim);
        if context.audience == Audience::Public {
            floor.few_in_public(claim);
        }
    }
    floor.lines(&claim.fees);
}

pub(super) fn check_finding(finding: &Finding, problems: &mut Problems) {
    let mut floor = Floor { problems };
    floor.lines(&finding.fees);
    if finding.affected == Some(Band::Few) {
        let amounts = finding.fees.iter().any(FeeLine::has_amounts);
        floor.refuse(amounts, "fees", FEW_AMOUNTS);
        floor.year("period_from", finding.period_from);
        floor.year("period_to", finding.period_to);
        floor.years_of_lines(&finding.fees);
    }
}

const FEW_AMOUNTS: &str = "no amounts of fewer than ten people";
const FEW_YEAR: &str = "a year at best for fewer than ten people";

struct Floor<'a> {
    problems: &'a mut Problems,
}

impl Floor<'_> {
    fn refuse(&mut self, shown: bool, field: &'static str, detail: &'static str) {
        if shown {
            self.problems.add(Reason::PrivacyBand, field, detail);
        }
    }

    fn year(&mut self, field: &'static str, date: Option<PartialDate>) {
        let finer = matches!(date, Some(PartialDate::Day(_) | PartialDate::Month(_)));
        self.refuse(finer, field, FEW_YEAR);
    }

    fn below_fifty(&mut self, claim: &ContractAttest) {
        let fine = |place: &Place| place.subdivision.is_some();
        let detail = "the country only, below fifty people";
        self.refuse(claim.origin.as_ref().is_some_and(fine), "origin", detail);
        self.refuse(fine(&claim.destination), "destination", detail);
        let occupation = claim.occupation.as_ref();
        self.refuse(
            occupation.is_some_and(|isco| isco.precision() > COARSE_OCCUPATION),
            "occupation",
            "two digits at most, below fifty people",
        );
    }

    fn few(&mut self, claim: &ContractAttest) {
        let detail = "none for fewer than ten people";
        self.refuse(claim.occupation.is_some(), "occupation", detail);
        self.year("recruited_from", Some(claim.recruited_from));
        self.year("recruited_to", Some(claim.recruited_to));
        self.year("valid_from", claim.valid_from);
        self.year("valid_to", claim.valid_to);
        self.years_of_lines(&claim.fees);
        self.refuse(claim.wage.is_some(), "wage", FEW_AMOUNTS);
        self.refuse(claim.exit_penalty.is_some(), "exit_penalty", FEW_AMOUNTS);
        let deposit = |deposit: &Deposit| deposit.amount.is_some();
        self.refuse(claim.deposits.iter().any(deposit), "deposits", FEW_AMOUNTS);
        let amounts = claim.fees.iter().any(FeeLine::has_amounts);
        self.refuse(amounts, "fees", FEW_AMOUNTS);
    }

    /// What points at single people for those who hold the matching list.
    fn few_in_public(&mut self, claim: &ContractAttest) {
        let listed = [
            ("job_order", claim.job_order.is_some()),
            ("authority_approval", claim.authority_approval.is_some()),
            ("cohort_languages", !claim.cohort_languages.is_empty()),
        ];
        for (field, shown) in listed {
            if shown {
                let detail = "not in public for fewer than ten people";
                self.problems.add(Reason::PrivacyAudience, field, detail);
            }
        }
    }

    /// A line that few people paid shows those few, however large the group is.
    fn lines(&mut self, fees: &[FeeLine]) {
        let few = |line: &&FeeLine| line.payers == Some(Band::Few);
        for line in fees.iter().filter(few) {
            self.refuse(line.has_amounts(), "fees", FEW_AMOUNTS);
            self.year("fees", line.discovered_on);
        }
    }

    fn years_of_lines(&mut self, fees: &[FeeLine]) {
        for line in fees {
            self.year("fees", line.discovered_on);
        }
    }
}
