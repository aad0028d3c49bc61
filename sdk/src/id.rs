//! Identifiers as distinct types: 32 bytes that cannot be mistaken for one another.
//!
//! Each prints as a prefix and base32 (RFC 4648, lower case, no padding, spare bits zero) and reads
//! back only that one text.

use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::reason::Reason;
use data_encoding::{Encoding, Specification};
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

#[expect(
    clippy::expect_used,
    reason = "a constant specification, exercised by every test"
)]
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.encoding().expect("32 distinct symbols")
});

/// Characters of 32 bytes in base32.
pub const BASE32_CHARS: usize = 52;

/// Base32 of `bytes`: RFC 4648, lower case, no padding.
pub fn to_base32(bytes: &[u8]) -> String {
    BASE32.encode(bytes)
}

/// 32 bytes from their base32 text; `None` for any other text, also one with spare bits set.
pub fn from_base32(text: &str) -> Option<[u8; 32]> {
    if text.len() != BASE32_CHARS {
        return None;
    }
    BASE32.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// The text is not an identifier of this sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `{prefix}` and 52 characters of base32")]
pub struct IdError {
    /// The prefix of the sort that was expected.
    pub prefix: &'static str,
}

impl IdError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::RequestMalformed
    }
}

/// A map by identifier. Identifiers are hashes already, so that little has to be done to them; it is
/// done under a key of this process, so that nobody can choose identifiers that meet in it.
pub type IdMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// What its text begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Takes 32 bytes for an identifier of this sort.
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Whether this is its text; as printing it and comparing, and much cheaper.
            pub fn is_text(&self, text: &str) -> bool {
                let mut base32 = [0; BASE32_CHARS];
                BASE32.encode_mut(&self.0, &mut base32);
                text.strip_prefix($prefix)
                    .is_some_and(|rest| rest.as_bytes() == base32)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, to_base32(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = to_base32(&self.0);
                write!(f, "{}{}…", $prefix, text.get(..8).unwrap_or_default())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let id = text.strip_prefix($prefix).and_then(from_base32);
                id.map(Self).ok_or(IdError { prefix: $prefix })
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

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// One statement: the hash of what its signature covers.
    EntryId,
    "entry:"
);
id!(
    /// The party that owns a feed: the id of the feed's first entry.
    AuthorId,
    "author:"
);
id!(
    /// A network: the hash of its charter.
    NetworkId,
    "network:"
);
id!(
    /// What several roots decide together: the hash of network, kind and claim.
    ActId,
    "act:"
);
id!(
    /// A part: the hash of its salt and bytes.
    PartDigest,
    "part:"
);
id!(
    /// An Ed25519 public key as received; see [`crate::key::PublicKey`] for one that may sign.
    KeyId,
    "key:"
);
id!(
    /// A commitment to the key that may sign the next rotation.
    NextKeyDigest,
    "next:"
);
id!(
    /// What a grant is named by: an entry id, or the act id of a root's grant.
    GrantId,
    "grant:"
);

impl From<EntryId> for AuthorId {
    /// The author whose feed begins with this entry.
    fn from(begin: EntryId) -> Self {
        Self(begin.0)
    }
}

impl From<AuthorId> for EntryId {
    /// The entry the author's feed begins with.
    fn from(author: AuthorId) -> Self {
        Self(author.0)
    }
}

impl From<EntryId> for GrantId {
    fn from(entry: EntryId) -> Self {
        Self(entry.0)
    }
}

impl From<ActId> for GrantId {
    fn from(act: ActId) -> Self {
        Self(act.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_other_prefixes_cases_padding_and_spare_bits() {
        let text = EntryId::new([7; 32]).to_string();
        assert_eq!(text.parse::<EntryId>(), Ok(EntryId::new([7; 32])));
        assert!(text.parse::<AuthorId>().is_err());
        assert!(text.to_uppercase().parse::<EntryId>().is_err());
        assert!(format!("{text}=").parse::<EntryId>().is_err());
        let spare = format!("{}b", &EntryId::new([0; 32]).to_string()[..57]);
        assert!(spare.parse::<EntryId>().is_err());
    }

    proptest! {
        #[test]
        fn texts_round_trip(bytes: [u8; 32]) {
            let id = PartDigest::new(bytes);
            prop_assert_eq!(id.to_string().parse::<PartDigest>(), Ok(id));
        }
    }
}
