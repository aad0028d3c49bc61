//! `id.link`: two identifiers, and what relates them.

use super::common::{Kind, Need};
use super::value::{Code, Set};
use super::words::{LinkEvidence, Relation};
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::Role;
use crate::subject::SubjectId;

claim_kind! {
    /// Two identifiers and their relation: signed, open to dispute, never a global merge.
    pub struct IdLink: "id.link" {
        /// The identifier the relation starts from.
        16 => from: SubjectId,
        /// The relation, read from left to right.
        17 => relation: Relation,
        /// The identifier it leads to.
        18 => to: SubjectId,
        /// What it rests on.
        19 => evidence: Set<LinkEvidence>,
        /// Share owned, in per cent, for `owns`.
        20 ? owned_percent: Option<u8>,
        /// How a machine came to propose it; absent when nobody but a person did.
        21 ? match_state: Option<Code>,
        /// Whether a person confirmed what a machine proposed.
        22 ? confirmed_by_person: bool,
    }
}

impl Kind for IdLink {
    const ROLES: &'static [Role] = &[
        Role::Authority,
        Role::Observer,
        Role::Auditor,
        Role::Company,
        Role::Recruiter,
        Role::Respondent,
        Role::Ngo,
        Role::WorkerOrganisation,
        Role::Scheme,
    ];
    const NEEDS: &'static [Need] = &[];

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        let named = |subject| context.subjects.contains(subject);
        problems.rule(self.from != self.to, "to", "is the same identifier as from");
        problems.rule(
            named(&self.from),
            "from",
            "is not one of the subjects of the entry",
        );
        problems.rule(
            named(&self.to),
            "to",
            "is not one of the subjects of the entry",
        );
        problems.needed(
            !self.evidence.is_empty(),
            "evidence",
            "at least one thing the link rests on",
        );
        problems.rule(
            self.match_state.is_none() || self.confirmed_by_person,
            "confirmed_by_person",
            "a proposed match is confirmed by a person before it is signed",
        );
        let percent = |share| (1..=100).contains(&share) && self.relation == Relation::Owns;
        problems.rule(
            self.owned_percent.is_none_or(percent),
            "owned_percent",
            "is from 1 to 100 and belongs to `owns`",
        );
    }
}
