//! `certificate.status`: what became of a certificate.

use super::certificate::CERTIFIED;
use super::common::{Kind, Need};
use super::licence::check_observer;
use super::licence_status::Effective;
use super::value::Code;
use super::{ClaimContext, Problems, claim_kind, word_list};
use crate::entry::Role;
use crate::id::EntryId;
use crate::time::Date;

word_list! {
    /// Where a certificate stands.
    pub enum CertificateState {
        Active "active",
        Expired "expired",
        /// No longer listed, the cause unknown.
        NotFound "not_found",
        Suspended "suspended",
        Withdrawn "withdrawn",
    }
}

claim_kind! {
    /// A change of a certificate's status; the header refers to the certificate where it was stated.
    pub struct CertificateStatus: "certificate.status" {
        /// The scheme.
        16 => scheme: Code,
        /// The certificate's own number.
        17 => number: Code,
        /// The new status, in our words.
        18 => status: CertificateState,
        /// When it took effect.
        19 => effective: Effective,
        /// The new status, in the scheme's word.
        20 ? native_status: Option<Code>,
        /// Why, in the scheme's code.
        21 ? reason: Option<Code>,
        /// Until when a suspension is to last.
        22 ? until: Option<Date>,
        /// The list that first showed it.
        23 ? snapshot: Option<EntryId>,
    }
}

impl Kind for CertificateStatus {
    const ROLES: &'static [Role] = &[Role::Authority, Role::Observer, Role::Auditor, Role::Scheme];
    const NEEDS: &'static [Need] = CERTIFIED;

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        check_observer(context, problems);
        self.effective.check("effective", context, problems);
        problems.rule(
            self.status != CertificateState::NotFound || self.native_status.is_none(),
            "native_status",
            "a certificate that is gone shows none",
        );
        problems.rule(
            self.until.is_none() || self.status == CertificateState::Suspended,
            "until",
            "belongs to a suspension",
        );
        problems.rule(
            self.until.is_none_or(|end| self.effective.latest() <= end),
            "until",
            "lies before the suspension",
        );
    }
}
