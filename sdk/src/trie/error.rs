//! Why a proof, its bytes or a list of keys is refused.

use super::{Label, TrieKey, TrieRoot};
use crate::cbor::CborError;
use crate::reason::Reason;

/// Why a proof does not hold or a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrieError {
    /// Keys that do not rise strictly.
    #[error("keys do not rise strictly")]
    NotAscending,
    /// A proof that is asked for no key.
    #[error("no key is asked for")]
    NoKeys,
    /// More keys than indices of 32 bits tell apart.
    #[error("the trie takes no more keys")]
    Full,
    /// The bytes are not the encoding of a proof.
    #[error("the proof is not encoded as it must be")]
    Encoding(#[from] CborError),
    /// More bytes, items or hashes than so many claims can need.
    #[error("{found} {what} in a proof, at most {max}")]
    TooLarge {
        /// What there are too many of.
        what: &'static str,
        /// What was found.
        found: usize,
        /// What is allowed.
        max: usize,
    },
    /// The shape or the hashes end before every key is answered.
    #[error("the proof ends before every key is answered")]
    Incomplete,
    /// Items or hashes are left when every key is answered.
    #[error("{items} items and {hashes} hashes are left over")]
    LeftOver {
        /// Items not looked at.
        items: usize,
        /// Hashes not looked at.
        hashes: usize,
    },
    /// A node that cannot stand where the shape puts it.
    #[error("no node {label:?} can stand below {parent:?}")]
    Misplaced {
        /// The node above.
        parent: Label,
        /// The node.
        label: Label,
    },
    /// A node spelt out although it lies on the path of the lowest key, or followed where it does not.
    #[error("node {label:?} is not named in its one form")]
    NotFollowed {
        /// The node.
        label: Label,
    },
    /// An empty side away from the root, or two of them.
    #[error("an empty side stands where none can be")]
    MisplacedEmpty,
    /// The proof shows another answer than the one claimed.
    #[error("the proof shows another answer for {key}")]
    ClaimMismatch {
        /// The key.
        key: TrieKey,
    },
    /// The proof leads to another root.
    #[error("expected root {expected}, the proof gives {found}")]
    RootMismatch {
        /// The root to be reached.
        expected: TrieRoot,
        /// The root the proof leads to.
        found: TrieRoot,
    },
    /// A change below a node that the proof did not open.
    #[error("{key} lies below a node that the proof leaves closed")]
    Closed {
        /// The key.
        key: TrieKey,
    },
}

impl TrieError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::NotAscending => Reason::NotAscending,
            Self::Encoding(error) => error.code(),
            Self::Full | Self::TooLarge { .. } => Reason::TooLarge,
            Self::NoKeys | Self::Incomplete => Reason::ProofIncomplete,
            Self::LeftOver { .. }
            | Self::Misplaced { .. }
            | Self::NotFollowed { .. }
            | Self::MisplacedEmpty => Reason::TrieShapeInvalid,
            Self::ClaimMismatch { .. } => Reason::TrieClaimMismatch,
            Self::RootMismatch { .. } => Reason::RootMismatch,
            Self::Closed { .. } => Reason::TrieNodeClosed,
        }
    }
}
