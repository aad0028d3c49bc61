//! A window of leaves: which are lacking, and their entries.

use std::collections::{BTreeSet, VecDeque};

use fairtrail::entry::SignedEntry;
use fairtrail::limits::{ENTRY_BYTES, TILE_WIDTH};
use fairtrail::merkle::{CompactRange, Hash, leaf_hash};
use fairtrail::reason::Reason;

use super::opening::reason;
use super::stash::{Lack, Tree};
use super::{Follower, Output, Question, Report, Rest, Step, WINDOW_BUNDLES};

const WIDTH: u64 = TILE_WIDTH as u64;

/// Leaves from the cursor on, as many as are worked on at once.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) tree: Box<Tree>,
    /// The state of the tree at the cursor.
    pub(super) range: CompactRange,
    /// The leaf behind the last.
    end: u64,
    /// The leaf hashes.
    pub(super) hashes: Vec<Hash>,
    /// Leaves that are not held here.
    lacking: BTreeSet<u64>,
    /// Their entries, in log order, as far as they are not taken up.
    pub(super) entries: VecDeque<(u64, SignedEntry)>,
    /// Durable leaves of the own log.
    pub(super) own: u64,
}

impl Window {
    pub(super) fn put(&self, question: &Question, bytes: Vec<u8>) {
        self.tree.put(question, bytes);
    }

    pub(super) fn first(&self) -> u64 {
        self.range.size().get()
    }

    fn bundles(&self) -> std::ops::RangeInclusive<u64> {
        self.first() / WIDTH..=self.end.saturating_sub(1) / WIDTH
    }

    /// Reads the leaf hashes; the tiles that are lacking when there are any.
    fn read(&mut self) -> Result<(), Vec<Lack>> {
        let mut lacks = Vec::new();
        let mut hashes = Vec::new();
        for index in self.bundles() {
            match self.tree.leaves(index) {
                Ok(leaves) => hashes.extend((index.saturating_mul(WIDTH)..).zip(leaves)),
                Err(lack) => lacks.push(lack),
            }
        }
        if !lacks.is_empty() {
            return Err(lacks);
        }
        let inside = self.first()..self.end;
        let hashes = hashes.into_iter().filter(|(leaf, _)| inside.contains(leaf));
        self.hashes = hashes.map(|(_, hash)| hash).collect();
        Ok(())
    }

    fn hash(&self, leaf: u64) -> Option<Hash> {
        let at = usize::try_from(leaf.checked_sub(self.first())?).ok()?;
        self.hashes.get(at).copied()
    }

    /// The lacking leaves of one bundle, lowest first.
    fn lacking_of(&self, index: u64) -> impl Iterator<Item = u64> {
        let first = index.saturating_mul(WIDTH);
        let leaves = self.lacking.range(first..first.saturating_add(WIDTH));
        leaves.copied()
    }

    /// For every bundle with lacking leaves, the question for its entries from the first of them on.
    fn questions(&self) -> Result<Vec<Question>, Lack> {
        let mut questions = Vec::new();
        for index in self.bundles() {
            let Some(leaf) = self.lacking_of(index).next() else {
                continue;
            };
            let bundle = self.tree.bundle(index)?;
            let skip = u16::try_from(leaf % WIDTH).unwrap_or(0);
            questions.push(Question::Entries { bundle, skip });
        }
        Ok(questions)
    }
}

impl Follower {
    /// Works on the leaves behind the cursor, if there are any.
    pub(super) fn next_window(&mut self, tree: Box<Tree>, range: CompactRange) -> Vec<Output> {
        let (first, size) = (range.size().get(), tree.size().get());
        if first >= size {
            return self.rest(Rest::Reached { moved: true });
        }
        let end = (first / WIDTH).saturating_add(WINDOW_BUNDLES);
        let window = Window {
            tree,
            range,
            end: end.saturating_mul(WIDTH).min(size),
            hashes: Vec::new(),
            lacking: BTreeSet::new(),
            entries: VecDeque::new(),
            own: self.known.cursor().own,
        };
        self.read(Box::new(window))
    }

