//! `finding.status`: where a finding stands.

use super::audit::AUDITED;
use super::common::{Kind, Need};
use super::finding::Action;
use super::value::Code;
use super::words::{FindingState, Verification};
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::Role;
use crate::subject::SubjectId;
use crate::time::Date;

claim_kind! {
    /// A change in where a finding stands; the header refers to the finding. Nobody closes a finding
    /// about itself.
    pub struct FindingStatus: "finding.status" {
        /// Where it stands now.
        16 => state: FindingState,
        /// Since when.
        17 => on: Date,
        /// Who verified; never one of the subjects.
        18 ? verified_by: Option<SubjectId>,
        /// How.
        19 ? method: Option<Verification>,
        /// The new date for an extension.
        20 ? due: Option<Date>,
        /// Why, in the scheme's code.
        21 ? reason: Option<Code>,
        /// Corrective actions submitted or approved.
        22 ? actions: Vec<Action>,
    }
}

impl Kind for FindingStatus {
    const ROLES: &'static [Role] = &[Role::Auditor];
    const NEEDS: &'static [Need] = AUDITED;

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        if self.state == FindingState::ClosedVerified {
            problems.needed(
                self.verified_by.is_some(),
                "verified_by",
                "who verified that it is closed",
            );
            problems.needed(
                self.method.is_some(),
                "method",
                "how it was verified that it is closed",
            );
        }
        let outside = |subject: &SubjectId| !context.subjects.contains(subject);
        problems.rule(
            self.verified_by.as_ref().is_none_or(outside),
            "verified_by",
            "nobody verifies what is found about itself",
        );
        let extended = self.state == FindingState::ExtensionGranted;
        problems.needed(
            !extended || self.due.is_some(),
            "due",
            "the date it is extended to",
        );
    }
}
