//! Parts: detached pieces of a statement, named by salted digest.

use super::{Audience, PartRole};
use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::contexts::{PART, derive};
use crate::id::PartDigest;
use crate::limits;
use crate::reason::Reason;

/// Bytes of a part's salt.
pub const SALT_BYTES: usize = 16;

crate::int_map! {
    /// One part as the header names it. Size and rounding hide how long a text is.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Part {
        /// What the part holds.
        1 => role: PartRole,
        /// Media type; absent for a claim.
        2 ? media_type: Option<String>,
        /// Bytes: exact for a claim, rounded up to 64 for a text and to 4,096 for a document.
        3 => size: u64,
        /// Digest of salt and bytes.
        4 => digest: PartDigest,
        /// Who may have it.
        5 => audience: Audience,
    }
}

impl Part {
    /// Whether size and media type fit the role.
    pub(crate) fn is_valid(&self) -> bool {
        let (rounding, max) = size_rule(self.role);
        let media_type = (self.role == PartRole::Claim) == self.media_type.is_none();
        let in_range = self.size >= 1 && usize::try_from(self.size).is_ok_and(|size| size <= max);
        media_type && in_range && self.size.is_multiple_of(rounding)
    }
}

const fn size_rule(role: PartRole) -> (u64, usize) {
    match role {
        PartRole::Claim => (1, limits::CLAIM_BYTES),
        PartRole::Text => (limits::TEXT_ROUNDING, limits::TEXT_BYTES),
        PartRole::Document => (limits::DOCUMENT_ROUNDING, limits::DOCUMENT_BYTES),
    }
}

/// A part's bytes and the salt that travels with them.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    /// Random; without it the digest cannot be guessed from likely bytes.
    pub salt: [u8; SALT_BYTES],
    /// The content.
    pub bytes: Vec<u8>,
}

impl Body {
    /// The digest that names these bytes under this salt.
    pub fn digest(&self) -> PartDigest {
        PartDigest::new(derive(PART, &[&self.salt, &self.bytes]))
    }

    /// The part a header names this body by.
    pub fn part(&self, role: PartRole, media_type: Option<&str>, audience: Audience) -> Part {
        let size = self.stated_size(role);
        let media_type = media_type.map(str::to_owned);
        Part {
            role,
            media_type,
            size,
            digest: self.digest(),
            audience,
        }
    }

    /// Whether this body is the one `part` names: digest and size.
    pub fn matches(&self, part: &Part) -> bool {
        self.has_size_of(part) && self.digest() == part.digest
    }

    /// Whether this body has the size that `part` states; which body it is, its digest tells.
    pub fn has_size_of(&self, part: &Part) -> bool {
        self.stated_size(part.role) == part.size
    }

    /// The size that a part of this role states for these bytes.
    fn stated_size(&self, role: PartRole) -> u64 {
        let (rounding, _) = size_rule(role);
        let len = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        len.checked_next_multiple_of(rounding).unwrap_or(u64::MAX)
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither salt nor text belongs in a log.
        write!(f, "Body({} bytes)", self.bytes.len())
    }
}

impl Encode for Body {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        writer.bytes(&self.salt);
        writer.bytes(&self.bytes);
    }
}

impl Decode for Body {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "salt and bytes")?;
        Ok(Self {
            salt: reader.fixed()?,
            bytes: reader.bytes()?.to_vec(),
        })
    }
}

/// The body does not match the part that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("salt and bytes give {found}, the header names {expected}")]
pub struct PartError {
    /// The digest in the header.
    pub expected: PartDigest,
    /// The digest of what was sent.
    pub found: PartDigest,
}

impl PartError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::PartMismatch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_match_only_their_part() {
        let body = Body {
            salt: [1; 16],
            bytes: b"some text".to_vec(),
        };
        let part = body.part(PartRole::Text, Some("text/plain"), Audience::Public);
        assert_eq!(part.size, 64);
        assert!(part.is_valid() && body.matches(&part));
        let other = Body {
            salt: [2; 16],
            ..body.clone()
        };
        assert!(!other.matches(&part));
        assert!(!body.matches(&Part { size: 128, ..part }));
    }

    #[test]
    fn sizes_and_media_types_follow_the_role() {
        let body = Body {
            salt: [1; 16],
            bytes: vec![0; 65],
        };
        let part = body.part(PartRole::Claim, None, Audience::Public);
        assert!(part.is_valid());
        assert!(
            !Part {
                media_type: Some("a/b".into()),
                ..part.clone()
            }
            .is_valid()
        );
        assert!(
            !Part {
                size: 0,
                ..part.clone()
            }
            .is_valid()
        );
        assert!(
            !Part {
                size: limits::CLAIM_BYTES as u64 + 1,
                ..part.clone()
            }
            .is_valid()
        );
        assert!(
            !Part {
                role: PartRole::Text,
                ..part
            }
            .is_valid()
        );
    }
}
