//! A private log of acknowledgements: records that each name the hash of the one before, and the
//! tree over them that is anchored.

use crate::cbor::{self, CborError, Rules};
use crate::claim::{AckAction, CohortId, Digest};
use crate::id::{AuthorId, EntryId};
use crate::merkle::{Hash, LeafIndex, MerkleError, Root, Tree, TreeSize, leaf_hash};
use crate::reason::Reason;
use crate::time::{Date, Timestamp};

/// Bytes of one record.
pub const RECORD_BYTES: usize = 512;
const VERSION: u64 = 1;

crate::int_map! {
    /// One private acknowledgement: the author saw an entry on a day.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
    pub struct PrivateAck {
        /// 1.
        1 => version: u64,
        /// Its place in the log, from 0.
        2 => seq: u64,
        /// Leaf hash of the record before; absent for the first.
        3 ? prev: Option<Digest>,
        /// Random: without it the leaf hash cannot be guessed from likely contents.
        4 => salt: CohortId,
        /// Who saw it.
        5 => author: AuthorId,
        /// What was seen.
        6 => entry: EntryId,
        /// When.
        7 => seen_on: Date,
        /// What was done upon it.
        8 ? action: Option<AckAction>,
        /// When.
        9 ? action_on: Option<Date>,
        /// When this was noted, by the author's own clock.
        10 => noted_at: Timestamp,
    }
}

/// Why bytes are no private log, or no record of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateError {
    /// A record breaks its form.
    #[error("record {seq}: {source}")]
    Form {
        /// Which record.
        seq: u64,
        /// What is wrong.
        source: CborError,
    },
    /// A record is of another author.
    #[error("record {seq} is of {found}, the log of {expected}")]
    Author {
        /// Which record.
        seq: u64,
        /// Whose log it is.
        expected: AuthorId,
        /// Whom the record names.
        found: AuthorId,
    },
    /// A record does not continue the one before.
    #[error("record {seq} does not continue the record before it")]
    Broken {
        /// Which record.
        seq: u64,
    },
    /// The log has no such record or size.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
}

impl PrivateError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Form { source, .. } => source.code(),
            Self::Author { .. } | Self::Broken { .. } => Reason::StateDamaged,
            Self::Merkle(_) => Reason::NotFound,
        }
    }
}

impl PrivateAck {
    /// Reads a record.
    ///
    /// # Errors
    /// [`CborError`]; another version is an unknown code.
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        let (len, max) = (bytes.len(), RECORD_BYTES);
        if len > max {
            return Err(CborError::TooLarge { len, max });
        }
        let ack: Self = cbor::decode(bytes, Rules::STRUCTURE)?;
        let (what, code) = ("private acknowledgement version", ack.version);
        if code == VERSION {
            Ok(ack)
        } else {
            Err(CborError::UnknownCode { what, code })
        }
    }

    /// The bytes that are kept and hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    fn leaf(&self) -> Hash {
        leaf_hash(&self.to_bytes())
    }
}

/// What is noted besides who notes it and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// What was seen.
    pub entry: EntryId,
    /// When.
    pub seen_on: Date,
    /// What was done upon it.
    pub action: Option<AckAction>,
    /// When.
    pub action_on: Option<Date>,
    /// When this is noted.
    pub noted_at: Timestamp,
}

/// The private log of one author, checked from its first record to its last.
///
/// ```
/// use fairtrail::diligence::{Noted, PrivateLog};
/// use fairtrail::id::{AuthorId, EntryId};
/// use fairtrail::time::Timestamp;
/// let author = AuthorId::new([1; 32]);
/// let noted = Noted {
///     entry: EntryId::new([2; 32]),
///     seen_on: "2026-03-01".parse().unwrap(),
///     action: None,
///     action_on: None,
///     noted_at: Timestamp::new(1_790_000_000).unwrap(),
/// };
/// let mut log = PrivateLog::new(author);
/// let first = log.append(noted.clone(), [7; 16]).unwrap();
/// let second = log.append(noted, [8; 16]).unwrap();
/// let again = PrivateLog::read(author, [first.to_bytes(), second.to_bytes()]).unwrap();
/// assert_eq!(again.root(), log.root());
/// assert!(PrivateLog::read(author, [second.to_bytes()]).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct PrivateLog {
    author: AuthorId,
    records: Vec<PrivateAck>,
    tree: Tree,
}

impl PrivateLog {
    /// The log of an author who noted nothing.
    pub const fn new(author: AuthorId) -> Self {
        Self {
            author,
            records: Vec::new(),
            tree: Tree::new(),
        }
    }

