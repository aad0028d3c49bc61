//! What the operator withholds: parts hidden on this node, each with the legal basis that is named
//! to whoever asks (specs/privacy.md §6).
//!
//! One line per part: `<part digest> <entry id or *> <basis> <jurisdiction or -> <statute or ->
//! <since> <statement or ->`. The list is changed while the node runs; what reads it notices that
//! the file was replaced, and asks once for each answer, or a few milliseconds before it; whoever
//! replaces it waits for as long. A list that cannot be read stops a
//! start, and leaves the last good one in force in a running node. The bytes stay where they are:
//! whoever has to be rid of them erases.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use fairtrail::claim::Ground;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::reason::Reason;
use serde::Serialize;
use tokio::time::Instant;

use super::disk::{self, IoFault};

/// A part that is withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The part.
    pub part: PartDigest,
    /// The one entry it is withheld for; every one that names it without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// On what ground.
    #[serde(flatten)]
    pub ground: Ground,
}

/// Why the list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WithheldError {
    /// A line is none of the form.
    #[error("line {line} of {} is not `part entry-or-* basis jurisdiction statute since statement`", path.display())]
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

/// How long what was read passes for the list without another look at its file.
const LOOKED: Duration = Duration::from_millis(5);

/// The list, as it is now.
#[derive(Debug)]
pub struct Withheld {
    path: PathBuf,
    cache: RwLock<Cache>,
    opened: Instant,
    /// Nanoseconds after opening: what was read was the list then.
    looked: AtomicU64,
}

#[derive(Debug, Clone, Default)]
struct Cache {
    stamp: Option<Stamp>,
    list: Arc<List>,
}

/// The list at one moment.
#[derive(Debug, Default)]
pub struct List {
    lines: Vec<Line>,
    /// Where the lines of a part stand.
    by_part: BTreeMap<PartDigest, Vec<usize>>,
}

impl List {
    fn new(lines: Vec<Line>) -> Self {
        let mut by_part: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (at, line) in lines.iter().enumerate() {
            by_part.entry(line.part).or_default().push(at);
        }
        Self { lines, by_part }
    }

    /// Every line.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The ground on which a part of an entry is withheld.
    pub fn ground(&self, entry: EntryId, part: PartDigest) -> Option<&Ground> {
        let lines = self.by_part.get(&part)?.iter();
        let mut lines = lines.filter_map(|at| self.lines.get(*at));
        let hides = |line: &&Line| line.entry.is_none_or(|withheld| withheld == entry);
        lines.find(hides).map(|line| &line.ground)
    }
}

/// Differs whenever the file was replaced.
type Stamp = [i128; 4];

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
    /// assert!(Withheld::open(&path)?.now().lines().is_empty());
    /// fs_err::write(&path, "no such line\n")?;
    /// assert!(matches!(Withheld::open(&path), Err(WithheldError::Line { line: 1, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: &Path) -> Result<Self, WithheldError> {
        let opened = Instant::now();
        let stamp = stamp(path);
        let list = Arc::new(List::new(read(path)?));
        Ok(Self {
            path: path.to_path_buf(),
            cache: RwLock::new(Cache { stamp, list }),
            opened,
            looked: AtomicU64::default(),
        })
    }

    /// The list, unless its file was replaced since it was read: then it has to be read.
    pub fn unchanged(&self) -> Option<Arc<List>> {
        // Read before the look, so that it is never taken for later than it was.
        let now = self.opened.elapsed();
        let looked = Duration::from_nanos(self.looked.load(Ordering::Relaxed));
        if now.saturating_sub(looked) < LOOKED {
            let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
            return Some(Arc::clone(&cache.list));
        }
        let list = self.read_at(stamp(&self.path))?;
        let now = u64::try_from(now.as_nanos()).unwrap_or_default();
        self.looked.store(now, Ordering::Relaxed);
        Some(list)
    }

    fn read_at(&self, stamp: Option<Stamp>) -> Option<Arc<List>> {
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
        (cache.stamp == stamp).then(|| Arc::clone(&cache.list))
    }

    /// The list as it is now.
    pub fn now(&self) -> Arc<List> {
        let stamp = stamp(&self.path);
        if let Some(list) = self.read_at(stamp) {
            return list;
        }
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        match read(&self.path) {
            Ok(lines) => {
                cache.list = Arc::new(List::new(lines));
                cache.stamp = stamp;
            }
            Err(error) => tracing::error!(%error, "the list of withheld parts stays as it was"),
        }
        Arc::clone(&cache.list)
    }

    /// Replaces the list, durably, and returns when nobody takes the one before for it any more.
    ///
    /// # Errors
    /// [`WithheldError::Io`].
    pub fn replace(&self, lines: &[Line]) -> Result<(), WithheldError> {
        let text: String = lines.iter().map(write).collect();
        disk::write_atomic(&self.path, text.as_bytes())?;
        std::thread::sleep(LOOKED);
        Ok(())
    }
}

