//! The leaves that one head covers, and the keys they touch.

use super::{ClassMap, IndexError, Posting, keys, posted_under};
use crate::entry::SignedEntry;
use crate::id::AuthorId;
use crate::limits::{INDEX_HEAD_LEAF_BYTES, INDEX_HEAD_LEAVES, TRIE_KEYS};
use crate::merkle::{LeafIndex, MerkleError, TreeSize};
use crate::subject::SubjectId;
use crate::time::Timestamp;
use crate::trie::TrieKey;
use std::collections::BTreeMap;

/// What new leaves touch, rising by trie key. Nobody is told these keys: they follow from the
/// leaves.
#[derive(Debug)]
pub(super) struct Touched {
    pub(super) subjects: BTreeMap<TrieKey, SubjectId>,
    pub(super) feeds: BTreeMap<TrieKey, AuthorId>,
    /// The keys each leaf is posted under.
    posted: Vec<Vec<TrieKey>>,
}

impl Touched {
    /// Runs `MapFn` over the leaves of one head.
    pub(super) fn by(entries: &[SignedEntry]) -> Result<Self, IndexError> {
        let bytes = entries.iter().fold(0_usize, |sum, entry| {
            sum.saturating_add(entry.bytes().len())
        });
        check_leaves(entries.len())?;
        check("bytes of leaves", bytes, INDEX_HEAD_LEAF_BYTES)?;
        let (mut subjects, mut feeds) = (BTreeMap::new(), BTreeMap::new());
        let mut posted = Vec::with_capacity(entries.len());
        for entry in entries {
            let named = posted_under(entry);
            let named = named.into_iter().map(|id| (keys::subject_key(&id), id));
            let named: Vec<_> = named.collect();
            posted.push(named.iter().map(|(key, _)| *key).collect());
            subjects.extend(named);
            feeds.insert(keys::feed_key(entry.author()), entry.author());
        }
        let touched = subjects.len().saturating_add(feeds.len());
        check("touched keys", touched, TRIE_KEYS)?;
        Ok(Self {
            subjects,
            feeds,
            posted,
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
        for (entry, keys) in entries.iter().zip(&self.posted) {
            let posting = Posting::of(entry, leaf, time);
            let (class, bytes) = (posting.class(), posting.to_bytes());
            for key in keys {
                let map = ClassMap::after(maps.remove(key), class, &bytes);
                maps.insert(*key, map);
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
        std::collections::HashSet::new(),
        std::collections::HashSet::new(),
    );
    let (mut count, mut bytes) = (0_usize, 0_usize);
    for entry in entries.take(INDEX_HEAD_LEAVES) {
        bytes = bytes.saturating_add(entry.bytes().len());
        subjects.extend(posted_under(entry));
        feeds.insert(entry.author());
        let keys = subjects.len().saturating_add(feeds.len());
        if bytes > INDEX_HEAD_LEAF_BYTES || keys > TRIE_KEYS {
            break;
        }
        count = count.saturating_add(1);
    }
    count
}
