//! An author that signed two entries with one sequence number.

use super::FraudError;
use crate::entry::SignedEntry;
use crate::feed::{Lineage, rotates};
use crate::id::{AuthorId, EntryId, KeyId, NetworkId};
use crate::limits::FEED_FORK_BYTES;
use data_encoding::BASE64;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

const TITLE: &str = "fairtrail/feed-fork/v1";

/// Two entries of one feed with one predecessor, and what shows that both are its author's.
///
/// The text form is a title, the author, and one line per entry: `key` for the first entry and
/// every rotation on the way, `path` for the entries from the last of these to the predecessor,
/// `fork` for the two. Nothing outside it is needed: an author is named after its first entry.
///
/// ```
/// use fairtrail::fraud::FeedFork;
/// assert!("fairtrail/feed-fork/v1\n".parse::<FeedFork>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFork {
    author: AuthorId,
    keys: Vec<SignedEntry>,
    path: Vec<SignedEntry>,
    children: [SignedEntry; 2],
}

/// What a feed fork proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forked {
    /// The author whose keys signed twice.
    pub author: AuthorId,
    /// The network.
    pub network: NetworkId,
    /// The sequence number signed twice.
    pub seq: u64,
    /// The entry before.
    pub prev: EntryId,
    /// The two entries, in ascending order.
    pub entries: [EntryId; 2],
    /// The keys they were signed with, in the same order.
    pub keys: [KeyId; 2],
}

impl FeedFork {
    /// Puts the evidence together; [`Self::verify`] says whether it proves anything. `keys` are the
    /// first entry and every rotation up to the fork, `path` what stands between the last of these
    /// and the fork; the two come in any order.
    pub fn new(
        author: AuthorId,
        keys: Vec<SignedEntry>,
        path: Vec<SignedEntry>,
        mut children: [SignedEntry; 2],
    ) -> Self {
        children.sort_by_key(SignedEntry::id);
        Self {
            author,
            keys,
            path,
            children,
        }
    }

    /// The evidence of the lowest fork among entries; of several with one sequence number, that
    /// after the entry with the smallest id. Whoever holds the same entries makes the same bytes.
    pub fn find<'a>(
        author: AuthorId,
        entries: impl IntoIterator<Item = &'a SignedEntry>,
    ) -> Option<Self> {
        let own = entries.into_iter().filter(|entry| entry.author() == author);
        let by_id: HashMap<EntryId, &SignedEntry> = own.map(|entry| (entry.id(), entry)).collect();
        let mut children: BTreeMap<(u64, EntryId), Vec<EntryId>> = BTreeMap::new();
        for entry in by_id.values() {
            let header = entry.header();
            if let Some(prev) = header.prev {
                let place = children.entry((header.seq, prev)).or_default();
                place.push(entry.id());
            }
        }
        let forks = children.into_iter().filter(|(_, ids)| ids.len() > 1);
        for ((_, prev), mut ids) in forks {
            ids.sort();
            if let Some(fork) = Self::after(author, prev, &ids, &by_id) {
                return Some(fork);
            }
        }
        None
    }

    fn after(
        author: AuthorId,
        prev: EntryId,
        ids: &[EntryId],
        by_id: &HashMap<EntryId, &SignedEntry>,
    ) -> Option<Self> {
        let (mut keys, mut path) = (Vec::new(), Vec::new());
        let mut at = Some(prev);
        while let Some(id) = at {
            let entry = *by_id.get(&id)?;
            at = entry.header().prev;
            if at.is_none() || rotates(entry) {
                keys.push(entry.clone());
            } else if keys.is_empty() {
                path.push(entry.clone());
            }
        }
        keys.reverse();
        path.reverse();
        let mut two = ids.iter().take(2).filter_map(|id| by_id.get(id).copied());
        let children = [two.next()?.clone(), two.next()?.clone()];
        Some(Self {
            author,
            keys,
            path,
            children,
        })
    }

    /// Checks that both entries were signed for one place of this author's feed.
    ///
    /// # Errors
    /// [`FraudError::Feed`] when an entry does not belong where it stands;
    /// [`FraudError::Malformed`] when it is not in its one form; [`FraudError::OneEntry`] when both
    /// are one entry.
    pub fn verify(&self) -> Result<Forked, FraudError> {
        let (begin, rotations) = self.keys.split_first().ok_or(FraudError::Malformed)?;
        let mut feed = Lineage::begin(self.author, begin)?;
        for rotation in rotations {
            feed.leap(rotation)?;
        }
        for entry in &self.path {
            if rotates(entry) {
                return Err(FraudError::Malformed);
            }
            feed.take(entry)?;
        }
        for child in &self.children {
            feed.follows(child)?;
        }
        let [a, b] = &self.children;
        if a.id() == b.id() {
            return Err(FraudError::OneEntry { id: a.id() });
        }
        if a.id() > b.id() {
            return Err(FraudError::Malformed);
        }
        Ok(Forked {
            author: self.author,
            network: feed.network(),
            seq: a.header().seq,
            prev: feed.head(),
            entries: [a.id(), b.id()],
            keys: [a.protected().key, b.protected().key],
        })
    }

    /// The author accused.
    pub const fn author(&self) -> AuthorId {
        self.author
    }

    /// Every entry of the file, by rising sequence number.
    pub fn all(&self) -> impl Iterator<Item = &SignedEntry> {
        self.keys.iter().chain(&self.path).chain(&self.children)
    }

    /// The two entries.
    pub const fn entries(&self) -> &[SignedEntry; 2] {
        &self.children
    }
}

impl fmt::Display for FeedFork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}\nfeed {}", self.author)?;
        let lines = [
            ("key", self.keys.as_slice()),
            ("path", self.path.as_slice()),
            ("fork", self.children.as_slice()),
        ];
        for (word, entries) in lines {
            for entry in entries {
                writeln!(f, "{word} {}", BASE64.encode(entry.bytes()))?;
            }
        }
        Ok(())
    }
}

impl FromStr for FeedFork {
    type Err = FraudError;

    /// Reads a file in its one form. What it proves, [`Self::verify`] says.
    fn from_str(text: &str) -> Result<Self, FraudError> {
        if text.len() > FEED_FORK_BYTES {
            return Err(FraudError::TooLarge { len: text.len() });
        }
        let read = parse(text).filter(|fork| fork.to_string() == text);
        read.ok_or(FraudError::Malformed)
    }
}

fn parse(text: &str) -> Option<FeedFork> {
    let rest = text.strip_prefix(TITLE)?.strip_prefix("\nfeed ")?;
    let mut lines = rest.strip_suffix('\n')?.split('\n');
    let author = lines.next()?.parse().ok()?;
    let (mut keys, mut path, mut fork) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        let (word, entry) = line.split_once(' ')?;
        let bytes = BASE64.decode(entry.as_bytes()).ok()?;
        let entry = SignedEntry::parse(&bytes).ok()?;
        match word {
            "key" => keys.push(entry),
            "path" => path.push(entry),
            "fork" => fork.push(entry),
            _ => return None,
        }
    }
    let children = fork.try_into().ok()?;
    Some(FeedFork {
        author,
        keys,
        path,
        children,
    })
}

#[cfg(test)]
#[path = "feed_fork/tests.rs"]
mod tests;
