//! What is asked of a peer, whatever carries it.

use fairtrail::api::PartsPage;
use fairtrail::entry::Audience;
use fairtrail::log::{EntryTile, Tile};
use fairtrail::reason::Reason;

/// Names one question, so that an answer that comes late or twice answers nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(u64);

impl Ticket {
    pub(super) const fn new(number: u64) -> Self {
        Self(number)
    }
}

/// Which parts a node may have, from less to more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Reads {
    /// What anybody may have.
    #[default]
    Public,
    /// What members of the network may have as well.
    Network,
}

impl Reads {
    /// Whether a part for `audience` may be had.
    pub const fn may_have(self, audience: Audience) -> bool {
        match audience {
            Audience::Public => true,
            Audience::Network => matches!(self, Self::Network),
            // Handed over by its author, to whom he likes.
            Audience::Named => false,
        }
    }
}

/// A question about a published log. Every answer has a bound (specs/follow.md §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The newest checkpoint note.
    Checkpoint,
    /// The hashes of a tile.
    Tile(Tile),
    /// The entries of a bundle behind the first `skip`.
    Entries {
        /// The bundle.
        bundle: EntryTile,
        /// Entries of it that are not wanted.
        skip: u16,
    },
    /// Parts of at most `count` leaves from `first` on.
    Parts {
        /// The first leaf.
        first: u64,
        /// Leaves, 1 to 256.
        count: u64,
        /// Who asks.
        reads: Reads,
    },
}

/// What a peer answers; nothing of it is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A note.
    Checkpoint(Vec<u8>),
    /// Hashes, one after another.
    Tile(Vec<u8>),
    /// Entries, each as its bytes.
    Entries(Vec<Vec<u8>>),
    /// Parts; each is the one its digest names.
    Parts(PartsPage),
}

/// Why there is no answer; [`Reason::NotFound`] when the peer does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure(pub Reason);
