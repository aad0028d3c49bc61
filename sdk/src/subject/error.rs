//! Why a text is no subject.

use super::CheckDigits;
use crate::reason::Reason;

/// Why a text is not a subject, or not one the submission door takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectError {
    /// Not of the open grammar.
    #[error("expected `scheme:value`, at most 16 and 111 printable ASCII characters")]
    Grammar,
    /// This version does not know the scheme.
    #[error("the scheme is not one of {}", super::closed::SCHEMES)]
    SchemeUnknown,
    /// The identifier is, or has the form of, one of a natural person.
    #[error("{what} identifies a natural person and has no place here")]
    NaturalPerson {
        /// What was recognised.
        what: &'static str,
    },
    /// The value is not in the one normal form of its scheme.
    #[error("{scheme} expects {expected}")]
    Form {
        /// The scheme.
        scheme: &'static str,
        /// The normal form.
        expected: &'static str,
    },
    /// The check digits are not those the rest of the value gives.
    #[error("the check digits of this {scheme} should be `{expected}`")]
    CheckDigits {
        /// The scheme.
        scheme: &'static str,
        /// What the rest of the value gives.
        expected: CheckDigits,
    },
    /// The list has a scheme of its own; two names for one thing would split its history.
    #[error("identifiers of this list are written `{scheme}:…`")]
    OwnScheme {
        /// The scheme to use.
        scheme: &'static str,
    },
    /// A key names only the author of a first entry.
    #[error("a key is the subject of an author's first entry only")]
    KeyOutsideBegin,
}

impl SubjectError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::SchemeUnknown => Reason::SubjectSchemeUnknown,
            Self::NaturalPerson { .. } => Reason::SubjectNaturalPerson,
            Self::Grammar
            | Self::Form { .. }
            | Self::CheckDigits { .. }
            | Self::OwnScheme { .. }
            | Self::KeyOutsideBegin => Reason::SubjectInvalid,
        }
    }
}
