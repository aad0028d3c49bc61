//! Reads structures out of validated bytes, through cbor4ii.

use super::CborError;
use super::validate::{ARRAY, NULL};
use crate::limits;
use cbor4ii::core::dec;
use cbor4ii::core::types;
use cbor4ii::core::utils::SliceReader;

/// A type that can be read from validated CBOR.
pub trait Decode: Sized {
    /// Reads one value.
    ///
    /// # Errors
    /// [`CborError`] when the item is of another type or out of bounds.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError>;
}

/// A cursor over bytes that [`super::validate`] accepted.
pub struct Reader<'a> {
    inner: SliceReader<'a>,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            inner: SliceReader::new(bytes),
        }
    }

    /// Number of pairs of the map that begins here.
    ///
    /// # Errors
    /// [`CborError::Expected`] when it is no map.
    pub fn map(&mut self) -> Result<usize, CborError> {
        let len = types::Map::<()>::len(&mut self.inner).ok().flatten();
        len.ok_or(CborError::Expected { expected: "a map" })
    }

    /// Number of elements of the array that begins here.
    ///
    /// # Errors
    /// [`CborError::Expected`] when it is no array.
    pub fn array(&mut self) -> Result<usize, CborError> {
        let len = types::Array::<()>::len(&mut self.inner).ok().flatten();
        len.ok_or(CborError::Expected {
            expected: "an array",
        })
    }

    /// An array of exactly `len` elements begins here.
    ///
    /// # Errors
    /// [`CborError::Expected`] when it is no array or of another length.
    pub fn array_of(&mut self, len: usize, expected: &'static str) -> Result<(), CborError> {
        if self.array()? == len {
            Ok(())
        } else {
            Err(CborError::Expected { expected })
        }
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// [`CborError::Expected`] when it is another item.
    pub fn uint(&mut self) -> Result<u64, CborError> {
        let value = <u64 as dec::Decode<'_>>::decode(&mut self.inner);
        let value = value.map_err(|_| CborError::Expected {
            expected: "an unsigned integer",
        })?;
        if value > limits::INTEGER {
            Err(CborError::IntegerRange)
        } else {
            Ok(value)
        }
    }

    /// A signed integer.
    ///
    /// # Errors
    /// [`CborError::Expected`] when it is another item.
    pub fn int(&mut self) -> Result<i64, CborError> {
        <i64 as dec::Decode<'_>>::decode(&mut self.inner).map_err(|_| CborError::Expected {
            expected: "an integer",
        })
    }

    /// A text.
    ///
    /// # Errors
    /// [`CborError::Expected`] when it is another item.
    pub fn text(&mut self) -> Result<&'a str, CborError> {
        <&str as dec::Decode<'_>>::decode(&mut self.inner)
            .map_err(|_| CborError::Expected { expected: "a text" })
    }

    /// A byte string.
    ///
    /// # Errors
    /// [`CborError::Expected`] when it is another item.
    pub fn bytes(&mut self) -> Result<&'a [u8], CborError> {
        let value = <types::Bytes<&[u8]> as dec::Decode<'_>>::decode(&mut self.inner);
        Ok(value
            .map_err(|_| CborError::Expected {
                expected: "a byte string",
            })?
            .0)
    }

    /// Takes a null, if that is the next item; says whether it was.
    pub fn null(&mut self) -> bool {
        let there = self.rest().first() == Some(&NULL);
        if there {
            dec::Read::advance(&mut self.inner, 1);
        }
        there
    }

    /// Whether the next item is an array.
    pub fn at_array(&mut self) -> bool {
        let first = self.rest().first();
        first.is_some_and(|first| first >> 5 == ARRAY)
    }

    /// A value, or null where there is none.
    ///
    /// # Errors
    /// As reading the value.
    pub fn nullable<T: Decode>(&mut self) -> Result<Option<T>, CborError> {
        if self.null() {
            Ok(None)
        } else {
            T::decode(self).map(Some)
        }
    }

    /// The bytes of the next item, whatever it is.
    ///
    /// # Errors
    /// [`CborError::Expected`] when there is none.
    pub fn item(&mut self) -> Result<&'a [u8], CborError> {
        let before = self.rest();
        let skipped = <dec::IgnoredAny as dec::Decode<'_>>::decode(&mut self.inner);
        skipped.map_err(|_| CborError::Expected {
            expected: "an item",
        })?;
        let len = before.len().saturating_sub(self.rest().len());
        Ok(before.get(..len).unwrap_or_default())
    }

    fn rest(&mut self) -> &'a [u8] {
        match dec::Read::fill(&mut self.inner, usize::MAX) {
            Ok(dec::Reference::Long(rest)) => rest,
            Ok(dec::Reference::Short(_)) => &[],
            Err(never) => match never {},
        }
    }

    /// A byte string of exactly `N` bytes.
    ///
    /// # Errors
    /// [`CborError::Expected`] when it is another item or of another length.
    pub fn fixed<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let expected = CborError::Expected {
            expected: "a byte string of fixed length",
        };
        self.bytes()?.try_into().map_err(|_| expected)
    }
}

impl Decode for u64 {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.uint()
    }
}

impl Decode for u32 {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::try_from(reader.uint()?).map_err(|_| CborError::IntegerRange)
    }
}

impl Decode for u16 {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::try_from(reader.uint()?).map_err(|_| CborError::IntegerRange)
    }
}

impl Decode for u8 {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::try_from(reader.uint()?).map_err(|_| CborError::IntegerRange)
    }
}

impl Decode for i64 {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.int()
    }
}

impl Decode for bool {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let value = <Self as dec::Decode<'_>>::decode(&mut reader.inner);
        value.map_err(|_| CborError::Expected {
            expected: "true or false",
        })
    }
}

impl Decode for String {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.text().map(Self::from)
    }
}

impl<const N: usize> Decode for [u8; N] {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.fixed()
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let len = reader.array()?;
        // The validator bounded the number of items, so this cannot be made to reserve more.
        let mut values = Self::with_capacity(len.min(limits::ITEMS));
        for _ in 0..len {
            values.push(T::decode(reader)?);
        }
        Ok(values)
    }
}
