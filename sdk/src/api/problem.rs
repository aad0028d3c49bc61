//! Errors as the gateway says them.

use super::answers::Problem;
use crate::claim::Ground;
use crate::reason::Reason;
use serde::{Deserialize, Serialize};

/// Where problem types are named; the last segment is the reason code.
const PROBLEM_TYPES: &str = "https://fairtrail.example/problems/";

/// A problem (RFC 9457): never sent with a status of success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemDetails {
    /// Names the problem; ends in the reason code.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// What the reason code means.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was wrong here.
    pub detail: String,
    /// The request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The stable code.
    pub reason: String,
    /// Of a part whose bytes came and may not be kept: `claim-inadmissible`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Of a part that the operator withholds: the log whose operator that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// And on what ground.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
    /// Which entry of a batch, if one is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// Everything the submission door found wrong with that entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// What may help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl ProblemDetails {
    /// The problem of a reason code.
    pub fn new(reason: Reason, status: u16, detail: impl Into<String>) -> Self {
        Self {
            problem_type: format!("{PROBLEM_TYPES}{reason}"),
            title: reason.meaning().to_owned(),
            status,
            detail: detail.into(),
            instance: None,
            reason: reason.to_string(),
            why: None,
            log: None,
            ground: None,
            position: None,
            problems: Vec::new(),
            hint: None,
        }
    }

    /// The reason code, when this version knows it.
    pub fn code(&self) -> Option<Reason> {
        self.reason.parse().ok()
    }
}
