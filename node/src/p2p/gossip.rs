//! What is told to everybody: the interface between the network and whoever understands it.
//!
//! The network carries bytes by topic and asks a [`Listener`] about every message that came; what
//! the listener accepts is passed on, and nothing else is. Gossip may be lost: it makes things
//! faster, and nothing rests on it.

use fairtrail::id::KeyId;
#[cfg(doc)]
use fairtrail::limits::GOSSIP_BYTES;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// Checkpoints of logs.
    Checkpoints,
    /// Files that prove a fraud.
    Fraud,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Checkpoints, Self::Fraud];

    /// The word in the topic's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Checkpoints => "checkpoints",
            Self::Fraud => "fraud",
        }
    }
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is passed on.
    Accept,
    /// It ends here, and nobody is to blame: known, old, or not understood by this version.
    Ignore,
    /// It ends here, and whoever passed it on is to blame: no honest node passes it on.
    Reject,
}

/// Whoever understands what is told.
pub trait Listener: Send + Sync + 'static {
    /// Looks at a message of at most [`GOSSIP_BYTES`] that the node with key `from` passed on, or,
    /// without a topic, told this node alone. Runs on a thread that may block, for less than two
    /// seconds; one that takes longer is ignored.
    fn heard(&self, from: KeyId, topic: Option<Topic>, bytes: &[u8]) -> Verdict;
}

/// Nobody who understands anything.
#[derive(Debug, Clone, Copy)]
pub struct Deaf;

impl Listener for Deaf {
    fn heard(&self, _: KeyId, _: Option<Topic>, _: &[u8]) -> Verdict {
        Verdict::Ignore
    }
}
