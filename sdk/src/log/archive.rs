//! The archive: the notes kept for ever as evidence of time.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::LogError;
use super::numbers::decimal;
use crate::limits::ARCHIVE_NOTES;
use crate::merkle::{LeafIndex, TreeSize};
use crate::time::Timestamp;

const SECONDS_PER_HOUR: u64 = 3_600;

/// What decides about archiving a note: the size it states and when the node signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveMark {
    /// Leaves of the tree.
    pub size: TreeSize,
    /// The node's signing time.
    pub signed_at: Timestamp,
}

impl ArchiveMark {
    fn hour(self) -> u64 {
        self.signed_at.seconds() / SECONDS_PER_HOUR
    }
}

/// Is a note that has just met its quorum to be archived? Yes, if it is the first of its UTC hour
/// and its tree is larger than that of the last one archived. Offer notes in signing order.
///
/// ```
/// use fairtrail::{log::{ArchiveMark, is_due}, merkle::TreeSize, time::Timestamp};
/// let mark = |size, seconds| ArchiveMark {
///     size: TreeSize::new(size).unwrap(),
///     signed_at: Timestamp::new(seconds).unwrap(),
/// };
/// assert!(is_due(None, mark(1, 0)));
/// assert!(is_due(Some(mark(1, 3_599)), mark(2, 3_600)));
/// assert!(!is_due(Some(mark(1, 3_600)), mark(2, 7_199)));
/// ```
pub fn is_due(last: Option<ArchiveMark>, new: ArchiveMark) -> bool {
    let after = |last: ArchiveMark| new.size > last.size && new.hour() > last.hour();
    last.map_or(new.size > TreeSize::ZERO, after)
}

/// The digest by which an entry's `anchor` names an archived note: SHA-256 of its bytes.
pub fn note_digest(note: &[u8]) -> [u8; 32] {
    Sha256::digest(note).into()
}

/// One note of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLine {
    /// Leaves of its tree; it is served as `/archive/<size>`.
    pub size: TreeSize,
    /// Its [`note_digest`].
    pub digest: [u8; 32],
}

/// The list of archived notes, by rising size. Text form: one line `<size> <base64 digest>` each.
///
/// The list is the node's word about what it serves; each note has to stand for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveList(Vec<ArchiveLine>);

impl ArchiveList {
    /// The list without notes.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the note archived next.
    ///
    /// # Errors
    /// [`LogError::ArchiveMalformed`] unless its size is above the last one's, above 0, and the
    /// list has room.
    pub fn push(&mut self, line: ArchiveLine) -> Result<(), LogError> {
        let last = self.0.last().map_or(TreeSize::ZERO, |last| last.size);
        if line.size <= last || self.0.len() >= ARCHIVE_NOTES {
            return Err(LogError::ArchiveMalformed {
                number: self.0.len().saturating_add(1),
            });
        }
        self.0.push(line);
        Ok(())
    }

    /// The notes, by rising size.
    pub fn lines(&self) -> &[ArchiveLine] {
        &self.0
    }

    /// The notes that cover a leaf, by rising size: the first that meets a policy's quorum dates
    /// the leaf.
    pub fn covering(&self, index: LeafIndex) -> &[ArchiveLine] {
        let first = self.0.partition_point(|line| !line.size.contains(index));
        self.0.get(first..).unwrap_or_default()
    }
}

impl FromStr for ArchiveList {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        let mut list = Self::new();
        let mut rest = text;
        while !rest.is_empty() {
            let malformed = LogError::ArchiveMalformed {
                number: list.0.len().saturating_add(1),
            };
            let (line, after) = rest.split_once('\n').ok_or(malformed.clone())?;
            list.push(parse_line(line).ok_or(malformed)?)?;
            rest = after;
        }
        Ok(list)
    }
}

fn parse_line(line: &str) -> Option<ArchiveLine> {
    let (size, digest) = line.split_once(' ')?;
    let size = TreeSize::new(decimal(size)?).ok()?;
    let digest = BASE64.decode(digest.as_bytes()).ok()?;
    Some(ArchiveLine {
        size,
        digest: digest.try_into().ok()?,
    })
}

impl fmt::Display for ArchiveList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.0.iter();
        lines.try_for_each(|line| writeln!(f, "{} {}", line.size, BASE64.encode(&line.digest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(size: u64, seconds: u64) -> ArchiveMark {
        let size = TreeSize::new(size).unwrap();
        ArchiveMark {
            size,
            signed_at: Timestamp::new(seconds).unwrap(),
        }
    }

    #[test]
    fn the_first_note_of_an_hour_in_which_the_tree_grew_is_due() {
        let last = Some(mark(10, 7_200));
        assert!(!is_due(None, mark(0, 7_200)));
        assert!(is_due(last, mark(11, 10_800)));
        assert!(!is_due(last, mark(11, 10_799)), "the hour has its note");
        assert!(!is_due(last, mark(10, 20_000)), "nothing grew");
        assert!(!is_due(last, mark(11, 3_600)), "the clock went back");
    }

    #[test]
    fn a_list_is_read_back_and_finds_the_notes_that_cover_a_leaf() {
        let mut list = ArchiveList::new();
        for size in [3, 8, 20] {
            let line = ArchiveLine {
                size: TreeSize::new(size).unwrap(),
                digest: note_digest(&[7]),
            };
            list.push(line).unwrap();
        }
        assert_eq!(list.to_string().parse(), Ok(list.clone()));
        let sizes = |index| -> Vec<u64> {
            let covering = list.covering(LeafIndex::new(index).unwrap());
            covering.iter().map(|line| line.size.get()).collect()
        };
        assert_eq!(sizes(0), [3, 8, 20]);
        assert_eq!(sizes(3), [8, 20]);
        assert_eq!(sizes(19), [20]);
        assert_eq!(sizes(20), [0; 0]);
    }

    #[test]
    fn a_malformed_list_is_refused_with_its_line() {
        let digest = BASE64.encode(&note_digest(b"a"));
        let lines = [
            format!("1 {digest}"),
            format!("0 {digest}\n"),
            format!("01 {digest}\n"),
            format!("1  {digest}\n"),
            format!("1 {digest} \n"),
            "1 AA==\n".into(),
            "\n".into(),
            format!("9007199254740992 {digest}\n"),
            format!("1\t{digest}\n"),
        ];
        for bad in lines {
            let refused = bad.parse::<ArchiveList>();
            assert_eq!(
                refused,
                Err(LogError::ArchiveMalformed { number: 1 }),
                "{bad:?}"
            );
        }
        let repeated = format!("5 {digest}\n5 {digest}\n").parse::<ArchiveList>();
        assert_eq!(repeated, Err(LogError::ArchiveMalformed { number: 2 }));
        assert_eq!("".parse(), Ok(ArchiveList::new()));
    }
}
