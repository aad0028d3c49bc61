//! A window of leaves: which are lacking, and their entries.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use fairtrail::entry::SignedEntry;
use fairtrail::limits::TILE_WIDTH;
use fairtrail::log::Tile;
use fairtrail::merkle::Hash;
use fairtrail::reason::Reason;

use super::stash::{Lack, Tree};
use super::{Question, Ticket, WINDOW_BUNDLES};

const WIDTH: u64 = TILE_WIDTH as u64;

/// Leaves that are read together.
#[derive(Debug)]
pub(super) struct Window {
    /// Its first leaf.
    pub(super) first: u64,
    /// The leaf behind its last.
    pub(super) end: u64,
    pub(super) stage: Stage,
    /// The leaf hashes, once they are verified.
    pub(super) hashes: Vec<Hash>,
    /// Leaves that are not held here.
    pub(super) lacking: BTreeSet<u64>,
    /// Entries that came, in no order.
    entries: Vec<(u64, SignedEntry)>,
}

/// What a window awaits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Tiles that hold its leaves.
    Reading,
    /// Which of them are held.
    Comparing(Ticket),
    /// Bundles with those that are not.
    Fetching,
}

impl Window {
    /// The leaves of a tree of `size` leaves from `first` on, to the end of the fourth bundle.
    pub(super) fn new(first: u64, size: u64) -> Self {
        let end = (first / WIDTH).saturating_add(WINDOW_BUNDLES);
        Self {
            first,
            end: end.saturating_mul(WIDTH).min(size),
            stage: Stage::Reading,
            hashes: Vec::new(),
            lacking: BTreeSet::new(),
            entries: Vec::new(),
        }
    }

    fn bundles(&self) -> RangeInclusive<u64> {
        self.first / WIDTH..=self.end.saturating_sub(1) / WIDTH
    }

    /// Reads the leaf hashes as far as tiles came; the tiles that have to come first, none when all
    /// is read.
    pub(super) fn read(&mut self, tree: &Tree) -> Result<BTreeSet<Tile>, Reason> {
        let (mut tiles, mut hashes) = (BTreeSet::new(), Vec::new());
        for index in self.bundles() {
            match tree.leaves(index) {
                Ok(leaves) => hashes.extend((index.saturating_mul(WIDTH)..).zip(leaves)),
                Err(Lack::Tile(tile)) => {
                    tiles.insert(tile);
                }
                Err(Lack::Broken(reason)) => return Err(reason),
            }
        }
        if tiles.is_empty() {
            let inside = self.first..self.end;
            let hashes = hashes.into_iter().filter(|(leaf, _)| inside.contains(leaf));
            self.hashes = hashes.map(|(_, hash)| hash).collect();
        }
        Ok(tiles)
    }

    pub(super) fn hash(&self, leaf: u64) -> Option<Hash> {
        let at = usize::try_from(leaf.checked_sub(self.first)?).ok()?;
        self.hashes.get(at).copied()
    }

    /// The lacking leaves of one bundle, lowest first.
    fn lacking_of(&self, index: u64) -> impl Iterator<Item = u64> {
        let first = index.saturating_mul(WIDTH);
        let leaves = self.lacking.range(first..first.saturating_add(WIDTH));
        leaves.copied()
    }

    /// For every bundle with lacking leaves, the question for its entries from the first of them on.
    pub(super) fn questions(&self, tree: &Tree) -> Result<Vec<Question>, Lack> {
        let mut questions = Vec::new();
        for index in self.bundles() {
            let Some(leaf) = self.lacking_of(index).next() else {
                continue;
            };
            let bundle = tree.bundle(index)?;
            let skip = u16::try_from(leaf % WIDTH).unwrap_or(0);
            questions.push(Question::Entries { bundle, skip });
        }
        Ok(questions)
    }

    pub(super) fn put(&mut self, leaf: u64, entry: SignedEntry) {
        self.entries.push((leaf, entry));
    }

    /// The leaf hashes, and the lacking entries in log order.
    pub(super) fn into_parts(mut self) -> (Vec<Hash>, Vec<(u64, SignedEntry)>) {
        // Bundles come in any order.
        self.entries.sort_by_key(|(leaf, _)| *leaf);
        (self.hashes, self.entries)
    }
}