    /// Reads the leaf hashes as far as tiles came, and asks which are held.
    pub(super) fn read(&mut self, mut window: Box<Window>) -> Vec<Output> {
        if !self.asked.is_empty() {
            return self.stay(Step::Reading(window));
        }
        if let Err(lacks) = window.read() {
            let mut tiles = BTreeSet::new();
            for lack in lacks {
                match lack {
                    Lack::Tile(tile) => tiles.insert(tile),
                    Lack::Broken(reason) => return self.rest(Rest::Failed(reason)),
                };
            }
            self.step = Step::Reading(window);
            let questions = tiles.into_iter().map(Question::Tile);
            return questions.map(|question| self.ask(question)).collect();
        }
        let ticket = self.ticket();
        let leaves = window.hashes.clone();
        self.step = Step::Comparing(ticket, window);
        vec![Output::Compare { ticket, leaves }]
    }

    /// It is known which leaves are lacking.
    pub(super) fn compared(
        &mut self,
        mut window: Box<Window>,
        held: &[bool],
        own: u64,
    ) -> Vec<Output> {
        if held.len() != window.hashes.len() {
            return self.rest(Rest::Failed(Reason::Internal));
        }
        window.own = window.own.max(own);
        let lacking = (window.first()..).zip(held).filter(|(_, held)| !**held);
        window.lacking = lacking.map(|(leaf, _)| leaf).collect();
        let questions = match window.questions() {
            Ok(questions) => questions,
            Err(lack) => return self.rest(Rest::Failed(reason(lack))),
        };
        if questions.is_empty() {
            return self.passed(*window, None);
        }
        self.step = Step::Fetching(window);
        let asked = questions.into_iter().map(|question| self.ask(question));
        asked.collect()
    }

    /// A bundle came.
    pub(super) fn fetched(
        &mut self,
        mut window: Box<Window>,
        question: &Question,
        entries: &[Vec<u8>],
    ) -> Vec<Output> {
        let Question::Entries { bundle, skip } = question else {
            return self.rest(Rest::Failed(Reason::GatewayAnswer));
        };
        let expected = usize::from(bundle.width().saturating_sub(*skip));
        if entries.len() != expected {
            return self.rest(Rest::Failed(Reason::BundleMalformed));
        }
        let first = bundle.first_leaf().saturating_add(u64::from(*skip));
        let mut outputs = Vec::new();
        for (leaf, bytes) in (first..).zip(entries) {
            if !window.lacking.contains(&leaf) {
                continue;
            }
            if bytes.len() > ENTRY_BYTES {
                return self.rest(Rest::Failed(Reason::TooLarge));
            }
            if window.hash(leaf) != Some(leaf_hash(bytes)) {
                return self.rest(Rest::Failed(Reason::RootMismatch));
            }
            match SignedEntry::parse(bytes) {
                Ok(entry) => window.entries.push_back((leaf, entry)),
                Err(error) => outputs.push(self.blame(leaf, error.code(), None)),
            }
        }
        if !self.asked.is_empty() {
            self.step = Step::Fetching(window);
            return outputs;
        }
        // Bundles come in any order.
        window
            .entries
            .make_contiguous()
            .sort_by_key(|(leaf, _)| *leaf);
        outputs.extend(self.gather(window));
        outputs
    }

    /// A leaf that no log may hold.
    pub(super) fn blame(
        &mut self,
        leaf: u64,
        reason: Reason,
        entry: Option<SignedEntry>,
    ) -> Output {
        self.refused = self.refused.saturating_add(1);
        let entry = entry.map(Box::new);
        Output::Report(Report::LeafRefused {
            leaf,
            reason,
            entry,
        })
    }
}
