//! One feed that has more in another log than here.
//!
//! From each of its last entries that lacks here the way leads down, by `prev`, to one that is held;
//! what lies between is offered from below. A long way is walked in runs: only where each begins is
//! remembered, and the lowest is offered first.

use fairtrail::api::Submission;
use fairtrail::entry::SignedEntry;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::index::FeedThere;
use fairtrail::limits::ENTRY_BYTES;
use fairtrail::reason::Reason;
use fairtrail::trie::{TrieKey, TrieValue};

use super::Question;

/// Entries of one run.
pub const RUN: u16 = 256;
/// Runs of one way: 65,536 entries.
const RUNS: usize = 256;

/// What is known of it.
#[derive(Debug)]
pub(super) struct Mending {
    key: TrieKey,
    value: TrieValue,
    author: AuthorId,
    /// Last entries that lack here.
    ends: Vec<EntryId>,
    /// Where the runs of the way down from the present one begin.
    way: Vec<EntryId>,
    /// The run that came, newest first; then what of it was offered, oldest first.
    run: Vec<SignedEntry>,
    /// Whether what was offered is all there is to be had on this way.
    broken: bool,
}

impl Mending {
    pub(super) fn of(key: TrieKey, value: TrieValue, there: &FeedThere) -> Self {
        Self {
            key,
            value,
            author: there.author,
            ends: there.ends(),
            way: Vec::new(),
            run: Vec::new(),
            broken: false,
        }
    }

    pub(super) const fn key(&self) -> TrieKey {
        self.key
    }

    pub(super) const fn value(&self) -> TrieValue {
        self.value
    }

    pub(super) fn ends(&self) -> Vec<EntryId> {
        self.ends.clone()
    }

    /// Drops the ends that are held, each by the next mark.
    pub(super) fn keep_lacking<'a>(&mut self, held: &mut impl Iterator<Item = &'a bool>) {
        self.ends.retain(|_| held.next() == Some(&false));
    }

    /// Whether nothing of it lacks.
    pub(super) const fn is_over(&self) -> bool {
        self.ends.is_empty() && self.way.is_empty()
    }

    /// The next run, unless nothing of it lacks any more.
    pub(super) fn question(&mut self) -> Option<Question> {
        if self.way.is_empty() {
            self.broken = false;
            self.way.extend(self.ends.pop());
        }
        let top = self.way.last()?;
        Some(Question::Down(*top, RUN))
    }

    /// A run came; the ids of its entries, and of the one before the last.
    pub(super) fn went_down(&mut self, entries: &[Vec<u8>]) -> Result<Vec<EntryId>, Reason> {
        let mut expected = self.way.last().copied();
        if entries.is_empty() || entries.len() > usize::from(RUN) {
            return Err(Reason::GatewayAnswer);
        }
        let (mut run, mut ids) = (Vec::new(), Vec::new());
        for bytes in entries {
            if bytes.len() > ENTRY_BYTES {
                return Err(Reason::TooLarge);
            }
            let entry = SignedEntry::parse(bytes).map_err(|error| error.code())?;
            if Some(entry.id()) != expected || entry.author() != self.author {
                return Err(Reason::GatewayAnswer);
            }
            expected = entry.header().prev;
            ids.push(entry.id());
            run.push(entry);
        }
        ids.extend(expected);
        self.run = run;
        Ok(ids)
    }

    /// What of the run is held: entries to offer, if there are any yet.
    pub(super) fn looked(&mut self, held: &[bool]) -> Result<Option<Vec<Submission>>, Reason> {
        let run = std::mem::take(&mut self.run);
        let deeper = run.last().and_then(|last| last.header().prev);
        if held.len() != run.len().saturating_add(usize::from(deeper.is_some())) {
            return Err(Reason::Internal);
        }
        let lacking = held.iter().take_while(|held| !**held).count();
        if lacking > run.len()
            && let Some(deeper) = deeper
        {
            if run.len() < usize::from(RUN) {
                return Err(Reason::NotFound);
            }
            if self.way.len() >= RUNS {
                return Err(Reason::TooLarge);
            }
            self.way.push(deeper);
            return Ok(None);
        }
        if lacking == 0 {
            self.way.pop();
            return Ok(None);
        }
        self.run = run.into_iter().take(lacking).rev().collect();
        Ok(Some(self.offer()))
    }

    /// What was offered is durable; how many entries.
    pub(super) fn taken(&mut self) -> u64 {
        let count = std::mem::take(&mut self.run).len();
        self.way.pop();
        if self.broken {
            self.way.clear();
        }
        count as u64
    }

    /// One of those that were offered is refused: those before it.
    pub(super) fn refused(&mut self, position: usize) -> Option<Vec<Submission>> {
        self.run.truncate(position);
        self.broken = true;
        if self.run.is_empty() {
            self.way.clear();
            return None;
        }
        Some(self.offer())
    }

    /// The present way leads nowhere.
    pub(super) fn give_up(&mut self) {
        self.run.clear();
        self.way.clear();
    }

    fn offer(&self) -> Vec<Submission> {
        let entries = self.run.iter().cloned();
        let alone = entries.map(|entry| Submission {
            entry,
            bodies: Vec::new(),
        });
        alone.collect()
    }
}
