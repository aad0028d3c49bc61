//! What this node's index witness remembers: one record per index, beside those of its plain
//! witness and under the same rules ([`super::records`]), with how far the index was checked.
//!
//! ```text
//! <guard dir>/<hex of this node's origin>.index-witness/<hex SHA-256 of the index's origin>
//!     fairtrail-node index witness 1 / index / hashes of the index log / last head / hashes of the
//!     log / forked feeds / leaf refused or - / the record of what was cosigned / crc32c
//! ```
//! Its size does not depend on that of the index, forked feeds apart.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::{BASE64, HEXLOWER};
use fairtrail::cbor::{Rules, decode as decode_cbor, encode as encode_cbor};
use fairtrail::index::{Checked, ForkedFeeds, IndexHead};
use fairtrail::log::Origin;
use fairtrail::merkle::{CompactRange, Hash, TreeSize};

use super::disk::{self, At};
use super::records::{self, RecordError, RecordStore};
use crate::core::vouching::Vouching;
use crate::core::witness::Seen;

const TITLE: &str = "fairtrail-node index witness 1";
/// Where the record of what was cosigned begins: behind so many lines.
const HEAD_LINES: usize = 8;
/// Bytes of the last line.
const CRC_BYTES: usize = 9;

/// Everything that is remembered of one index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRecord {
    /// How far it was checked.
    pub vouching: Vouching,
    /// What was cosigned last.
    pub seen: Option<Seen>,
}

/// The records as files.
#[derive(Debug)]
pub struct IndexRecords {
    dir: PathBuf,
    /// What the disk holds, of every index that was read.
    current: Mutex<BTreeMap<Origin, IndexRecord>>,
}

impl IndexRecords {
    /// The records of the index witness of the node whose log is `own`; nothing is read yet.
    pub fn new(guard_dir: &Path, own: &Origin) -> Self {
        let name = format!("{}.index-witness", HEXLOWER.encode(&own.digest()));
        Self {
            dir: guard_dir.join(name),
            current: Mutex::default(),
        }
    }

    /// Makes the record of an index of which nothing was checked, unless there is one; whether it
    /// was made.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    ///
    /// # Examples
    /// ```
    /// use fairtrail_node::store::index_records::IndexRecords;
    /// let dir = tempfile::tempdir()?;
    /// let records = IndexRecords::new(dir.path(), &"log.example/one/e1".parse()?);
    /// let index = "log.example/two/e1/index/1".parse()?;
    /// assert!(records.load(&index).is_err());
    /// assert!(records.create(&index)?);
    /// assert_eq!(records.load(&index)?.seen, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create(&self, index: &Origin) -> Result<bool, RecordError> {
        disk::create_dir(&self.dir)?;
        disk::sync_dir(disk::parent(&self.dir))?;
        let record = IndexRecord {
            vouching: Vouching::new(index.log()),
            seen: None,
        };
        Ok(disk::write_once(
            &self.path(index),
            &encode(index, &record),
        )?)
    }

    /// Puts the records of a key that is not used any more aside.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    pub fn set_aside(&self) -> Result<(), RecordError> {
        records::set_aside(&self.dir, &[])
    }

    /// Reads a record anew.
    ///
    /// # Errors
    /// [`RecordError`]; nothing may be signed then.
    pub fn load(&self, index: &Origin) -> Result<IndexRecord, RecordError> {
        let path = self.path(index);
        let Some(bytes) = disk::read_if_exists(&path)? else {
            return Err(RecordError::Missing { path });
        };
        let record = decode(&bytes, index).ok_or(RecordError::Damaged { path })?;
        self.current().insert(index.clone(), record.clone());
        Ok(record)
    }

    /// Writes how far an index was checked; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`RecordError`]: it is not known what is on the disk.
    pub fn keep(&self, index: &Origin, vouching: &Vouching) -> Result<(), RecordError> {
        self.change(index, |record| record.vouching = vouching.clone())
    }

    fn change(
        &self,
        index: &Origin,
        change: impl FnOnce(&mut IndexRecord),
    ) -> Result<(), RecordError> {
        let path = self.path(index);
        let mut current = self.current();
        let Some(record) = current.get(index) else {
            return Err(RecordError::Missing { path });
        };
        let mut changed = record.clone();
        change(&mut changed);
        // A record that was taken away while the process runs is not made anew.
        fs_err::metadata(&path).at("inspect", &path)?;
        disk::write_atomic(&path, &encode(index, &changed))?;
        current.insert(index.clone(), changed);
        Ok(())
    }

    fn current(&self) -> MutexGuard<'_, BTreeMap<Origin, IndexRecord>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, index: &Origin) -> PathBuf {
        self.dir.join(HEXLOWER.encode(&index.digest()))
    }
}

impl RecordStore for IndexRecords {
    fn read(&self, origin: &Origin) -> Result<Option<Seen>, RecordError> {
        Ok(self.load(origin)?.seen)
    }

    fn write(&self, seen: &Seen) -> Result<(), RecordError> {
        let index = seen.checkpoint.origin();
        self.change(index, |record| record.seen = Some(seen.clone()))
    }
}

