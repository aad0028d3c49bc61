//! Opening another node's feeds trie, for whoever looks for what differs (specs/repair.md).

use super::checked::prove;
use super::wire::{Embedded, Nullable};
use super::{Index, IndexError, IndexHead, keys};
use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use crate::feed::{FeedValue, fork_tips};
use crate::id::{AuthorId, EntryId};
use crate::limits::{ITEMS, OPENED_KEYS, OPENED_TIPS, QUESTION_BYTES};
use crate::log::SignedCheckpoint;
use crate::merkle::Hash;
use crate::note::NoteVerifier;
use crate::trie::{PartialTrie, TrieError, TrieKey};
use std::collections::BTreeSet;

const RULES: Rules = Rules {
    max_items: ITEMS,
    max_bytes: QUESTION_BYTES,
    max_string: QUESTION_BYTES,
    ..Rules::INDEX
};

int_map! {
    /// What stands under some keys of the feeds trie at the newest index head, and that head.
    ///
    /// ```
    /// use fairtrail::index::Opening;
    /// assert!(Opening::parse(&[0xa0]).is_err());
    /// ```
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Opening {
        /// The newest checkpoint of the index log, as a signed note.
        1 => note: Embedded,
        /// The index head: the last leaf.
        2 => head: Embedded,
        /// Its path.
        3 => path: Vec<[u8; 32]>,
        /// For each key asked what stands there, or nothing.
        4 ? found: Vec<Nullable<FoundFeed>>,
        /// The proof of it in the feeds trie.
        5 ? proof: Option<Embedded>,
    }
}

/// A feed as it stands under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFeed {
    /// The author.
    pub author: AuthorId,
    /// The feed value.
    pub value: Embedded,
    /// The ids of all childless entries, rising, if the feed is forked; none where there are too
    /// many.
    pub tips: Vec<EntryId>,
}

/// What an [`Opening`] shows, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The head it is shown at.
    pub head: IndexHead,
    /// For each key asked the feed there; nothing where the trie has nothing.
    pub found: Vec<Option<FeedThere>>,
    /// As much of the feeds trie as was opened; nothing if no key was asked.
    pub feeds: Option<PartialTrie>,
}

/// A feed under a key, as another log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedThere {
    /// The author.
    pub author: AuthorId,
    /// What the feed amounts to there.
    pub value: FeedValue,
    /// All its childless entries, if it is forked; none where there are too many.
    pub tips: Vec<EntryId>,
}

