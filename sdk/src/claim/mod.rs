//! Claims: the typed content of entries, one kind per file (specs/claims.md,
//! specs/kinds.md).
//!
//! A claim is a map with integer keys, made of tokens, numbers and dates only. What a person would
//! read stands in [`TextPart`]s. A missing field means unknown and is counted as unknown; no empty
//! list ever means "none", and zero is a statement.
//!
//! [`Claim::decode`] checks the form. [`Claim::problems`] says everything that the submission door
//! refuses: a role that may not speak, subjects that are not named, answers that contradict each
//! other, and the privacy floor ([`crate::privacy`]). Its JSON view has words where bytes have codes.
//!
//! ```
//! use fairtrail::claim::{Claim, ClaimContext, Reply, Stance};
//! use fairtrail::entry::{Audience, Basis, Role};
//!
//! let subjects = ["lei:999900DEMO0000000152".parse().unwrap()];
//! let mut context = ClaimContext {
//!     subjects: &subjects,
//!     basis: &[Basis::SelfDeclared],
//!     role: Some(Role::Respondent),
//!     audience: Audience::Public,
//! };
//! let claim = Reply::new(Stance::Disputes).build(&context).unwrap();
//! assert_eq!(Claim::decode("reply", &claim.encode()), Ok(claim));
//!
//! context.role = Some(Role::Desk);
//! assert!(Reply::new(Stance::Disputes).build(&context).is_err());
//! ```

mod ack;
mod audit;
mod audit_status;
mod certificate;
mod certificate_status;
mod common;
mod contract_attest;
mod event;
mod fee;
mod finding;
mod finding_status;
mod grievance_stat;
mod id_link;
mod inspect;
mod licence;
mod licence_status;
mod listing;
mod macros;
mod problem;
mod profile;
mod recruitment_agreement;
mod register_snapshot;
mod remedy;
mod reply;
mod ruleset_adopt;
mod supply_link;
mod text;
mod value;
mod withhold;
mod words;

pub use ack::{Ack, AckAction};
pub use audit::{Audit, GradeCount, Interviews, Rating, Workforce, manifest};
pub use audit_status::{AuditState, AuditStatus};
pub use certificate::Certificate;
pub use certificate_status::{CertificateState, CertificateStatus};
pub use common::{Common, Edition, EvidenceStandard, Need, Party};
pub use contract_attest::{
    ContractAttest, ContractVersion, Deposit, Direction, FeeStatement, ShareBand, SignedBefore,
    TermChange, Wage,
};
pub use fee::FeeLine;
pub use finding::{Action, BreachOf, Finding};
pub use finding_status::FindingStatus;
pub use grievance_stat::{GrievanceChannel, GrievanceStat, TopicBand};
pub use id_link::IdLink;
pub use licence::{Bond, Condition, Licence};
pub use licence_status::{Effective, LicenceStatus};
pub use listing::{Listing, MatchMethod};
pub use problem::{ClaimContext, Problem};
pub use profile::Profile;
pub use recruitment_agreement::RecruitmentAgreement;
pub use register_snapshot::{Coverage, FileSort, RegisterKind, RegisterSnapshot};
pub use remedy::{CalcBasis, Confirmation, PaymentMethod, Remedy, RemedyType};
pub use reply::{Reply, Stance};
pub use ruleset_adopt::RulesetAdopt;
pub use supply_link::{CustodyModel, SupplyLink, SupplyRelation};
pub use text::{TEXT_MEDIA_TYPE, TextError, TextPart};
pub use value::*;
pub use withhold::{Ground, LegalBasis, Withhold};
pub use words::*;

pub(crate) use inspect::{Detail, Inspect, Seen};
pub(crate) use macros::{claim_fields, claim_kind, claim_map, word_list};
pub(crate) use problem::Problems;
pub(crate) use value::serde_text;

use crate::cbor::{self, CborError, Rules};
use crate::entry::Role;
use crate::privacy;
use crate::reason::Reason;
use crate::subject::SubjectId;
use common::Kind;

/// A value's refusal, as the decoder says it.
pub(crate) const fn invalid(error: ValueError) -> CborError {
    CborError::Invalid {
        what: error.what,
        reason: error.reason,
    }
}

/// Why bytes are not a claim of their kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// This version does not know the kind.
    #[error("this version does not know the kind")]
    KindUnknown,
    /// The bytes break the form of the kind.
    #[error(transparent)]
    Form(#[from] CborError),
}

impl ClaimError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::KindUnknown => Reason::KindUnknown,
            Self::Form(error) => error.code(),
        }
    }
}

