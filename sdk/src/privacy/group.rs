//! What may be said of the people a remedy or a complaint channel is about, beyond what holds of
//! every kind.

use crate::claim::{Band, GrievanceStat, PartialDate, Problems, Remedy, TopicBand};
use crate::reason::Reason;

const FEW_AMOUNTS: &str = "no amounts of fewer than ten people";
const FEW_YEAR: &str = "a year at best for fewer than ten people";

fn refuse(shown: bool, field: &'static str, detail: &'static str, problems: &mut Problems) {
    if shown {
        problems.add(Reason::PrivacyBand, field, detail);
    }
}

fn year(field: &'static str, date: Option<PartialDate>, problems: &mut Problems) {
    let finer = matches!(date, Some(PartialDate::Day(_) | PartialDate::Month(_)));
    refuse(finer, field, FEW_YEAR, problems);
}

/// What a few of many have been paid shows what each of them was.
pub(super) fn check_remedy(claim: &Remedy, problems: &mut Problems) {
    if claim.workers_paid != Some(Band::Few) || claim.workers_owed == Some(Band::Few) {
        return;
    }
    refuse(
        claim.paid_total.is_some(),
        "paid_total",
        FEW_AMOUNTS,
        problems,
    );
    year("discovered_on", claim.discovered_on, problems);
    year("planned_on", claim.planned_on, problems);
    year("completed_on", claim.completed_on, problems);
    year("retaliation_check_on", claim.retaliation_check_on, problems);
    year("valid_from", claim.valid_from, problems);
    year("valid_to", claim.valid_to, problems);
}

pub(super) fn check_grievances(claim: &GrievanceStat, problems: &mut Problems) {
    let detail = "a month at best: days find single people";
    let periods = [
        ("period_from", Some(claim.period_from)),
        ("period_to", Some(claim.period_to)),
        ("valid_from", claim.valid_from),
        ("valid_to", claim.valid_to),
    ];
    for (field, date) in periods {
        // For few, a year at best is said already.
        let by_day = matches!(date, Some(PartialDate::Day(_))) && claim.received != Band::Few;
        refuse(by_day, field, detail, problems);
    }
    let few = |line: &TopicBand| line.received <= Band::Few;
    refuse(
        claim.topics.iter().any(few),
        "topics",
        "no topic that fewer than ten people complained of",
        problems,
    );
    refuse(
        claim.median_days.is_some() && claim.resolved <= Some(Band::Few),
        "median_days",
        "none for fewer than ten complaints",
        problems,
    );
}
