//! `recruitment.agreement`: what an employer and an agency agreed about recruiting.

use super::common::{Kind, Need};
use super::value::{Band, Code, Country, Digest, Money, Set, ThreeValued};
use super::words::{PartyRole, Payer};
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::Role;
use crate::subject::SubjectId;

claim_kind! {
    /// An agreement between who employs and who recruits. When it holds stands in `valid_from` and
    /// `valid_to`; a clause nobody looked for is unknown, not absent.
    pub struct RecruitmentAgreement: "recruitment.agreement" {
        /// Who pays the agency's service fee.
        16 => service_fee_paid_by: Payer,
        /// The lowest service fee for one worker.
        17 ? fee_lowest: Option<Money>,
        /// The highest.
        18 ? fee_highest: Option<Money>,
        /// How many workers it is about.
        19 ? workers: Option<Band>,
        /// Whether the agency may use sub-agents.
        20 ? sub_agents_allowed: Option<ThreeValued>,
        /// Which ones it may use.
        21 ? sub_agents: Set<SubjectId>,
        /// Whether the author saw the agency's invoices.
        22 ? invoices_seen: Option<ThreeValued>,
        /// Whether the author saw that they were paid.
        23 ? payments_seen: Option<ThreeValued>,
        /// Licences the agency recruits under, as `lic:` or `row:`.
        24 ? licences: Set<SubjectId>,
        /// Where the workers come from.
        25 ? origins: Set<Country>,
        /// Where they work.
        26 ? destination: Option<Country>,
        /// The authority's order the recruitment is for.
        27 ? job_order: Option<Code>,
        /// Whether it says that no worker pays.
        28 ? zero_fee_clause: Option<ThreeValued>,
        /// Whether it says that what a worker paid is repaid.
        29 ? repayment_clause: Option<ThreeValued>,
        /// Whether the employer may look into the agency's books.
        30 ? audit_right: Option<ThreeValued>,
        /// Salted digest of the agreement.
        31 ? agreement: Option<Digest>,
    }
}

impl Kind for RecruitmentAgreement {
    const ROLES: &'static [Role] = &[Role::Company, Role::Recruiter, Role::Auditor];
    const NEEDS: &'static [Need] = &[
        Need {
            any_of: &[PartyRole::Employer],
            required: true,
            meaning: "who employs the workers",
        },
        Need {
            any_of: &[
                PartyRole::Recruiter,
                PartyRole::LabourProvider,
                PartyRole::SubAgent,
            ],
            required: true,
            meaning: "the agency",
        },
        Need {
            any_of: &[PartyRole::Site, PartyRole::Worksite],
            required: false,
            meaning: "where they work",
        },
    ];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        problems.rule(
            self.fees_rise(),
            "fee_highest",
            "is in another currency than fee_lowest, or below it",
        );
        problems.rule(
            self.workers != Some(Band::None),
            "workers",
            "an agreement about nobody leaves this out",
        );
        problems.rule(
            self.sub_agents.is_empty() || self.sub_agents_allowed == Some(ThreeValued::Yes),
            "sub_agents_allowed",
            "is not `yes` though sub_agents are named",
        );
        check_licences(&self.licences, context, problems);
    }
}

impl RecruitmentAgreement {
    fn fees_rise(&self) -> bool {
        match (&self.fee_lowest, &self.fee_highest) {
            (Some(lowest), Some(highest)) => {
                lowest.currency() == highest.currency()
                    && lowest.minor_units() <= highest.minor_units()
            }
            _ => true,
        }
    }
}

/// Licences recruited under are rows of a register and subjects of the entry.
pub(super) fn check_licences(
    licences: &[SubjectId],
    context: &ClaimContext<'_>,
    problems: &mut Problems,
) {
    let register = |subject: &SubjectId| matches!(subject.scheme(), "lic" | "row");
    problems.rule(
        licences.iter().all(register),
        "licences",
        "are named by lic: or row:",
    );
    let named = |licence| context.subjects.contains(licence);
    problems.rule(
        licences.iter().all(named),
        "licences",
        "name a licence that is not one of the subjects of the entry",
    );
}
