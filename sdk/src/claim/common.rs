//! What every claim may say.

use super::inspect::nothing_to_see;
use super::value::{ExternalRef, Language, PartialDate, Set};
use super::words::PartyRole;
use super::{ClaimContext, Problems, claim_map};
use crate::cbor::{CborError, Decode, Encode, Optional, Reader, Writer};
use crate::entry::{Basis, Role};
use crate::subject::SubjectId;

/// Edition of a kind's schema: 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Edition;

impl Edition {
    /// The number in key 1.
    pub const NUMBER: u64 = 1;
}

impl Encode for Edition {
    fn encode(&self, writer: &mut Writer) {
        writer.uint(Self::NUMBER);
    }
}

impl Decode for Edition {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let what = "schema edition";
        match reader.uint()? {
            Self::NUMBER => Ok(Self),
            code => Err(CborError::UnknownCode { what, code }),
        }
    }
}

impl Optional for Edition {
    fn absent() -> Self {
        Self
    }

    fn is_absent(&self) -> bool {
        false
    }
}

impl serde::Serialize for Edition {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(Self::NUMBER)
    }
}

impl<'de> serde::Deserialize<'de> for Edition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            _ => Err(serde::de::Error::custom("unknown schema edition")),
        }
    }
}

crate::code_enum! {
    /// How well an adverse statement is supported, from weakest to strongest.
    pub enum EvidenceStandard: "evidence standard" {
        /// Somebody says so.
        Alleged = 0 "alleged",
        /// Said to the author by those concerned.
        Reported = 1 "reported",
        /// Seen by the author.
        Observed = 2 "observed",
        /// Seen or told independently by more than one source.
        Corroborated = 3 "corroborated",
        /// Decided by a court or an agency.
        Adjudicated = 4 "adjudicated",
    }
}

nothing_to_see!(Edition, EvidenceStandard);

claim_map! {
    /// Which part a subject plays in a statement.
    pub struct Party {
        /// The part.
        1 => role: PartyRole,
        /// Who plays it; one of the header's subjects.
        2 => subject: SubjectId,
    }
}

impl PartialOrd for Party {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Party {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.role, &self.subject).cmp(&(&other.role, &other.subject))
    }
}

/// Every role but that of a desk, which speaks for its principal.
pub(super) const ANYBODY: &[Role] = &[
    Role::Authority,
    Role::Observer,
    Role::Auditor,
    Role::Company,
    Role::Recruiter,
    Role::Respondent,
    Role::Ngo,
    Role::WorkerOrganisation,
    Role::Node,
    Role::Scheme,
];

/// A part that must or may be played in statements of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// One of these parts.
    pub any_of: &'static [PartyRole],
    /// Whether a statement without it is refused.
    pub required: bool,
    /// Who that is.
    pub meaning: &'static str,
}

/// The fields every claim may have, whatever its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Common<'a> {
    /// How well the statement is supported.
    pub evidence_standard: Option<EvidenceStandard>,
    /// Since when it holds.
    pub valid_from: Option<PartialDate>,
    /// Until when it holds.
    pub valid_to: Option<PartialDate>,
    /// The author's own key of this statement, salted.
    pub external_ref: Option<ExternalRef>,
    /// Language of the text parts.
    pub lang: Option<&'a Language>,
    /// Which of the subjects answers for what is stated.
    pub responsible: Option<&'a SubjectId>,
    /// Which part each subject plays.
    pub parties: &'a Set<Party>,
}

impl<'a> Common<'a> {
    /// Subjects that play this part.
    pub fn playing(self, role: &PartyRole) -> impl Iterator<Item = &'a SubjectId> {
        let of_role = move |party: &&Party| party.role == *role;
        self.parties
            .iter()
            .filter(of_role)
            .map(|party| &party.subject)
    }

    pub(super) fn check(self, context: &ClaimContext<'_>, problems: &mut Problems) {
        let named = |subject: &SubjectId| context.subjects.contains(subject);
        problems.rule(
            ordered(self.valid_from, self.valid_to),
            "valid_to",
            "lies before valid_from",
        );
        problems.rule(
            self.responsible.is_none_or(named),
            "responsible",
            "is not one of the subjects of the entry",
        );
        problems.rule(
            self.parties.iter().all(|party| named(&party.subject)),
            "parties",
            "name a subject that the entry does not name",
        );
        self.check_standard(context, problems);
    }

    fn check_standard(self, context: &ClaimContext<'_>, problems: &mut Problems) {
        let rests_on = |basis| context.basis.contains(&basis);
        let only_own_word = context
            .basis
            .iter()
            .all(|basis| *basis == Basis::SelfDeclared);
        let Some(standard) = self.evidence_standard else {
            return;
        };
        problems.rule(
            standard < EvidenceStandard::Observed || !only_own_word,
            "evidence_standard",
            "needs a basis other than self_declared from `observed` on",
        );
        problems.rule(
            standard != EvidenceStandard::Adjudicated || rests_on(Basis::CourtOrAgency),
            "evidence_standard",
            "needs the basis court_or_agency for `adjudicated`",
        );
    }
}

/// Whether the first may lie before or at the second, as far as both are known.
pub(super) fn ordered(first: Option<PartialDate>, second: Option<PartialDate>) -> bool {
    match (first, second) {
        (Some(first), Some(second)) => first.first() <= second.last(),
        _ => true,
    }
}

/// A kind's rules beyond the form of its fields.
pub(crate) trait Kind {
    /// Roles that may make such statements.
    const ROLES: &'static [Role];
    /// Parts its subjects must or may play.
    const NEEDS: &'static [Need];

    /// Notes every rule of the kind that is broken.
    fn check(&self, context: &ClaimContext<'_>, problems: &mut Problems);
}

/// Notes every required part that nobody plays.
pub(super) fn check_needs(needs: &[Need], common: Common<'_>, problems: &mut Problems) {
    let played = |need: &Need| {
        let fits = |party: &Party| need.any_of.contains(&party.role);
        common.parties.iter().any(fits)
    };
    for need in needs.iter().filter(|need| need.required) {
        problems.needed(played(need), "parties", need.meaning);
    }
}
