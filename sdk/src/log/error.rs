//! Why something of the log is refused.

use super::{Origin, Tile};
use crate::merkle::MerkleError;
use crate::note::{KeyName, NoteError};
use crate::reason::Reason;

/// Why a checkpoint, a proof file, a promise, a bundle of entries or an archive list is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The note around it, or its signatures.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The proof in it.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
    /// Not `host/name/eN` or `host/name/eN/index/V`.
    #[error("not an origin of the form host/name/eN")]
    OriginMalformed,
    /// Not the three lines of a checkpoint in their one form.
    #[error("the checkpoint text is malformed")]
    CheckpointMalformed,
    /// A fourth line: this profile has none.
    #[error("a checkpoint has no extension lines here")]
    ExtensionLine,
    /// An empty tree with another root than the hash of nothing.
    #[error("the empty tree has another root")]
    EmptyRootWrong,
    /// The note is about another log.
    #[error("expected origin {expected}, found {found}")]
    OriginMismatch {
        /// The origin asked for.
        expected: Origin,
        /// The origin found.
        found: Origin,
    },
    /// The key's name does not follow from the origin.
    #[error("expected key {expected}, found {found}")]
    KeyNameMismatch {
        /// The name that follows.
        expected: KeyName,
        /// The name of the key.
        found: KeyName,
    },
    /// No log of the policy has this origin.
    #[error("no trusted log has the origin {found}")]
    OriginUnknown {
        /// The origin found.
        found: Origin,
    },
    /// One size, two roots.
    #[error("{origin} signed two roots for size {size}")]
    Forked {
        /// The log.
        origin: Origin,
        /// The size.
        size: u64,
    },
    /// Fewer operators cosigned than the policy asks for.
    #[error("cosigned by {found} operators, which is no quorum")]
    QuorumMissing {
        /// Operators whose cosignature counts.
        found: usize,
    },
    /// Not the one form of a tile or bundle address.
    #[error("not a tile path")]
    TilePath,
    /// Not a proof file in its one form.
    #[error("the proof file is malformed")]
    ProofMalformed,
    /// Not a promise in its one form.
    #[error("the promise text is malformed")]
    PromiseMalformed,
    /// The position is not below the number of entries promised.
    #[error("position {position} in a promise of {count}")]
    PositionOutOfRange {
        /// The position.
        position: u64,
        /// Entries promised.
        count: u64,
    },
    /// The entries are not one after another with their lengths, or of another number.
    #[error("the entry bundle is malformed at byte {at}")]
    BundleMalformed {
        /// Where reading stopped.
        at: usize,
    },
    /// An entry without bytes or with more than allowed.
    #[error("an entry of {found} bytes, 1 to {max} allowed")]
    EntryLength {
        /// Bytes of the entry.
        found: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Not what a witness is asked, in its one form.
    #[error("not `old <size>`, at most 63 hashes, an empty line and a checkpoint")]
    AddCheckpointMalformed,
    /// More bytes than a witness is sent.
    #[error("a request of {found} bytes, at most {max}")]
    AddCheckpointTooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Not an archive list in its one form, or its sizes do not rise.
    #[error("line {number} of the archive list is malformed")]
    ArchiveMalformed {
        /// The line, from 1.
        number: usize,
    },
}

impl LogError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Note(error) => error.code(),
            Self::Merkle(error) => error.code(),
            Self::OriginMalformed
            | Self::CheckpointMalformed
            | Self::ExtensionLine
            | Self::EmptyRootWrong => Reason::CheckpointMalformed,
            Self::OriginMismatch { .. }
            | Self::KeyNameMismatch { .. }
            | Self::OriginUnknown { .. } => Reason::OriginMismatch,
            Self::Forked { .. } => Reason::LogForked,
            Self::QuorumMissing { .. } => Reason::QuorumMissing,
            Self::TilePath => Reason::TilePath,
            Self::ProofMalformed => Reason::ProofInvalid,
            Self::PromiseMalformed | Self::PositionOutOfRange { .. } => Reason::PromiseInvalid,
            Self::BundleMalformed { .. } => Reason::BundleMalformed,
            Self::AddCheckpointMalformed => Reason::RequestMalformed,
            Self::EntryLength { .. } | Self::AddCheckpointTooLarge { .. } => Reason::TooLarge,
            Self::ArchiveMalformed { .. } => Reason::ArchiveMalformed,
        }
    }
}

