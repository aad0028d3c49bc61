//! `audit.status`: what became of an audit.

use super::audit::AUDITED;
use super::common::{Kind, Need};
use super::value::Code;
use super::{ClaimContext, Problems, claim_kind, word_list};
use crate::entry::Role;
use crate::id::EntryId;
use crate::time::Date;

word_list! {
    /// Where an audit stands.
    pub enum AuditState {
        Issued "issued",
        /// The scheme's own review took it.
        QaPassed "qa_passed",
        /// Taken back by its body or its scheme.
        Recalled "recalled",
        /// Another audit stands in its place.
        Superseded "superseded",
    }
}

claim_kind! {
    /// A change in where an audit stands; the header refers to the audit.
    pub struct AuditStatus: "audit.status" {
        /// Where it stands now.
        16 => state: AuditState,
        /// Since when.
        17 => on: Date,
        /// Why, in the scheme's code.
        18 ? reason: Option<Code>,
        /// The audit that stands in its place.
        19 ? superseded_by: Option<EntryId>,
    }
}

impl Kind for AuditStatus {
    const ROLES: &'static [Role] = &[Role::Auditor, Role::Scheme];
    const NEEDS: &'static [Need] = AUDITED;

    fn check(&self, _: &ClaimContext<'_>, problems: &mut Problems) {
        problems.rule(
            self.superseded_by.is_none() || self.state == AuditState::Superseded,
            "superseded_by",
            "belongs to `superseded`",
        );
    }
}
