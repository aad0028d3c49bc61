//! Class maps: how long each list of a subject is, and where its chain stands.

use super::{ChainHead, Class, keys};
use crate::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use crate::trie::TrieValue;

/// The length and head of one chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Postings, at least 1.
    pub count: u64,
    /// The head after the last of them.
    pub head: ChainHead,
}

/// The lists of one subject: class to length and head, rising by class, never empty.
///
/// A subject has few classes; a list takes 48 bytes a class and no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassMap(Box<[(Class, Tally)]>);

impl Tally {
    /// Before the first posting.
    pub const START: Self = Self {
        count: 0,
        head: ChainHead::START,
    };

    /// After one more posting, in these bytes.
    #[must_use]
    pub fn after(self, posting: &[u8]) -> Self {
        let count = self.count.saturating_add(1);
        Self {
            count,
            head: self.head.after(count, posting),
        }
    }
}

impl ClassMap {
    /// Reads a class map in its one encoding.
    ///
    /// # Errors
    /// [`CborError`].
    ///
    /// ```
    /// use fairtrail::index::ClassMap;
    /// assert!(ClassMap::parse(&[0xa0]).is_err());
    /// ```
    pub fn parse(bytes: &[u8]) -> Result<Self, CborError> {
        decode(bytes, Rules::STRUCTURE)
    }

    /// Its one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// What stands for it in the subjects trie.
    pub fn value(&self) -> TrieValue {
        keys::subject_value(&self.to_bytes())
    }

    /// The length and head of one class; nothing where the subject has no entry of it.
    pub fn tally(&self, class: Class) -> Option<Tally> {
        let at = self.0.binary_search_by_key(&class, |(class, _)| *class);
        at.ok()
            .and_then(|at| self.0.get(at))
            .map(|(_, tally)| *tally)
    }

    /// Of one class.
    pub(super) fn one(class: Class, tally: Tally) -> Self {
        Self(Box::new([(class, tally)]))
    }

    /// Every class of the subject, rising.
    pub fn classes(&self) -> impl Iterator<Item = (Class, Tally)> {
        self.0.iter().copied()
    }

    /// The map of a subject after one more posting of a class, in these bytes; `before` is nothing
    /// for its first.
    #[must_use]
    pub fn after(before: Option<Self>, class: Class, posting: &[u8]) -> Self {
        let mut map = before.unwrap_or_else(|| Self(Box::default()));
        map.post(class, posting);
        map
    }

    /// Adds one more posting of a class, in these bytes.
    pub(super) fn post(&mut self, class: Class, posting: &[u8]) {
        match self.0.binary_search_by_key(&class, |(class, _)| *class) {
            Ok(at) => {
                if let Some((_, tally)) = self.0.get_mut(at) {
                    *tally = tally.after(posting);
                }
            }
            Err(at) => {
                let mut rows = std::mem::take(&mut self.0).into_vec();
                rows.insert(at, (class, Tally::START.after(posting)));
                self.0 = rows.into_boxed_slice();
            }
        }
    }
}

impl Encode for ClassMap {
    fn encode(&self, writer: &mut Writer) {
        writer.map(self.0.len());
        for (class, tally) in &self.0 {
            class.encode(writer);
            writer.array(2);
            writer.uint(tally.count);
            tally.head.encode(writer);
        }
    }
}

impl Decode for ClassMap {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let len = reader.map()?;
        let mut rows = Vec::with_capacity(len.min(Class::ALL.len()));
        for _ in 0..len {
            let class = Class::decode(reader)?;
            reader.array_of(2, "a count and a head")?;
            let count = reader.uint()?;
            let head = ChainHead::decode(reader)?;
            if count == 0 {
                return Err(CborError::Expected {
                    expected: "a count of at least 1",
                });
            }
            rows.push((class, Tally { count, head }));
        }
        if rows.is_empty() {
            return Err(CborError::Expected {
                expected: "at least one class",
            });
        }
        Ok(Self(rows.into_boxed_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EntryId;
    use crate::index::Posting;
    use crate::merkle::{Hash, LeafIndex};
    use crate::reason::Reason;
    use crate::time::Timestamp;

    fn after(before: Option<ClassMap>, posting: &Posting) -> ClassMap {
        ClassMap::after(before, posting.class(), &posting.to_bytes())
    }

    fn posting(leaf: u64, time: u64, kind: &str, bytes: u8) -> Posting {
        Posting {
            leaf: LeafIndex::new(leaf).unwrap(),
            time: Timestamp::new(time).unwrap(),
            entry: EntryId::new([bytes; 32]),
            kind: kind.parse().unwrap(),
            hash: Hash::from_bytes([bytes + 0x11; 32]),
        }
    }

    #[test]
    fn the_known_answers_come_out() {
        let hex = |bytes: &[u8; 32]| data_encoding::HEXLOWER.encode(bytes);
        let first = posting(0, 1_700_000_000, "finding", 0xaa);
        let map = after(None, &first);
        let tally = map.tally(Class::Finding).unwrap();
        assert_eq!(
            hex(tally.head.as_bytes()),
            "947ff9612aba27083259113abffd84c7920d7980f645f2e431096677e5b49aa2"
        );
        let second = posting(7, 1_700_000_005, "finding.status", 0xcc);
        let map = after(Some(map), &second);
        let tally = map.tally(Class::Finding).unwrap();
        assert_eq!(tally.count, 2);
        assert_eq!(
            hex(tally.head.as_bytes()),
            "c88c5fa397e62b964278edc9e846d312bece7c87df79932fdda6254ce96cb9f4"
        );
        assert_eq!(
            hex(map.value().as_bytes()),
            "b71aa2396bc28ec6e6256ac1e0331bb1566268b6838f7865697642fbcf9cd580"
        );
        let key = keys::subject_key(&"gln:0614141000012".parse().unwrap());
        assert_eq!(
            hex(key.as_bytes()),
            "bcbc5b44424d68e68bc7388eebe388402f9fcd485551a973ccb7b2f25e57138a"
        );
    }

    #[test]
    fn a_map_has_one_encoding_and_no_empty_class() {
        let map = after(None, &posting(0, 5, "finding", 1));
        let map = after(Some(map), &posting(1, 5, "id.link", 2));
        let map = after(Some(map), &posting(2, 6, "unheard.of", 3));
        let bytes = map.to_bytes();
        assert_eq!(ClassMap::parse(&bytes), Ok(map.clone()));
        let classes: Vec<_> = map.classes().map(|(class, _)| class).collect();
        assert_eq!(classes, [Class::Id, Class::Other, Class::Finding]);
        let code = |bytes: &[u8]| ClassMap::parse(bytes).unwrap_err().code();
        assert_eq!(code(&[0xa0]), Reason::SchemaMismatch);
        let zero = [
            &[0xa1, 0x62, b'i', b'd', 0x82, 0x00, 0x58, 0x20][..],
            &[0; 32],
        ]
        .concat();
        assert_eq!(code(&zero), Reason::SchemaMismatch);
        let unknown = [
            &[0xa1, 0x62, b'i', b'x', 0x82, 0x01, 0x58, 0x20][..],
            &[0; 32],
        ]
        .concat();
        assert_eq!(code(&unknown), Reason::CodeUnknown);
    }
}
