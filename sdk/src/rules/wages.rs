//! R-22 a wage below the legal minimum of the reference table. Whole numbers only.

use super::contracts::{Answer, Ask, Contract};
use super::gathered::Found;
use super::{Effect, Rule};
use crate::claim::{ContractAttest, Interval, Wage};
use crate::messages::{Sentence, Value};
use crate::policy::MinimumWage;
use crate::time::Date;

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_22];

/// How they ask.
pub(super) const ASKS: &[Ask] = &[(&R_22, below_minimum)];

static R_22: Rule = Rule {
    id: "R-22",
    fields: &[
        ("contract.attest", "wage"),
        ("contract.attest", "destination"),
        ("contract.attest", "hours_week"),
        ("contract.attest", "rest_days_week"),
    ],
    basis: "as the statement says, and the dated table minimum_wages of the settings",
    severity: "at most 3 below observed; below in part of the time by itself, as inquiry",
    effect: Effect::Adverse,
    ilo: &[8, 10],
    source: "the source each row of the table names",
};

/// A year has between 52 and 53 weeks: what holds for both holds.
const WEEKS: [u64; 2] = [52, 53];

/// The legal minimum is what a row of the table says for the country of work and every day of
/// the recruitment; without such a row it is unknown.
fn below_minimum(contract: &Contract<'_>) -> Answer {
    let attest = contract.attest;
    let Some(wage) = &attest.wage else {
        return Answer::Lacks(vec!["wage"]);
    };
    let from = attest.recruited_from.first();
    let to = attest.recruited_to.last().min(contract.as_of);
    let rows = contract.settings.minimum_wages.iter().filter(|row| {
        row.jurisdiction == attest.destination.country && row.from <= to && row.to >= from
    });
    let compared: Vec<_> = rows
        .clone()
        .filter_map(|row| Some((row, compare(attest, wage, row)?)))
        .collect();
    let days = |wanted: &dyn Fn(Compared) -> bool| {
        let rows = compared.iter().filter(|(_, compared)| wanted(*compared));
        covered(rows.map(|(row, _)| *row), from, to)
    };
    let lower = compared
        .iter()
        .find(|(_, compared)| *compared == Compared::Below)
        .or_else(|| compared.iter().find(|(_, one)| *one == Compared::Perhaps));
    let Some((row, _)) = lower else {
        if days(&|_| true) {
            return Answer::Nothing;
        }
        let lacking = rows.clone().find_map(|row| lacking(attest, wage, row));
        return Answer::Lacks(vec![lacking.unwrap_or("minimum_wages")]);
    };
    let certain = days(&|compared| compared == Compared::Below);
    Answer::Found(found(wage, row, certain))
}

fn found(wage: &Wage, row: &MinimumWage, certain: bool) -> Found {
    let id = if certain {
        "wage-below-minimum"
    } else {
        "wage-perhaps-below-minimum"
    };
    let sentence = Sentence::new(id)
        .with_text("wage", &wage.lowest)
        .with("per", Value::word(&wage.per))
        .with_text("minimum", &row.amount)
        .with("interval", Value::word(&row.per))
        .with_text("from", row.from)
        .with_text("to", row.to)
        .with_text("source", &row.source);
    let found = Found::new(&R_22, sentence);
    if certain {
        found.case("below")
    } else {
        found.case("perhaps").with_effect(Effect::Inquiry)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    Below,
    /// Below or not, as many weeks as a year is taken to have.
    Perhaps,
    NotBelow,
}

/// The wage beside a minimum; `None` where the two cannot be compared.
fn compare(attest: &ContractAttest, wage: &Wage, row: &MinimumWage) -> Option<Compared> {
    if wage.lowest.currency() != row.amount.currency() {
        return None;
    }
    let below = |weeks| {
        let times = if wage.per == row.per {
            // An interval this version does not know is itself at least.
            (1, 1)
        } else {
            (
                in_two_years(attest, &wage.per, weeks)?,
                in_two_years(attest, &row.per, weeks)?,
            )
        };
        let in_all = |money: u64, times: u64| u128::from(money).checked_mul(u128::from(times));
        let offered = in_all(wage.lowest.minor_units(), times.0)?;
        Some(offered < in_all(row.amount.minor_units(), times.1)?)
    };
    let [fewer, more] = WEEKS;
    Some(match (below(fewer)?, below(more)?) {
        (true, true) => Compared::Below,
        (false, false) => Compared::NotBelow,
        _ => Compared::Perhaps,
    })
}

/// The field without which a wage is not compared with a minimum for another time.
fn lacking(attest: &ContractAttest, wage: &Wage, row: &MinimumWage) -> Option<&'static str> {
    let needs = |interval: &Interval| match interval {
        Interval::Day if attest.rest_days_week.is_none() => Some("rest_days_week"),
        Interval::Hour if attest.hours_week.is_none() => Some("hours_week"),
        _ => None,
    };
    let same = wage.per == row.per || wage.lowest.currency() != row.amount.currency();
    let needed = needs(&wage.per).or_else(|| needs(&row.per));
    needed.filter(|_| !same)
}

/// How many such intervals two years of this work have: days and hours as the attestation says.
fn in_two_years(attest: &ContractAttest, interval: &Interval, weeks: u64) -> Option<u64> {
    let a_week = match interval {
        Interval::Week => Some(1),
        Interval::Day => 7_u64.checked_sub(attest.rest_days_week?.into()),
        Interval::Hour => attest.hours_week.map(u64::from),
        Interval::Month | Interval::Fortnight | Interval::Longer | Interval::Other(_) => None,
    };
    match interval {
        Interval::Month => Some(24),
        Interval::Fortnight => Some(weeks),
        _ => weeks
            .checked_mul(2)?
            .checked_mul(a_week.filter(|times| *times > 0)?),
    }
}

/// Whether rows speak of every day from one to another.
fn covered<'a>(rows: impl Iterator<Item = &'a MinimumWage>, from: Date, to: Date) -> bool {
    let mut rows: Vec<_> = rows.map(|row| (row.from, row.to)).collect();
    rows.sort_unstable();
    let mut next = from;
    for (begin, end) in rows {
        if begin <= next && end >= next {
            if end >= to {
                return true;
            }
            next = end.plus_days(1);
        }
    }
    false
}
