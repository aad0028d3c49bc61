//! Codes: tokens of open lists, never enumerated by the format.

use crate::limits;
use crate::reason::Reason;

/// Why a text is not a value of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {what}")]
pub struct ValueError {
    /// What was expected.
    pub what: &'static str,
    /// The code of the refusal.
    pub reason: Reason,
}

impl ValueError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        self.reason
    }
}

/// Declares a checked text type: one canonical text, ordered by bytes, CBOR text, JSON string.
macro_rules! text_value {
    ($(#[$meta:meta])* $name:ident, $what:literal, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes the one canonical text.
            ///
            /// # Errors
            /// [`ValueError`](crate::claim::ValueError) for any other.
            pub fn new(text: &str) -> Result<Self, $crate::claim::ValueError> {
                let check: fn(&str) -> Result<(), $crate::reason::Reason> = $check;
                let wrong = |reason| $crate::claim::ValueError { what: $what, reason };
                check(text).map_err(wrong).map(|()| Self(text.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::claim::ValueError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl $crate::cbor::Encode for $name {
            fn encode(&self, writer: &mut $crate::cbor::Writer) {
                writer.text(&self.0);
            }
        }

        impl $crate::cbor::Decode for $name {
            fn decode(
                reader: &mut $crate::cbor::Reader<'_>,
            ) -> Result<Self, $crate::cbor::CborError> {
                Self::new(reader.text()?).map_err($crate::claim::invalid)
            }
        }

        $crate::claim::serde_text!($name);
    };
}

/// Serialises by `Display` and deserialises by `FromStr`.
macro_rules! serde_text {
    ($name:ident) => {
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

pub(crate) use {serde_text, text_value};

text_value!(
    /// A token of an open list: clause, native grade, scheme name, number. Never text for people.
    ///
    /// ```
    /// use fairtrail::claim::Code;
    /// assert_eq!(Code::new("RBA-A1.2").unwrap().as_str(), "RBA-A1.2");
    /// assert!(Code::new("the dormitory doors were locked").is_err());
    /// ```
    Code,
    "a code of 1 to 48 characters of A-Z a-z 0-9 . _ : / ( ) + -",
    check_code
);

fn check_code(text: &str) -> Result<(), Reason> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/()+-".contains(&byte);
    if (1..=limits::CODE_BYTES).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(())
    } else {
        Err(Reason::TextInClaim)
    }
}
