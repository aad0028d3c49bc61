//! `contract.attest`: under which terms a cohort of workers was hired, and who paid for it.

use super::common::{Kind, Need};
use super::fee::FeeLine;
use super::inspect::nothing_to_see;
use super::recruitment_agreement::check_licences;
use super::value::{
    Band, Code, CohortId, Country, Digest, Isco, Language, Money, PartialDate, Place, Set,
    ThreeValued,
};
use super::words::{
    Channel, DocumentHolder, Interval, PartyRole, Payer, Stage, Term, Understanding,
};
use super::{ClaimContext, Problems, claim_kind, claim_map};
use crate::entry::Role;
use crate::subject::SubjectId;

crate::code_enum! {
    /// Whether workers were charged for their recruitment.
    pub enum FeeStatement: "fee statement" {
        /// No worker paid anything.
        NoneCharged = 0 "none_charged",
        /// Some worker paid.
        Charged = 1 "charged",
        /// Nobody looked.
        NotAssessed = 2 "not_assessed",
    }
}

crate::code_enum! {
    /// Whether contracts were signed before workers left.
    pub enum SignedBefore: "answer" {
        /// No worker did.
        No = 0 "no",
        /// Every worker did.
        Yes = 1 "yes",
        /// Nobody looked.
        NotAssessed = 2 "not_assessed",
        /// Some did.
        Partial = 3 "partial",
    }
}

crate::code_enum! {
    /// Whether a change of a term was to workers' good.
    pub enum Direction: "direction" {
        /// Better for workers.
        Better = 0 "better",
        /// Neither.
        Neutral = 1 "neutral",
        /// Worse for workers.
        Worse = 2 "worse",
    }
}

crate::code_enum! {
    /// A share of the wage, as a band.
    pub enum ShareBand: "share of the wage" {
        /// Nothing.
        Nothing = 0 "none",
        /// Less than a tenth.
        Under10 = 1 "under_10_percent",
        /// A tenth to a quarter.
        From10 = 2 "10_to_25_percent",
        /// A quarter to a half.
        From25 = 3 "25_to_50_percent",
        /// More than a half.
        Over50 = 4 "over_50_percent",
    }
}

nothing_to_see!(FeeStatement, SignedBefore, Direction, ShareBand);

claim_map! {
    /// A wage as offered.
    pub struct Wage {
        /// The lowest offered to anyone of the cohort.
        1 => lowest: Money,
        /// For how long.
        2 => per: Interval,
        /// The middle one.
        3 ? median: Option<Money>,
    }
}

claim_map! {
    /// A version of the contract, by salted digests: equal digests of equal terms, nothing else.
    pub struct ContractVersion {
        /// Which version.
        1 => stage: Stage,
        /// Salted digest of its terms.
        2 => terms: Digest,
        /// Whether workers signed their consent to it.
        3 ? signed_consent: Option<ThreeValued>,
    }
}

claim_map! {
    /// A term that changed on the way.
    pub struct TermChange {
        /// Which term.
        1 => term: Term,
        /// To whose good.
        2 => direction: Direction,
        /// The version that first had it changed.
        3 => stage: Stage,
    }
}

claim_map! {
    /// Money put up as a surety.
    pub struct Deposit {
        /// Who paid.
        1 => payer: Payer,
        /// How much; absent where fewer than ten people paid.
        2 ? amount: Option<Money>,
        /// Whether it was given back.
        3 ? returned: Option<ThreeValued>,
    }
}

