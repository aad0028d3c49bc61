//! Update proofs: everything it takes to see that one index head follows from the one before.

use super::wire::{Embedded, Nullable};
use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use crate::merkle::{Hash, LeafIndex};

int_map! {
    /// New leaves, what stood under the keys they touch, and proof of it. The keys themselves are
    /// never sent: they follow from the leaves.
    ///
    /// ```
    /// use fairtrail::index::UpdateProof;
    /// assert!(UpdateProof::parse(&[0xa0]).is_err());
    /// ```
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct UpdateProof {
        /// The head before; null for the first.
        1 => old: Nullable<Embedded>,
        /// The head.
        2 => new: Embedded,
        /// The leaves between the two, in log order.
        3 => leaves: Vec<Embedded>,
        /// The class maps of the touched subjects before, rising by trie key; null where none was.
        4 => maps: Vec<Nullable<Embedded>>,
        /// The proof of these in the old subjects trie.
        5 => subjects: Embedded,
        /// The values of the touched feeds before, rising by trie key; null where none was.
        6 => values: Vec<Nullable<Embedded>>,
        /// The proof of these in the old feeds trie.
        7 => feeds: Embedded,
        /// Where a leaf forks a feed below what is known of it: the entries from there down.
        8 ? evidence: Vec<Embedded>,
        /// Where each of these stands in the log of the old head.
        9 ? inclusions: Vec<Inclusion>,
    }
}

/// A leaf index and the path from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The leaf.
    pub leaf: LeafIndex,
    /// Its path in the tree of the old head.
    pub path: Vec<Hash>,
}

impl UpdateProof {
    /// Reads a proof in its one encoding; nothing of it is verified.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        decode(bytes, Rules::INDEX)
    }

    /// Its one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }
}

impl Encode for Inclusion {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        writer.uint(self.leaf.get());
        writer.array(self.path.len());
        for hash in &self.path {
            writer.bytes(hash.as_bytes());
        }
    }
}

impl Decode for Inclusion {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "a leaf index and a path")?;
        let leaf = LeafIndex::new(reader.uint()?).map_err(|_| CborError::IntegerRange)?;
        let path: Vec<[u8; 32]> = Vec::decode(reader)?;
        let path = path.into_iter().map(Hash::from_bytes).collect();
        Ok(Self { leaf, path })
    }
}
