//! Why a part of an index, or what shows it, is refused.

use super::Class;
use crate::cbor::CborError;
use crate::id::EntryId;
use crate::log::Origin;
use crate::merkle::MerkleError;
use crate::reason::Reason;
use crate::subject::SubjectId;
use crate::trie::TrieError;

/// Why an answer, a list, a head or an update does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// A structure is not in its one encoding.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The list does not lead to the head that was proved.
    #[error(
        "the list leads to posting {found} and another head than the one proved for {expected}"
    )]
    Chain {
        /// Postings proved.
        expected: u64,
        /// Postings the list leads to.
        found: u64,
    },
    /// A posting of another class than its list.
    #[error("a posting of class {found} in a list of class {expected}")]
    Class {
        /// The class of the list.
        expected: Class,
        /// The class of the posting.
        found: Class,
    },
    /// Another number of fields than the keys that follow from the question or the leaves.
    #[error("expected {expected} values, found {found}")]
    Count {
        /// Values demanded.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// A leaf that the update adds although the log holds it.
    #[error("{entry} stands in the log before")]
    DuplicateLeaf {
        /// The entry.
        entry: EntryId,
    },
    /// The posting speaks of another entry.
    #[error("expected entry {expected} as posted, found {found}")]
    Entry {
        /// The entry posted.
        expected: EntryId,
        /// The entry given.
        found: EntryId,
    },
    /// Evidence of a fork is missing, left over or of something else.
    #[error("the evidence of forks does not lead from the heads to where they begin")]
    Evidence,
    /// An entry in the list of a subject that it does not name.
    #[error("{entry} does not name {subject}")]
    Foreign {
        /// The entry.
        entry: EntryId,
        /// The subject.
        subject: SubjectId,
    },
    /// The head is not the one that follows from the leaves.
    #[error("the head at size {size} is not the one that follows from the leaves")]
    Head {
        /// Leaves of the log it covers.
        size: u64,
    },
    /// A leaf that is no entry that may follow in its feed.
    #[error("leaf {leaf} may not stand where it does: {reason}")]
    Leaf {
        /// The leaf.
        leaf: u64,
        /// What is wrong with it.
        reason: Reason,
    },
    /// A posting of a leaf that the log does not have.
    #[error("a posting of leaf {leaf} in a log of {size}")]
    LeafBeyond {
        /// The leaf.
        leaf: u64,
        /// Leaves of the log.
        size: u64,
    },
    /// Leaf indexes of a list do not rise.
    #[error("leaf {leaf} is posted behind one that does not stand before it")]
    LeafOrder {
        /// The leaf.
        leaf: u64,
    },
    /// More leaves, bytes or keys than one head may cover.
    #[error("{found} {what} under one head, at least 1 and at most {max}")]
    Limit {
        /// What there are too many of.
        what: &'static str,
        /// What was found.
        found: usize,
        /// What is allowed.
        max: usize,
    },
    /// A path does not lead to its root.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
    /// An index log without leaves has no head.
    #[error("the index log has no leaves")]
    NoHead,
    /// Not the index of this log.
    #[error("{index} is not the origin of the index of {log}")]
    Origin {
        /// The index log.
        index: Origin,
        /// The log its head names.
        log: Origin,
    },
    /// A head of another log.
    #[error("expected a head of {expected}, found one of {found}")]
    Log {
        /// The log whose index is checked.
        expected: Origin,
        /// The log the head names.
        found: Origin,
    },
    /// The head follows from its leaves, or these are not shown to be the log's.
    #[error("nothing is proved of index leaf {leaf}")]
    NoFraud {
        /// The leaf of the index log.
        leaf: u64,
    },
    /// The checkpoint of the index log is refused.
    #[error("the checkpoint of the index log is refused: {reason}")]
    Note {
        /// What is wrong with it.
        reason: Reason,
    },
    /// The update does not begin with the head that was checked last.
    #[error("the update does not begin with the head checked last, of size {expected}")]
    Previous {
        /// Size of the head checked last.
        expected: u64,
    },
    /// A log time falls, or lies behind that of the head.
    #[error("the log time of {entry} falls, or lies behind its head's")]
    TimeFell {
        /// The entry posted.
        entry: EntryId,
    },
    /// The log time of a head falls.
    #[error("the log time falls to {found} from {before}")]
    HeadTimeFell {
        /// Unix seconds of the head before.
        before: u64,
        /// Unix seconds of this head.
        found: u64,
    },
    /// What a proof shows of a trie is refused.
    #[error(transparent)]
    Trie(#[from] TrieError),
    /// One entry twice in a list.
    #[error("{entry} is posted twice")]
    Twice {
        /// The entry.
        entry: EntryId,
    },
}

impl IndexError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Chain { .. } => Reason::PostingChain,
            Self::Class { .. } => Reason::PostingClass,
            Self::Count { .. } => Reason::IndexCount,
            Self::DuplicateLeaf { .. } => Reason::DuplicateLeaf,
            Self::Entry { .. } => Reason::PostingEntry,
            Self::Evidence => Reason::ForkEvidence,
            Self::Foreign { .. } => Reason::PostingForeign,
            Self::Head { .. } => Reason::BadUpdate,
            Self::HeadTimeFell { .. } | Self::TimeFell { .. } => Reason::LogTimeFell,
            Self::Leaf { reason, .. } | Self::Note { reason } => *reason,
            Self::LeafBeyond { .. } | Self::LeafOrder { .. } => Reason::PostingOrder,
            Self::Limit { .. } => Reason::IndexLimit,
            Self::Merkle(error) => error.code(),
            Self::NoFraud { .. } => Reason::ProofInvalid,
            Self::NoHead => Reason::ProofIncomplete,
            Self::Log { .. } | Self::Origin { .. } => Reason::OriginMismatch,
            Self::Previous { .. } => Reason::IndexPrevious,
            Self::Trie(error) => error.code(),
            Self::Twice { .. } => Reason::PostingTwice,
        }
    }
}
