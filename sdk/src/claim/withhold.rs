//! `withhold`: a node does not show a part, and says why.

use super::common::{Kind, Need};
use super::value::{Code, Country};
use super::{ClaimContext, Problems, claim_kind, word_list};
use crate::entry::Role;
use crate::id::{EntryId, PartDigest};
use crate::time::Date;

word_list! {
    /// Why a part is not shown.
    pub enum LegalBasis {
        AuthorityOrder "authority_order",
        CourtOrder "court_order",
        /// Its author asked for it.
        AuthorRequest "author_request",
        DataProtection "data_protection",
        Defamation "defamation",
        IntellectualProperty "intellectual_property",
        /// Showing it endangers people.
        Safety "safety",
    }
}

/// On what ground a node does not show a part: what it tells whoever asks, and what its statement
/// says.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Ground {
    /// Why.
    pub basis: LegalBasis,
    /// Whose law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<Country>,
    /// The statute or order, by its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statute: Option<Code>,
    /// Since when.
    pub since: Date,
    /// The `withhold` statement that says so in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<EntryId>,
}

impl std::fmt::Display for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.basis)?;
        if let Some(jurisdiction) = &self.jurisdiction {
            write!(f, ", {jurisdiction}")?;
        }
        if let Some(statute) = &self.statute {
            write!(f, ", {statute}")?;
        }
        write!(f, ", since {}", self.since)
    }
}

claim_kind! {
    /// The author, a node, does not show a part of an entry; the header refers to that entry as
    /// `about` and has its subjects. Entry and proofs stand, the part counts as unknown.
    pub struct Withhold: "withhold" {
        /// The entry the part belongs to.
        16 => entry: EntryId,
        /// The part.
        17 => part: PartDigest,
        /// Why.
        18 => legal_basis: LegalBasis,
        /// Since when.
        19 => from: Date,
        /// Until when; absent is until further notice.
        20 ? until: Option<Date>,
        /// Whose law.
        21 ? jurisdiction: Option<Country>,
        /// The statute or order, by its code.
        22 ? statute: Option<Code>,
    }
}

impl Kind for Withhold {
    const ROLES: &'static [Role] = &[Role::Node];
    const NEEDS: &'static [Need] = &[];

    fn check(&self, _: &ClaimContext<'_>, problems: &mut Problems) {
        problems.rule(
            self.until.is_none_or(|until| self.from <= until),
            "until",
            "lies before from",
        );
    }
}
