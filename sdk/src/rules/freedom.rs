//! Whether workers may leave, and what holds them: R-20 leaving, R-21 deposits and bonds.

use super::contracts::{Answer, Ask, Contract, answered, no, yes};
use super::gathered::Found;
use super::{Effect, Rule};
use crate::claim::{Deposit, Payer, ThreeValued};
use crate::messages::{Sentence, Value};

/// The rules of this file.
pub(super) const RULES: &[&Rule] = &[&R_20, &R_21];

/// How they ask.
pub(super) const ASKS: &[Ask] = &[(&R_20, leaving), (&R_21, deposits)];

static R_20: Rule = Rule {
    id: "R-20",
    fields: &[
        ("contract.attest", "free_to_terminate"),
        ("contract.attest", "exit_penalty"),
        ("contract.attest", "exit_penalty_charged"),
        ("contract.attest", "notice_days"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed",
    effect: Effect::Adverse,
    ilo: &[3],
    source: "ILO indicators of forced labour; Dhaka principle 10; the days of notice are our setting",
};

static R_21: Rule = Rule {
    id: "R-21",
    fields: &[
        ("contract.attest", "deposit_taken"),
        ("contract.attest", "deposits"),
    ],
    basis: "as the statement says; shown as reported below observed",
    severity: "at most 3 below observed; a payer that is not stated by itself, as inquiry",
    effect: Effect::Adverse,
    ilo: &[8, 9],
    source: "ILO definition of recruitment fees and related costs, 2019; ILO indicators of forced labour",
};

///
fn leaving(contract: &Contract<'_>) -> Answer {
    let attest = contract.attest;
    let mut how = Vec::<Value>::new();
    if no(attest.free_to_terminate) {
        how.push(Sentence::new("exit-not-free").into());
    }
    let penalty = attest.exit_penalty.as_ref();
    let amount = penalty.filter(|money| money.minor_units() > 0);
    if let Some(money) = amount {
        let sentence = Sentence::new("exit-penalty-of").with_text("amount", money);
        how.push(sentence.into());
    } else if yes(attest.exit_penalty_charged) {
        how.push(Sentence::new("exit-penalty").into());
    }
    let most = contract.settings.notice_days_max;
    if let Some(days) = attest.notice_days.filter(|days| *days > most) {
        let days = Sentence::new("exit-notice").with("days", u32::from(days));
        how.push(days.into());
    }
    if !how.is_empty() {
        let sentence = Sentence::new("exit-hindered").with("how", Value::List(how));
        return Answer::Found(Found::new(&R_20, sentence));
    }
    Answer::unless_lacking(&[
        (
            "exit_penalty_charged",
            answered(attest.exit_penalty_charged),
        ),
        ("free_to_terminate", answered(attest.free_to_terminate)),
        ("notice_days", attest.notice_days.is_some()),
    ])
}

/// Given back or not: that it is taken is what holds workers. An amount that is not stated
/// is not nothing.
fn deposits(contract: &Contract<'_>) -> Answer {
    let attest = contract.attest;
    let nothing = |deposit: &&Deposit| {
        let amount = deposit.amount.as_ref();
        amount.is_some_and(|money| money.minor_units() == 0)
    };
    let paid = attest.deposits.iter().filter(|deposit| !nothing(deposit));
    let by_worker =
        |deposit: &&Deposit| matches!(deposit.payer, Payer::Worker | Payer::WorkerLaterReimbursed);
    let workers: Vec<_> = paid.clone().filter(by_worker).collect();
    if !workers.is_empty() {
        let amounts = workers.iter().filter_map(|deposit| deposit.amount.as_ref());
        let amounts: Vec<_> = amounts.map(Value::text).collect();
        let sentence = if amounts.is_empty() {
            Sentence::new("deposit-of-workers")
        } else {
            Sentence::new("deposit-of-workers-of").with("amounts", Value::List(amounts))
        };
        return Answer::Found(Found::new(&R_21, sentence).case("worker"));
    }
    let unknown_payer = |deposit: &Deposit| matches!(deposit.payer, Payer::Other(_));
    let unsaid = attest.deposits.is_empty() && yes(attest.deposit_taken);
    if unsaid || paid.clone().any(unknown_payer) {
        let found = Found::new(&R_21, Sentence::new("deposit-payer-unknown"));
        return Answer::Found(found.case("payer-unknown").with_effect(Effect::Inquiry));
    }
    let told = !attest.deposits.is_empty() || attest.deposit_taken == Some(ThreeValued::No);
    Answer::unless_lacking(&[("deposit_taken", told)])
}
