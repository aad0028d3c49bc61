//! One go through what differs.

use std::collections::{BTreeMap, VecDeque};

use fairtrail::api::Submission;
use fairtrail::id::EntryId;
use fairtrail::index::{FeedThere, IndexHead, feed_value};
use fairtrail::limits::OPENED_KEYS;
use fairtrail::reason::Reason;
use fairtrail::trie::{Differing, KEY_BITS, Label, TrieKey};

use super::Question;
use super::budget::Budget;
use super::mending::Mending;
use super::refused::Refused;

/// Keys that wait to be asked; what is beyond is found again by the next go.
const WAITING: usize = 4_096;

/// What is known while the other trie is gone through from low keys to high ones.
#[derive(Debug)]
pub(super) struct Go {
    head: IndexHead,
    pub(super) budget: Budget,
    /// What all keys of something closed begin with, by the key that opens it.
    waiting: BTreeMap<TrieKey, Label>,
    /// Of these, those that are being asked.
    asked: BTreeMap<TrieKey, Label>,
    /// Where it began.
    from: TrieKey,
    /// What stands under keys that were asked.
    there: BTreeMap<TrieKey, FeedThere>,
    /// Feeds whose last entries are looked for here.
    looking: Vec<Mending>,
    /// Feeds that have something that lacks here.
    lacking: VecDeque<Mending>,
    mending: Option<Mending>,
    /// Where there were too many keys to wait.
    cut: Option<TrieKey>,
    brought: u64,
    /// The first reason for which something was not to be had.
    reason: Option<Reason>,
    /// Whether something is left that may be to be had later.
    left: bool,
}

impl Go {
    pub(super) fn new(head: IndexHead, from: TrieKey) -> Self {
        Self {
            head,
            budget: Budget::new(),
            waiting: BTreeMap::from([(from, Label::ROOT)]),
            asked: BTreeMap::new(),
            from,
            there: BTreeMap::new(),
            looking: Vec::new(),
            lacking: VecDeque::new(),
            mending: None,
            cut: None,
            brought: 0,
            reason: None,
            left: false,
        }
    }

    /// The index head that all of it is read from.
    pub(super) const fn head(&self) -> &IndexHead {
        &self.head
    }

    pub(super) const fn brought(&self) -> u64 {
        self.brought
    }

    pub(super) const fn reason(&self) -> Option<Reason> {
        self.reason
    }

    pub(super) const fn left_some(&self) -> bool {
        self.left
    }

    /// Whether nothing is left to ask.
    pub(super) fn is_over(&self) -> bool {
        let asking = self.waiting.is_empty() && self.asked.is_empty() && self.cut.is_none();
        asking && self.looking.is_empty() && self.lacking.is_empty() && self.mending.is_none()
    }

    pub(super) const fn from(&self) -> TrieKey {
        self.from
    }

    /// The keys that are being asked, if any are.
    pub(super) fn asked(&self) -> Option<Vec<TrieKey>> {
        let asked: Vec<_> = self.asked.keys().copied().collect();
        (!asked.is_empty()).then_some(asked)
    }

    /// What to ask next: for the entries of feeds that were found, then for more of the trie.
    pub(super) fn question(&mut self) -> Option<Question> {
        loop {
            if let Some(mending) = &mut self.mending {
                if let Some(question) = mending.question() {
                    return Some(question);
                }
                self.mending = None;
            }
            match self.lacking.pop_front() {
                Some(next) => self.mending = Some(next),
                None => break,
            }
        }
        while self.asked.len() < OPENED_KEYS {
            let Some((ask, prefix)) = self.waiting.pop_first() else {
                break;
            };
            self.asked.insert(ask, prefix);
        }
        self.asked().map(Question::Open)
    }

    /// The answer to what was asked holds; below which prefixes it is to be looked at.
    pub(super) fn found(&mut self, found: Vec<Option<FeedThere>>) -> Vec<Label> {
        let asked = std::mem::take(&mut self.asked);
        let there = asked.keys().copied().zip(found);
        self.there = there
            .filter_map(|(key, there)| Some((key, there?)))
            .collect();
        asked.into_values().collect()
    }