/// Asked for every answer, most often of a file that is not there: so it makes no error text.
fn stamp(path: &Path) -> Option<Stamp> {
    let found = rustix::fs::stat(path).ok()?;
    let (inode, size) = (found.st_ino.into(), found.st_size.into());
    Some([
        inode,
        found.st_mtime.into(),
        found.st_mtime_nsec.into(),
        size,
    ])
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
    let entry = optional(words.next()?, "*").ok()?;
    let ground = Ground {
        basis: words.next()?.parse().ok()?,
        jurisdiction: optional(words.next()?, "-").ok()?,
        statute: optional(words.next()?, "-").ok()?,
        since: words.next()?.parse().ok()?,
        statement: optional(words.next()?, "-").ok()?,
    };
    words.next().is_none().then_some(Line {
        part,
        entry,
        ground,
    })
}

/// A word, or the one that stands for none.
fn optional<T: FromStr>(word: &str, none: &str) -> Result<Option<T>, T::Err> {
    if word == none {
        return Ok(None);
    }
    word.parse().map(Some)
}

fn write(line: &Line) -> String {
    let word = |word: Option<String>, none: &str| word.unwrap_or_else(|| none.to_owned());
    let entry = word(line.entry.map(|entry| entry.to_string()), "*");
    let Ground {
        basis,
        jurisdiction,
        statute,
        since,
        statement,
    } = &line.ground;
    let jurisdiction = word(jurisdiction.as_ref().map(ToString::to_string), "-");
    let statute = word(statute.as_ref().map(ToString::to_string), "-");
    let statement = word(statement.map(|statement| statement.to_string()), "-");
    let part = line.part;
    format!("{part} {entry} {basis} {jurisdiction} {statute} {since} {statement}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::claim::LegalBasis;
    use std::sync::atomic::AtomicBool;

    fn line(part: PartDigest, entry: EntryId) -> Line {
        Line {
            part,
            entry: Some(entry),
            ground: Ground {
                basis: LegalBasis::DataProtection,
                jurisdiction: Some("DE".parse().unwrap()),
                statute: None,
                since: "2026-11-22".parse().unwrap(),
                statement: Some(EntryId::new([4; 32])),
            },
        }
    }

    #[test]
    fn whoever_replaced_it_knows_that_nobody_hands_out_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("withheld");
        // The program that serves, and the one that withholds.
        let (reader, writer) = (
            Withheld::open(&path).unwrap(),
            Withheld::open(&path).unwrap(),
        );
        for number in 0..20 {
            let line = line(PartDigest::new([number; 32]), EntryId::new([2; 32]));
            let replaced = AtomicBool::new(false);
            std::thread::scope(|scope| {
                // Looks all the time, so that the last look is never long ago.
                scope.spawn(|| {
                    while !replaced.load(Ordering::Relaxed) {
                        reader.unchanged();
                    }
                });
                writer.replace(std::slice::from_ref(&line)).unwrap();
                let unchanged = reader.unchanged();
                replaced.store(true, Ordering::Relaxed);
                assert!(unchanged.is_none());
            });
            assert_eq!(reader.now().lines(), std::slice::from_ref(&line));
            assert!(reader.unchanged().is_some());
        }
    }

    #[test]
    fn a_replaced_list_is_noticed_and_a_broken_one_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("withheld");
        let list = Withheld::open(&path).unwrap();
        let (part, entry) = (PartDigest::new([1; 32]), EntryId::new([2; 32]));
        assert_eq!(list.now().ground(entry, part), None);
        let line = line(part, entry);
        list.replace(std::slice::from_ref(&line)).unwrap();
        assert_eq!(list.now().lines(), std::slice::from_ref(&line));
        assert_eq!(list.now().ground(entry, part), Some(&line.ground));
        assert_eq!(list.now().ground(EntryId::new([3; 32]), part), None);
        fs_err::write(&path, "half a line").unwrap();
        assert_eq!(list.now().ground(entry, part), Some(&line.ground));
        assert!(Withheld::open(&path).is_err());
        let everywhere = Line {
            entry: None,
            ..line
        };
        list.replace(std::slice::from_ref(&everywhere)).unwrap();
        assert!(list.now().ground(EntryId::new([3; 32]), part).is_some());
        assert_eq!(Withheld::open(&path).unwrap().now().lines(), [everywhere]);
    }
}
