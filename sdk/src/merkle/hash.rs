//! SHA-256 values of the tree and the two ways to make them.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::HashTextError;

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

const LEAF_PREFIX: [u8; 1] = [0x00];
const NODE_PREFIX: [u8; 1] = [0x01];

macro_rules! sha256_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; HASH_BYTES]);

        impl $name {
            /// Takes 32 bytes as they are; nothing is checked because any value is possible.
            pub const fn from_bytes(bytes: [u8; HASH_BYTES]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&BASE64.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text: String = BASE64.encode(&self.0).chars().take(8).collect();
                write!(f, concat!(stringify!($name), "({}…)"), text)
            }
        }

        impl FromStr for $name {
            type Err = HashTextError;

            /// Reads padded RFC 4648 §4 base64 of exactly 32 bytes with zero spare bits.
            fn from_str(text: &str) -> Result<Self, HashTextError> {
                // 32 bytes are always 44 characters: refuse by length before decoding.
                if text.len() != 44 {
                    return Err(HashTextError);
                }
                let bytes = BASE64.decode(text.as_bytes()).map_err(|_| HashTextError)?;
                bytes.try_into().map(Self).map_err(|_| HashTextError)
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

sha256_value! {
    /// The hash of a leaf or of a subtree. Text form: base64.
    Hash
}

sha256_value! {
    /// The hash of a whole tree of known size. Text form: base64, as in a checkpoint.
    Root
}

impl Root {
    /// The root of the tree without leaves, SHA-256 of the empty string.
    pub fn empty() -> Self {
        Self(Sha256::digest([]).into())
    }
}

/// Hash of a leaf: SHA-256(0x00 ‖ `data`). In a Fairtrail log `data` is the entry's bytes.
pub fn leaf_hash(data: &[u8]) -> Hash {
    let digest = Sha256::new().chain_update(LEAF_PREFIX).chain_update(data);
    Hash(digest.finalize().into())
}

/// Hash of an inner node: SHA-256(0x01 ‖ `left` ‖ `right`).
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    let digest = Sha256::new()
        .chain_update(NODE_PREFIX)
        .chain_update(left.0)
        .chain_update(right.0);
    Hash(digest.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_root_is_sha256_of_nothing() {
        assert_eq!(
            Root::empty().to_string(),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
    }

    #[test]
    fn an_entry_shaped_like_an_inner_node_hashes_differently() {
        let (left, right) = (leaf_hash(b"l"), leaf_hash(b"r"));
        let preimage = [&[0x01][..], left.as_bytes(), right.as_bytes()].concat();
        assert_ne!(leaf_hash(&preimage), node_hash(left, right));
        assert_ne!(leaf_hash(&preimage[1..]), node_hash(left, right));
    }

    #[test]
    fn text_has_one_form() {
        let hash = leaf_hash(b"a");
        let text = hash.to_string();
        assert_eq!(text.parse(), Ok(hash));
        assert_eq!(format!("{hash:?}"), format!("Hash({}…)", &text[..8]));
        let spare_bits = format!("{}B=", &text[..42]);
        for bad in [
            "",
            "AA==",
            text.trim_end_matches('='),
            &spare_bits,
            &format!("{text}\n"),
        ] {
            assert_eq!(bad.parse::<Hash>(), Err(HashTextError), "{bad}");
        }
    }

    #[test]
    fn json_is_the_text_form() {
        let root = Root::empty();
        let json = serde_json::to_string(&root).unwrap();
        assert_eq!(json, format!("\"{root}\""));
        assert_eq!(serde_json::from_str::<Root>(&json).unwrap(), root);
        assert!(serde_json::from_str::<Root>("\"AA\"").is_err());
    }
}