fn encode(index: &Origin, record: &IndexRecord) -> Vec<u8> {
    let IndexRecord { vouching, seen } = record;
    let checked = vouching.checked();
    let head = checked.head().map(IndexHead::to_bytes).unwrap_or_default();
    let content = format!(
        "{TITLE}\n{index}\n{size}\n{heads}\n{head}\n{range}\n{forked}\n{refused}\n",
        size = vouching.heads().size(),
        heads = hashes(vouching.heads()),
        head = BASE64.encode(&head),
        range = hashes(checked.range()),
        forked = BASE64.encode(&encode_cbor(checked.forked())),
        refused = vouching
            .refused()
            .map_or("-".to_owned(), |leaf| leaf.to_string()),
    );
    let seen = records::encode(index, seen.as_ref());
    let content = [content.as_bytes(), &seen].concat();
    let crc = format!("{:08x}\n", crc32c::crc32c(&content));
    [&content, crc.as_bytes()].concat()
}

/// What a record says; nothing unless these are exactly the bytes that would be written for it.
fn decode(bytes: &[u8], index: &Origin) -> Option<IndexRecord> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<&str> = text.splitn(HEAD_LINES + 1, '\n').collect();
    let [_, _, size, heads, head, range, forked, refused, rest] = lines.try_into().ok()?;
    let seen = rest
        .len()
        .checked_sub(CRC_BYTES)
        .and_then(|end| rest.get(..end))?;
    let size = TreeSize::new(size.parse().ok()?).ok()?;
    let heads = CompactRange::from_hashes(size, parse_hashes(heads)?).ok()?;
    let forked: ForkedFeeds =
        decode_cbor(&BASE64.decode(forked.as_bytes()).ok()?, Rules::INDEX).ok()?;
    let checked = if head.is_empty() {
        Checked::new(index.log())
    } else {
        let head = IndexHead::parse(&BASE64.decode(head.as_bytes()).ok()?).ok()?;
        let range = CompactRange::from_hashes(head.size, parse_hashes(range)?).ok()?;
        Checked::resume(head, range, forked).ok()?
    };
    let refused = match refused {
        "-" => None,
        leaf => Some(leaf.parse().ok()?),
    };
    let record = IndexRecord {
        vouching: Vouching::resume(heads, checked, refused),
        seen: records::decode(seen.as_bytes(), index)?.0,
    };
    (encode(index, &record) == bytes).then_some(record)
}

fn hashes(range: &CompactRange) -> String {
    let hashes = range.hashes().iter();
    let bytes: Vec<u8> = hashes.flat_map(|hash| *hash.as_bytes()).collect();
    BASE64.encode(&bytes)
}

fn parse_hashes(text: &str) -> Option<Vec<Hash>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty()
        .then(|| hashes.iter().map(|hash| Hash::from_bytes(*hash)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::disk::faults;
    use fairtrail::reason::Reason;

    fn index() -> Origin {
        "log.example/two/e1/index/1".parse().unwrap()
    }

    fn records(dir: &Path) -> IndexRecords {
        IndexRecords::new(dir, &"log.example/one/e1".parse().unwrap())
    }

    fn vouching(heads: u8) -> Vouching {
        let mut range = CompactRange::new();
        (0..heads).for_each(|leaf| range.append(Hash::from_bytes([leaf; 32])).unwrap());
        Vouching::resume(range, Checked::new(index().log()), Some(u64::from(heads)))
    }

    #[test]
    fn a_record_is_read_back_and_no_other_bytes_are() {
        let dir = tempfile::tempdir().unwrap();
        let first = records(dir.path());
        assert!(first.create(&index()).unwrap());
        let missing = first.keep(&index(), &vouching(3)).unwrap_err();
        assert_eq!(
            missing.code(),
            Reason::GuardMissing,
            "read before it is written"
        );
        first.load(&index()).unwrap();
        first.keep(&index(), &vouching(3)).unwrap();
        assert!(!first.create(&index()).unwrap(), "never made anew");
        let second = records(dir.path());
        assert_eq!(second.load(&index()).unwrap().vouching, vouching(3));
        let path = second.path(&index());
        let whole = fs_err::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            for bytes in [&flipped, &whole[..at]] {
                fs_err::write(&path, bytes).unwrap();
                let refused = second.load(&index()).unwrap_err();
                assert_eq!(refused.code(), Reason::GuardMissing, "byte {at}");
            }
        }
    }

    #[test]
    fn a_fault_at_any_step_leaves_the_old_record_or_the_new_one() {
        for operations in 0.. {
            let dir = tempfile::tempdir().unwrap();
            let store = records(dir.path());
            store.create(&index()).unwrap();
            store.load(&index()).unwrap();
            store.keep(&index(), &vouching(3)).unwrap();
            faults::after(operations);
            let outcome = store.keep(&index(), &vouching(4));
            if !faults::lift() {
                return assert_eq!(outcome, Ok(()));
            }
            assert!(outcome.is_err());
            let read = records(dir.path()).load(&index()).unwrap().vouching;
            assert!(read == vouching(3) || read == vouching(4));
        }
    }
}
