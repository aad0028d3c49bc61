//! The look-up tables: what is found by id, by subject, by digest. All derived from the journal.
//!
//! | table | key | value |
//! |---|---|---|
//! | 1 entries | entry id | leaf index |
//! | 2 subjects | subject, 0, class, leaf index | nothing |
//! | 3 parts | part digest, leaf index | audience, and the place of the body if it is held |
//! | 4 leaves | leaf hash | leaf index of the entry with these very bytes |
//!
//! Leaf indexes are big-endian, so that rows of one list stand in log order. A class is one byte, its
//! place among all. Part text never gets here.

use fairtrail::entry::{Audience, SignedEntry};
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::index::Class;
use fairtrail::merkle::{Hash, LeafIndex};
use fairtrail::subject::SubjectId;

use crate::store::bodies::BodyPlace;
use crate::store::bytes::take_u8;
use crate::store::lookup::{IndexStore, LookupError, MAX_SCAN_ROWS, Rows as TableRows, Table};

const ENTRIES: Table = Table(1);
const SUBJECTS: Table = Table(2);
const PARTS: Table = Table(3);
const LEAVES: Table = Table(4);

/// Rows of new leaves, to be put together.
#[derive(Debug, Default)]
pub struct Rows {
    entries: TableRows,
    subjects: TableRows,
    parts: TableRows,
    leaves: TableRows,
}

impl Rows {
    /// Adds what one leaf with this hash is found by.
    pub fn add(
        &mut self,
        leaf: LeafIndex,
        entry: &SignedEntry,
        hash: Hash,
        held: &[(u8, BodyPlace)],
    ) {
        let (number, leaf) = (leaf.get(), leaf.get().to_be_bytes());
        self.leaves.push(&[hash.as_bytes()], &[&leaf]);
        self.entries.push(&[entry.id().as_bytes()], &[&leaf]);
        let class = [Class::of(&entry.header().kind) as u8];
        for subject in &entry.header().subjects {
            let subject = subject.as_str().as_bytes();
            self.subjects.push(&[subject, &[0], &class, &leaf], &[]);
        }
        let parts = &entry.header().parts;
        for (index, part) in (0_u8..).zip(parts) {
            // A digest that one entry names twice is held once, under its first part.
            let before = parts.iter().take(usize::from(index));
            if before.into_iter().any(|other| other.digest == part.digest) {
                continue;
            }
            let place = held.iter().find(|(held, _)| *held == index);
            let row = PartRow {
                leaf: number,
                audience: part.audience,
                place: place.map(|(_, place)| *place),
            };
            row.push(part.digest, &mut self.parts);
        }
    }

    /// Puts the rows.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn put(self, store: &impl IndexStore) -> Result<(), LookupError> {
        store.put(ENTRIES, self.entries)?;
        store.put(SUBJECTS, self.subjects)?;
        store.put(PARTS, self.parts)?;
        store.put(LEAVES, self.leaves)
    }
}

/// A part as one entry names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartRow {
    /// The leaf of the entry.
    pub leaf: u64,
    /// Who may have the part.
    pub audience: Audience,
    /// Where its body lies; nothing when it is not held, or erased. [`BodyPlace::REFUSED`] when it
    /// came and may not be kept.
    pub place: Option<BodyPlace>,
}

impl PartRow {
    fn push(self, digest: PartDigest, rows: &mut TableRows) {
        let code = match self.audience {
            Audience::Public => 0,
            Audience::Network => 1,
            Audience::Named => 2,
        };
        let place = self.place.map(BodyPlace::to_bytes);
        let place = place.as_ref().map_or(&[][..], |place| place);
        let leaf = self.leaf.to_be_bytes();
        rows.push(&[digest.as_bytes(), &leaf], &[&[code], place]);
    }

    fn read(leaf: u64, value: &[u8]) -> Option<Self> {
        let mut rest = value;
        let audience = match take_u8(&mut rest)? {
            0 => Audience::Public,
            1 => Audience::Network,
            2 => Audience::Named,
            _ => return None,
        };
        let place = match rest {
            [] => None,
            place => Some(BodyPlace::from_bytes(place.try_into().ok()?)),
        };
        Some(Self {
            leaf,
            audience,
            place,
        })
    }
}

/// Reading the tables.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'a, S>(pub &'a S);

