//! How work is paid and how long it lasts: R-23 wages late, R-24 deductions, R-25 hours and rest.

use super::contracts::{Answer, Ask, Contract};
use super::gathered::Found;
use super::{Effect, Rule};
use crate::claim::{Interval, ShareBand};
use crate::messages::{Sentence, Value};

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_23, &R_24, &R_25];

/// How they ask.
pub(super) const ASKS: &[Ask] = &[(&R_23, interval), (&R_24, deductions), (&R_25, hours)];

pub(super) static R_23: Rule = Rule {
    id: "R-23",
    fields: &[
        ("contract.attest", "pay_interval"),
        ("finding", "severity"),
        ("finding", "topic"),
        ("finding.status", "state"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[8],
    source: "the setting pay_interval_days_max; ILO indicators of forced labour",
};

static R_24: Rule = Rule {
    id: "R-24",
    fields: &[
        ("contract.attest", "total_deductions"),
        ("contract.attest", "food_deduction"),
        ("contract.attest", "housing_deduction"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[8],
    source: "our setting deductions_percent_max; ILO C95, unchecked",
};

static R_25: Rule = Rule {
    id: "R-25",
    fields: &[
        ("contract.attest", "hours_week"),
        ("contract.attest", "overtime_week_max"),
        ("contract.attest", "rest_days_week"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed; normal hours alone by themselves",
    effect: Effect::Adverse,
    ilo: &[11],
    source: "the settings hours_week_max, hours_normal_max and rest_days_week_min; RBA code; ILO C1, C14",
};

/// Whether a finding says that wages were withheld is asked where findings are.
fn interval(contract: &Contract<'_>) -> Answer {
    let most = contract.settings.pay_interval_days_max;
    let lacking = Answer::Lacks(vec!["pay_interval"]);
    let days = match &contract.attest.pay_interval {
        Some(Interval::Hour | Interval::Day) => 1,
        Some(Interval::Week) => 7,
        Some(Interval::Fortnight) => 14,
        Some(Interval::Month) => 31,
        // At least a day longer than a month; how much longer nobody says.
        Some(Interval::Longer) if most < 32 => 32,
        Some(Interval::Longer | Interval::Other(_)) | None => return lacking,
    };
    if days <= most {
        return Answer::Nothing;
    }
    let interval = contract.attest.pay_interval.as_ref().map(Value::word);
    let sentence = Sentence::new("wages-late").with("interval", interval.unwrap_or("".into()));
    Answer::Found(Found::new(&R_23, sentence))
}

/// A band that reaches over the setting is neither above nor below it.
fn deductions(contract: &Contract<'_>) -> Answer {
    let attest = contract.attest;
    let most = contract.settings.deductions_percent_max;
    let named = [
        ("deductions-housing", attest.housing_deduction),
        ("deductions-food", attest.food_deduction),
    ];
    let named = named.into_iter().filter_map(|(id, band)| Some((id, band?)));
    let (total, shares): (_, Vec<_>) = match attest.total_deductions {
        Some(total) => (Some(percent(total)), vec![("deductions-total", total)]),
        None => (None, named.collect()),
    };
    let bands = shares.iter().map(|(_, band)| percent(*band).0);
    let least = bands.fold(0_u32, u32::saturating_add);
    if least > most {
        let share = |(id, band): (&'static str, ShareBand)| {
            Sentence::new(id).with("share", Value::word(band)).into()
        };
        let shares = shares.into_iter().map(share).collect();
        let sentence = Sentence::new("deductions-heavy").with("shares", Value::List(shares));
        return Answer::Found(Found::new(&R_24, sentence));
    }
    let within = total.is_some_and(|(_, highest)| highest <= most);
    Answer::unless_lacking(&[("total_deductions", within)])
}

/// The least and the most per cent that a band holds, in whole numbers.
const fn percent(band: ShareBand) -> (u32, u32) {
    match band {
        ShareBand::Nothing => (0, 0),
        ShareBand::Under10 => (0, 10),
        ShareBand::From10 => (10, 25),
        ShareBand::From25 => (25, 50),
        // More than a half.
        ShareBand::Over50 => (51, 100),
    }
}

///
fn hours(contract: &Contract<'_>) -> Answer {
    let (attest, settings) = (contract.attest, contract.settings);
    let (normal, overtime) = (attest.hours_week, attest.overtime_week_max);
    let known = [normal, overtime].into_iter().flatten();
    let total = known.fold(0_u8, u8::saturating_add);
    let few_rest = |days: &u8| *days < settings.rest_days_week_min;
    let long_total = total > settings.hours_week_max;
    let heavy = [
        long_total.then(|| Sentence::new("hours-with-overtime").with("hours", u32::from(total))),
        attest
            .rest_days_week
            .filter(few_rest)
            .map(|days| Sentence::new("hours-rest").with("days", u32::from(days))),
    ];
    let long_normal = normal.filter(|hours| *hours > settings.hours_normal_max);
    let light =
        long_normal.map(|hours| Sentence::new("hours-normal").with("hours", u32::from(hours)));
    let case = if heavy.iter().any(Option::is_some) {
        "heavy"
    } else {
        "normal"
    };
    let how = heavy.into_iter().chain([light]).flatten();
    let how: Vec<Value> = how.map(Value::from).collect();
    if !how.is_empty() {
        let sentence = Sentence::new("hours-long").with("how", Value::List(how));
        return Answer::Found(Found::new(&R_25, sentence).case(case));
    }
    Answer::unless_lacking(&[
        ("hours_week", normal.is_some()),
        ("overtime_week_max", overtime.is_some()),
        ("rest_days_week", attest.rest_days_week.is_some()),
    ])
}
