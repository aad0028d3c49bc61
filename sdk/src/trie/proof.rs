//! The bytes of a proof.

use super::{KEY_BITS, Label, TrieError};
use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use crate::limits;

/// One node that a proof opens, or the end of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A side of the root without keys.
    Empty,
    /// A node whose label is no prefix of the lowest key still on its way.
    Explicit(Label),
    /// The node whose label is so many first bits of the lowest key still on its way.
    Follow(u16),
}

/// What shows which values stand under some keys. It holds neither the keys nor their values: who
/// asks knows the ones, and claims the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrieProof {
    /// The nodes opened, each before those below it, left before right.
    pub shape: Vec<Item>,
    /// The hashes of what stays closed, in the order in which a walk meets them.
    pub hashes: Vec<[u8; 32]>,
}

/// Bytes that the longest item takes: `[n, bits]` with 255 bits.
const ITEM_BYTES: usize = 38;
/// Bytes of heads around the items and the hashes.
const FRAME_BYTES: usize = 16;

impl TrieProof {
    /// How many items, and how many hashes, a proof for so many keys has at most.
    pub const fn bound(keys: usize) -> usize {
        let keys = if keys < limits::TRIE_KEYS {
            keys
        } else {
            limits::TRIE_KEYS
        };
        keys.saturating_mul(limits::TRIE_STEPS)
    }

    /// Reads the proof for so many keys; longer bytes than that may take are not looked at.
    ///
    /// # Errors
    /// [`TrieError::TooLarge`], [`TrieError::Encoding`].
    ///
    /// ```
    /// use fairtrail::reason::Reason;
    /// use fairtrail::trie::TrieProof;
    /// let empty = [0xa2, 0x01, 0x80, 0x02, 0x40];
    /// assert_eq!(TrieProof::parse(&empty, 1)?, TrieProof::default());
    /// let refused = TrieProof::parse(&empty[..4], 1).unwrap_err();
    /// assert_eq!(refused.code(), Reason::CborMalformed);
    /// # Ok::<(), fairtrail::trie::TrieError>(())
    /// ```
    pub fn parse(bytes: &[u8], keys: usize) -> Result<Self, TrieError> {
        let each = ITEM_BYTES.saturating_add(32);
        let max = Self::bound(keys).saturating_mul(each);
        let max = max.saturating_add(FRAME_BYTES).min(limits::UPDATE_BYTES);
        if bytes.len() > max {
            let (what, found) = ("bytes", bytes.len());
            return Err(TrieError::TooLarge { what, found, max });
        }
        let proof: Self = decode(bytes, Rules::INDEX)?;
        proof.check_bounds(keys)?;
        Ok(proof)
    }

    /// Refuses more items or hashes than so many keys can need.
    pub(super) fn check_bounds(&self, keys: usize) -> Result<(), TrieError> {
        let max = Self::bound(keys);
        for (what, found) in [("items", self.shape.len()), ("hashes", self.hashes.len())] {
            if found > max {
                return Err(TrieError::TooLarge { what, found, max });
            }
        }
        Ok(())
    }

    /// The one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }
}

impl Encode for TrieProof {
    fn encode(&self, writer: &mut Writer) {
        writer.map(2);
        writer.uint(1);
        self.shape.encode(writer);
        writer.uint(2);
        writer.bytes(self.hashes.as_flattened());
    }
}

impl Decode for TrieProof {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        const EXPECTED: CborError = CborError::Expected {
            expected: "a map of shape and hashes",
        };
        let (pairs, first) = (reader.map()?, reader.uint()?);
        if (pairs, first) != (2, 1) {
            return Err(EXPECTED);
        }
        let shape = Vec::decode(reader)?;
        if reader.uint()? != 2 {
            return Err(EXPECTED);
        }
        let (hashes, rest) = reader.bytes()?.as_chunks();
        if !rest.is_empty() {
            return Err(CborError::Expected {
                expected: "whole hashes",
            });
        }
        Ok(Self {
            shape,
            hashes: hashes.to_vec(),
        })
    }
}

impl Encode for Item {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Empty => writer.null(),
            Self::Follow(len) => len.encode(writer),
            Self::Explicit(label) => {
                writer.array(2);
                label.len().encode(writer);
                writer.bytes(label.bytes());
            }
        }
    }
}

impl Decode for Item {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        if reader.null() {
            return Ok(Self::Empty);
        }
        if !reader.at_array() {
            return length(reader).map(Self::Follow);
        }
        reader.array_of(2, "a label of two elements")?;
        let len = length(reader)?;
        let label = Label::parse(len, reader.bytes()?);
        label.map(Self::Explicit).ok_or(CborError::Expected {
            expected: "as many bits as the label's length says",
        })
    }
}

fn length(reader: &mut Reader<'_>) -> Result<u16, CborError> {
    let len = reader.uint()?;
    let len = u16::try_from(len).map_err(|_| CborError::IntegerRange)?;
    if (1..=KEY_BITS).contains(&len) {
        Ok(len)
    } else {
        Err(CborError::IntegerRange)
    }
}
