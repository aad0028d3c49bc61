//! `audit`: an inspection, and a promise of all its findings.

use super::common::{Kind, Need};
use super::value::{Band, Code, Digest, ExternalRef, Language, Set, ThreeValued};
use super::words::{AccessDenied, Announcement, AuditType, PartyRole};
use super::{ClaimContext, Problems, claim_kind, claim_map};
use crate::entry::Role;
use crate::merkle::{CompactRange, leaf_hash};
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::time::Date;

/// The manifest of an audit: the RFC 6962 root over the external references of all its findings,
/// sorted, each a leaf of 32 bytes. Of no findings it is the root of the empty tree.
///
/// Declared with the audit, it makes a finding that was left out visible to everybody.
///
/// ```
/// use fairtrail::claim::{ExternalRef, manifest};
/// let one = ExternalRef::new([1; 32]);
/// let two = ExternalRef::new([2; 32]);
/// assert_eq!(manifest(&[one, two]), manifest(&[two, one]));
/// assert_ne!(manifest(&[one, two]), manifest(&[one]));
/// ```
pub fn manifest(findings: &[ExternalRef]) -> Digest {
    let mut range = CompactRange::new();
    for reference in &Set::from(findings.to_vec()) {
        // Fails only past 2^53 leaves, which no slice holds.
        let _ = range.append(leaf_hash(reference.as_bytes()));
    }
    Digest::new(*range.root().as_bytes())
}

claim_map! {
    /// How many findings an audit has of one native grade.
    pub struct GradeCount {
        /// The scheme's own grade.
        1 => grade: Code,
        /// Findings of that grade.
        2 => count: u16,
    }
}

claim_map! {
    /// The outcome by the scheme's own scale.
    pub struct Rating {
        /// Which scale.
        1 => scale: Code,
        /// The value on it.
        2 => value: Code,
        /// Points, where the scale has them.
        3 ? points: Option<u16>,
    }
}

claim_map! {
    /// Who worked on the site.
    pub struct Workforce {
        /// Everybody.
        1 ? total: Option<Band>,
        /// On contracts with an end.
        2 ? contract: Option<Band>,
        /// Through agencies.
        3 ? agency: Option<Band>,
        /// Migrants.
        4 ? migrant: Option<Band>,
        /// Women.
        5 ? female: Option<Band>,
    }
}

claim_map! {
    /// Who was interviewed.
    pub struct Interviews {
        /// People interviewed alone.
        1 ? individual: Option<Band>,
        /// People interviewed in groups.
        2 ? group: Option<Band>,
        /// People interviewed away from the site.
        3 ? off_site: Option<Band>,
        /// Migrants among them.
        4 ? migrant: Option<Band>,
        /// Women among them.
        5 ? female: Option<Band>,
        /// Languages used.
        6 ? languages: Set<Language>,
        /// Whether management was present.
        7 ? management_present: Option<ThreeValued>,
    }
}

