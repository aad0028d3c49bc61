//! Random identifiers and digests of fixed length. Text form: lower-case hexadecimal.

use super::ValueError;
use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::contexts;
use crate::reason::Reason;
use data_encoding::HEXLOWER;
use std::fmt;
use std::str::FromStr;

macro_rules! bytes_value {
    ($(#[$meta:meta])* $name:ident, $len:literal, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Takes the bytes as they are.
            pub const fn new(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = HEXLOWER.encode(&self.0);
                write!(f, "{}…", text.get(..8).unwrap_or_default())
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                let bytes = HEXLOWER.decode(text.as_bytes()).ok();
                let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
                bytes.map(Self).ok_or(ValueError {
                    what: $what,
                    reason: Reason::ClaimInvalid,
                })
            }
        }

        impl Encode for $name {
            fn encode(&self, writer: &mut Writer) {
                writer.bytes(&self.0);
            }
        }

        impl Decode for $name {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
                reader.fixed().map(Self)
            }
        }

        super::code::serde_text!($name);
    };
}

bytes_value!(
    /// A digest whose field says of what and how it was made.
    Digest,
    32,
    "64 hexadecimal digits"
);
bytes_value!(
    /// Names a cohort of workers: random, so that it links to nothing else.
    CohortId,
    16,
    "32 hexadecimal digits"
);
bytes_value!(
    /// A salted digest of the author's own key for a statement, so that a retry is recognised and
    /// never becomes a second statement.
    ExternalRef,
    32,
    "64 hexadecimal digits"
);

impl ExternalRef {
    /// The reference of the statement the author calls `own_key`. `secret` is 32 random bytes that
    /// the author keeps: with it a retry gives the same reference, without it nobody can guess what
    /// was hashed.
    ///
    /// ```
    /// use fairtrail::claim::ExternalRef;
    /// let secret = [7; 32];
    /// let first = ExternalRef::derive(&secret, b"report 17, finding 3");
    /// assert_eq!(first, ExternalRef::derive(&secret, b"report 17, finding 3"));
    /// assert_ne!(first, ExternalRef::derive(&[8; 32], b"report 17, finding 3"));
    /// ```
    pub fn derive(secret: &[u8; 32], own_key: &[u8]) -> Self {
        Self(contexts::derive(contexts::EXTERNAL_REF, &[secret, own_key]))
    }
}