claim_kind! {
    /// How a cohort of workers was hired. Always a cohort, never one worker; the smaller it is, the
    /// less may be said (`crate::privacy`).
    pub struct ContractAttest: "contract.attest" {
        /// Names the cohort; random.
        16 => cohort: CohortId,
        /// How many workers.
        17 => size: Band,
        /// Recruited from: a month at best, a year for few.
        18 => recruited_from: PartialDate,
        /// Recruited to: a month at best, a year for few.
        19 => recruited_to: PartialDate,
        /// Whether workers were charged.
        20 => fee_statement: FeeStatement,
        /// Where they work.
        21 => destination: Place,
        /// Where they come from.
        22 ? origin: Option<Place>,
        /// What they do: two digits below fifty people, absent for few.
        23 ? occupation: Option<Isco>,
        /// How they were recruited.
        24 ? channel: Option<Channel>,
        /// Licences they were recruited under, as `lic:` or `row:`.
        25 ? licences: Set<SubjectId>,
        /// Whether the recruiter used sub-agents.
        26 ? sub_agents_used: Option<ThreeValued>,
        /// The authority's order the recruitment was for.
        27 ? job_order: Option<Code>,
        /// The authority's approval of the contract.
        28 ? authority_approval: Option<Code>,
        /// Whether the contract was read for its terms.
        29 ? terms_assessed: Option<ThreeValued>,
        /// Terms it states.
        30 ? terms_stated: Set<Term>,
        /// Wage offered.
        31 ? wage: Option<Wage>,
        /// How often it is paid.
        32 ? pay_interval: Option<Interval>,
        /// Normal hours a week.
        33 ? hours_week: Option<u8>,
        /// Most overtime a week, in hours.
        34 ? overtime_week_max: Option<u8>,
        /// Pay for overtime, in per cent of normal pay.
        35 ? overtime_premium_percent: Option<u16>,
        /// Days of rest a week.
        36 ? rest_days_week: Option<u8>,
        /// Deduction for housing.
        37 ? housing_deduction: Option<ShareBand>,
        /// Deduction for food.
        38 ? food_deduction: Option<ShareBand>,
        /// All deductions together.
        39 ? total_deductions: Option<ShareBand>,
        /// Languages the contract is written in.
        40 ? contract_languages: Set<Language>,
        /// Languages the workers declared.
        41 ? cohort_languages: Set<Language>,
        /// Whether contracts were signed before workers left.
        42 ? signed_before_departure: Option<SignedBefore>,
        /// How many days before.
        43 ? days_before_departure: Option<u16>,
        /// Whether workers hold a copy.
        44 ? copy_held_by_worker: Option<ThreeValued>,
        /// How it was checked that they understood.
        45 ? understanding: Set<Understanding>,
        /// Versions of the contract.
        46 ? versions: Vec<ContractVersion>,
        /// Whether versions were compared.
        47 ? changes_assessed: Option<ThreeValued>,
        /// Terms that changed.
        48 ? changes: Vec<TermChange>,
        /// Who holds identity documents.
        49 ? documents_held_by: Option<DocumentHolder>,
        /// Whether workers may leave.
        50 ? free_to_terminate: Option<ThreeValued>,
        /// Days of notice.
        51 ? notice_days: Option<u16>,
        /// Whether leaving early costs workers money.
        52 ? exit_penalty_charged: Option<ThreeValued>,
        /// How much.
        53 ? exit_penalty: Option<Money>,
        /// Whether a deposit or bond was taken.
        54 ? deposit_taken: Option<ThreeValued>,
        /// Deposits and bonds.
        55 ? deposits: Vec<Deposit>,
        /// Payments for recruitment.
        56 ? fees: Vec<FeeLine>,
        /// Whether the permit binds workers to the employer.
        57 ? permit_tied_to_employer: Option<ThreeValued>,
        /// Whether workers may change the employer.
        58 ? may_change_employer: Option<ThreeValued>,
        /// Who pays the way home.
        59 ? repatriation_paid_by: Option<Payer>,
        /// The law the contract stands under.
        60 ? governing_law: Option<Country>,
        /// RFC 6962 root over workers' own salted acknowledgements, whose openings they keep.
        61 ? ack_root: Option<Digest>,
    }
}

