//! Who paid what for recruitment.

use super::claim_map;
use super::value::{Band, Code, Money, PartialDate, ThreeValued};
use super::words::{FeeCategory, FeeRule, FeeStage, Payer};

claim_map! {
    /// One sort of payment. Amounts stay absent where fewer than ten people paid.
    pub struct FeeLine {
        /// What for.
        1 => category: FeeCategory,
        /// Who paid in the end.
        2 => payer: Payer,
        /// When on the way.
        3 ? stage: Option<FeeStage>,
        /// The lowest amount one person paid.
        4 ? lowest: Option<Money>,
        /// The middle amount.
        5 ? median: Option<Money>,
        /// The highest amount.
        6 ? highest: Option<Money>,
        /// The part that who received it plays.
        7 ? paid_to: Option<Code>,
        /// How many people paid.
        8 ? payers: Option<Band>,
        /// Whether people borrowed to pay.
        9 ? financed_by_loan: Option<ThreeValued>,
        /// Whether interest was charged on that.
        10 ? loan_interest: Option<ThreeValued>,
        /// The cap that the author says applied.
        11 ? legal_cap: Option<Money>,
        /// The statute of that cap.
        12 ? statute: Option<Code>,
        /// What the law says, as far as the author states it.
        13 ? legal_status: Option<FeeRule>,
        /// What the standard the author works by says.
        14 ? standard_status: Option<FeeRule>,
        /// How it came to be known.
        15 ? discovered_how: Option<Code>,
        /// When it came to be known.
        16 ? discovered_on: Option<PartialDate>,
        /// Whether a receipt was given.
        17 ? receipt: Option<ThreeValued>,
    }
}

impl FeeLine {
    /// Whether a worker paid, be it that the money came back later.
    pub fn paid_by_worker(&self) -> bool {
        matches!(self.payer, Payer::Worker | Payer::WorkerLaterReimbursed)
    }

    /// Whether the three amounts are in one currency and rise.
    pub(super) fn amounts_rise(&self) -> bool {
        let known = [&self.lowest, &self.median, &self.highest];
        let known: Vec<&Money> = known.into_iter().flatten().collect();
        known
            .is_sorted_by(|a, b| a.currency() == b.currency() && a.minor_units() <= b.minor_units())
    }
}
