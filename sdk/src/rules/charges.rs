//! What workers paid, weighed: R-09 above the cap that the author states, R-10 against a month's
//! wage or with interest, R-13 for what nobody may charge.

use super::contracts::answered;
use super::gathered::Found;
use super::index::said;
use super::lines::{is_illegitimate, is_paid_by_worker};
use super::{Case, Effect, Gathered, Rule};
use crate::claim::{Claim, FeeLine, FeeStatement, Interval, Money, ThreeValued, Topic, Wage};
use crate::history::HistoryEntry;
use crate::messages::{Sentence, Value};

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_09, &R_10, &R_13];

const FEES: &[(&str, &str)] = &[
    ("contract.attest", "fee_statement"),
    ("contract.attest", "fees"),
    ("finding", "fees"),
    ("finding", "topic"),
];
const BASIS: &str = "as the statement says; shown as reported below observed";
const PER_CENT: u128 = 100;

static R_09: Rule = Rule {
    id: "R-09",
    fields: FEES,
    basis: BASIS,
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[9],
    source: "the cap that the author of the statement says applied",
};

static R_10: Rule = Rule {
    id: "R-10",
    fields: &[
        ("contract.attest", "fee_statement"),
        ("contract.attest", "fees"),
        ("contract.attest", "wage"),
        ("finding", "fees"),
        ("finding", "topic"),
    ],
    basis: BASIS,
    severity: "at most 3 below observed; heavy debt and loans with interest by themselves",
    effect: Effect::Adverse,
    ilo: &[9],
    source: "our yardstick, settings debt_percent_of_wage and debt_heavy_percent_of_wage",
};

static R_13: Rule = Rule {
    id: "R-13",
    fields: FEES,
    basis: BASIS,
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[9],
    source: "ILO definition of recruitment fees and related costs, 2019, part C",
};

pub(super) fn apply(case: &Case<'_>, gathered: &mut Gathered) {
    for entry in said(case, &["contract.attest", "finding"]) {
        let (fees, wage, asked) = match entry.claim() {
            Some(Claim::ContractAttest(attest)) if attest.recruited_from.first() <= case.as_of => {
                let asked = attest.fee_statement != FeeStatement::NoneCharged;
                (&attest.fees, attest.wage.as_ref(), asked)
            }
            Some(Claim::Finding(finding)) if finding.found_on <= case.as_of => {
                let on_fees = matches!(finding.topic, Topic::Fees | Topic::Debt);
                (&finding.fees, None, on_fees && !finding.positive)
            }
            _ => continue,
        };
        illegitimate(case, gathered, entry, fees);
        let paid: Vec<_> = fees.iter().filter(|line| is_paid_by_worker(line)).collect();
        // That nobody lists what was paid does not say that nothing was.
        if fees.is_empty() && asked {
            for rule in [&R_09, &R_10, &R_13] {
                gathered.not_evaluated(rule, "fees");
            }
        }
        if !paid.is_empty() {
            caps(case, gathered, entry, &paid);
            debt(case, gathered, entry, &paid, wage);
        }
    }
}

fn sentence(id: &'static str, lines: &[&FeeLine]) -> Sentence {
    let sorts = Value::words(lines.iter().map(|line| &line.category));
    Sentence::new(id).with("sorts", sorts)
}

/// R-13, whoever paid.
fn illegitimate(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, fees: &[FeeLine]) {
    if fees.is_empty() {
        return;
    }
    gathered.evaluated(&R_13);
    let lines: Vec<_> = fees.iter().filter(|line| is_illegitimate(line)).collect();
    if !lines.is_empty() {
        let found = Found::new(&R_13, sentence("fee-illegitimate", &lines));
        gathered.found(case, entry, found);
    }
}

///
fn caps(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, paid: &[&FeeLine]) {
    let over = |line: &&&FeeLine| is_over_cap(line) == Some(true);
    let above: Vec<_> = paid.iter().filter(over).copied().collect();
    if paid.iter().any(|line| is_over_cap(line).is_none()) {
        let lacking = paid.iter().any(|line| line.legal_cap.is_none());
        let field = if lacking { "legal_cap" } else { "highest" };
        gathered.not_evaluated(&R_09, field);
    } else {
        gathered.evaluated(&R_09);
    }
    if !above.is_empty() {
        let caps = above.iter().filter_map(|line| line.legal_cap.as_ref());
        let caps = Value::List(caps.map(Value::text).collect());
        let found = Found::new(&R_09, sentence("fee-over-cap", &above).with("caps", caps));
        gathered.found(case, entry, found);
    }
}

