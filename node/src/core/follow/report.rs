//! What others are told, and why a follower rests.

use fairtrail::entry::SignedEntry;
use fairtrail::fraud::SplitView;
use fairtrail::note::Note;
use fairtrail::reason::Reason;

/// Something that happened once and should be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The log signed two histories. It is not followed any further.
    Forked(Box<SplitView>),
    /// The log showed a smaller tree than before: an old copy, or a history cut off. Both notes.
    Shrunk {
        /// The largest tree it signed.
        seen: Box<Note>,
        /// What it showed now.
        found: Box<Note>,
    },
    /// The log holds a leaf that no log may hold.
    LeafRefused {
        /// The leaf.
        leaf: u64,
        /// What admission says.
        reason: Reason,
        /// The entry, if it is one at all.
        entry: Option<Box<SignedEntry>>,
    },
    /// The cursor did not stand on the history that was signed, by a fault of this node; it starts
    /// at the beginning. Nothing that is held is fetched again.
    CursorReset,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Everything up to the last checkpoint is in the own log.
    Reached {
        /// Whether the cursor moved in this round.
        moved: bool,
    },
    /// The peer did not answer, or its answer was refused.
    Failed(Reason),
    /// A leaf cites what is not admitted here. No honest log has such a leaf, but the peer is not
    /// blamed: what it cites may come by another way.
    Stalled {
        /// The leaf.
        leaf: u64,
        /// What admission waits for.
        reason: Reason,
    },
    /// The peer showed a smaller tree than before.
    Shrunk {
        /// Leaves of the largest tree it signed.
        seen: u64,
        /// Leaves it shows now.
        found: u64,
    },
    /// The own log takes nothing at present.
    Busy(Reason),
    /// The log signed two histories: the end.
    Forked,
    /// Too many leaves were refused for good: the end, until a restart.
    Blamed,
}

impl Rest {
    /// Whether polling again is of no use.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Forked | Self::Blamed)
    }

    /// Why nothing more came; nothing when all is well.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Reached { .. } => None,
            Self::Failed(reason) | Self::Busy(reason) | Self::Stalled { reason, .. } => {
                Some(reason)
            }
            Self::Shrunk { .. } => Some(Reason::RollbackSuspected),
            Self::Forked => Some(Reason::LogForked),
            Self::Blamed => Some(Reason::LeafInadmissible),
        }
    }
}
