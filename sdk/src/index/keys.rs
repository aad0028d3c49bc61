//! Keys and values of the two tries.

use crate::cbor::encode;
use crate::contexts::{FEED, FEED_KEY, SUBJECT, SUBJECT_KEY, derive};
use crate::feed::FeedValue;
use crate::id::AuthorId;
use crate::subject::SubjectId;
use crate::trie::{TrieKey, TrieValue};

/// Where a subject stands in the subjects trie.
pub fn subject_key(subject: &SubjectId) -> TrieKey {
    TrieKey::new(derive(SUBJECT_KEY, &[subject.as_str().as_bytes()]))
}

/// What stands there: the hash of a class map in its encoding.
pub fn subject_value(class_map: &[u8]) -> TrieValue {
    TrieValue::new(derive(SUBJECT, &[class_map]))
}

/// Where a feed stands in the feeds trie.
pub fn feed_key(author: AuthorId) -> TrieKey {
    TrieKey::new(derive(FEED_KEY, &[author.as_bytes()]))
}

/// What stands there: the hash of a feed value.
pub fn feed_value(value: &FeedValue) -> TrieValue {
    feed_value_of(&encode(value))
}

/// The hash of a feed value in its encoding.
pub fn feed_value_of(value: &[u8]) -> TrieValue {
    TrieValue::new(derive(FEED, &[value]))
}
