//! Proof that an operator signed an index head that does not follow from its own log.

use super::wire::Embedded;
use super::{Checked, ForkedFeeds, IndexError, IndexHead, UpdateProof};
use crate::cbor::{CborError, Rules, decode, encode};
use crate::entry::SignedEntry;
use crate::id::EntryId;
use crate::log::{LogError, SignedCheckpoint};
use crate::merkle::{CompactRange, Hash, LeafIndex, leaf_hash, verify};
use crate::note::NoteVerifier;
use std::collections::BTreeSet;

int_map! {
    /// An update that passes every step and ends in another head than the one that was signed.
    ///
    /// ```
    /// use fairtrail::index::BadUpdate;
    /// assert!(BadUpdate::parse(&[0xa0]).is_err());
    /// ```
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct BadUpdate {
        /// A checkpoint of the index log, as it was signed.
        1 => checkpoint: Embedded,
        /// Where the head stands in the index log.
        2 => leaf: u64,
        /// Its path.
        3 ? new_path: Vec<[u8; 32]>,
        /// The path of the head before it; none for the first head.
        4 ? old_path: Vec<[u8; 32]>,
        /// The hashes that make up the log's tree at the head before.
        5 ? range: Vec<[u8; 32]>,
        /// The update.
        6 => update: Embedded,
        /// Of every touched feed that was forked before: all entries from the one on that set the
        /// key below its lowest fork, rising by author, sequence number and id.
        7 ? forked: Vec<Embedded>,
    }
}

/// Where a head stands in an index log, of which a checkpoint was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// The checkpoint's note.
    pub note: Vec<u8>,
    /// The head's leaf.
    pub leaf: LeafIndex,
    /// Its path.
    pub path: Vec<Hash>,
    /// The path of the head before it; none for the first.
    pub old_path: Vec<Hash>,
}

/// What a [`BadUpdate`] proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadUpdateProof {
    /// Where the head stands in the index log.
    pub leaf: LeafIndex,
    /// The head that was signed.
    pub signed: IndexHead,
    /// The head that follows from the leaves.
    pub rebuilt: IndexHead,
}

impl BadUpdate {
    /// The file against an update that [`Checked::check`] refused with [`IndexError::Head`].
    /// `entry` finds entries of the log.
    ///
    /// # Errors
    /// [`IndexError::Evidence`] when an entry of a forked feed is not found.
    pub fn against(
        checked: &Checked,
        update: &UpdateProof,
        signed: SignedHead,
        entry: impl Fn(EntryId) -> Option<SignedEntry>,
    ) -> Result<Self, IndexError> {
        let leaves = update.leaves.iter();
        let leaves = leaves.filter_map(|leaf| SignedEntry::parse(&leaf.0).ok());
        let authors: BTreeSet<_> = leaves.map(|leaf| leaf.author()).collect();
        let mut forked = Vec::new();
        for author in authors {
            let entries = checked.forked().entries_of(author, &entry)?;
            let entries = entries.iter().map(|entry| Embedded(entry.bytes().to_vec()));
            forked.extend(entries);
        }
        Ok(Self {
            checkpoint: Embedded(signed.note),
            leaf: signed.leaf.get(),
            new_path: bytes(&signed.path),
            old_path: bytes(&signed.old_path),
            range: bytes(checked.range().hashes()),
            update: Embedded(update.to_bytes()),
            forked,
        })
    }

    /// Reads a file in its one encoding; nothing of it is verified.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        decode(bytes, Rules::WIRE)
    }

    /// Its one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Checks that the key of this index signed a head that does not follow. Needs no network, no
    /// clock and no third party.
    ///
    /// # Errors
    /// [`IndexError::NoFraud`] when the head follows, or when the leaves are not shown to be the
    /// log's; otherwise what is wrong with the file.
    pub fn verify(&self, index: &NoteVerifier) -> Result<BadUpdateProof, IndexError> {
        let signed = SignedCheckpoint::open(&self.checkpoint.0, index);
        let signed = signed.map_err(|error: LogError| IndexError::Note {
            reason: error.code(),
        })?;
        let checkpoint = signed.checkpoint();
        let (size, root) = (checkpoint.size(), checkpoint.root());
        let update = UpdateProof::parse(&self.update.0)?;
        let leaf = LeafIndex::new(self.leaf)?;
        let head = IndexHead::parse(&update.new.0)?;
        head.check_index(checkpoint.origin())?;
        let new = leaf_hash(&update.new.0);
        verify::inclusion(new, leaf, size, &hashes(&self.new_path), root)?;
        let checked = match (&update.old.0, self.leaf.checked_sub(1)) {
            (None, None) if self.old_path.is_empty() => Checked::new(head.origin.clone()),
            (Some(old), Some(before)) => {
                let (before, path) = (LeafIndex::new(before)?, hashes(&self.old_path));
                verify::inclusion(leaf_hash(&old.0), before, size, &path, root)?;
                self.resume(IndexHead::parse(&old.0)?)?
            }
            _ => {
                return Err(IndexError::Previous {
                    expected: self.leaf,
                });
            }
        };
        let rebuilt = checked.rebuild(&update)?.head().cloned();
        // The leaves are the log's own because the signed head has their root.
        let same_log = |rebuilt: &IndexHead| rebuilt.size == head.size && rebuilt.root == head.root;
        let rebuilt = rebuilt.filter(|rebuilt| same_log(rebuilt) && *rebuilt != head);
        Ok(BadUpdateProof {
            leaf,
            rebuilt: rebuilt.ok_or(IndexError::NoFraud { leaf: self.leaf })?,
            signed: head,
        })
    }

    fn resume(&self, old: IndexHead) -> Result<Checked, IndexError> {
        let range = CompactRange::from_hashes(old.size, hashes(&self.range))?;
        let entries = self
            .forked
            .iter()
            .map(|bytes| SignedEntry::parse(&bytes.0).ok());
        let entries: Option<Vec<_>> = entries.collect();
        let entries = entries.ok_or(IndexError::Evidence)?;
        Checked::resume(old, range, ForkedFeeds::of(&entries)?)
    }
}

fn bytes(hashes: &[Hash]) -> Vec<[u8; 32]> {
    hashes.iter().map(|hash| *hash.as_bytes()).collect()
}

fn hashes(bytes: &[[u8; 32]]) -> Vec<Hash> {
    bytes.iter().map(|bytes| Hash::from_bytes(*bytes)).collect()
}
