//! Why an entry is not admitted: early, or refused for good.

use crate::entry::Role;
use crate::id::{AuthorId, EntryId, GrantId, KeyId, NetworkId};
use crate::key::KeyError;
use crate::reason::Reason;

/// Why an entry is not admitted now.
///
/// The `Early…` variants may turn into admission when more arrives; every other is final: no larger
/// set ever admits these bytes, so a peer that offers them may be blamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdmissionError {
    /// Only a root may make this act.
    #[error("only a root may make this act, {author} is none")]
    ActForbidden {
        /// The author.
        author: AuthorId,
    },
    /// The granter may not grant this role, or the chain is too long.
    #[error("may not grant the role {role}")]
    Delegation {
        /// The role granted.
        role: Role,
    },
    /// Nobody names this author yet.
    #[error("no grant or charter pair names {author} yet")]
    EarlyBegin {
        /// The author.
        author: AuthorId,
    },
    /// The cited grant is not in effect yet.
    #[error("grant {grant} is not in effect yet")]
    EarlyGrant {
        /// The grant.
        grant: GrantId,
    },
    /// The entry before is not admitted yet.
    #[error("the entry before, {prev}, is not admitted yet")]
    EarlyPrev {
        /// The entry before.
        prev: EntryId,
    },
    /// What this entry acts on is not admitted yet.
    #[error("what this entry acts on is not admitted yet")]
    EarlyTarget {
        /// Whose arrival may change that.
        target: [u8; 32],
    },
    /// The cited grant was given to another author.
    #[error("grant {grant} was not given to {author}")]
    GrantMismatch {
        /// The grant.
        grant: GrantId,
        /// The author that cites it.
        author: AuthorId,
    },
    /// No grant is cited.
    #[error("{author} cites no grant")]
    GrantMissing {
        /// The author.
        author: AuthorId,
    },
    /// A charter author cites a grant.
    #[error("{author} stands in the charter and cites a grant")]
    GrantUnexpected {
        /// The author.
        author: AuthorId,
    },
    /// A key may not be enrolled, or the signature does not verify.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Signed by another key than the feed's.
    #[error("signed by {found}, the feed's key is {expected}")]
    KeyMismatch {
        /// The key of the branch.
        expected: KeyId,
        /// The key that signed.
        found: KeyId,
    },
    /// A key occurs twice on the branch.
    #[error("key {key} was used on this branch before")]
    KeyReused {
        /// The key.
        key: KeyId,
    },
    /// Another network's entry.
    #[error("entry of {found}, expected {expected}")]
    Network {
        /// This network.
        expected: NetworkId,
        /// The entry's.
        found: NetworkId,
    },
    /// This feed may not act on that target.
    #[error("{author} may not act on this target")]
    NotAuthorised {
        /// The author.
        author: AuthorId,
    },
    /// `prev` is an entry of another feed, or not the one before.
    #[error("{prev} is not the entry of this feed before seq {seq}")]
    PrevMismatch {
        /// What the entry names.
        prev: EntryId,
        /// Its own sequence number.
        seq: u64,
    },
    /// The rotation key is not the one committed to.
    #[error("rotation key {found} is not the one committed to")]
    RotationMismatch {
        /// The key that signed.
        found: KeyId,
    },
    /// The target does not belong to the author named.
    #[error("the target does not belong to {author}")]
    TargetMismatch {
        /// The author named.
        author: AuthorId,
    },
}

impl AdmissionError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::ActForbidden { .. } => Reason::ActForbidden,
            Self::Delegation { .. } => Reason::DelegationRefused,
            Self::EarlyBegin { .. } => Reason::EarlyBegin,
            Self::EarlyGrant { .. } => Reason::EarlyGrant,
            Self::EarlyPrev { .. } => Reason::EarlyPrev,
            Self::EarlyTarget { .. } => Reason::EarlyTarget,
            Self::GrantMismatch { .. } => Reason::GrantMismatch,
            Self::GrantMissing { .. } | Self::GrantUnexpected { .. } => Reason::GrantMissing,
            Self::Key(error) => error.code(),
            Self::KeyMismatch { .. } => Reason::KeyMismatch,
            Self::KeyReused { .. } => Reason::KeyReused,
            Self::Network { .. } => Reason::NetworkMismatch,
            Self::NotAuthorised { .. } => Reason::NotAuthorised,
            Self::PrevMismatch { .. } => Reason::PrevMismatch,
            Self::RotationMismatch { .. } => Reason::RotationMismatch,
            Self::TargetMismatch { .. } => Reason::TargetMismatch,
        }
    }

    /// For an early entry, the id whose arrival may change the answer; `None` when it is final.
    pub const fn waits_for(&self) -> Option<[u8; 32]> {
        match self {
            Self::EarlyBegin { author } => Some(*author.as_bytes()),
            Self::EarlyGrant { grant } => Some(*grant.as_bytes()),
            Self::EarlyPrev { prev } => Some(*prev.as_bytes()),
            Self::EarlyTarget { target } => Some(*target),
            _ => None,
        }
    }
}
