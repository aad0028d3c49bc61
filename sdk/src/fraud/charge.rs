//! What is proved against a log, in words.

use super::Accused;
use crate::log::{Checkpoint, Origin};
use crate::note::NoteVerifier;
use std::fmt;

macro_rules! kinds {
    ($($variant:ident = $word:literal : $says:literal,)*) => {
        /// What a log can be proved to have done, besides signing two histories.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Kind { $(#[doc = $says] $variant,)* }

        impl Kind {
            /// Every kind, in the order of specs/fraud-logs.md.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its word: `fairtrail/<word>/v1` is the title of its files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What is proved, in one sentence without a full stop.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$variant => $says,)* }
            }
        }
    };
}

kinds! {
    Omission = "omission": "the index left out a list entry of a subject that a leaf of its log names",
    ForeignPosting = "foreign-posting": "the index lists under a subject what its log does not hold there",
    HeadOrder = "head-order": "the index log holds a head that does not lie beyond one before it",
    HeadSplit = "head-split": "the index stands on another tree than the one its log signed",
    BrokenPromise = "broken-promise": "the log did not keep what it promised",
    DuplicateLeaf = "duplicate-leaf": "the log holds one entry at two leaves",
    InadmissibleLeaf = "inadmissible-leaf": "the log holds a leaf that no log may hold",
    BadUpdate = "bad-update": "the index signed a head that does not follow from the leaves of its log",
}

impl Kind {
    /// The first line of a file.
    pub(super) fn title(self) -> String {
        format!("fairtrail/{self}/v1")
    }

    /// The kind with this title.
    pub(super) fn titled(title: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|kind| kind.title() == title).copied()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A proved accusation of a log: who, by which key, of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// What is proved.
    pub kind: Kind,
    /// The log accused; for what an index signed, the index log.
    pub origin: Origin,
    /// The key that signed it.
    pub key: NoteVerifier,
    /// Particulars by name, in an order for people.
    pub facts: Vec<(&'static str, String)>,
}

impl Charge {
    pub(super) fn new(kind: Kind, checkpoint: &Checkpoint, key: NoteVerifier) -> Self {
        Self::against(kind, checkpoint.origin().clone(), key)
    }

    pub(super) const fn against(kind: Kind, origin: Origin, key: NoteVerifier) -> Self {
        let facts = Vec::new();
        Self {
            kind,
            origin,
            key,
            facts,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// Who is accused.
    pub fn accused(&self) -> Accused {
        Accused::Log(self.origin.clone())
    }
}

impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (key {}): {}",
            self.origin,
            self.key,
            self.kind.says()
        )
    }
}
