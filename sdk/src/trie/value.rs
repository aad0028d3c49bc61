//! 32 bytes as keys, values and roots.

use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use data_encoding::HEXLOWER;
use std::fmt;

macro_rules! trie_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Takes 32 bytes as they are; nothing is checked because any value is possible.
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
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
                let text: String = HEXLOWER.encode(&self.0).chars().take(8).collect();
                write!(f, concat!(stringify!($name), "({}…)"), text)
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
    };
}

trie_value! {
    /// What is looked up. Keys are ordered as paths from the root: by bytes.
    TrieKey
}

trie_value! {
    /// What stands under a key.
    TrieValue
}

trie_value! {
    /// The hash of a whole trie. Text form: hex.
    TrieRoot
}

impl TrieRoot {
    /// The root of the trie without keys.
    pub const fn empty() -> Self {
        Self(super::hash::EMPTY_ROOT)
    }
}