impl Kind for ContractAttest {
    const ROLES: &'static [Role] = &[Role::Company, Role::Recruiter, Role::Auditor];
    const NEEDS: &'static [Need] = &[
        Need {
            any_of: &[PartyRole::Employer],
            required: true,
            meaning: "who employs the workers",
        },
        Need {
            any_of: &[PartyRole::Recruiter, PartyRole::LabourProvider],
            required: false,
            meaning: "who recruited them, unless the channel is direct or government",
        },
        Need {
            any_of: &[PartyRole::Site, PartyRole::Worksite],
            required: false,
            meaning: "where they work",
        },
    ];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        self.check_cohort(problems);
        self.check_fees(problems);
        self.check_answers(problems);
        check_licences(&self.licences, context, problems);
    }
}

impl ContractAttest {
    fn check_cohort(&self, problems: &mut Problems) {
        problems.rule(self.size != Band::None, "size", "a cohort has people in it");
        problems.rule(
            self.recruited_from.first() <= self.recruited_to.last(),
            "recruited_to",
            "lies before recruited_from",
        );
        let direct = matches!(self.channel, Some(Channel::Direct | Channel::Government));
        let recruiter = self
            .parties
            .iter()
            .any(|party| matches!(party.role, PartyRole::Recruiter | PartyRole::LabourProvider));
        problems.needed(
            direct || recruiter,
            "parties",
            "who recruited the workers, unless the channel is direct or government",
        );
        problems.rule(
            self.rest_days_week.is_none_or(|days| days <= 7),
            "rest_days_week",
            "are more than seven",
        );
        let week = |hours: Option<u8>| hours.is_none_or(|hours| hours <= 168);
        problems.rule(
            week(self.hours_week),
            "hours_week",
            "are more than a week has",
        );
        problems.rule(
            week(self.overtime_week_max),
            "overtime_week_max",
            "is more than a week has",
        );
    }

    fn check_fees(&self, problems: &mut Problems) {
        let by_worker = self.fees.iter().any(FeeLine::paid_by_worker);
        problems.rule(
            by_worker == (self.fee_statement == FeeStatement::Charged),
            "fee_statement",
            "is `charged` exactly when a fee line names a worker as payer",
        );
        check_fee_lines(&self.fees, Some(self.size), problems);
    }

    /// A list beside its question: it stands there only when the answer is yes.
    fn check_answers(&self, problems: &mut Problems) {
        let yes = |answer| answer == Some(ThreeValued::Yes);
        problems.rule(
            self.terms_stated.is_empty() || yes(self.terms_assessed),
            "terms_assessed",
            "is not `yes` though terms_stated lists some",
        );
        problems.rule(
            self.changes.is_empty() || yes(self.changes_assessed),
            "changes_assessed",
            "is not `yes` though changes lists some",
        );
        problems.rule(
            self.deposits.is_empty() || yes(self.deposit_taken),
            "deposit_taken",
            "is not `yes` though deposits lists some",
        );
        problems.rule(
            self.exit_penalty.is_none() || yes(self.exit_penalty_charged),
            "exit_penalty_charged",
            "is not `yes` though exit_penalty says how much",
        );
        let before = self.days_before_departure.is_none()
            || matches!(
                self.signed_before_departure,
                Some(SignedBefore::Yes | SignedBefore::Partial)
            );
        problems.rule(
            before,
            "days_before_departure",
            "stands without signed_before_departure",
        );
    }
}

/// Rules for fee lines, wherever they stand; `group` is how many people they are about.
pub(super) fn check_fee_lines(fees: &[FeeLine], group: Option<Band>, problems: &mut Problems) {
    problems.rule(
        fees.iter().all(FeeLine::amounts_rise),
        "fees",
        "lowest, median and highest are in one currency and rise",
    );
    let within = |line: &FeeLine| match (line.payers, group) {
        (Some(payers), Some(group)) => payers <= group,
        _ => true,
    };
    problems.rule(fees.iter().all(within), "fees", "more payers than people");
    let somebody = |line: &FeeLine| line.payers != Some(Band::None);
    problems.rule(fees.iter().all(somebody), "fees", "a line that nobody paid");
}