impl FeedThere {
    /// Entries from which every other one of the feed there is reached by `prev`; of a feed with too
    /// many branches those that its value names.
    pub fn ends(&self) -> Vec<EntryId> {
        let Some(fork) = &self.value.fork else {
            return vec![self.value.head];
        };
        if !self.tips.is_empty() {
            return self.tips.clone();
        }
        let forks = [fork.lowest, fork.last];
        let named = forks.iter().flat_map(|fork| [fork.first, fork.second]);
        let mut ends: Vec<_> = named.chain([self.value.head]).collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

impl Opening {
    /// Reads an answer in its one encoding; nothing of it is verified.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        decode(bytes, RULES)
    }

    /// Its one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// What it shows of these keys, if `index` signed the checkpoint.
    ///
    /// # Errors
    /// [`IndexError`]; nothing of the answer may be used then.
    pub fn verify(&self, index: &NoteVerifier, asked: &[TrieKey]) -> Result<Opened, IndexError> {
        let note = SignedCheckpoint::open(&self.note.0, index);
        let note = note.map_err(|error| IndexError::Note {
            reason: error.code(),
        })?;
        let path = self.path.iter().copied().map(Hash::from_bytes);
        let path: Vec<_> = path.collect();
        let head = IndexHead::last_of(note.checkpoint(), &self.head.0, &path)?;
        let (expected, found) = (asked.len(), self.found.len());
        if expected != found || expected > OPENED_KEYS {
            return Err(IndexError::Count { expected, found });
        }
        let values = self.found.iter().map(|found| found.0.as_ref());
        let values = values.map(|found| Nullable(found.map(|found| found.value.clone())));
        let values: Vec<_> = values.collect();
        let feeds = match &self.proof {
            Some(proof) if !asked.is_empty() => {
                let asked = asked.iter().copied();
                Some(prove(
                    head.feeds,
                    asked,
                    &values,
                    proof,
                    keys::feed_value_of,
                )?)
            }
            None if asked.is_empty() => None,
            _ => return Err(TrieError::Incomplete.into()),
        };
        let found = asked.iter().zip(&self.found);
        let found = found.map(|(key, found)| {
            let found = found.0.as_ref();
            found.map(|found| found.verify(key)).transpose()
        });
        Ok(Opened {
            head,
            found: found.collect::<Result<_, _>>()?,
            feeds,
        })
    }
}

impl Index {
    /// Opens the feeds trie, in the state that has settled, at these keys, strictly rising and at
    /// most [`OPENED_KEYS`]. `note` is the checkpoint of the index log whose last leaf is the settled
    /// head, `path` leads there, `author_of` knows whose an entry is.
    ///
    /// # Errors
    /// [`IndexError::NoHead`] before the first head has settled; [`IndexError::Count`] for too many
    /// keys; [`IndexError::Trie`] unless they rise; [`IndexError::Evidence`] for an entry that is
    /// nobody's.
    pub fn opening(
        &self,
        keys: &[TrieKey],
        note: Vec<u8>,
        path: &[Hash],
        author_of: impl Fn(EntryId) -> Option<AuthorId>,
    ) -> Result<Opening, IndexError> {
        let head = self.settled().ok_or(IndexError::NoHead)?;
        let (found, expected) = (keys.len(), OPENED_KEYS);
        if found > expected {
            return Err(IndexError::Count { expected, found });
        }
        let proof = match keys {
            [] => None,
            keys => Some(Embedded(self.feeds().prove(keys)?.to_bytes())),
        };
        let mut left = OPENED_TIPS;
        let found = keys.iter().map(|key| {
            let Some(value) = self.feed_value(key) else {
                return Ok(Nullable(None));
            };
            let told = FeedValue::parse(value)?;
            let author = author_of(told.head).ok_or(IndexError::Evidence)?;
            let tips = self.tips(author, &told, left);
            left = left.saturating_sub(tips.len());
            Ok(Nullable(Some(FoundFeed {
                author,
                value: Embedded(value.to_vec()),
                tips,
            })))
        });
        Ok(Opening {
            found: found.collect::<Result<_, IndexError>>()?,
            note: Embedded(note),
            head: Embedded(head.to_bytes()),
            path: path.iter().map(|hash| *hash.as_bytes()).collect(),
            proof,
        })
    }

    /// The childless entries of a forked feed, unless there are more than `most` or the tip has moved on.
    fn tips(&self, author: AuthorId, value: &FeedValue, most: usize) -> Vec<EntryId> {
        let Some(fork) = &value.fork else {
            return Vec::new();
        };
        let links = self.links(author);
        let parents: BTreeSet<_> = links.iter().map(|link| link.prev).collect();
        let tips = links.iter().map(|link| link.id);
        let tips: BTreeSet<_> = tips.filter(|id| !parents.contains(id)).collect();
        let tips: Vec<_> = tips.into_iter().collect();
        if tips.len() > most || fork_tips(&tips) != fork.tips {
            return Vec::new();
        }
        tips
    }
}

impl FoundFeed {
    /// The feed, whose value is proved to stand under this key.
    fn verify(&self, key: &TrieKey) -> Result<FeedThere, IndexError> {
        if keys::feed_key(self.author) != *key {
            return Err(TrieError::ClaimMismatch { key: *key }.into());
        }
        let value = FeedValue::parse(&self.value.0)?;
        let tips = self.tips.clone();
        let told = value.fork.as_ref().map(|fork| fork.tips);
        if !tips.is_empty() && told != Some(fork_tips(&tips)) {
            return Err(IndexError::Evidence);
        }
        Ok(FeedThere {
            author: self.author,
            value,
            tips,
        })
    }
}

impl Encode for FoundFeed {
    fn encode(&self, writer: &mut Writer) {
        writer.array(3);
        self.author.encode(writer);
        self.value.encode(writer);
        self.tips.encode(writer);
    }
}

impl Decode for FoundFeed {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(3, "an author, a feed value and childless entries")?;
        let found = Self {
            author: AuthorId::decode(reader)?,
            value: Embedded::decode(reader)?,
            tips: Vec::decode(reader)?,
        };
        let (len, max) = (found.tips.len(), OPENED_TIPS);
        if len > max {
            return Err(CborError::TooLarge { len, max });
        }
        Ok(found)
    }
}
