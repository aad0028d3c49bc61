//! Why a note, a key or a signature line is refused.

use super::{KeyName, NoteKeyId};
use crate::reason::Reason;

/// Why a note, a verifier key or a signature is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// More bytes than a note may have.
    #[error("note of {found} bytes, at most {max}")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// More signature lines than a note may have.
    #[error("{found} signature lines, at most {max}")]
    TooManySignatures {
        /// Lines found.
        found: usize,
        /// Lines allowed.
        max: usize,
    },
    /// Not UTF-8.
    #[error("the note is not UTF-8")]
    NotUtf8,
    /// A control character other than the line feed.
    #[error("control character {found:#04x} in the text")]
    ControlCharacter {
        /// The character.
        found: u32,
    },
    /// The text does not end in a line feed.
    #[error("the text does not end in a line feed")]
    TextUnterminated,
    /// No blank line, or nothing but the text.
    #[error("no signature lines after a blank line")]
    NoSignatureBlock,
    /// A signature line in another form than `— <name> <base64>`.
    #[error("signature line {number} is malformed")]
    LineMalformed {
        /// Line of the signature block, from 1.
        number: usize,
    },
    /// Two signature lines of one key.
    #[error("two signature lines of key {name}+{id}")]
    DuplicateSignature {
        /// Name of the key.
        name: KeyName,
        /// Id of the key.
        id: NoteKeyId,
    },
    /// Not a key name: 1 to 255 bytes without space, plus and control characters.
    #[error("not a key name")]
    NameMalformed,
    /// A verifier key in another form than `<name>+<hex id>+<base64>`.
    #[error("the verifier key is malformed")]
    VkeyMalformed,
    /// The id in a verifier key does not follow from name, type and key.
    #[error("expected key id {expected}, found {found}")]
    KeyIdMismatch {
        /// The id that follows.
        expected: NoteKeyId,
        /// The id written.
        found: NoteKeyId,
    },
    /// A signature type that is not verified here.
    #[error("signature type {found:#04x} is not supported")]
    TypeUnsupported {
        /// The type byte.
        found: u8,
    },
    /// The public key is weak, not canonical or has a torsion component.
    #[error("the public key is not acceptable")]
    KeyUnacceptable,
    /// Two trusted keys share name and id, so that lines cannot be told apart.
    #[error("two trusted keys share the name and id {name}+{id}")]
    AmbiguousKey {
        /// Their name.
        name: KeyName,
        /// Their id.
        id: NoteKeyId,
    },
    /// No line is by a trusted key.
    #[error("no signature of a trusted key")]
    Unsigned,
    /// A line names a trusted key, but its signature does not verify.
    #[error("the signature of {name} does not verify")]
    SignatureInvalid {
        /// The key it names.
        name: KeyName,
    },
    /// A line names a trusted witness, but its cosignature does not verify.
    #[error("the cosignature of {name} does not verify")]
    CosignatureInvalid {
        /// The key it names.
        name: KeyName,
    },
    /// A time stamp above 2^63 − 1.
    #[error("time stamp {found} above {max}")]
    StampTooLarge {
        /// The stamp.
        found: u64,
        /// The largest stamp.
        max: u64,
    },
}

impl NoteError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::TooLarge { .. } | Self::TooManySignatures { .. } => Reason::TooLarge,
            Self::VkeyMalformed
            | Self::KeyIdMismatch { .. }
            | Self::TypeUnsupported { .. }
            | Self::AmbiguousKey { .. } => Reason::VkeyMalformed,
            Self::KeyUnacceptable => Reason::KeyUnacceptable,
            Self::Unsigned => Reason::SignatureMissing,
            Self::SignatureInvalid { .. } => Reason::SignatureInvalid,
            Self::CosignatureInvalid { .. } => Reason::CosignatureInvalid,
            Self::StampTooLarge { .. } => Reason::IntegerOutOfRange,
            _ => Reason::NoteMalformed,
        }
    }
}
