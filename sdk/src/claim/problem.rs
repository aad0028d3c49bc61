//! Everything that is wrong with a claim, at once.

use crate::entry::{Audience, Basis, Role};
use crate::reason::Reason;
use crate::subject::SubjectId;
use std::borrow::Cow;
use std::fmt;

/// What the header says about a claim, as far as rules for claims look at it.
#[derive(Debug, Clone, Copy)]
pub struct ClaimContext<'a> {
    /// The header's subjects.
    pub subjects: &'a [SubjectId],
    /// The header's basis.
    pub basis: &'a [Basis],
    /// The author's role, a desk's being that of its principal; `None` where it is not known yet,
    /// as in a draft.
    pub role: Option<Role>,
    /// Who may have the claim.
    pub audience: Audience,
}

/// One thing that is wrong with a claim.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Why it is refused.
    pub reason: Reason,
    /// The field, or the fact of the header, that is wrong.
    pub field: &'static str,
    /// What to do about it.
    pub detail: Cow<'static, str>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.field, self.detail, self.reason)
    }
}

/// Collects problems.
#[derive(Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(
        &mut self,
        reason: Reason,
        field: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) {
        let detail = detail.into();
        let problem = Problem {
            reason,
            field,
            detail,
        };
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// Notes that the claim breaks a rule of its kind unless `holds`.
    pub(crate) fn rule(&mut self, holds: bool, field: &'static str, detail: &'static str) {
        if !holds {
            self.add(Reason::ClaimInvalid, field, detail);
        }
    }

    /// Notes that a field is missing unless `there`.
    pub(crate) fn needed(&mut self, there: bool, field: &'static str, detail: &'static str) {
        if !there {
            self.add(Reason::MissingField, field, detail);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}
