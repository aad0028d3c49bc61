//! What an index witness remembers of one index, and what it vouches for (specs/witness.md §9).
//!
//! Heads are taken one after another, from the first on; what is remembered does not grow with
//! them. A head that was signed and does not follow ends it: nothing is vouched for ever after.

use std::collections::BTreeMap;

use fairtrail::index::{Checked, IndexError, UpdateProof};
use fairtrail::log::{Checkpoint, EntryTile, Origin, Tile};
use fairtrail::merkle::{CompactRange, LeafIndex, Root, TreeSize, leaf_hash};
use fairtrail::reason::Reason;

/// Sizes of the index log whose roots a process remembers.
const ROOTS: usize = 1_024;

/// What whoever checks an index asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The hashes of a tile of the index log.
    Tile(Tile),
    /// The heads in a bundle of the index log.
    Heads(EntryTile),
    /// The entries in a bundle of the log.
    Leaves(EntryTile),
    /// The update proof of the head at a leaf of the index log.
    Update(LeafIndex),
}

/// How far an index was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouching {
    heads: CompactRange,
    checked: Checked,
    refused: Option<u64>,
    /// Trees of the index log that were checked to the end by this process.
    passed: BTreeMap<TreeSize, Root>,
}

/// Why an index checkpoint is not vouched for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unvouched {
    /// A head was signed that does not follow from the log.
    #[error("head {leaf} of this index was signed and does not follow from its log")]
    Refused {
        /// The leaf of the index log.
        leaf: u64,
    },
    /// The tree was not checked to its end, or is another one.
    #[error("{checked} heads of this index are checked, not this tree of {asked}")]
    Unchecked {
        /// Heads that are checked.
        checked: TreeSize,
        /// Heads of the checkpoint.
        asked: TreeSize,
    },
}

impl Unvouched {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Refused { .. } => Reason::BadUpdate,
            Self::Unchecked { .. } => Reason::IndexUnchecked,
        }
    }
}

impl Vouching {
    /// Begins before the first head of the index of a log.
    pub fn new(log: Origin) -> Self {
        Self::resume(CompactRange::new(), Checked::new(log), None)
    }

    /// Goes on from what was remembered.
    pub fn resume(heads: CompactRange, checked: Checked, refused: Option<u64>) -> Self {
        let passed = BTreeMap::from([(heads.size(), heads.root())]);
        Self {
            heads,
            checked,
            refused,
            passed,
        }
    }

    /// The hashes that make up the index log, as far as it was checked.
    pub const fn heads(&self) -> &CompactRange {
        &self.heads
    }

    /// What is remembered of the last head.
    pub const fn checked(&self) -> &Checked {
        &self.checked
    }

    /// The head that was signed and does not follow.
    pub const fn refused(&self) -> Option<u64> {
        self.refused
    }

    /// Takes the next head, if its update proof holds.
    ///
    /// # Errors
    /// As [`Checked::check`]; nothing has changed then. [`IndexError::Previous`] when the proof is
    /// one of another head.
    pub fn take(&mut self, head: &[u8], update: &UpdateProof) -> Result<(), IndexError> {
        if update.new.0 != head {
            let expected = self.heads.size().get();
            return Err(IndexError::Previous { expected });
        }
        let checked = self.checked.check(update)?;
        let mut heads = self.heads.clone();
        heads.append(leaf_hash(head))?;
        self.adopt(heads, checked);
        Ok(())
    }

    /// Goes on from heads that were all made again; what was refused stays refused.
    pub fn adopt(&mut self, heads: CompactRange, checked: Checked) {
        self.passed.insert(heads.size(), heads.root());
        while self.passed.len() > ROOTS {
            self.passed.pop_first();
        }
        self.heads = heads;
        self.checked = checked;
    }

    /// The head at this leaf was signed and does not follow. There is no way back.
    pub fn refuse(&mut self, leaf: u64) {
        self.refused.get_or_insert(leaf);
    }

    /// Whether this very tree of the index log was checked to its end.
    ///
    /// # Errors
    /// [`Unvouched`].
    pub fn permits(&self, checkpoint: &Checkpoint) -> Result<(), Unvouched> {
        if let Some(leaf) = self.refused {
            return Err(Unvouched::Refused { leaf });
        }
        let asked = checkpoint.size();
        if self.passed.get(&asked) == Some(&checkpoint.root()) {
            return Ok(());
        }
        let checked = self.heads.size();
        Err(Unvouched::Unchecked { checked, asked })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::merkle::Hash;

    fn log() -> Origin {
        "log.example/one/e1".parse().unwrap()
    }

    fn range(leaves: u8) -> CompactRange {
        let mut range = CompactRange::new();
        (0..leaves).for_each(|leaf| range.append(Hash::from_bytes([leaf; 32])).unwrap());
        range
    }

    fn checkpoint(range: &CompactRange) -> Checkpoint {
        Checkpoint::new(log().index(1).unwrap(), range.size(), range.root()).unwrap()
    }

    #[test]
    fn only_trees_that_were_checked_to_the_end_are_vouched_for() {
        let mut vouching = Vouching::new(log());
        assert_eq!(vouching.permits(&checkpoint(&range(0))), Ok(()));
        let unchecked = vouching.permits(&checkpoint(&range(2))).unwrap_err();
        assert_eq!(unchecked.code(), Reason::IndexUnchecked);
        vouching.adopt(range(2), Checked::new(log()));
        vouching.adopt(range(5), Checked::new(log()));
        for (leaves, vouched) in [(0, true), (1, false), (2, true), (4, false), (5, true)] {
            let permitted = vouching.permits(&checkpoint(&range(leaves)));
            assert_eq!(permitted.is_ok(), vouched, "{leaves}");
        }
        let mut other = range(4);
        other.append(Hash::from_bytes([9; 32])).unwrap();
        assert!(vouching.permits(&checkpoint(&other)).is_err());
    }

    #[test]
    fn a_refused_index_stays_refused_whatever_follows() {
        let mut vouching = Vouching::new(log());
        vouching.refuse(3);
        vouching.refuse(7);
        vouching.adopt(range(9), Checked::new(log()));
        let refused = Unvouched::Refused { leaf: 3 };
        assert_eq!(vouching.permits(&checkpoint(&range(9))), Err(refused));
        let again = Vouching::resume(range(9), Checked::new(log()), vouching.refused());
        let refused = again.permits(&checkpoint(&range(9))).unwrap_err();
        assert_eq!(refused.code(), Reason::BadUpdate);
    }

    #[test]
    fn roots_are_remembered_up_to_a_bound() {
        let mut vouching = Vouching::new(log());
        let mut heads = CompactRange::new();
        for _ in 0..ROOTS * 2 {
            heads.append(Hash::from_bytes([1; 32])).unwrap();
            vouching.adopt(heads.clone(), Checked::new(log()));
        }
        assert_eq!(vouching.passed.len(), ROOTS);
        assert_eq!(vouching.permits(&checkpoint(&heads)), Ok(()));
    }
}
