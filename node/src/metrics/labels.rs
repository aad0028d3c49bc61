//! Labels and their closed sets of values.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};

use crate::witness::Cosigned;

/// The way by which entries come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "a variant's name is the label's value")]
pub enum Door {
    /// Following another log.
    following,
    /// Submitted by authors.
    submission,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct AtDoor {
    pub(super) door: Door,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Refused {
    pub(super) door: Door,
    pub(super) reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Cosign {
    pub(super) outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) route: String,
    pub(super) status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct HaltedFor {
    pub(super) reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OfLog {
    pub(super) log: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Stated {
    pub(super) log: String,
    pub(super) state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OfPart {
    pub(super) part: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Version {
    pub(super) version: &'static str,
}

/// What came of a request for a cosignature, in one word.
pub(super) fn outcome(answer: &Cosigned) -> &'static str {
    match answer {
        Cosigned::Line(_) => "cosigned",
        Cosigned::Conflict(_) => fairtrail::reason::Reason::CheckpointConflict.as_str(),
        Cosigned::Refused(refusal) => refusal.reason.as_str(),
    }
}
