//! `remedy`: what was done for workers about a finding.

use super::common::{Kind, Need, ordered};
use super::contract_attest::check_fee_lines;
use super::fee::FeeLine;
use super::inspect::nothing_to_see;
use super::value::{Band, Country, Money, PartialDate, Set, ThreeValued};
use super::words::{PartyRole, Verification};
use super::{ClaimContext, Problems, claim_kind, word_list};
use crate::entry::Role;
use crate::subject::SubjectId;

word_list! {
    /// What is done for workers.
    pub enum RemedyType {
        Apology "apology",
        BackWages "back_wages",
        ContractCorrection "contract_correction",
        DocumentReturn "document_return",
        FeeRepayment "fee_repayment",
        Medical "medical",
        PolicyChange "policy_change",
        ReHousing "re_housing",
        Reinstatement "reinstatement",
        Repatriation "repatriation",
        RestitutionOrder "restitution_order",
    }
}

word_list! {
    /// How money reaches workers.
    pub enum PaymentMethod {
        Bank "bank",
        CashWitnessed "cash_witnessed",
        EscrowForDeparted "escrow_for_departed",
        Payroll "payroll",
    }
}

word_list! {
    /// What an amount owed was worked out from.
    pub enum CalcBasis {
        CorridorAverage "corridor_average",
        Receipts "receipts",
        SelfReported "self_reported",
    }
}

crate::code_enum! {
    /// How many of those concerned confirmed it, as a band.
    pub enum Confirmation: "share that confirmed" {
        /// Nobody.
        Nobody = 0 "none",
        /// Less than a half.
        UnderHalf = 1 "under_50_percent",
        /// A half to nine in ten.
        FromHalf = 2 "50_to_90_percent",
        /// More than nine in ten.
        Over90 = 3 "over_90_percent",
    }
}

nothing_to_see!(Confirmation);

claim_kind! {
    /// What is planned or done for workers about a finding, in totals only; the header refers to
    /// the finding. Nobody verifies what it pays itself. Amounts stay absent where fewer than ten
    /// people are concerned.
    pub struct Remedy: "remedy" {
        /// What is done.
        16 => remedy_type: RemedyType,
        /// When it came to be known that it is owed.
        17 ? discovered_on: Option<PartialDate>,
        /// When it is to be done.
        18 ? planned_on: Option<PartialDate>,
        /// When all of it was done; absent is not "not done".
        19 ? completed_on: Option<PartialDate>,
        /// Owed to all together.
        20 ? owed_total: Option<Money>,
        /// Paid to all together so far; 0 says that nothing was.
        21 ? paid_total: Option<Money>,
        /// How many people it is owed to.
        22 ? workers_owed: Option<Band>,
        /// How many of them have it so far.
        23 ? workers_paid: Option<Band>,
        /// Where they come from.
        24 ? origin: Option<Country>,
        /// How they are paid.
        25 ? method: Option<PaymentMethod>,
        /// Whether those who have left are included.
        26 ? departed_workers_included: Option<ThreeValued>,
        /// What the amount was worked out from.
        27 ? calc_basis: Option<CalcBasis>,
        /// Whether interest is included.
        28 ? interest_included: Option<ThreeValued>,
        /// Who pays.
        29 ? payers: Set<SubjectId>,
        /// Who verified; none of the payers and none of the subjects.
        30 ? verified_by: Option<SubjectId>,
        /// How.
        31 ? verification: Option<Verification>,
        /// How many of those concerned confirmed it.
        32 ? worker_confirmation: Option<Confirmation>,
        /// When it was looked whether anybody suffered for it.
        33 ? retaliation_check_on: Option<PartialDate>,
        /// Whether anybody did.
        34 ? retaliation_seen: Option<ThreeValued>,
        /// The payments it makes good.
        35 ? fees: Vec<FeeLine>,
    }
}

impl Kind for Remedy {
    const ROLES: &'static [Role] = &[
        Role::Auditor,
        Role::Company,
        Role::Recruiter,
        Role::Ngo,
        Role::WorkerOrganisation,
    ];
    const NEEDS: &'static [Need] = &[Need {
        any_of: &[
            PartyRole::Site,
            PartyRole::Dormitory,
            PartyRole::Vessel,
            PartyRole::Employer,
            PartyRole::Operator,
            PartyRole::LegalEntity,
            PartyRole::Recruiter,
            PartyRole::LabourProvider,
            PartyRole::SubAgent,
        ],
        required: true,
        meaning: "the site, firm or agency whose workers it is for",
    }];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        self.check_amounts(problems);
        self.check_verified(context, problems);
        problems.rule(
            ordered(self.discovered_on, self.completed_on),
            "completed_on",
            "lies before discovered_on",
        );
        problems.rule(
            self.retaliation_seen
                .is_none_or(|seen| seen == ThreeValued::NotAssessed)
                || self.retaliation_check_on.is_some(),
            "retaliation_check_on",
            "is missing though retaliation_seen says what was seen",
        );
        check_fee_lines(&self.fees, self.workers_owed, problems);
    }
}

impl Remedy {
    fn check_amounts(&self, problems: &mut Problems) {
        let beside =
            |amount: &Option<Money>, people: Option<Band>| amount.is_none() || people.is_some();
        problems.needed(
            beside(&self.owed_total, self.workers_owed),
            "workers_owed",
            "how many people an amount is owed to",
        );
        problems.needed(
            beside(&self.paid_total, self.workers_paid),
            "workers_paid",
            "how many people an amount was paid to",
        );
        problems.rule(
            self.workers_owed != Some(Band::None),
            "workers_owed",
            "what is owed to nobody is no remedy",
        );
        let within = match (self.workers_owed, self.workers_paid) {
            (Some(owed), Some(paid)) => paid <= owed,
            _ => true,
        };
        problems.rule(within, "workers_paid", "are more than workers_owed");
        let paid = self.paid_total.as_ref().map_or(0, Money::minor_units);
        problems.rule(
            paid == 0 || self.workers_paid != Some(Band::None),
            "paid_total",
            "is above 0 though nobody was paid",
        );
        let one_currency = match (&self.owed_total, &self.paid_total) {
            (Some(owed), Some(paid)) => owed.currency() == paid.currency(),
            _ => true,
        };
        problems.rule(
            one_currency,
            "paid_total",
            "is in another currency than owed_total",
        );
    }

    fn check_verified(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        let outside = |subject: &SubjectId| {
            !context.subjects.contains(subject) && !self.payers.contains(subject)
        };
        problems.rule(
            self.verified_by.as_ref().is_none_or(outside),
            "verified_by",
            "nobody verifies what it pays or owes itself",
        );
        problems.needed(
            self.verified_by.is_none() || self.verification.is_some(),
            "verification",
            "how it was verified",
        );
        problems.needed(
            self.verification.is_none() || self.verified_by.is_some(),
            "verified_by",
            "who verified it",
        );
    }
}
