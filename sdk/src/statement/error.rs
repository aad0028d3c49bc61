//! Why a statement file is no statement.

use crate::claim::TextError;
use crate::reason::Reason;

/// Why a statement file is no statement.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// Findings stand in the file of something else than an audit.
    #[error("findings stand in the file of an audit only")]
    Findings,
    /// A kind this version does not know.
    #[error("this version does not know the kind")]
    Kind,
    /// `[text]` is no table of texts with a language.
    #[error("[text] needs lang = \"…\" and texts")]
    Text,
    /// A text breaks a rule.
    #[error(transparent)]
    TextPart(#[from] TextError),
    /// Not TOML, an unknown or missing field, or a value of another type.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// Larger than a statement file may be.
    #[error("{len} bytes, at most {max}")]
    TooLarge {
        /// Bytes found.
        len: usize,
        /// Bytes allowed.
        max: usize,
    },
}

impl StatementError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Findings | Self::Toml(_) => Reason::ClaimInvalid,
            Self::Kind => Reason::KindUnknown,
            Self::Text => Reason::TextInvalid,
            Self::TextPart(error) => error.code(),
            Self::TooLarge { .. } => Reason::TooLarge,
        }
    }
}
