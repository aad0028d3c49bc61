//! Why an answer of a gateway is refused, or there is none.

use super::{BaseUrlError, TransportError};
use crate::api::ProblemDetails;
use crate::id::NetworkId;
use crate::log::LogError;
use crate::reason::Reason;
use std::fmt;
use std::time::Duration;

/// Characters of a gateway's text that are shown.
const SHOWN_CHARS: usize = 500;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The answer breaks its format, contradicts itself or is not about what was asked.
    #[error("the gateway's answer to {path} is refused: {}", why.meaning())]
    Answer {
        /// What was asked.
        path: String,
        /// What is wrong with the answer.
        why: Reason,
    },
    /// A note, promise or proof in an answer does not hold.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The gateway serves another network.
    #[error("the gateway serves {found}, expected {expected}")]
    Network {
        /// The network asked for.
        expected: NetworkId,
        /// The network of the answer.
        found: NetworkId,
    },
    /// The gateway refused, and said why.
    #[error("the gateway refused: {0}")]
    Refused(Box<Refusal>),
    /// There is no answer.
    #[error("no answer to {path}: {source}")]
    Unreachable {
        /// What was asked.
        path: String,
        /// Why there is none.
        source: TransportError,
    },
    /// Not the address of a gateway.
    #[error(transparent)]
    Url(#[from] BaseUrlError),
}

impl ClientError {
    /// Stable code, see specs/reason-codes.md. A refusal has the gateway's own code.
    pub fn code(&self) -> Reason {
        match self {
            Self::Answer { .. } => Reason::GatewayAnswer,
            Self::Log(error) => error.code(),
            Self::Network { .. } => Reason::NetworkMismatch,
            Self::Refused(refusal) => refusal.reason.unwrap_or(Reason::GatewayAnswer),
            Self::Unreachable { source, .. } => source.code(),
            Self::Url(error) => error.code(),
        }
    }

    /// What the gateway said when it refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    pub(super) fn answer(path: &str, why: Reason) -> Self {
        Self::Answer {
            path: path.to_owned(),
            why,
        }
    }
}

/// A gateway's refusal. Its texts are the gateway's word, made safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The reason, if this version knows the code.
    pub reason: Option<Reason>,
    /// What was wrong.
    pub detail: String,
    /// Which entry of the batch is to blame.
    pub position: Option<usize>,
    /// What may help.
    pub hint: Option<String>,
    /// When to try again.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    pub(super) fn new(problem: &ProblemDetails, retry_after: Option<Duration>) -> Self {
        Self {
            status: problem.status,
            reason: problem.code(),
            detail: printable(&problem.detail),
            position: problem.position,
            hint: problem.hint.as_deref().map(printable),
            retry_after,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(f, "entry {position}: ")?;
        }
        match self.reason {
            Some(reason) => write!(f, "{reason}: {}", self.detail),
            None => write!(f, "status {}: {}", self.status, self.detail),
        }
    }
}

/// Text from outside without line breaks, terminal commands or changes of direction.
fn printable(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = |c: char| {
        if c.is_control() || turns(c) {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().take(SHOWN_CHARS).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_safe_to_print_and_keeps_its_code() {
        let mut problem = ProblemDetails::new(Reason::EarlyPrev, 409, "a\u{1b}[31m\nb\u{202e}");
        problem.position = Some(3);
        let error = ClientError::Refused(Box::new(Refusal::new(&problem, None)));
        assert_eq!(error.code(), Reason::EarlyPrev);
        let text = error.to_string();
        assert!(!text.contains(['\u{1b}', '\n', '\u{202e}']), "{text:?}");
        assert!(text.contains("entry 3: early-prev: a"), "{text}");
        problem.reason = "no-such-reason".into();
        problem.detail = "x".repeat(10_000);
        let refusal = Refusal::new(&problem, None);
        assert_eq!((refusal.reason, refusal.detail.len()), (None, SHOWN_CHARS));
    }
}
