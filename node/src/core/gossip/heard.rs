//! What becomes of a message, and what follows from it.

use fairtrail::entry::SignedEntry;
use fairtrail::fraud::{Accused, FraudError, FraudFile};
use fairtrail::log::{Origin, SignedCheckpoint};
use fairtrail::reason::Reason;

use super::Announced;

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Verified and new: it may be passed on.
    Accept,
    /// Not passed on; nobody is to blame.
    Ignore(Reason),
    /// Not passed on, and whoever brought it should have known.
    Reject(Reason),
}

/// A verdict and what is to be done, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What becomes of the message.
    pub verdict: Verdict,
    /// What follows from it.
    pub todo: Vec<Todo>,
}

/// What follows from something that was heard or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Todo {
    /// Keep a proof durably before anything else is done; tell [`super::Gossip::lost`] if that fails.
    Keep(Accused, Box<FraudFile>),
    /// Follow a log no further.
    Convict(Origin),
    /// Offer entries to admission, one by one; what is refused or early is dropped.
    Offer(Vec<SignedEntry>),
    /// Tell whoever follows this log.
    Tell(Box<SignedCheckpoint>),
    /// Ask whoever said so for a file, and tell [`super::Gossip::fetched`] what came.
    Fetch(Wanted),
    /// Pass on to all; it is this node's own word.
    Publish(Vec<u8>),
}

/// What one file is kept for: of each case the first file is enough.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// Who is accused.
    pub accused: Accused,
    /// Whether of two histories; else of something that its one history shows.
    pub two_histories: bool,
}

impl Case {
    /// What a file is about.
    ///
    /// # Errors
    /// [`FraudError`] when it names nobody.
    pub fn of(file: &FraudFile) -> Result<Self, FraudError> {
        Ok(Self::against(file.accused()?, file))
    }

    /// What a file is about that accuses this one.
    pub const fn against(accused: Accused, file: &FraudFile) -> Self {
        Self {
            accused,
            two_histories: !matches!(file, FraudFile::Log(_)),
        }
    }

    /// Somebody signed two histories.
    pub const fn two_histories(accused: Accused) -> Self {
        Self {
            accused,
            two_histories: true,
        }
    }
}

/// A file that is to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whom to ask.
    pub from: String,
    /// What was announced.
    pub file: Announced,
}

impl Heard {
    pub(super) fn and(self, todo: Vec<Todo>) -> Self {
        Self { todo, ..self }
    }
}

pub(super) const fn accept(todo: Vec<Todo>) -> Heard {
    let verdict = Verdict::Accept;
    Heard { verdict, todo }
}

pub(super) const fn ignore(reason: Reason) -> Heard {
    Heard {
        verdict: Verdict::Ignore(reason),
        todo: Vec::new(),
    }
}

pub(super) const fn reject(reason: Reason) -> Heard {
    Heard {
        verdict: Verdict::Reject(reason),
        todo: Vec::new(),
    }
}
