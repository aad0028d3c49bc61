//! Postings: one entry in the list of one subject, and the chain that a list is.

use super::{Class, IndexError};
use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use crate::contexts::{POSTING, derive};
use crate::entry::{Kind, SignedEntry};
use crate::id::EntryId;
use crate::merkle::{Hash, LeafIndex};
use crate::subject::SubjectId;
use crate::time::Timestamp;

/// What a subject's list says of one entry that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Where the entry stands in the log.
    pub leaf: LeafIndex,
    /// Log time of the first index head that covers it.
    pub time: Timestamp,
    /// The entry.
    pub entry: EntryId,
    /// Its kind.
    pub kind: Kind,
    /// Its leaf hash.
    pub hash: Hash,
}

/// The head of a chain of postings; zeros before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHead([u8; 32]);

impl Posting {
    /// The posting of the entry at `leaf`, covered by a head of this log time.
    pub fn of(entry: &SignedEntry, leaf: LeafIndex, time: Timestamp) -> Self {
        Self::with_hash(entry, leaf, time, entry.leaf_hash())
    }

    /// As [`Self::of`], for an entry whose leaf hash is known.
    pub(super) fn with_hash(
        entry: &SignedEntry,
        leaf: LeafIndex,
        time: Timestamp,
        hash: Hash,
    ) -> Self {
        Self {
            leaf,
            time,
            entry: entry.id(),
            kind: entry.header().kind.clone(),
            hash,
        }
    }

    /// Reads a posting in its one encoding.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        decode(bytes, Rules::STRUCTURE)
    }

    /// Its one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// The class of its kind.
    pub fn class(&self) -> Class {
        Class::of(&self.kind)
    }

    /// Checks that it speaks of this entry, and that the entry is in this subject's list.
    ///
    /// # Errors
    /// [`IndexError::Entry`], [`IndexError::Foreign`].
    pub fn check_entry(&self, entry: &SignedEntry, subject: &SubjectId) -> Result<(), IndexError> {
        let same = entry.id() == self.entry
            && entry.leaf_hash() == self.hash
            && entry.header().kind == self.kind;
        if !same {
            let (expected, found) = (self.entry, entry.id());
            return Err(IndexError::Entry { expected, found });
        }
        if super::names(entry, subject) {
            return Ok(());
        }
        let (entry, subject) = (entry.id(), subject.clone());
        Err(IndexError::Foreign { entry, subject })
    }
}

impl ChainHead {
    /// The head before the first posting.
    pub const START: Self = Self([0; 32]);

    /// Takes 32 bytes for a head.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The head after the posting with this number, counted from 1, in these bytes.
    #[must_use]
    pub fn after(self, number: u64, posting: &[u8]) -> Self {
        Self(derive(POSTING, &[&self.0, &number.to_be_bytes(), posting]))
    }
}

impl Encode for ChainHead {
    fn encode(&self, writer: &mut Writer) {
        writer.bytes(&self.0);
    }
}

impl Decode for ChainHead {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.fixed().map(Self)
    }
}

impl Encode for Posting {
    fn encode(&self, writer: &mut Writer) {
        writer.array(5);
        writer.uint(self.leaf.get());
        self.time.encode(writer);
        self.entry.encode(writer);
        self.kind.encode(writer);
        writer.bytes(self.hash.as_bytes());
    }
}

impl Decode for Posting {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(5, "a posting of five elements")?;
        Ok(Self {
            leaf: LeafIndex::new(reader.uint()?).map_err(|_| CborError::IntegerRange)?,
            time: Timestamp::decode(reader)?,
            entry: EntryId::decode(reader)?,
            kind: Kind::decode(reader)?,
            hash: Hash::from_bytes(reader.fixed()?),
        })
    }
}
