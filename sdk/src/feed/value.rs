//! The feed value: what a feed's entries amount to, in one encoding.

use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode};
use crate::id::EntryId;

/// What a feed amounts to. Equal sets of entries give equal values, and only they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedValue {
    /// Sequence number of the head.
    pub seq: u64,
    /// The last entry the walk reaches.
    pub head: EntryId,
    /// The begin or rotation that set the key after the head.
    pub key_state: EntryId,
    /// What is known of forks; `None` where there is none.
    pub fork: Option<ForkSummary>,
}

/// The forks of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkSummary {
    /// Forks the walk meets.
    pub count: u64,
    /// The first one.
    pub lowest: Fork,
    /// The last one.
    pub last: Fork,
    /// Digest of all childless entries of the feed.
    pub tips: [u8; 32],
}

/// One fork: two or more entries with one sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fork {
    /// The sequence number.
    pub seq: u64,
    /// The smallest id among the entries.
    pub first: EntryId,
    /// The second smallest.
    pub second: EntryId,
    /// How it stands.
    pub winner: Winner,
}

/// Which branch of a fork goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winner {
    /// None: no branch holds a rotation.
    Open,
    /// None: two or more branches hold one.
    Frozen,
    /// The branch that begins with this entry.
    Child(EntryId),
}

impl Winner {
    /// The entry the walk goes on with, if it does.
    pub const fn child(self) -> Option<EntryId> {
        match self {
            Self::Child(child) => Some(child),
            Self::Frozen | Self::Open => None,
        }
    }
}

impl FeedValue {
    /// Reads a feed value in its one encoding.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        decode(bytes, Rules::INDEX)
    }
}

impl Encode for FeedValue {
    fn encode(&self, writer: &mut Writer) {
        writer.array(4);
        writer.uint(self.seq);
        self.head.encode(writer);
        self.key_state.encode(writer);
        match &self.fork {
            None => writer.null(),
            Some(fork) => {
                writer.array(4);
                writer.uint(fork.count);
                fork.lowest.encode(writer);
                fork.last.encode(writer);
                writer.bytes(&fork.tips);
            }
        }
    }
}

impl Encode for Fork {
    fn encode(&self, writer: &mut Writer) {
        writer.array(4);
        writer.uint(self.seq);
        self.first.encode(writer);
        self.second.encode(writer);
        match self.winner {
            Winner::Open => writer.uint(0),
            Winner::Frozen => writer.uint(1),
            Winner::Child(child) => child.encode(writer),
        }
    }
}

impl Decode for FeedValue {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(4, "a feed value of four elements")?;
        Ok(Self {
            seq: reader.uint()?,
            head: EntryId::decode(reader)?,
            key_state: EntryId::decode(reader)?,
            fork: reader.nullable()?,
        })
    }
}

impl Decode for ForkSummary {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(4, "a summary of forks of four elements")?;
        Ok(Self {
            count: reader.uint()?,
            lowest: Fork::decode(reader)?,
            last: Fork::decode(reader)?,
            tips: reader.fixed()?,
        })
    }
}

impl Decode for Fork {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(4, "a fork of four elements")?;
        Ok(Self {
            seq: reader.uint()?,
            first: EntryId::decode(reader)?,
            second: EntryId::decode(reader)?,
            winner: Winner::decode(reader)?,
        })
    }
}

impl Decode for Winner {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        match reader.item()? {
            [0] => Ok(Self::Open),
            [1] => Ok(Self::Frozen),
            child => EntryId::decode(&mut Reader::new(child)).map(Self::Child),
        }
    }
}
