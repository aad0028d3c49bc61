//! Strict deterministic CBOR (specs/entry.md).
//!
//! [`validate`] accepts exactly the one deterministic encoding within its [`Rules`]; [`decode`] runs
//! it, reads the structure through cbor4ii, encodes it again and compares. [`int_map!`](crate::int_map) declares
//! structures with integer keys so that their encoding order cannot be wrong.

#[macro_use]
mod codes;
#[macro_use]
mod map;
mod reader;
mod validate;
mod writer;

pub use codes::UnknownWord;
pub use map::Optional;
pub use reader::{Decode, Reader};
pub use validate::{Rules, validate};
pub use writer::{Encode, Writer, encode};

use crate::reason::Reason;

/// Why bytes are not an acceptable structure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CborError {
    /// Not well-formed, or the input ends inside an item.
    #[error("malformed or truncated at byte {at}")]
    Malformed {
        /// Offset of the item.
        at: usize,
    },
    /// Well-formed, but not the deterministic encoding.
    #[error("not the deterministic encoding at byte {at}")]
    NotCanonical {
        /// Offset of the item.
        at: usize,
    },
    /// A float, null, tag, indefinite item or map key that is neither integer nor text.
    #[error("item {byte:#04x} has no place at byte {at}")]
    Forbidden {
        /// Offset of the item.
        at: usize,
        /// Its first byte.
        byte: u8,
    },
    /// Nested too deeply.
    #[error("nested deeper than {max} at byte {at}")]
    TooDeep {
        /// Offset of the item.
        at: usize,
        /// Levels allowed.
        max: usize,
    },
    /// Too many data items.
    #[error("more than {max} items")]
    TooManyItems {
        /// Items allowed.
        max: usize,
    },
    /// An integer outside the range of its field.
    #[error("integer out of range")]
    IntegerRange,
    /// Text or bytes break the token rule.
    #[error("token rule broken at byte {at}")]
    Token {
        /// Offset of the item.
        at: usize,
    },
    /// An item of another type than expected.
    #[error("expected {expected}")]
    Expected {
        /// What the structure has there.
        expected: &'static str,
    },
    /// A map key the structure does not have.
    #[error("unknown field {key} in {structure}")]
    UnknownField {
        /// The structure.
        structure: &'static str,
        /// The key.
        key: u64,
    },
    /// A required field is absent.
    #[error("missing field {key} in {structure}")]
    MissingField {
        /// The structure.
        structure: &'static str,
        /// The key.
        key: u64,
    },
    /// An optional field is present though empty.
    #[error("field {key} of {structure} is present though empty")]
    EmptyOptional {
        /// The structure.
        structure: &'static str,
        /// The key.
        key: u64,
    },
    /// A list does not rise strictly.
    #[error("list does not rise strictly")]
    NotAscending,
    /// A list or string is longer than allowed.
    #[error("{len} elements or bytes, at most {max}")]
    TooLarge {
        /// What was found.
        len: usize,
        /// What is allowed.
        max: usize,
    },
    /// A closed code is unknown.
    #[error("unknown {what} code {code}")]
    UnknownCode {
        /// Which code list.
        what: &'static str,
        /// The code found.
        code: u64,
    },
    /// A value breaks its type's grammar.
    #[error("not a valid {what}")]
    Invalid {
        /// Which type.
        what: &'static str,
        /// The code of the refusal.
        reason: Reason,
    },
}

impl CborError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Malformed { .. } => Reason::CborMalformed,
            Self::NotCanonical { .. } => Reason::CborNotCanonical,
            Self::Forbidden { .. } => Reason::CborForbiddenItem,
            Self::TooDeep { .. } => Reason::CborTooDeep,
            Self::TooManyItems { .. } => Reason::CborTooManyItems,
            Self::IntegerRange => Reason::IntegerOutOfRange,
            Self::Token { .. } => Reason::TokenRule,
            Self::Expected { .. } => Reason::SchemaMismatch,
            Self::UnknownField { .. } => Reason::UnknownField,
            Self::MissingField { .. } => Reason::MissingField,
            Self::EmptyOptional { .. } => Reason::EmptyOptional,
            Self::NotAscending => Reason::NotAscending,
            Self::TooLarge { .. } => Reason::TooLarge,
            Self::UnknownCode { .. } => Reason::CodeUnknown,
            Self::Invalid { reason, .. } => *reason,
        }
    }
}

/// Decodes one structure: validates, reads, encodes again and compares.
///
/// # Errors
/// [`CborError`] for whatever is wrong first: size, well-formedness, determinism, `rules`, schema.
///
/// ```
/// use fairtrail::cbor::{Rules, decode};
/// assert_eq!(decode::<u64>(&[0x18, 0x64], Rules::STRUCTURE).unwrap(), 100);
/// // 1 in two bytes is not its deterministic encoding.
/// assert!(decode::<u64>(&[0x18, 0x01], Rules::STRUCTURE).is_err());
/// ```
pub fn decode<T: Decode + Encode>(bytes: &[u8], rules: Rules) -> Result<T, CborError> {
    validate(bytes, rules)?;
    let mut reader = Reader::new(bytes);
    let value = T::decode(&mut reader)?;
    // The validator leaves nothing for this to find; it guards the two against drifting apart.
    let mut again = Writer::with_capacity(bytes.len());
    value.encode(&mut again);
    if again.into_bytes() != bytes {
        return Err(CborError::NotCanonical { at: 0 });
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
