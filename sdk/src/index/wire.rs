//! Pieces of structures that carry others: each embedded one is validated on its own.

use crate::cbor::{CborError, Decode, Encode, Reader, Writer};

/// Bytes that hold a structure of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded(pub Vec<u8>);

/// A value, or null where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nullable<T>(pub Option<T>);

impl Encode for Embedded {
    fn encode(&self, writer: &mut Writer) {
        writer.bytes(&self.0);
    }
}

impl Decode for Embedded {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.bytes().map(|bytes| Self(bytes.to_vec()))
    }
}

impl<T: Encode> Encode for Nullable<T> {
    fn encode(&self, writer: &mut Writer) {
        writer.nullable(self.0.as_ref());
    }
}

impl<T: Decode> Decode for Nullable<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.nullable().map(Self)
    }
}
