//! Whom a node asks for cosignatures, and how many it wants.

use std::fmt::Write as _;
use std::time::Duration;

use fairtrail::client::BaseUrl;
use fairtrail::log::{LogError, PolicyError, TlogPolicy};
use fairtrail::note::{Note, NoteVerifier};
use fairtrail::reason::Reason;

/// A witness that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedWitness {
    /// Where; `/add-checkpoint` below it.
    pub url: BaseUrl,
    /// The key it cosigns with.
    pub key: NoteVerifier,
    /// Whether it counts towards no quorum.
    pub optional: bool,
}

/// Whom to ask, and how many have to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The witnesses.
    pub witnesses: Vec<AskedWitness>,
    /// Cosignatures wanted of those that are not optional.
    pub quorum: usize,
    /// Whether checkpoints are shown without them.
    pub fail_open: bool,
    /// The time all witnesses have for one checkpoint.
    pub time: Duration,
}

impl Plan {
    /// Asks nobody.
    pub const fn nobody() -> Self {
        Self {
            witnesses: Vec::new(),
            quorum: 0,
            fail_open: false,
            time: Duration::from_secs(5),
        }
    }

    /// How many witnesses are not optional.
    pub fn counting(&self) -> usize {
        self.witnesses
            .iter()
            .filter(|asked| !asked.optional)
            .count()
    }

    /// The plan as a policy: what it asks of a note of `log`. Without a log it says whether the
    /// witnesses' keys fit together.
    ///
    /// # Errors
    /// [`PolicyError`] when a key stands twice, is of another type, or the quorum is no number of
    /// the witnesses that are not optional.
    pub fn policy(&self, log: Option<&NoteVerifier>) -> Result<TlogPolicy, PolicyError> {
        let mut text = log.map_or_else(String::new, |log| format!("log {log}\n"));
        let mut counting = String::new();
        for (number, asked) in self.witnesses.iter().enumerate() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "witness w{number} {}", asked.key);
            if !asked.optional {
                let _ = write!(counting, " w{number}");
            }
        }
        if counting.is_empty() && self.quorum == 0 {
            text.push_str("quorum none\n");
        } else {
            let quorum = self.quorum;
            let _ = write!(text, "group quorum {quorum}{counting}\nquorum quorum\n");
        }
        TlogPolicy::parse(&text)
    }

    /// Whether a note of `log` has as many cosignatures as are wanted.
    ///
    /// # Errors
    /// [`AskingError`].
    pub fn is_met(&self, log: &NoteVerifier, note: &Note) -> Result<bool, AskingError> {
        Ok(Measure::new(self, log)?.is_met(note)?)
    }
}

/// Why nobody can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AskingError {
    /// The note is not one of this log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The witnesses and the quorum do not fit together.
    #[error("the witnesses do not fit together: {0}")]
    Plan(#[from] PolicyError),
}

impl AskingError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Log(error) => error.code(),
            Self::Plan(_) => Reason::ConfigInvalid,
        }
    }
}

/// What the witnesses' answers amount to.
#[derive(Debug, Clone)]
pub(super) struct Measure(TlogPolicy);

impl Measure {
    pub(super) fn new(plan: &Plan, log: &NoteVerifier) -> Result<Self, PolicyError> {
        plan.policy(Some(log)).map(Self)
    }

    /// Whether a note has as many cosignatures as are wanted.
    pub(super) fn is_met(&self, note: &Note) -> Result<bool, LogError> {
        Ok(self.0.read(note.to_string().as_bytes())?.meets_quorum())
    }
}
