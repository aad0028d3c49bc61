//! Why a bundle is refused.

use crate::admission::AdmissionError;
use crate::cbor::CborError;
use crate::charter::CharterError;
use crate::entry::EntryError;
use crate::id::{AuthorId, EntryId, NetworkId, PartDigest};
use crate::index::IndexError;
use crate::log::{LogError, Origin};
use crate::reason::Reason;

/// Why a bundle proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The bytes are not the encoding of a bundle.
    #[error("the bundle is not encoded as it must be")]
    Cbor(#[from] CborError),
    /// A version this program does not know.
    #[error("version {found} of bundles is not known")]
    Version {
        /// The version.
        found: u64,
    },
    /// The charter is refused.
    #[error("the charter is refused")]
    Charter(#[from] CharterError),
    /// Evidence of another network.
    #[error("expected network {expected}, found {found}")]
    Network {
        /// The verifier's.
        expected: NetworkId,
        /// The bundle's.
        found: NetworkId,
    },
    /// A note is refused, or not of a log the policy names.
    #[error("a note is refused")]
    Note(#[from] LogError),
    /// An answer or a list of an index is refused.
    #[error("an answer of an index is refused")]
    Index(#[from] IndexError),
    /// An entry is refused.
    #[error("an entry is refused")]
    Entry(#[from] EntryError),
    /// An entry that no log may hold, or one that something is missing for.
    #[error("{entry} is not admitted")]
    Inadmissible {
        /// The entry.
        entry: EntryId,
        /// Why.
        #[source]
        error: AdmissionError,
    },
    /// One entry at two leaves.
    #[error("{log}: {entry} stands at two leaves")]
    LeafTwice {
        /// The entry.
        entry: EntryId,
        /// The log.
        log: Origin,
    },
    /// The entries at hand are not what a log proves of a feed, or are too few to show it.
    #[error("{log}: what is there of the feed of {author} does not amount to what is proved of it")]
    FeedUnproved {
        /// The author.
        author: AuthorId,
        /// The log.
        log: Origin,
    },
    /// A list that must rise strictly does not.
    #[error("{what} do not rise strictly")]
    Order {
        /// What is listed.
        what: &'static str,
    },
    /// A list of a subject or a class that the answer says nothing of.
    #[error("a posting list belongs to nothing that was answered in {log}")]
    ListUnasked {
        /// The log.
        log: Origin,
    },
    /// An entry that no list names.
    #[error("{entry} stands in no list of this bundle")]
    Stray {
        /// The entry.
        entry: EntryId,
    },
    /// A part that no entry names.
    #[error("{part} is a part of no entry of this bundle")]
    StrayPart {
        /// The part.
        part: PartDigest,
    },
    /// An entry that a list names is not there.
    #[error("{entry} is in a list but not in the bundle")]
    EntryMissing {
        /// The entry.
        entry: EntryId,
    },
    /// What an author's standing depends on is not there in full.
    #[error("{log}: not all that the standing of {author} depends on is there")]
    StandingMissing {
        /// The author of an entry.
        author: AuthorId,
        /// The log that holds the entry.
        log: Origin,
    },
}

impl BundleError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Version { .. } => Reason::VersionUnknown,
            Self::Charter(error) => error.code(),
            Self::Network { .. } => Reason::NetworkMismatch,
            Self::Note(error) => error.code(),
            Self::Index(error) => error.code(),
            Self::Entry(error) => error.code(),
            Self::Inadmissible { error, .. } if error.waits_for().is_some() => {
                Reason::EvidenceIncomplete
            }
            Self::Inadmissible { error, .. } => error.code(),
            Self::LeafTwice { .. } => Reason::DuplicateLeaf,
            Self::Order { .. } => Reason::NotAscending,
            Self::ListUnasked { .. } | Self::Stray { .. } | Self::StrayPart { .. } => {
                Reason::EvidenceStray
            }
            Self::EntryMissing { .. }
            | Self::FeedUnproved { .. }
            | Self::StandingMissing { .. } => Reason::EvidenceIncomplete,
        }
    }
}
