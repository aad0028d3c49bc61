//! Entries: the signed header, its parts and references (specs/entry.md).
//!
//! An entry is a `COSE_Sign1` whose payload is the header; claim, texts and documents are parts,
//! named by salted digest and stored apart, so that they can be withheld and erased while every
//! proof stays valid. Out of scope: whether an entry is admitted ([`crate::admission`]), and what
//! its claim says ([`crate::claim`]).

mod codes;
mod draft;
mod header;
mod kind;
mod network;
mod part;
mod signed;

pub use codes::{Audience, Basis, PartRole, RefType, Role};
pub(crate) use draft::begin_of;
pub use draft::{Draft, DraftPart, Position};
pub use header::{Anchor, CONTENT_TYPE, ENVELOPE_VERSION, Header, Protected, RawClaim, Ref};
pub use kind::{Kind, KindError, NETWORK_KINDS};
pub use network::{
    Amend, Begin, Grant, NetworkClaim, Pair, PartErase, Pulse, Revoke, RevokeKind, RevokeTarget,
    Rotate, ScopeItem,
};
pub use part::{Body, Part, PartError, SALT_BYTES};
pub use signed::SignedEntry;

use crate::cbor::CborError;
use crate::key::KeyError;
use crate::limits;

/// Why bytes are not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Header or claim break the encoding or their schema.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A network kind without inline claim, or an inline claim elsewhere.
    #[error("an inline claim stands exactly in network kinds")]
    Claim,
    /// An unknown closed code.
    #[error("unknown {what}")]
    Code {
        /// Which code.
        what: &'static str,
    },
    /// Not the one COSE frame allowed.
    #[error("not a COSE_Sign1 frame of this profile")]
    Frame,
    /// Issuer or subject do not follow from the header.
    #[error("issuer or subject do not follow from the header")]
    Issuer,
    /// A key or signature is refused.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The part list breaks the rules of its kind.
    #[error("part list breaks the rules of its kind")]
    Parts,
    /// Fields that may not stand at this sequence number, or miss there.
    #[error("fields do not fit sequence number {seq}")]
    Position {
        /// The sequence number.
        seq: u64,
    },
    /// A network kind names other subjects than it must.
    #[error("network kind names other subjects than it must")]
    Subjects,
    /// More bytes than an entry may have.
    #[error("{len} bytes, at most {max}", max = limits::ENTRY_BYTES)]
    TooLarge {
        /// Bytes found.
        len: usize,
    },
    /// Another envelope version.
    #[error("envelope version {found}, expected {expected}", expected = ENVELOPE_VERSION)]
    Version {
        /// The version found.
        found: u64,
    },
}

/// Checks that a list rises strictly and has `min` to `max` elements.
pub(crate) fn ascending<T: Ord>(list: &[T], min: usize, max: usize) -> Result<(), CborError> {
    if list.len() > max {
        return Err(CborError::TooLarge {
            len: list.len(),
            max,
        });
    }
    if list.len() < min {
        return Err(CborError::Expected {
            expected: "a list that is not empty",
        });
    }
    let rises = list.is_sorted_by(|a, b| a < b);
    if rises {
        Ok(())
    } else {
        Err(CborError::NotAscending)
    }
}

/// Whether `text` is a code: 1 to 48 of `A-Za-z0-9._:/()+-`.
pub(crate) fn is_code(text: &str) -> bool {
    (1..=48).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._:/()+-".contains(&b))
}

#[cfg(test)]
mod tests;
