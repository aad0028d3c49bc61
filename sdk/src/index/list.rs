//! Posting lists: one class of a subject's entries, provably whole.

use super::wire::Embedded;
use super::{ChainHead, Class, IndexError, IndexHead, Posting, Tally};
use crate::cbor::{CborError, Rules, decode, encode};
use crate::entry::SignedEntry;
use crate::subject::SubjectId;
use std::collections::HashSet;

int_map! {
    /// The postings of one class from a count on: all of them from 0, a delta from a later one.
    ///
    /// ```
    /// use fairtrail::index::PostingList;
    /// assert!(PostingList::parse(&[0xa0]).is_err());
    /// ```
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PostingList {
        /// The class.
        1 => class: Class,
        /// How many postings came before.
        2 => start: u64,
        /// The head of the chain there; zeros at the start.
        3 => start_head: ChainHead,
        /// The postings in their encodings.
        4 => postings: Vec<Embedded>,
    }
}

impl PostingList {
    /// Reads a list in its one encoding; nothing of it is verified.
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

    /// Checks that these are the last postings of the class: the chain ends in `proved`, which
    /// comes out of a proved class map of `subject` under `head`. Entries that `at_hand` knows are
    /// compared with their postings.
    ///
    /// # Errors
    /// [`IndexError::Chain`] when one was dropped, doubled, moved or replaced, and for a broken
    /// rule of a single posting [`IndexError::Class`], [`IndexError::LeafOrder`],
    /// [`IndexError::LeafBeyond`], [`IndexError::TimeFell`], [`IndexError::Twice`],
    /// [`IndexError::Entry`], [`IndexError::Foreign`], [`IndexError::Cbor`].
    pub fn verify<'a>(
        &self,
        subject: &SubjectId,
        proved: Tally,
        head: &IndexHead,
        at_hand: impl Fn(&Posting) -> Option<&'a SignedEntry>,
    ) -> Result<Vec<Posting>, IndexError> {
        self.check_chain(proved)?;
        let mut postings: Vec<Posting> = Vec::with_capacity(self.postings.len());
        let mut seen = HashSet::with_capacity(self.postings.len());
        for bytes in &self.postings {
            let posting = Posting::parse(&bytes.0)?;
            self.check_posting(&posting, postings.last(), head)?;
            if !seen.insert(posting.entry) {
                return Err(IndexError::Twice {
                    entry: posting.entry,
                });
            }
            if let Some(entry) = at_hand(&posting) {
                posting.check_entry(entry, subject)?;
            }
            postings.push(posting);
        }
        Ok(postings)
    }

    /// Hashes forward from the start to what was proved.
    ///
    /// # Errors
    /// [`IndexError::Chain`].
    pub(crate) fn check_chain(&self, proved: Tally) -> Result<(), IndexError> {
        let mut at = Tally {
            count: self.start,
            head: self.start_head,
        };
        if self.start == 0 && self.start_head != ChainHead::START {
            return Err(IndexError::Chain {
                expected: proved.count,
                found: 0,
            });
        }
        for posting in &self.postings {
            at = at.after(&posting.0);
        }
        if at == proved {
            return Ok(());
        }
        Err(IndexError::Chain {
            expected: proved.count,
            found: at.count,
        })
    }

    fn check_posting(
        &self,
        posting: &Posting,
        before: Option<&Posting>,
        head: &IndexHead,
    ) -> Result<(), IndexError> {
        let (class, leaf, entry) = (posting.class(), posting.leaf.get(), posting.entry);
        if class != self.class {
            let expected = self.class;
            return Err(IndexError::Class {
                expected,
                found: class,
            });
        }
        if before.is_some_and(|before| before.leaf >= posting.leaf) {
            return Err(IndexError::LeafOrder { leaf });
        }
        if !head.size.contains(posting.leaf) {
            let size = head.size.get();
            return Err(IndexError::LeafBeyond { leaf, size });
        }
        if before.is_some_and(|before| before.time > posting.time) || posting.time > head.time {
            return Err(IndexError::TimeFell { entry });
        }
        Ok(())
    }
}
