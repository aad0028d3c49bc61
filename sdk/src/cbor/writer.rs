//! Writes deterministic CBOR, through cbor4ii.

use cbor4ii::core::enc;
use cbor4ii::core::types;
use cbor4ii::core::utils::BufWriter;

/// A type that has one deterministic encoding.
pub trait Encode {
    /// Writes the value.
    fn encode(&self, writer: &mut Writer);
}

/// Collects bytes. Callers write map keys in ascending order; [`int_map!`](crate::int_map) does.
pub struct Writer {
    inner: BufWriter,
}

/// The encoding of `value`.
pub fn encode<T: Encode + ?Sized>(value: &T) -> Vec<u8> {
    let mut writer = Writer::new();
    value.encode(&mut writer);
    writer.into_bytes()
}

const MEMORY: &str = "a buffer in memory only fails when memory is exhausted";

#[expect(
    clippy::expect_used,
    reason = "the buffer's only error is exhausted memory"
)]
impl Writer {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::with_capacity(512)
    }

    /// An empty buffer for so many bytes; it grows where there are more.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            inner: BufWriter::new(Vec::with_capacity(bytes)),
        }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.inner.into_inner()
    }

    /// Begins a map of `len` pairs.
    pub fn map(&mut self, len: usize) {
        types::Map::bounded(len, &mut self.inner).expect(MEMORY);
    }

    /// Begins an array of `len` elements.
    pub fn array(&mut self, len: usize) {
        types::Array::bounded(len, &mut self.inner).expect(MEMORY);
    }

    /// An unsigned integer.
    pub fn uint(&mut self, value: u64) {
        enc::Encode::encode(&value, &mut self.inner).expect(MEMORY);
    }

    /// A signed integer.
    pub fn int(&mut self, value: i64) {
        enc::Encode::encode(&value, &mut self.inner).expect(MEMORY);
    }

    /// A text.
    pub fn text(&mut self, value: &str) {
        enc::Encode::encode(&value, &mut self.inner).expect(MEMORY);
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) {
        enc::Encode::encode(&types::Bytes(value), &mut self.inner).expect(MEMORY);
    }

    /// Null; only in derived structures, never in what is signed.
    pub fn null(&mut self) {
        enc::Encode::encode(&types::Null, &mut self.inner).expect(MEMORY);
    }

    /// The value, or null where there is none.
    pub fn nullable<T: Encode>(&mut self, value: Option<&T>) {
        match value {
            Some(value) => value.encode(self),
            None => self.null(),
        }
    }

    /// True or false.
    pub fn bool(&mut self, value: bool) {
        enc::Encode::encode(&value, &mut self.inner).expect(MEMORY);
    }

    /// Bytes that are already one encoded item.
    pub fn encoded(&mut self, item: &[u8]) {
        enc::Write::push(&mut self.inner, item).expect(MEMORY);
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! encode_unsigned {
    ($($type:ty),*) => {$(
        impl Encode for $type {
            fn encode(&self, writer: &mut Writer) {
                writer.uint(u64::from(*self));
            }
        }
    )*};
}

encode_unsigned!(u8, u16, u32, u64);

impl Encode for i64 {
    fn encode(&self, writer: &mut Writer) {
        writer.int(*self);
    }
}

impl Encode for bool {
    fn encode(&self, writer: &mut Writer) {
        writer.bool(*self);
    }
}

impl Encode for String {
    fn encode(&self, writer: &mut Writer) {
        writer.text(self);
    }
}

impl<const N: usize> Encode for [u8; N] {
    fn encode(&self, writer: &mut Writer) {
        writer.bytes(self);
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, writer: &mut Writer) {
        writer.array(self.len());
        for value in self {
            value.encode(writer);
        }
    }
}
