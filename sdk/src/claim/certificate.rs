//! `certificate`: what a body certified, for how long.

use super::common::{Kind, Need};
use super::value::{Code, Hs, Isic, Set};
use super::words::PartyRole;
use super::{ClaimContext, Problems, claim_kind};
use crate::entry::Role;
use crate::id::EntryId;
use crate::subject::SubjectId;
use crate::time::Date;

claim_kind! {
    /// A certificate. Who may show it plays a part in `parties`; that a holder shows one says nothing
    /// of what became of it since (`certificate.status`).
    pub struct Certificate: "certificate" {
        /// The scheme certified against.
        16 => scheme: Code,
        /// The certificate's own number.
        17 => number: Code,
        /// When it was issued.
        18 => issued_on: Date,
        /// Until when it was issued; absent is unknown, not for ever.
        19 ? expires_on: Option<Date>,
        /// Who issued it.
        20 ? body: Option<SubjectId>,
        /// Who accredits that body.
        21 ? accreditor: Option<Code>,
        /// The scheme's version.
        22 ? scheme_version: Option<Code>,
        /// What it covers, in the scheme's codes.
        23 ? scope: Set<Code>,
        /// Sectors it covers.
        24 ? sectors: Set<Isic>,
        /// Goods it covers.
        25 ? goods: Set<Hs>,
        /// The result in the scheme's word.
        26 ? level: Option<Code>,
        /// The audit it rests on.
        27 ? audit: Option<EntryId>,
        /// The platform it stands on.
        28 ? platform: Option<Code>,
    }
}

impl Kind for Certificate {
    const ROLES: &'static [Role] = &[
        Role::Authority,
        Role::Observer,
        Role::Auditor,
        Role::Company,
        Role::Recruiter,
        Role::Scheme,
    ];
    const NEEDS: &'static [Need] = CERTIFIED;

    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        problems.rule(
            self.expires_on.is_none_or(|end| self.issued_on <= end),
            "expires_on",
            "lies before issued_on",
        );
        let outside = |body: &SubjectId| !context.subjects.contains(body);
        problems.rule(
            self.body.as_ref().is_none_or(outside),
            "body",
            "nobody certifies itself",
        );
    }
}

/// Who is certified.
pub(super) const CERTIFIED: &[Need] = &[Need {
    any_of: &[
        PartyRole::Site,
        PartyRole::Operator,
        PartyRole::LegalEntity,
        PartyRole::Employer,
        PartyRole::Supplier,
        PartyRole::Recruiter,
        PartyRole::LabourProvider,
        PartyRole::Dormitory,
        PartyRole::Vessel,
    ],
    required: true,
    meaning: "the site, firm, agency, dormitory or vessel certified",
}];
