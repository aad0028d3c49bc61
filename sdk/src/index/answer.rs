//! Answers: what an index says of subjects and authors, with proof.

use super::checked::prove;
use super::wire::{Embedded, Nullable};
use super::{ClassMap, IndexError, IndexHead, keys};
use crate::cbor::{CborError, Rules, decode, encode};
use crate::feed::FeedValue;
use crate::id::AuthorId;
use crate::log::{Checkpoint, Origin};
use crate::merkle::Hash;
use crate::subject::SubjectId;
use crate::trie::{TrieKey, TrieRoot};
use std::collections::BTreeMap;

int_map! {
    /// Class maps and feed values at one index head. Subjects and authors rise by their trie keys;
    /// a null is proof that there is nothing.
    ///
    /// ```
    /// use fairtrail::index::Answer;
    /// assert!(Answer::parse(&[0xa0]).is_err());
    /// ```
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Answer {
        /// The index head: a leaf of the index log.
        1 => head: Embedded,
        /// The subjects.
        2 ? subjects: Vec<SubjectId>,
        /// Their class maps.
        3 ? maps: Vec<Nullable<Embedded>>,
        /// The proof of these in the subjects trie.
        4 ? subjects_proof: Option<Embedded>,
        /// The authors.
        5 ? authors: Vec<AuthorId>,
        /// The values of their feeds.
        6 ? values: Vec<Nullable<Embedded>>,
        /// The proof of these in the feeds trie.
        7 ? feeds_proof: Option<Embedded>,
    }
}

/// What an answer proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The head it is proved at.
    pub head: IndexHead,
    /// The lists of each subject; nothing where there is none.
    pub subjects: BTreeMap<SubjectId, Option<ClassMap>>,
    /// The value of each feed; nothing where none has begun.
    pub feeds: BTreeMap<AuthorId, Option<FeedValue>>,
}

impl Answer {
    /// Reads an answer in its one encoding; nothing of it is verified.
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

    /// The log that it says it is about; not verified.
    ///
    /// # Errors
    /// [`IndexError::Cbor`].
    pub fn origin(&self) -> Result<Origin, IndexError> {
        Ok(IndexHead::parse(&self.head.0)?.origin)
    }

    /// The feed values that it states; not verified.
    ///
    /// # Errors
    /// [`IndexError::Cbor`].
    pub fn feeds(&self) -> Result<BTreeMap<AuthorId, Option<FeedValue>>, IndexError> {
        let values = self.values.iter().map(|value| value.0.as_ref());
        let values = values.map(|value| value.map(|value| FeedValue::parse(&value.0)).transpose());
        let feeds = self.authors.iter().copied().zip(values);
        let feeds = feeds.map(|(id, value)| Ok((id, value?)));
        Ok(feeds.collect::<Result<_, CborError>>()?)
    }

    /// What it proves under an index checkpoint that the caller trusts. `path` leads from its head,
    /// the last leaf, to the checkpoint.
    ///
    /// # Errors
    /// [`IndexError`]; nothing of the answer may be used then.
    pub fn verify(&self, checkpoint: &Checkpoint, path: &[Hash]) -> Result<Proved, IndexError> {
        let head = IndexHead::last_of(checkpoint, &self.head.0, path)?;
        self.verify_at(head)
    }

    /// What it proves if `head` is the head of the index.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(crate) fn verify_at(&self, head: IndexHead) -> Result<Proved, IndexError> {
        let subjects = self.subjects.iter().map(keys::subject_key).collect();
        let authors = self.authors.iter().map(|id| keys::feed_key(*id)).collect();
        let (maps, values) = (&self.maps, &self.values);
        let proof = self.subjects_proof.as_ref();
        check(head.subjects, subjects, maps, proof, keys::subject_value)?;
        let proof = self.feeds_proof.as_ref();
        check(head.feeds, authors, values, proof, keys::feed_value_of)?;
        if self.subjects.is_empty() && self.authors.is_empty() {
            return Err(crate::trie::TrieError::NoKeys.into());
        }
        let maps = maps.iter().map(|map| map.0.as_ref());
        let maps = maps.map(|map| map.map(|map| ClassMap::parse(&map.0)).transpose());
        let subjects = self.subjects.iter().cloned().zip(maps);
        let subjects = subjects.map(|(id, map)| Ok((id, map?)));
        Ok(Proved {
            head,
            subjects: subjects.collect::<Result<_, CborError>>()?,
            feeds: self.feeds()?,
        })
    }
}

/// Checks one half of an answer; a half that nothing is asked of has no proof.
fn check(
    root: TrieRoot,
    keys: Vec<TrieKey>,
    values: &[Nullable<Embedded>],
    proof: Option<&Embedded>,
    hash: fn(&[u8]) -> crate::trie::TrieValue,
) -> Result<(), IndexError> {
    match proof {
        Some(proof) => prove(root, keys.into_iter(), values, proof, hash).map(|_| ()),
        None if keys.is_empty() && values.is_empty() => Ok(()),
        None => Err(crate::trie::TrieError::Incomplete.into()),
    }
}
