//! Why an author's directory refuses to sign.

use crate::entry::EntryError;
use crate::feed::LineageError;
use crate::files::FileError;
use crate::id::{AuthorId, EntryId, KeyId, NetworkId};
use crate::reason::Reason;
use std::path::PathBuf;

/// Why an author's directory cannot be used for what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorError {
    /// The gateway holds entries of this feed that this directory did not sign.
    #[error(
        "the gateway holds this feed up to seq {gateway}, this directory signed {}",
        ours.map_or("nothing".into(), |ours| format!("up to seq {ours}"))
    )]
    Behind {
        /// The last sequence number signed here.
        ours: Option<u64>,
        /// The sequence number of the gateway's head.
        gateway: u64,
    },
    /// The author belongs to a network already, and has signed there.
    #[error("the author has begun in {network}")]
    Begun {
        /// The network.
        network: NetworkId,
    },
    /// The files of the directory contradict one another.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// A statement breaks a rule of entries.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// What was read is not the author's feed.
    #[error(transparent)]
    Feed(#[from] LineageError),
    /// A file operation was refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// The gateway holds two entries with one sequence number, one of them not signed here.
    #[error("the gateway holds another entry at seq {seq}, or calls the feed forked")]
    Forked {
        /// The sequence number of the gateway's head.
        seq: u64,
    },
    /// The author of no grant in a network that asks for one.
    #[error("no grant is known under which {author} may speak")]
    GrantMissing {
        /// The author.
        author: AuthorId,
    },
    /// The mark outside the directory is missing or damaged.
    #[error("the author's mark {} {what}; nothing is signed without it", path.display())]
    GuardMissing {
        /// The mark.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// An entry may be known elsewhere and is not known here: only a rotation may be signed.
    #[error("an entry at seq {seq} may be known elsewhere and is not known here")]
    Lost {
        /// Its sequence number.
        seq: u64,
    },
    /// No entry of this author has been signed.
    #[error("the author has not begun")]
    NotBegun,
    /// The mark names another last entry than the directory: one of them was put back.
    #[error(
        "the author's mark says {}, this directory says {}",
        up_to(*marked),
        up_to(*ours)
    )]
    Restored {
        /// The last sequence number this directory knows of.
        ours: Option<u64>,
        /// The last sequence number the mark knows of.
        marked: Option<u64>,
    },
    /// The gateway holds a rotation that this directory did not sign.
    #[error("the gateway has the feed's keys from {gateway}, this directory from {ours}")]
    Rotated {
        /// The begin or rotation known here.
        ours: EntryId,
        /// The one known to the gateway.
        gateway: EntryId,
    },
    /// The feed goes on under a key that is not in the directory.
    #[error("the feed goes on under {key}, which this directory does not hold")]
    Spent {
        /// The key.
        key: KeyId,
    },
    /// The author belongs to no network yet.
    #[error("the author belongs to no network yet")]
    Unbound,
    /// The answer is about another author.
    #[error("asked about {expected}, the answer is about {found}")]
    WrongAuthor {
        /// The author asked about.
        expected: AuthorId,
        /// The author of the answer.
        found: AuthorId,
    },
}

impl AuthorError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Behind { .. } | Self::Rotated { .. } => Reason::AuthorBehind,
            Self::Begun { .. } => Reason::AuthorBegun,
            Self::Damaged { .. } => Reason::StateDamaged,
            Self::Entry(error) => error.code(),
            Self::Feed(error) => error.code(),
            Self::File(error) => error.code(),
            Self::Forked { .. } => Reason::FeedForked,
            Self::GrantMissing { .. } => Reason::GrantMissing,
            Self::GuardMissing { .. } => Reason::GuardMissing,
            Self::Lost { .. } | Self::Restored { .. } => Reason::RollbackSuspected,
            Self::Spent { .. } => Reason::KeyMismatch,
            Self::NotBegun | Self::Unbound => Reason::AuthorNotBegun,
            Self::WrongAuthor { .. } => Reason::GatewayAnswer,
        }
    }
}

fn up_to(seq: Option<u64>) -> String {
    seq.map_or_else(|| "nothing".into(), |seq| format!("up to seq {seq}"))
}