claim_kind! {
    /// An inspection. With it stand how many findings it has of each native grade and the manifest
    /// of them all, so that one left out is seen.
    pub struct Audit: "audit" {
        /// The scheme audited against.
        16 => scheme: Code,
        /// The sort of audit.
        17 => audit_type: AuditType,
        /// Whether the party knew of it before.
        18 => announcement: Announcement,
        /// First day.
        19 => started_on: Date,
        /// Last day.
        20 => ended_on: Date,
        /// The report's own reference.
        21 => report_ref: Code,
        /// All findings, good ones included; 0 says there are none.
        22 => findings_total: u16,
        /// [`manifest`] of all findings.
        23 => manifest: Digest,
        /// Findings by native grade; together as many as `findings_total`.
        24 ? findings_declared: Vec<GradeCount>,
        /// The scheme's version.
        25 ? scheme_version: Option<Code>,
        /// The platform the report stands on.
        26 ? platform: Option<Code>,
        /// Who ordered it.
        27 ? commissioned_by: Option<SubjectId>,
        /// Who paid for it.
        28 ? paid_by: Option<SubjectId>,
        /// What allows it to be shown.
        29 ? publication_basis: Option<Code>,
        /// Date of the report.
        30 ? issued_on: Option<Date>,
        /// Until when the scheme counts it.
        31 ? valid_until: Option<Date>,
        /// The outcome on the scheme's scale.
        32 ? rating: Option<Rating>,
        /// The outcome in the scheme's word.
        33 ? outcome: Option<Code>,
        /// Parts of the scheme that were audited.
        34 ? modules_in_scope: Set<Code>,
        /// Whether dormitories were.
        35 ? dormitories_in_scope: Option<ThreeValued>,
        /// Whether labour agents were.
        36 ? labour_agents_in_scope: Option<ThreeValued>,
        /// What was left out.
        37 ? excluded_areas: Set<Code>,
        /// Days within which a semi-announced audit could fall.
        38 ? announcement_window_days: Option<u16>,
        /// Days of work of all auditors together.
        39 ? auditor_days: Option<u16>,
        /// The firm that audited.
        40 ? audit_body: Option<SubjectId>,
        /// The firm's accreditation; never a person's.
        41 ? accreditation: Option<Code>,
        /// Who worked on the site.
        42 ? workforce: Option<Workforce>,
        /// Who was interviewed.
        43 ? interviews: Option<Interviews>,
        /// Whether auditors were kept from something.
        44 ? access_denied: Option<AccessDenied>,
        /// Why.
        45 ? access_reason: Option<Code>,
    }
}

impl Kind for Audit {
    const ROLES: &'static [Role] = &[Role::Auditor];
    const NEEDS: &'static [Need] = AUDITED;

    fn check(&self, _: &ClaimContext<'_>, problems: &mut Problems) {
        problems.rule(
            self.started_on <= self.ended_on,
            "ended_on",
            "lies before started_on",
        );
        let after = |date: Option<Date>, start: Date| date.is_none_or(|date| start <= date);
        problems.rule(
            after(self.issued_on, self.ended_on),
            "issued_on",
            "lies before the audit ended",
        );
        problems.rule(
            after(self.valid_until, self.ended_on),
            "valid_until",
            "lies before the audit ended",
        );
        self.check_grades(problems);
        if self.workforce == Some(Workforce::new()) {
            problems.add(Reason::EmptyOptional, "workforce", "says nothing");
        }
        if self.interviews == Some(Interviews::new()) {
            problems.add(Reason::EmptyOptional, "interviews", "says nothing");
        }
        let semi = self.announcement == Announcement::SemiAnnounced;
        problems.rule(
            semi || self.announcement_window_days.is_none(),
            "announcement_window_days",
            "belongs to a semi-announced audit",
        );
    }
}

impl Audit {
    fn check_grades(&self, problems: &mut Problems) {
        let counts = self
            .findings_declared
            .iter()
            .map(|grade| u64::from(grade.count));
        problems.rule(
            counts.sum::<u64>() == u64::from(self.findings_total),
            "findings_declared",
            "do not add up to findings_total",
        );
        let rising = self
            .findings_declared
            .is_sorted_by(|a, b| a.grade < b.grade);
        problems.rule(
            rising,
            "findings_declared",
            "grades do not rise, or come twice",
        );
        let counted = self.findings_declared.iter().all(|grade| grade.count > 0);
        problems.rule(
            counted,
            "findings_declared",
            "hold a grade without findings",
        );
        problems.rule(
            self.findings_total > 0 || self.manifest == manifest(&[]),
            "manifest",
            "is not that of no findings",
        );
    }
}

/// Who is inspected: shared by audits and findings.
pub(super) const AUDITED: &[Need] = &[Need {
    any_of: &[
        PartyRole::Site,
        PartyRole::Dormitory,
        PartyRole::Vessel,
        PartyRole::Recruiter,
        PartyRole::LabourProvider,
        PartyRole::SubAgent,
    ],
    required: true,
    meaning: "the site, dormitory, vessel or agency inspected",
}];
