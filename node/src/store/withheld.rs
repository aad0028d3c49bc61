//! What the operator withholds: parts hidden on this node, each with the legal basis that is named
//! to whoever asks (specs/privacy.md §6).
//!
//! One line per part: `<part digest> <entry id or *> <basis> <since>`. The list is changed while the
//! node runs; what reads it notices that the file was replaced. A list that cannot be read stops a
//! start, and leaves the last good one in force in a running node. The bytes stay where they are:
//! whoever has to be rid of them erases.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use fairtrail::claim::Code;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use serde::Serialize;

use super::disk::{self, IoFault};

/// A part that is withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The part.
    pub part: PartDigest,
    /// The one entry it is withheld for; every one that names it without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// The legal basis.
    pub basis: Code,
    /// Since when.
    pub since: Timestamp,
}

/// Why the list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WithheldError {
    /// A line is none of the form.
    #[error("line {line} of {} is not `part entry-or-* basis since`", path.display())]
    Line {
        /// The list.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl WithheldError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Line { .. } => Reason::ConfigInvalid,
            Self::Io(fault) => fault.code(),
        }
    }
}

/// The list, as it is now.
#[derive(Debug)]
pub struct Withheld {
    path: PathBuf,
    cache: RwLock<Cache>,
}

#[derive(Debug, Clone, Default)]
struct Cache {
    stamp: Option<Stamp>,
    lines: Arc<[Line]>,
}

/// Differs whenever the file was replaced.
type Stamp = (u64, i64, i64, u64);

impl Withheld {
    /// Opens the list; there is none before the first part is withheld.
    ///
    /// # Errors
    /// [`WithheldError`].
    ///
    /// ```
    /// use fairtrail_node::store::withheld::{Withheld, WithheldError};
    /// let dir = tempfile::tempdir()?;
    /// let path = dir.path().join("withheld");
    /// assert!(Withheld::open(&path)?.lines().is_empty());
    /// fs_err::write(&path, "no such line\n")?;
    /// assert!(matches!(Withheld::open(&path), Err(WithheldError::Line { line: 1, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: &Path) -> Result<Self, WithheldError> {
        let stamp = stamp(path);
        let lines = read(path)?.into();
        Ok(Self {
            path: path.to_path_buf(),
            cache: RwLock::new(Cache { stamp, lines }),
        })
    }

    /// Every line.
    pub fn lines(&self) -> Arc<[Line]> {
        let stamp = stamp(&self.path);
        {
            let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
            if cache.stamp == stamp {
                return Arc::clone(&cache.lines);
            }
        }
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        match read(&self.path) {
            Ok(lines) => {
                cache.lines = lines.into();
                cache.stamp = stamp;
            }
            Err(error) => tracing::error!(%error, "the list of withheld parts stays as it was"),
        }
        Arc::clone(&cache.lines)
    }

    /// The legal basis on which a part of an entry is withheld.
    pub fn basis(&self, entry: EntryId, part: PartDigest) -> Option<Code> {
        let lines = self.lines();
        let hides =
            |line: &&Line| line.part == part && line.entry.is_none_or(|withheld| withheld == entry);
        lines.iter().find(hides).map(|line| line.basis.clone())
    }

    /// Replaces the list, durably.
    ///
    /// # Errors
    /// [`WithheldError::Io`].
    pub fn replace(&self, lines: &[Line]) -> Result<(), WithheldError> {
        let text: String = lines.iter().map(write).collect();
        Ok(disk::write_atomic(&self.path, text.as_bytes())?)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs_err::metadata(path).ok()?;
    Some((found.ino(), found.mtime(), found.mtime_nsec(), found.len()))
}

fn read(path: &Path) -> Result<Vec<Line>, WithheldError> {
    let bytes = disk::read_if_exists(path)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let parse = |(number, line): (usize, &str)| {
        parse(line).ok_or_else(|| WithheldError::Line {
            path: path.to_path_buf(),
            line: number,
        })
    };
    (1..).zip(text.lines()).map(parse).collect()
}

fn parse(line: &str) -> Option<Line> {
    let mut words = line.split(' ');
    let part = words.next()?.parse().ok()?;
    let entry = match words.next()? {
        "*" => None,
        entry => Some(entry.parse().ok()?),
    };
    let basis = Code::new(words.next()?).ok()?;
    let since = Timestamp::new(words.next()?.parse().ok()?)?;
    words.next().is_none().then_some(Line {
        part,
        entry,
        basis,
        since,
    })
}

fn write(line: &Line) -> String {
    let entry = line.entry.map_or("*".to_owned(), |entry| entry.to_string());
    let (part, basis, since) = (line.part, &line.basis, line.since.seconds());
    format!("{part} {entry} {basis} {since}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_list_is_noticed_and_a_broken_one_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("withheld");
        let list = Withheld::open(&path).unwrap();
        let (part, entry) = (PartDigest::new([1; 32]), EntryId::new([2; 32]));
        assert_eq!(list.basis(entry, part), None);
        let line = Line {
            part,
            entry: Some(entry),
            basis: Code::new("GDPR-17").unwrap(),
            since: Timestamp::new(1_790_000_000).unwrap(),
        };
        list.replace(std::slice::from_ref(&line)).unwrap();
        assert_eq!(*list.lines(), *std::slice::from_ref(&line));
        assert_eq!(list.basis(entry, part), Some(line.basis.clone()));
        assert_eq!(list.basis(EntryId::new([3; 32]), part), None);
        fs_err::write(&path, "half a line").unwrap();
        assert_eq!(list.basis(entry, part), Some(line.basis.clone()));
        assert!(Withheld::open(&path).is_err());
        let everywhere = Line {
            entry: None,
            ..line
        };
        list.replace(std::slice::from_ref(&everywhere)).unwrap();
        assert!(list.basis(EntryId::new([3; 32]), part).is_some());
        assert_eq!(Withheld::open(&path).unwrap().lines()[..], [everywhere]);
    }
}
