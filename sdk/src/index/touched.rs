//! The leaves that one head covers, and the keys they touch.

use super::map_fn::subjects_of;
use super::{ClassMap, IndexError, Posting, keys};
use crate::entry::SignedEntry;
use crate::id::{AuthorId, IdMap};
use crate::limits::{INDEX_HEAD_LEAF_BYTES, INDEX_HEAD_LEAVES, TRIE_KEYS};
use crate::merkle::{Hash, LeafIndex, MerkleError, TreeSize};
use crate::subject::SubjectId;
use crate::time::Timestamp;
use crate::trie::TrieKey;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashSet};

/// What new leaves touch, rising by trie key. Nobody is told these keys: they follow from the
/// leaves.
#[derive(Debug)]
pub(super) struct Touched {
    pub(super) subjects: BTreeMap<TrieKey, SubjectId>,
    pub(super) feeds: BTreeMap<TrieKey, AuthorId>,
    /// The keys each leaf is posted under.
    posted: Vec<Vec<TrieKey>>,
    /// The leaf hashes, in the order of the log.
    pub(super) hashes: Vec<Hash>,
}

impl Touched {
    /// Runs `MapFn` over the leaves of one head.
    pub(super) fn by(entries: &[SignedEntry]) -> Result<Self, IndexError> {
        let bytes = entries.iter().fold(0_usize, |sum, entry| {
            sum.saturating_add(entry.bytes().len())
        });
        check_leaves(entries.len())?;
        check("bytes of leaves", bytes, INDEX_HEAD_LEAF_BYTES)?;
        // Leaves name the same subjects and authors again and again: a key is hashed once.
        let (mut subjects, mut feeds) = (IdMap::default(), IdMap::default());
        let mut posted = Vec::with_capacity(entries.len());
        for entry in entries {
            let named = subjects_of(entry).map(|id| {
                let key = subjects.entry(id);
                *key.or_insert_with_key(|id| keys::subject_key(id))
            });
            posted.push(named.collect());
            let feed = feeds.entry(entry.author());
            feed.or_insert_with_key(|id| keys::feed_key(*id));
        }
        let touched = subjects.len().saturating_add(feeds.len());
        check("touched keys", touched, TRIE_KEYS)?;
        let subjects = subjects.into_iter();
        let hashes = entries.iter().map(SignedEntry::leaf_hash);
        Ok(Self {
            subjects: subjects.map(|(id, key)| (key, id.into_owned())).collect(),
            feeds: feeds.into_iter().map(|(id, key)| (key, id)).collect(),
            posted,
            hashes: hashes.collect(),
        })
    }

    /// Adds the postings of the leaves to the class maps of the subjects they are posted under.
    /// `maps` holds what was there before, for every touched subject that had a map.
    pub(super) fn post(
        &self,
        maps: &mut BTreeMap<TrieKey, ClassMap>,
        entries: &[SignedEntry],
        first: TreeSize,
        time: Timestamp,
    ) -> Result<(), MerkleError> {
        let mut leaf: LeafIndex = first.next_index()?;
        let posted = self.posted.iter().zip(&self.hashes);
        for (entry, (keys, hash)) in entries.iter().zip(posted) {
            let posting = Posting::with_hash(entry, leaf, time, *hash);
            let (class, bytes) = (posting.class(), posting.to_bytes());
            for key in keys {
                match maps.get_mut(key) {
                    Some(map) => map.post(class, &bytes),
                    None => {
                        maps.insert(*key, ClassMap::after(None, class, &bytes));
                    }
                }
            }
            leaf = leaf.plus(1)?;
        }
        Ok(())
    }
}

/// One head covers at least one leaf, and not too many.
pub(super) fn check_leaves(found: usize) -> Result<(), IndexError> {
    check("leaves", found, INDEX_HEAD_LEAVES)
}

fn check(what: &'static str, found: usize, max: usize) -> Result<(), IndexError> {
    if (1..=max).contains(&found) {
        return Ok(());
    }
    Err(IndexError::Limit { what, found, max })
}

/// How many leaves of a sequence the next head may cover: as many as the limits let it.
///
/// ```
/// use fairtrail::index::head_covers;
/// assert_eq!(head_covers([].into_iter()), 0);
/// ```
pub fn head_covers<'a>(entries: impl Iterator<Item = &'a SignedEntry>) -> usize {
    let (mut subjects, mut feeds) = (
        HashSet::<_, RandomState>::default(),
        HashSet::<_, RandomState>::default(),
    );
    let (mut count, mut bytes) = (0_usize, 0_usize);
    for entry in entries.take(INDEX_HEAD_LEAVES) {
        bytes = bytes.saturating_add(entry.bytes().len());
        subjects.extend(subjects_of(entry));
        feeds.insert(entry.author());
        let keys = subjects.len().saturating_add(feeds.len());
        if bytes > INDEX_HEAD_LEAF_BYTES || keys > TRIE_KEYS {
            break;
        }
        count = count.saturating_add(1);
    }
    count
}