    /// Checks records and the links between them.
    ///
    /// # Errors
    /// [`PrivateError`] for the first record that is not as it must be.
    pub fn read(
        author: AuthorId,
        records: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Self, PrivateError> {
        let mut log = Self::new(author);
        for bytes in records {
            let seq = log.tree.size().get();
            let record = PrivateAck::parse(bytes.as_ref());
            log.take(record.map_err(|source| PrivateError::Form { seq, source })?)?;
        }
        Ok(log)
    }

    /// Notes one more; the record returned is to be kept before anything relies on it.
    ///
    /// # Errors
    /// [`PrivateError`] when the log is full.
    pub fn append(&mut self, noted: Noted, salt: [u8; 16]) -> Result<PrivateAck, PrivateError> {
        let record = PrivateAck {
            version: VERSION,
            seq: self.tree.size().get(),
            prev: self.last_leaf(),
            salt: CohortId::new(salt),
            author: self.author,
            entry: noted.entry,
            seen_on: noted.seen_on,
            action: noted.action,
            action_on: noted.action_on,
            noted_at: noted.noted_at,
        };
        self.take(record.clone())?;
        Ok(record)
    }

    fn take(&mut self, record: PrivateAck) -> Result<(), PrivateError> {
        let seq = self.tree.size().get();
        if record.author != self.author {
            let (expected, found) = (self.author, record.author);
            return Err(PrivateError::Author {
                seq,
                expected,
                found,
            });
        }
        if record.seq != seq || record.prev != self.last_leaf() {
            return Err(PrivateError::Broken { seq });
        }
        self.tree.append(record.leaf())?;
        self.records.push(record);
        Ok(())
    }

    fn last_leaf(&self) -> Option<Digest> {
        let last = self.records.last().map(PrivateAck::leaf);
        last.map(|leaf| Digest::new(*leaf.as_bytes()))
    }

    /// Whose it is.
    pub const fn author(&self) -> AuthorId {
        self.author
    }

    /// The records, oldest first.
    pub fn records(&self) -> &[PrivateAck] {
        &self.records
    }

    /// How many there are.
    pub const fn size(&self) -> TreeSize {
        self.tree.size()
    }

    /// What commits to all of them.
    pub fn root(&self) -> Root {
        self.tree.root()
    }

    /// What committed to the first `size` of them.
    ///
    /// # Errors
    /// [`PrivateError::Merkle`] when there are fewer.
    pub fn root_at(&self, size: TreeSize) -> Result<Root, PrivateError> {
        Ok(self.tree.root_at(size)?)
    }

    /// The path that shows one record below the root of the first `size`.
    ///
    /// # Errors
    /// [`PrivateError::Merkle`] when there is no such record or size.
    pub fn path(&self, record: LeafIndex, size: TreeSize) -> Result<Vec<Hash>, PrivateError> {
        Ok(self.tree.inclusion(record, size)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(day: &str) -> Noted {
        Noted {
            entry: EntryId::new([2; 32]),
            seen_on: day.parse().unwrap(),
            action: Some(AckAction::Engaged),
            action_on: Some(day.parse().unwrap()),
            noted_at: Timestamp::new(1_790_000_000).unwrap(),
        }
    }

    fn log(count: u8) -> PrivateLog {
        let mut log = PrivateLog::new(AuthorId::new([1; 32]));
        for number in 0..count {
            log.append(noted("2026-03-01"), [number; 16]).unwrap();
        }
        log
    }

    fn bytes(log: &PrivateLog) -> Vec<Vec<u8>> {
        log.records().iter().map(PrivateAck::to_bytes).collect()
    }

    #[test]
    fn a_log_reads_back_and_any_byte_changed_is_seen() {
        let whole = log(3);
        let records = bytes(&whole);
        let again = PrivateLog::read(whole.author(), &records).unwrap();
        assert_eq!((again.size(), again.root()), (whole.size(), whole.root()));
        for record in 0..records.len() - 1 {
            for at in 0..records[record].len() {
                let mut changed = records.clone();
                changed[record][at] ^= 1;
                assert!(
                    PrivateLog::read(whole.author(), &changed).is_err(),
                    "{record} {at}"
                );
            }
        }
        let root =
            |records: &[Vec<u8>]| PrivateLog::read(whole.author(), records).map(|log| log.root());
        // Nothing follows the last record; what was anchored shows that it changed.
        assert_ne!(root(&records[..2]).unwrap(), whole.root());
    }

    #[test]
    fn records_left_out_swapped_or_of_another_are_refused() {
        let records = bytes(&log(3));
        let author = AuthorId::new([1; 32]);
        let broken = |seq| Err(PrivateError::Broken { seq });
        let read = |records: &[&Vec<u8>]| PrivateLog::read(author, records.iter()).map(|_| ());
        assert_eq!(read(&[&records[1]]), broken(0));
        assert_eq!(read(&[&records[0], &records[2]]), broken(1));
        let other = PrivateLog::read(AuthorId::new([9; 32]), &records).unwrap_err();
        assert_eq!(other.code(), Reason::StateDamaged);
    }

    #[test]
    fn a_record_is_bounded_and_of_this_version() {
        let mut record = log(1).records()[0].clone();
        assert!(record.to_bytes().len() < RECORD_BYTES / 2);
        record.version = 2;
        assert!(PrivateAck::parse(&record.to_bytes()).is_err());
        assert!(matches!(
            PrivateAck::parse(&[0; RECORD_BYTES + 1]),
            Err(CborError::TooLarge { .. })
        ));
    }
}
