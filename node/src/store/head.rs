//! A tree size with its root.

use super::bytes::{take, take_u64};

/// A tree size and the root at it: what derived data says it covers, and what the guard remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// RFC 6962 root of that many leaves.
    pub root: [u8; 32],
}

impl TreeHead {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.size.to_le_bytes().to_vec();
        bytes.extend(self.root);
        bytes
    }

    pub(crate) fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self {
            size: take_u64(bytes)?,
            root: take(bytes)?,
        })
    }
}
