//! Index heads: what one leaf of an index log says of its log.

use super::IndexError;
use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use crate::log::{Checkpoint, Origin};
use crate::merkle::{Hash, LeafIndex, Root, TreeSize, leaf_hash, verify};
use crate::time::Timestamp;
use crate::trie::TrieRoot;

/// The edition of `MapFn` that this version knows: the end of an index's origin.
pub const EDITION: u8 = 1;
const VERSION: u64 = 1;

/// The index of a log at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexHead {
    /// The log.
    pub origin: Origin,
    /// Leaves of the log that are covered.
    pub size: TreeSize,
    /// The log's root over these leaves.
    pub root: Root,
    /// Root of the subjects trie.
    pub subjects: TrieRoot,
    /// Root of the feeds trie.
    pub feeds: TrieRoot,
    /// Unix seconds, by the operator's word; never falls from one head to the next.
    pub time: Timestamp,
}

impl IndexHead {
    /// What stands before the first head: no leaves, empty tries, time 0.
    pub fn before_first(origin: Origin) -> Self {
        Self {
            origin,
            size: TreeSize::ZERO,
            root: Root::empty(),
            subjects: TrieRoot::empty(),
            feeds: TrieRoot::empty(),
            time: Timestamp::EPOCH,
        }
    }

    /// Reads a head in its one encoding.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        decode(bytes, Rules::STRUCTURE)
    }

    /// The leaf data of the index log.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads the head that an index checkpoint stands for: its *last* leaf, of the log whose index
    /// it is. The checkpoint is one that the caller trusts.
    ///
    /// # Errors
    /// [`IndexError::Origin`], [`IndexError::NoHead`], [`IndexError::Merkle`],
    /// [`IndexError::Cbor`].
    pub fn last_of(
        checkpoint: &Checkpoint,
        leaf: &[u8],
        path: &[Hash],
    ) -> Result<Self, IndexError> {
        let size = checkpoint.size();
        let last = size.get().checked_sub(1).ok_or(IndexError::NoHead)?;
        let index = LeafIndex::new(last)?;
        verify::inclusion(leaf_hash(leaf), index, size, path, checkpoint.root())?;
        let head = Self::parse(leaf)?;
        head.check_index(checkpoint.origin())?;
        Ok(head)
    }

    /// Checks that an origin is that of this log's index.
    ///
    /// # Errors
    /// [`IndexError::Origin`].
    pub fn check_index(&self, index: &Origin) -> Result<(), IndexError> {
        if self.origin.index(EDITION).as_ref() == Some(index) {
            return Ok(());
        }
        Err(IndexError::Origin {
            index: index.clone(),
            log: self.origin.clone(),
        })
    }
}

impl Encode for IndexHead {
    fn encode(&self, writer: &mut Writer) {
        writer.array(7);
        writer.uint(VERSION);
        writer.text(self.origin.as_str());
        writer.uint(self.size.get());
        writer.bytes(self.root.as_bytes());
        writer.bytes(self.subjects.as_bytes());
        writer.bytes(self.feeds.as_bytes());
        self.time.encode(writer);
    }
}

impl Decode for IndexHead {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(7, "an index head of seven elements")?;
        let invalid = |what, reason| CborError::Invalid { what, reason };
        if reader.uint()? != VERSION {
            use crate::reason::Reason::VersionUnknown;
            return Err(invalid("version of an index head", VersionUnknown));
        }
        let origin: Origin = reader
            .text()?
            .parse()
            .map_err(|error: crate::log::LogError| invalid("origin", error.code()))?;
        if origin.is_index() {
            use crate::reason::Reason::OriginMismatch;
            return Err(invalid("origin of a log", OriginMismatch));
        }
        Ok(Self {
            origin,
            size: TreeSize::new(reader.uint()?).map_err(|_| CborError::IntegerRange)?,
            root: Root::from_bytes(reader.fixed()?),
            subjects: TrieRoot::new(reader.fixed()?),
            feeds: TrieRoot::new(reader.fixed()?),
            time: Timestamp::decode(reader)?,
        })
    }
}