    /// Where it differs from the own trie is known: the last entries of feeds that were found.
    pub(super) fn compared(&mut self, found: Vec<Differing>, refused: &Refused) -> Vec<EntryId> {
        for differing in found {
            match differing {
                Differing::Below { prefix, ask } => {
                    self.waiting.insert(ask, prefix);
                }
                Differing::Leaf(key) => match self.there.remove(&key) {
                    None => {
                        self.waiting.insert(key, Label::of(&key, KEY_BITS));
                    }
                    Some(there) => {
                        let value = feed_value(&there.value);
                        if !refused.holds(&value) {
                            self.looking.push(Mending::of(key, value, &there));
                        }
                    }
                },
            }
        }
        self.there.clear();
        while self.waiting.len() > WAITING {
            let dropped = self.waiting.pop_last();
            let dropped = dropped.map(|(_, prefix)| self.start(&prefix));
            self.cut = [self.cut, dropped].into_iter().flatten().min();
        }
        let ends = self.looking.iter().flat_map(Mending::ends);
        ends.collect()
    }

    /// What of it is admitted here: entries to offer, if there are any.
    pub(super) fn looked(&mut self, held: &[bool]) -> Option<Vec<Submission>> {
        if self.looking.is_empty() {
            let mending = self.mending.as_mut()?;
            let outcome = mending.looked(held);
            return outcome.unwrap_or_else(|reason| {
                self.give_up(reason);
                None
            });
        }
        let mut held = held.iter();
        for mut mending in self.looking.drain(..) {
            mending.keep_lacking(&mut held);
            if !mending.is_over() {
                self.lacking.push_back(mending);
            }
        }
        None
    }

    /// Entries came; their ids.
    pub(super) fn went_down(&mut self, entries: &[Vec<u8>]) -> Option<Vec<EntryId>> {
        match self.mending.as_mut()?.went_down(entries) {
            Ok(ids) => Some(ids),
            Err(reason) => {
                self.give_up(reason);
                None
            }
        }
    }

    /// Whether entries are being asked for.
    pub(super) const fn is_going_down(&self) -> bool {
        self.mending.is_some()
    }

    /// A branch is not to be had, or not in this way.
    pub(super) fn give_up(&mut self, reason: Reason) {
        self.reason.get_or_insert(reason);
        self.left = true;
        if let Some(mending) = &mut self.mending {
            mending.give_up();
        }
    }

    /// What was offered is durable.
    pub(super) fn taken(&mut self) {
        if let Some(mending) = &mut self.mending {
            self.brought = self.brought.saturating_add(mending.taken());
        }
    }

    /// Nothing was taken because of one entry: those before it, to be offered by themselves.
    pub(super) fn refused(
        &mut self,
        position: usize,
        reason: Reason,
        refused: &mut Refused,
    ) -> Option<Vec<Submission>> {
        self.reason.get_or_insert(reason);
        let mending = self.mending.as_mut()?;
        if reason.is_early() {
            self.left = true;
        } else {
            refused.remember(mending.value());
        }
        mending.refused(position)
    }

    /// Where the next go begins.
    pub(super) fn resume(&self, whole: bool) -> TrieKey {
        let start = TrieKey::new([0; 32]);
        if whole {
            return start;
        }
        let mending = self
            .mending
            .iter()
            .chain(&self.looking)
            .chain(&self.lacking);
        let keys = mending.map(Mending::key);
        let closed = self.waiting.values().chain(self.asked.values());
        let keys = keys.chain(closed.map(|prefix| self.start(prefix)));
        keys.chain(self.cut).min().unwrap_or(start)
    }

    /// The lowest key that may stand there and was not gone through before.
    fn start(&self, prefix: &Label) -> TrieKey {
        TrieKey::new(*prefix.bits()).max(self.from)
    }
}
