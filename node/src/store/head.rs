//! A tree size with its root.

/// A tree size and the root at it: what derived data says it covers, and what the guard remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// RFC 6962 root of that many leaves.
    pub root: [u8; 32],
}
