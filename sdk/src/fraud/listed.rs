//! Lists that an index proves, and what they lack or have too much.

use super::charge::{Charge, Kind};
use super::leaf::hashes;
use super::{FraudError, Keys, ShownLeaf};
use crate::entry::SignedEntry;
use crate::index::{
    Answer, Class, ClassMap, Embedded, IndexError, IndexHead, Posting, PostingList, Tally, names,
};
use crate::log::Checkpoint;
use crate::merkle::{LeafIndex, leaf_hash, verify};
use crate::subject::SubjectId;

int_map! {
    /// What an index says of one subject: its class map, and one of its lists.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Listed {
        /// A checkpoint of the index log, with its line alone.
        1 => note: Embedded,
        /// Where the head stands in the index log.
        2 => leaf: u64,
        /// Its path.
        3 ? path: Vec<[u8; 32]>,
        /// An answer about the subject, and perhaps others, at this head.
        4 => answer: Embedded,
        /// One list of the subject; none where the class map has none of the class.
        5 ? list: Option<Embedded>,
        /// The subject.
        6 => subject: SubjectId,
    }
}

int_map! {
    /// A leaf that names a subject, and the subject's list without it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Omission {
        /// The list, from its first posting on.
        1 => listed: Listed,
        /// The leaf, in the log of the head.
        2 => leaf: ShownLeaf,
    }
}

int_map! {
    /// A posting that is not that of a leaf that names the subject.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ForeignPosting {
        /// A list that holds the posting.
        1 => listed: Listed,
        /// Which one it is in the list, from 0.
        2 => position: u64,
        /// The leaf it speaks of, in the log of the head; none where the log has no such leaf, or the
        /// posting speaks of none.
        3 ? leaf: Option<ShownLeaf>,
    }
}

/// What is shown of one subject.
struct Shown {
    head: IndexHead,
    subject: SubjectId,
    map: Option<ClassMap>,
    list: Option<PostingList>,
}

impl Listed {
    fn open(&self, index: &Checkpoint) -> Result<Shown, FraudError> {
        let answer = Answer::parse(&self.answer.0).map_err(IndexError::from)?;
        let (leaf, hash) = (LeafIndex::new(self.leaf)?, leaf_hash(&answer.head.0));
        let (size, root) = (index.size(), index.root());
        verify::inclusion(hash, leaf, size, &hashes(&self.path), root)?;
        let head = IndexHead::parse(&answer.head.0).map_err(IndexError::from)?;
        head.check_index(index.origin())?;
        let mut proved = answer.verify_at(head)?;
        let map = proved.subjects.remove(&self.subject);
        let map = map.ok_or(FraudError::Malformed)?;
        let list = self.list.as_ref().map(|list| PostingList::parse(&list.0));
        let list = list.transpose().map_err(IndexError::from)?;
        if let Some(list) = &list {
            let tally = map.as_ref().and_then(|map| map.tally(list.class));
            list.check_chain(tally.unwrap_or(Tally::START))?;
        }
        Ok(Shown {
            head: proved.head,
            subject: self.subject.clone(),
            map,
            list,
        })
    }
}

impl Shown {
    fn log(&self) -> Result<Checkpoint, FraudError> {
        let head = &self.head;
        Ok(Checkpoint::new(head.origin.clone(), head.size, head.root)?)
    }

    /// The whole list of a class, as far as there is one.
    fn whole(&self, class: Class) -> Result<&[Embedded], FraudError> {
        let tally = self.map.as_ref().and_then(|map| map.tally(class));
        match (&self.list, tally) {
            (None, None) => Ok(&[]),
            (Some(list), Some(_)) if list.class == class && list.start == 0 => Ok(&list.postings),
            _ => Err(FraudError::Malformed),
        }
    }
}

