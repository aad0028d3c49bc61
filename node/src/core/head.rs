//! A tree size with its root, in the types of the log.

use fairtrail::merkle::{CompactRange, Root, TreeSize};

use crate::store::head::TreeHead;

/// The tree of a log at one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Leaves.
    pub size: TreeSize,
    /// Root over them.
    pub root: Root,
}

impl Head {
    /// The tree without leaves.
    pub fn empty() -> Self {
        Self {
            size: TreeSize::ZERO,
            root: Root::empty(),
        }
    }

    /// The tree of a compact range.
    pub fn of(range: &CompactRange) -> Self {
        Self {
            size: range.size(),
            root: range.root(),
        }
    }

    /// The form the store knows.
    pub fn stored(self) -> TreeHead {
        TreeHead {
            size: self.size.get(),
            root: *self.root.as_bytes(),
        }
    }

    /// From the form the store knows; nothing for a size no tree has.
    pub fn from_stored(head: TreeHead) -> Option<Self> {
        Some(Self {
            size: TreeSize::new(head.size).ok()?,
            root: Root::from_bytes(head.root),
        })
    }
}
