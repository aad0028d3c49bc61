//! Structures with integer keys.

/// An optional field, and the value that is written by leaving it out.
///
/// An optional list, flag or field that would be empty, zero or null is absent: one encoding.
pub trait Optional: Sized {
    /// The value of an absent field.
    fn absent() -> Self;

    /// Whether this is that value.
    fn is_absent(&self) -> bool;
}

impl<T> Optional for Vec<T> {
    fn absent() -> Self {
        Self::new()
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Optional for Option<T> {
    fn absent() -> Self {
        None
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl Optional for bool {
    fn absent() -> Self {
        false
    }

    fn is_absent(&self) -> bool {
        !self
    }
}

impl<T: super::Encode> super::Encode for Option<T> {
    /// Writes the value; an absent field is never written at all.
    fn encode(&self, writer: &mut super::Writer) {
        match self {
            Some(value) => value.encode(writer),
            None => writer.null(),
        }
    }
}

impl<T: super::Decode> super::Decode for Option<T> {
    fn decode(reader: &mut super::Reader<'_>) -> Result<Self, super::CborError> {
        T::decode(reader).map(Some)
    }
}

/// Declares a structure with integer keys, with its `Encode` and `Decode`.
///
/// Fields are written in the order declared, which must be ascending; `=>` marks a required field,
/// `?` an [`Optional`] one. Unknown, missing and empty optional fields are errors.
///
/// ```
/// use fairtrail::cbor::{Rules, decode, encode};
/// fairtrail::int_map! {
///     /// A pair of numbers.
///     #[derive(Debug, PartialEq)]
///     pub struct Pair {
///         /// Always there.
///         1 => first: u64,
///         /// Left out when `None`.
///         2 ? second: Option<u64>,
///     }
/// }
/// let bytes = encode(&Pair { first: 7, second: None });
/// assert_eq!(bytes, [0xa1, 0x01, 0x07]);
/// assert_eq!(decode::<Pair>(&bytes, Rules::STRUCTURE).unwrap().first, 7);
/// assert!(decode::<Pair>(&[0xa1, 0x03, 0x07], Rules::STRUCTURE).is_err());
/// ```
#[macro_export]
macro_rules! int_map {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $( $(#[$field_meta:meta])* $key:literal $mark:tt $field:ident : $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        $vis struct $name { $( $(#[$field_meta])* pub $field: $type, )* }

        impl $crate::cbor::Encode for $name {
            fn encode(&self, writer: &mut $crate::cbor::Writer) {
                let present = [$( $crate::int_map_field!(present $mark self.$field) ),*];
                writer.map(present.iter().filter(|present| **present).count());
                $(
                    if $crate::int_map_field!(present $mark self.$field) {
                        writer.uint($key);
                        $crate::cbor::Encode::encode(&self.$field, writer);
                    }
                )*
            }
        }

        impl $crate::cbor::Decode for $name {
            fn decode(
                reader: &mut $crate::cbor::Reader<'_>,
            ) -> Result<Self, $crate::cbor::CborError> {
                const STRUCTURE: &str = stringify!($name);
                $( let mut $field: Option<$type> = None; )*
                for _ in 0..reader.map()? {
                    match reader.uint()? {
                        $( $key => {
                            let value = <$type as $crate::cbor::Decode>::decode(reader)?;
                            if !$crate::int_map_field!(present $mark value) {
                                let (structure, key) = (STRUCTURE, $key);
                                return Err($crate::cbor::CborError::EmptyOptional {
                                    structure, key,
                                });
                            }
                            $field = Some(value);
                        } )*
                        key => {
                            let structure = STRUCTURE;
                            return Err($crate::cbor::CborError::UnknownField { structure, key });
                        }
                    }
                }
                Ok(Self { $( $field: $crate::int_map_field!(take $mark $field, STRUCTURE, $key), )* })
            }
        }
    };
}

/// What `=>` and `?` mean; a part of [`int_map!`].
#[doc(hidden)]
#[macro_export]
macro_rules! int_map_field {
    (present => $($value:tt)+) => { true };
    (present ? $($value:tt)+) => { !$crate::cbor::Optional::is_absent(&$($value)+) };
    (take => $field:ident, $structure:ident, $key:literal) => {
        $field.ok_or($crate::cbor::CborError::MissingField { structure: $structure, key: $key })?
    };
    (take ? $field:ident, $structure:ident, $key:literal) => {
        $field.unwrap_or_else($crate::cbor::Optional::absent)
    };
}