impl Omission {
    /// Checks that the index left an entry out.
    ///
    /// # Errors
    /// [`FraudError`]: what is wrong with the file, or that it proves nothing.
    pub fn verify(&self, keys: &Keys<'_>) -> Result<Charge, FraudError> {
        let (checkpoint, key) = keys.checkpoint(&self.listed.note.0)?;
        let (head, subject, entry) = self.judge(&checkpoint)?;
        let charge = Charge::new(Kind::Omission, &checkpoint, key);
        Ok(charge
            .with("subject", subject)
            .with("entry", entry.id())
            .with("kind", &entry.header().kind)
            .with("leaf", self.leaf.index)
            .with("index_leaf", self.listed.leaf)
            .with("log_size", head.size))
    }

    pub(super) fn judge(
        &self,
        index: &Checkpoint,
    ) -> Result<(IndexHead, SubjectId, SignedEntry), FraudError> {
        let shown = self.listed.open(index)?;
        let leaf = self.leaf.check(&shown.log()?)?;
        let entry = SignedEntry::parse(&self.leaf.data.0);
        let entry = entry.map_err(|_| NOT_AN_ENTRY)?;
        if !names(&entry, &shown.subject) {
            return Err(FraudError::NotProven {
                what: "the entry does not name the subject",
            });
        }
        for posting in shown.whole(Class::of(&entry.header().kind))? {
            let posting = Posting::parse(&posting.0);
            // Its log time is the operator's word; every time lists the entry.
            if posting.is_ok_and(|posting| posting == Posting::of(&entry, leaf, posting.time)) {
                return Err(FraudError::NotProven {
                    what: "the list holds the entry",
                });
            }
        }
        Ok((shown.head, shown.subject, entry))
    }
}

const NOT_AN_ENTRY: FraudError = FraudError::NotProven {
    what: "the leaf is no entry; that is another accusation",
};

impl ForeignPosting {
    /// Checks that the index lists what does not belong there.
    ///
    /// # Errors
    /// [`FraudError`]: what is wrong with the file, or that it proves nothing.
    pub fn verify(&self, keys: &Keys<'_>) -> Result<Charge, FraudError> {
        let (checkpoint, key) = keys.checkpoint(&self.listed.note.0)?;
        let (head, subject, why) = self.judge(&checkpoint)?;
        let charge = Charge::new(Kind::ForeignPosting, &checkpoint, key);
        Ok(charge
            .with("subject", subject)
            .with("position", self.position)
            .with("because", why)
            .with("index_leaf", self.listed.leaf)
            .with("log_size", head.size))
    }

    pub(super) fn judge(
        &self,
        index: &Checkpoint,
    ) -> Result<(IndexHead, SubjectId, &'static str), FraudError> {
        let shown = self.listed.open(index)?;
        let list = shown.list.as_ref().ok_or(FraudError::Malformed)?;
        let position = usize::try_from(self.position).unwrap_or(usize::MAX);
        let posting = list.postings.get(position).ok_or(FraudError::Malformed)?;
        let why = self.why(&shown, list.class, &posting.0)?;
        Ok((shown.head, shown.subject, why))
    }

    fn why(&self, shown: &Shown, class: Class, posting: &[u8]) -> Result<&'static str, FraudError> {
        let posting = Posting::parse(posting).ok();
        let inside = |posting: &Posting| shown.head.size.contains(posting.leaf);
        let (Some(posting), Some(leaf)) = (posting.clone().filter(inside), &self.leaf) else {
            return match (posting, &self.leaf) {
                (None, None) => Ok("the posting cannot be read"),
                (Some(posting), None) if !inside(&posting) => Ok("the log has no such leaf"),
                _ => Err(FraudError::Malformed),
            };
        };
        if leaf.check(&shown.log()?)? != posting.leaf {
            return Err(FraudError::Malformed);
        }
        let entry = SignedEntry::parse(&leaf.data.0).ok();
        let listed = entry.filter(|entry| {
            *entry.header().kind.as_str() == *posting.kind.as_str()
                && posting == Posting::of(entry, posting.leaf, posting.time)
        });
        let Some(entry) = listed else {
            return Ok("the leaf is not the entry posted");
        };
        if !names(&entry, &shown.subject) {
            return Ok("the entry does not name the subject");
        }
        if posting.class() != class {
            return Ok("the entry is of another class");
        }
        Err(FraudError::NotProven {
            what: "the posting is that of a leaf that names the subject",
        })
    }
}