/// Why tiles are refused, or could not be read. `E` is the source's own error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError<E> {
    /// The source failed.
    #[error("the tile source failed")]
    Source(E),
    /// The tile is not one of the checkpoint's tree.
    #[error("tile {tile} is not part of a tree of {size} leaves")]
    OutsideTree {
        /// The tile asked for.
        tile: Tile,
        /// Leaves of the tree.
        size: u64,
    },
    /// Another number of bytes than the tile's width demands.
    #[error("tile {tile}: expected {expected} bytes, found {found}")]
    Length {
        /// The tile.
        tile: Tile,
        /// Bytes demanded.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// The tile does not hash to what stands in the tile above it.
    #[error("tile {tile} does not hash up to the checkpoint")]
    Mismatch {
        /// The tile.
        tile: Tile,
    },
    /// The tiles at the right edge do not give the checkpoint's root, or an entry does not give
    /// its leaf.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl<E> TileError<E> {
    /// Stable code, see specs/reason-codes.md. A failing source has the code the caller gives it.
    pub const fn code(&self, source: Reason) -> Reason {
        match self {
            Self::Source(_) => source,
            Self::OutsideTree { .. } => Reason::ProofIncomplete,
            Self::Length { .. } | Self::Mismatch { .. } => Reason::TileMismatch,
            Self::Log(error) => error.code(),
        }
    }
}

/// Why a trust policy text is refused. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// More bytes than a policy may have.
    #[error("policy of {found} bytes, at most {max}")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// More logs, witnesses or groups than a policy may have.
    #[error("line {line}: more than {max} logs, or witnesses and groups")]
    TooMany {
        /// Where it stands.
        line: usize,
        /// Number allowed.
        max: usize,
    },
    /// A byte that may not stand in a policy, or not UTF-8.
    #[error("line {line}: forbidden character")]
    ForbiddenCharacter {
        /// Where it stands.
        line: usize,
    },
    /// No `log`, `witness`, `group` or `quorum` line, or with other items than it takes.
    #[error("line {line}: not a line of the format")]
    LineMalformed {
        /// Where it stands.
        line: usize,
    },
    /// The key of a log or witness.
    #[error("line {line}: {error}")]
    Key {
        /// Where it stands.
        line: usize,
        /// What is wrong with it.
        error: NoteError,
    },
    /// The key of a log whose name is no origin.
    #[error("line {line}: the key name is not an origin")]
    NotAnOrigin {
        /// Where it stands.
        line: usize,
    },
    /// A log key where a witness key belongs, or the other way round.
    #[error("line {line}: the key has the wrong signature type")]
    WrongKeyType {
        /// Where it stands.
        line: usize,
    },
    /// One public key on two lines, under whatever names.
    #[error("line {line}: the public key was listed before")]
    DuplicateKey {
        /// Where it stands the second time.
        line: usize,
    },
    /// A name defined twice, or the name `none`.
    #[error("line {line}: the name is taken")]
    NameTaken {
        /// Where it stands.
        line: usize,
    },
    /// A name that no line above defines.
    #[error("line {line}: a name is not defined above")]
    NameUndefined {
        /// Where it stands.
        line: usize,
    },
    /// A name that is a member of a group already.
    #[error("line {line}: a member belongs to a group already")]
    MemberTwice {
        /// Where it stands.
        line: usize,
    },
    /// A threshold of zero or above the number of members.
    #[error("line {line}: the threshold is not between 1 and {members}")]
    Threshold {
        /// Where it stands.
        line: usize,
        /// Members of the group.
        members: usize,
    },
    /// No quorum line.
    #[error("no quorum line")]
    QuorumUndefined,
    /// A second quorum line.
    #[error("line {line}: a second quorum line")]
    QuorumTwice {
        /// Where it stands.
        line: usize,
    },
}

impl PolicyError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::TooLarge { .. } | Self::TooMany { .. } => Reason::TooLarge,
            Self::Key { error, .. } => error.code(),
            _ => Reason::PolicyMalformed,
        }
    }
}