impl<S: IndexStore> Tables<'_, S> {
    /// The leaf of an entry.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn leaf_of(&self, id: EntryId) -> Result<Option<u64>, LookupError> {
        let value = self.0.get(ENTRIES, id.as_bytes())?;
        value.map(|value| number(&value)).transpose()
    }

    /// Whether an entry whose bytes have this leaf hash is here.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn has_leaf(&self, hash: Hash) -> Result<bool, LookupError> {
        Ok(self.0.get(LEAVES, hash.as_bytes())?.is_some())
    }

    /// The leaf that holds an entry whose bytes have this leaf hash.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn leaf_with(&self, hash: Hash) -> Result<Option<u64>, LookupError> {
        let value = self.0.get(LEAVES, hash.as_bytes())?;
        value.map(|value| number(&value)).transpose()
    }

    /// The leaves below `end` that name a subject, from the one behind `after` on, at most `limit`.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn leaves_naming(
        &self,
        subject: &SubjectId,
        after: Option<u64>,
        end: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LookupError> {
        let mut leaves = Vec::new();
        for list in self.lists_of(subject)? {
            leaves.extend(self.leaves_in(&list, after, end, limit)?);
        }
        leaves.sort_unstable();
        leaves.truncate(limit);
        Ok(leaves)
    }

    /// As [`Self::leaves_naming`], of the entries of one class: others are not looked at.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn leaves_listed(
        &self,
        subject: &SubjectId,
        class: Class,
        after: Option<u64>,
        end: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LookupError> {
        let list = [&prefix(subject)[..], &[class as u8]].concat();
        self.leaves_in(&list, after, end, limit)
    }

    /// What the keys of each list of a subject begin with.
    fn lists_of(&self, subject: &SubjectId) -> Result<Vec<Vec<u8>>, LookupError> {
        let prefix = prefix(subject);
        let (mut lists, mut after): (Vec<Vec<u8>>, Option<Vec<u8>>) = (Vec::new(), None);
        loop {
            let first = self.0.scan_prefix(SUBJECTS, &prefix, after.as_deref(), 1)?;
            let Some((key, _)) = first.rows.first() else {
                return Ok(lists);
            };
            let list = key.get(..=prefix.len()).ok_or(LookupError::Broken)?;
            // Behind every row of this list: no leaf has this index.
            after = Some([list, &u64::MAX.to_be_bytes()].concat());
            lists.push(list.to_vec());
        }
    }

    fn leaves_in(
        &self,
        list: &[u8],
        after: Option<u64>,
        end: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LookupError> {
        let after = after.map(|leaf| [list, &leaf.to_be_bytes()].concat());
        let scan = self
            .0
            .scan_prefix(SUBJECTS, list, after.as_deref(), limit)?;
        let leaves = scan.rows.iter();
        let leaves = leaves.map(|(key, _)| number(key.get(list.len()..).unwrap_or(&[])));
        let leaves: Vec<_> = leaves.collect::<Result<_, _>>()?;
        Ok(leaves.into_iter().take_while(|leaf| *leaf < end).collect())
    }

    /// Everything that names a part, by leaf, from the one behind `after` on, as far as one scan
    /// reaches.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn parts_named(
        &self,
        digest: PartDigest,
        after: Option<u64>,
    ) -> Result<Vec<PartRow>, LookupError> {
        let after = after.map(|leaf| [digest.as_bytes(), &leaf.to_be_bytes()[..]].concat());
        let scan = self
            .0
            .scan_prefix(PARTS, digest.as_bytes(), after.as_deref(), MAX_SCAN_ROWS)?;
        let rows = scan.rows.iter().map(|(key, value)| {
            let leaf = number(key.get(digest.as_bytes().len()..).unwrap_or(&[]))?;
            PartRow::read(leaf, value).ok_or(LookupError::Broken)
        });
        rows.collect()
    }

    /// A part as the entry at `leaf` names it.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn part_at(&self, digest: PartDigest, leaf: u64) -> Result<Option<PartRow>, LookupError> {
        let value = self.0.get(
            PARTS,
            &[digest.as_bytes(), &leaf.to_be_bytes()[..]].concat(),
        )?;
        let row = value.map(|value| PartRow::read(leaf, &value).ok_or(LookupError::Broken));
        row.transpose()
    }

    /// Notes where a part lies for the entry at `row.leaf`.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn hold_part(&self, digest: PartDigest, row: PartRow) -> Result<(), LookupError> {
        let mut rows = TableRows::default();
        row.push(digest, &mut rows);
        self.0.put(PARTS, rows)
    }

    /// Notes that a part is not held any more for the entry at `row.leaf`.
    ///
    /// # Errors
    /// [`LookupError`]: rebuild.
    pub fn drop_part(&self, digest: PartDigest, row: PartRow) -> Result<(), LookupError> {
        self.hold_part(digest, PartRow { place: None, ..row })
    }
}

/// A subject has no zero byte, so no subject's rows begin like another's.
fn prefix(subject: &SubjectId) -> Vec<u8> {
    [subject.as_str().as_bytes(), &[0]].concat()
}

fn number(bytes: &[u8]) -> Result<u64, LookupError> {
    let bytes = bytes.try_into().map_err(|_| LookupError::Broken)?;
    Ok(u64::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
