//! Closed code lists: small integers in bytes, words in text.

/// Declares a closed code list with its `Encode`, `Decode`, words, `Display`, `FromStr` and serde
/// (as the word). An unknown code or word is an error.
///
/// ```
/// fairtrail::code_enum! {
///     /// A colour.
///     pub enum Colour: "colour" {
///         /// Red.
///         Red = 0 "red",
///         /// Green.
///         Green = 1 "green",
///     }
/// }
/// assert_eq!("green".parse(), Ok(Colour::Green));
/// assert!("blue".parse::<Colour>().is_err());
/// ```
#[macro_export]
macro_rules! code_enum {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident : $what:literal {
            $( $(#[$variant_meta:meta])* $variant:ident = $code:literal $word:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name { $( $(#[$variant_meta])* $variant = $code, )* }

        impl $name {
            /// Every value, by ascending code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word used in text, JSON and file names.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The code used in signed bytes.
            pub const fn code(self) -> u64 {
                self as u64
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::cbor::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.as_str() == text);
                found.ok_or($crate::cbor::UnknownWord { what: $what })
            }
        }

        impl $crate::cbor::Encode for $name {
            fn encode(&self, writer: &mut $crate::cbor::Writer) {
                writer.uint(self.code());
            }
        }

        impl $crate::cbor::Decode for $name {
            fn decode(
                reader: &mut $crate::cbor::Reader<'_>,
            ) -> Result<Self, $crate::cbor::CborError> {
                let code = reader.uint()?;
                let found = Self::ALL.iter().copied().find(|value| value.code() == code);
                found.ok_or($crate::cbor::CborError::UnknownCode { what: $what, code })
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(::serde::de::Error::custom)
            }
        }
    };
}

/// The word is not in the code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what}")]
pub struct UnknownWord {
    /// Which code list.
    pub what: &'static str,
}