/// The table of kinds.
macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident = $kind:literal,)*) => {
        /// A claim of a kind this version knows. JSON: the fields by name, beside `kind`.
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "kind")]
        #[non_exhaustive]
        pub enum Claim {
            $($(#[$meta])* #[serde(rename = $kind)] $name(Box<$name>),)*
        }

        $(impl From<$name> for Claim {
            fn from(claim: $name) -> Self {
                Self::$name(Box::new(claim))
            }
        })*

        impl Claim {
            /// Every kind this version knows.
            pub const KINDS: &'static [&'static str] = &[$($kind,)*];

            /// Decodes the claim of an entry of this kind.
            ///
            /// # Errors
            /// [`ClaimError`].
            pub fn decode(kind: &str, bytes: &[u8]) -> Result<Self, ClaimError> {
                match kind {
                    $($kind => Ok(cbor::decode::<$name>(bytes, Rules::CLAIM)?.into()),)*
                    _ => Err(ClaimError::KindUnknown),
                }
            }

            /// The bytes of the claim part.
            pub fn encode(&self) -> Vec<u8> {
                match self { $(Self::$name(claim) => cbor::encode(&**claim),)* }
            }

            /// The kind its entry has.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => $kind,)* }
            }

            /// The fields every claim may have.
            pub fn common(&self) -> Common<'_> {
                match self { $(Self::$name(claim) => claim.common(),)* }
            }

            fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
                match self { $(Self::$name(claim) => claim.check(context, problems),)* }
            }

            /// What the claim mentions, wherever it stands.
            pub(crate) fn seen(&self) -> Seen<'_> {
                let mut seen = Seen::default();
                match self { $(Self::$name(claim) => claim.inspect("claim", &mut seen),)* }
                seen
            }
        }

        /// Roles that may make statements of this kind; none for an unknown one.
        pub fn roles_for(kind: &str) -> &'static [Role] {
            match kind { $($kind => <$name as Kind>::ROLES,)* _ => &[] }
        }

        /// Parts that the subjects of this kind must or may play.
        pub fn needs_for(kind: &str) -> &'static [Need] {
            match kind { $($kind => <$name as Kind>::NEEDS,)* _ => &[] }
        }

        /// Key and name of every field of this kind.
        pub fn fields_for(kind: &str) -> &'static [(u64, &'static str)] {
            match kind { $($kind => $name::FIELDS,)* _ => &[] }
        }
    };
}

kinds! {
    /// The subjects of one party.
    Profile = "profile",
    /// Two identifiers and their relation.
    IdLink = "id.link",
    /// A register at a moment.
    RegisterSnapshot = "register.snapshot",
    /// A licence.
    Licence = "licence",
    /// A change of a licence's status.
    LicenceStatus = "licence.status",
    /// Terms of a cohort's recruitment.
    ContractAttest = "contract.attest",
    /// An inspection.
    Audit = "audit",
    /// A reported observation.
    Finding = "finding",
    /// Where a finding stands.
    FindingStatus = "finding.status",
    /// An answer.
    Reply = "reply",
    /// What employer and agency agreed.
    RecruitmentAgreement = "recruitment.agreement",
    /// What a body certified.
    Certificate = "certificate",
    /// What became of a certificate.
    CertificateStatus = "certificate.status",
    /// What became of an audit.
    AuditStatus = "audit.status",
    /// What was done for workers.
    Remedy = "remedy",
    /// One step of a chain.
    SupplyLink = "supply.link",
    /// A row of a published list.
    Listing = "listing",
    /// Use of a complaint channel.
    GrievanceStat = "grievance.stat",
    /// Somebody saw an entry.
    Ack = "ack",
    /// A node does not show a part.
    Withhold = "withhold",
    /// The rules somebody judges by.
    RulesetAdopt = "ruleset.adopt",
}

/// Whether this version knows the kind.
pub fn is_known(kind: &str) -> bool {
    Claim::KINDS.contains(&kind)
}

impl Claim {
    /// Everything the submission door refuses about this claim, at once; empty when it takes it.
    pub fn problems(&self, context: &ClaimContext<'_>) -> Vec<Problem> {
        let mut problems = Problems::default();
        self.check_role(context, &mut problems);
        self.check_subjects(context, &mut problems);
        common::check_needs(needs_for(self.kind()), self.common(), &mut problems);
        self.common().check(context, &mut problems);
        self.check(context, &mut problems);
        self.check_size(&mut problems);
        privacy::check(self, context, &mut problems);
        problems.into_vec()
    }

    /// The claim, if the submission door takes it.
    ///
    /// # Errors
    /// Every [`Problem`] at once.
    pub fn checked(self, context: &ClaimContext<'_>) -> Result<Self, Vec<Problem>> {
        let problems = self.problems(context);
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(problems)
        }
    }

    fn check_role(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        let may = |role| roles_for(self.kind()).contains(&role);
        if !context.role.is_none_or(may) {
            let detail = "authors of this role make no statements of this kind";
            problems.add(Reason::RoleMismatch, "role", detail);
        }
    }

    fn check_subjects(&self, context: &ClaimContext<'_>, problems: &mut Problems) {
        problems.needed(
            !context.subjects.is_empty(),
            "subjects",
            "whom or what it is about",
        );
        let header = context.subjects.iter().map(|subject| ("subjects", subject));
        for (field, subject) in header.chain(self.seen().subjects) {
            if let Err(error) = subject.check_closed() {
                problems.add(error.code(), field, format!("{subject}: {error}"));
            }
        }
    }

    /// Subjects in the claim that number natural persons.
    pub(crate) fn subjects_of_persons(&self) -> impl Iterator<Item = &SubjectId> {
        let person = |subject: &&SubjectId| {
            let error = subject.check_closed().err();
            error.is_some_and(|error| error.code() == Reason::SubjectNaturalPerson)
        };
        let named = self.seen().subjects.into_iter();
        named.map(|(_, subject)| subject).filter(person)
    }

    fn check_size(&self, problems: &mut Problems) {
        if let Err(error) = cbor::validate(&self.encode(), Rules::CLAIM) {
            problems.add(error.code(), "claim", error.to_string());
        }
    }
}

#[cfg(test)]
mod tests;