/// Whether somebody paid more than the cap; `None` where the line cannot tell.
fn is_over_cap(line: &FeeLine) -> Option<bool> {
    let cap = line.legal_cap.as_ref()?;
    let stated = [&line.highest, &line.median, &line.lowest];
    let mut same = stated
        .into_iter()
        .flatten()
        .filter(|amount| amount.currency() == cap.currency());
    let over = |amount: &Money| amount.minor_units() > cap.minor_units();
    if same.any(over) {
        return Some(true);
    }
    let highest = line.highest.as_ref();
    highest
        .is_some_and(|amount| amount.currency() == cap.currency())
        .then_some(false)
}

///
fn debt(
    case: &Case<'_>,
    gathered: &mut Gathered,
    entry: &HistoryEntry,
    paid: &[&FeeLine],
    wage: Option<&Wage>,
) {
    let settings = case.policy.settings();
    let monthly = wage.filter(|wage| wage.per == Interval::Month);
    let burden = monthly.map(|wage| (Burden::of(paid, &wage.lowest), &wage.lowest));
    let above = |percent: u32| {
        burden
            .as_ref()
            .is_some_and(|(found, _)| found.is_above(percent))
    };
    let heavy = above(settings.debt_heavy_percent_of_wage);
    let normal = above(settings.debt_percent_of_wage);
    match &burden {
        None => gathered.not_evaluated(&R_10, "wage"),
        Some((found, _)) if normal || found.is_within(settings.debt_percent_of_wage) => {
            gathered.evaluated(&R_10);
        }
        Some(_) => gathered.not_evaluated(&R_10, "median"),
    }
    if let (true, Some((_, wage))) = (normal, &burden) {
        let percent = if heavy {
            settings.debt_heavy_percent_of_wage
        } else {
            settings.debt_percent_of_wage
        };
        let sentence = sentence("fee-debt", paid)
            .with("percent", percent)
            .with_text("wage", wage);
        let found = Found::new(&R_10, sentence);
        let found = if heavy { found.case("heavy") } else { found };
        gathered.found(case, entry, found);
    }
    loan(case, gathered, entry, paid);
}

/// R-10, borrowed for.
fn loan(case: &Case<'_>, gathered: &mut Gathered, entry: &HistoryEntry, paid: &[&FeeLine]) {
    let yes = |answer| answer == Some(ThreeValued::Yes);
    let borrowed = paid.iter().filter(|line| yes(line.financed_by_loan));
    let borrowed: Vec<_> = borrowed.copied().collect();
    let with_interest = borrowed.iter().filter(|line| yes(line.loan_interest));
    let with_interest: Vec<_> = with_interest.copied().collect();
    if !with_interest.is_empty() {
        let sentence = sentence("fee-loan", &with_interest);
        gathered.found(case, entry, Found::new(&R_10, sentence).case("loan"));
    } else if borrowed
        .iter()
        .any(|line| line.loan_interest != Some(ThreeValued::No))
    {
        gathered.not_evaluated(&R_10, "loan_interest");
    } else if paid.iter().any(|line| !answered(line.financed_by_loan)) {
        gathered.not_evaluated(&R_10, "financed_by_loan");
    }
}

/// What one worker paid, in the currency of the wage, against a month of it.
struct Burden {
    /// So much at least: middle amounts, else lowest ones.
    least: u128,
    /// So much at most, where every line says.
    most: Option<u128>,
    wage: u128,
}

impl Burden {
    fn of(paid: &[&FeeLine], wage: &Money) -> Self {
        let in_currency = |amount: &&Money| amount.currency() == wage.currency();
        let units = |amount: Option<&Money>| {
            let amount = amount.filter(in_currency);
            amount.map(|amount| u128::from(amount.minor_units()))
        };
        let least = paid
            .iter()
            .filter_map(|line| units(line.median.as_ref().or(line.lowest.as_ref())));
        let most = paid
            .iter()
            .map(|line| units(line.median.as_ref().or(line.highest.as_ref())));
        Self {
            least: least.fold(0, u128::saturating_add),
            most: most.into_iter().sum(),
            wage: u128::from(wage.minor_units()),
        }
    }

    fn is_above(&self, percent: u32) -> bool {
        self.least.saturating_mul(PER_CENT) > self.share(percent)
    }

    fn is_within(&self, percent: u32) -> bool {
        let most = self.most.map(|most| most.saturating_mul(PER_CENT));
        most.is_some_and(|most| most <= self.share(percent))
    }

    fn share(&self, percent: u32) -> u128 {
        self.wage.saturating_mul(percent.into())
    }
}
