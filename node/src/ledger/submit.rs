//! Why a submission was refused.

use fairtrail::admission::AdmissionError;
use fairtrail::api::DraftProblem;
use fairtrail::door::DoorProblem;
use fairtrail::reason::Reason;

/// Why a submission was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SubmitError {
    /// The stable code.
    pub reason: Reason,
    /// The entry of the batch to blame, from 0.
    pub position: Option<usize>,
    /// What is wrong.
    pub detail: String,
    /// Every problem the submission door found with that entry.
    pub problems: Vec<DraftProblem>,
}

impl SubmitError {
    /// Too much is waiting already; try again later.
    pub fn overloaded() -> Self {
        Self::of(Reason::Overloaded, "too many submissions are waiting")
    }

    /// The writer has ended.
    pub fn stopped() -> Self {
        Self::of(Reason::Stopping, "the node is stopping")
    }

    /// A refusal that blames no single entry.
    pub fn of(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            position: None,
            detail: detail.into(),
            problems: Vec::new(),
        }
    }

    /// The door minds something; `problems` is not empty.
    pub(super) fn door(problems: Vec<DoorProblem>) -> Self {
        let first = problems.first();
        let reason = first.map_or(Reason::ClaimInvalid, |problem| problem.reason);
        let detail = first.map(|problem| problem.detail.clone());
        Self {
            problems: problems.into_iter().map(draft_problem).collect(),
            ..Self::of(reason, detail.unwrap_or_default())
        }
    }

    pub(super) fn at(self, position: usize) -> Self {
        let position = Some(position);
        Self { position, ..self }
    }

    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        self.reason
    }
}

impl From<AdmissionError> for SubmitError {
    fn from(error: AdmissionError) -> Self {
        Self::of(error.code(), error.to_string())
    }
}

/// A problem as the API says it.
pub fn draft_problem(problem: DoorProblem) -> DraftProblem {
    DraftProblem {
        reason: problem.reason.to_string(),
        field: problem.field.to_owned(),
        detail: problem.detail,
    }
}
