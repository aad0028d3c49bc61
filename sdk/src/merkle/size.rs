//! Sizes and indices as bounded integers, so that no sum or shift in this module can overflow.

use std::fmt;

use super::MerkleError;

/// The largest tree size, 2^53 − 1: what every JSON reader keeps exactly.
pub const MAX_TREE_SIZE: u64 = crate::limits::INTEGER;

/// Number of leaves of a tree, 0 to 2^53 − 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(into = "u64", try_from = "u64")]
pub struct TreeSize(u64);

impl TreeSize {
    /// The tree without leaves.
    pub const ZERO: Self = Self(0);

    /// Takes a number of leaves.
    ///
    /// # Errors
    /// [`MerkleError::SizeTooLarge`] above [`MAX_TREE_SIZE`].
    pub const fn new(size: u64) -> Result<Self, MerkleError> {
        if size > MAX_TREE_SIZE {
            return Err(MerkleError::SizeTooLarge {
                size,
                max: MAX_TREE_SIZE,
            });
        }
        Ok(Self(size))
    }

    /// The number of leaves.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The size after `more` leaves were appended.
    ///
    /// # Errors
    /// [`MerkleError::SizeTooLarge`] above [`MAX_TREE_SIZE`].
    pub const fn grown_by(self, more: u64) -> Result<Self, MerkleError> {
        Self::new(self.0.saturating_add(more))
    }

    /// The index the next leaf gets. At the largest size there is none.
    ///
    /// # Errors
    /// [`MerkleError::IndexOutOfRange`] at the largest size.
    pub const fn next_index(self) -> Result<LeafIndex, MerkleError> {
        LeafIndex::new(self.0)
    }

    /// Is there a leaf at `index`?
    pub const fn contains(self, index: LeafIndex) -> bool {
        index.0 < self.0
    }
}

/// Zero-based position of a leaf, 0 to 2^53 − 2.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(into = "u64", try_from = "u64")]
pub struct LeafIndex(u64);

impl LeafIndex {
    /// Takes a position.
    ///
    /// # Errors
    /// [`MerkleError::IndexOutOfRange`] when no tree is large enough to have it.
    pub const fn new(index: u64) -> Result<Self, MerkleError> {
        if index >= MAX_TREE_SIZE {
            return Err(MerkleError::IndexOutOfRange {
                index,
                size: MAX_TREE_SIZE,
            });
        }
        Ok(Self(index))
    }

    /// The position.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The position `more` leaves further on.
    ///
    /// # Errors
    /// [`MerkleError::IndexOutOfRange`] when no tree is large enough to have it.
    pub const fn plus(self, more: u64) -> Result<Self, MerkleError> {
        Self::new(self.0.saturating_add(more))
    }

    /// The smallest tree that has this leaf: index + 1.
    pub const fn size_through(self) -> TreeSize {
        TreeSize(self.0.saturating_add(1))
    }
}

macro_rules! integer_value {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for u64 {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl TryFrom<u64> for $name {
            type Error = MerkleError;

            fn try_from(value: u64) -> Result<Self, MerkleError> {
                Self::new(value)
            }
        }
    };
}

integer_value!(TreeSize);
integer_value!(LeafIndex);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_at_the_limit_and_one_past_it() {
        assert_eq!(
            TreeSize::new(MAX_TREE_SIZE).map(TreeSize::get),
            Ok(MAX_TREE_SIZE)
        );
        assert!(TreeSize::new(MAX_TREE_SIZE + 1).is_err());
        assert!(LeafIndex::new(MAX_TREE_SIZE - 1).is_ok());
        assert!(LeafIndex::new(MAX_TREE_SIZE).is_err());
        assert!(TreeSize::new(MAX_TREE_SIZE).unwrap().next_index().is_err());
        assert!(TreeSize::ZERO.grown_by(u64::MAX).is_err());
        assert!(LeafIndex::new(1).unwrap().plus(u64::MAX).is_err());
    }

    #[test]
    fn json_is_the_bounded_integer() {
        assert_eq!(serde_json::from_str::<TreeSize>("5").unwrap().get(), 5);
        assert!(serde_json::from_str::<TreeSize>("9007199254740992").is_err());
        assert!(serde_json::from_str::<LeafIndex>("-1").is_err());
    }
}
