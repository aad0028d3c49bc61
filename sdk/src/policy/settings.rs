//! Settings of the rules: thresholds that are choices, not facts.

use super::PolicyError;
use serde::{Deserialize, Serialize};

/// The edition of the rules this version judges by.
pub const EDITION: &str = "2026-1";

/// Thresholds of the rules. Each is a choice of whoever wrote the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Days after an event within which a statement counts as contemporaneous.
    pub recorded_late_days: u32,
    /// Days an on-site audit counts as current when it states no end of validity.
    pub audit_validity_days: u32,
    /// Days an authority's word on a licence stands after it was proved to be said; then the status
    /// counts as unknown.
    pub licence_observation_days: u32,
    /// The severity from which a finding or an indicator makes the verdict `findings`.
    pub adverse_from_severity: u8,
    /// Days without a word after which a required author is silent; 0 = never.
    pub max_silence_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            recorded_late_days: 30,
            audit_validity_days: 730,
            licence_observation_days: 31,
            adverse_from_severity: 2,
            max_silence_days: 0,
        }
    }
}

/// The worst severity there is; above it nothing would be adverse.
const MAX_SEVERITY: u8 = 5;
/// A hundred years.
const MAX_DAYS: u32 = 36_525;

impl Settings {
    pub(super) fn check(&self) -> Result<(), PolicyError> {
        let days = [
            ("recorded_late_days", self.recorded_late_days),
            ("audit_validity_days", self.audit_validity_days),
            ("licence_observation_days", self.licence_observation_days),
            ("max_silence_days", self.max_silence_days),
        ];
        if self.adverse_from_severity > MAX_SEVERITY {
            let setting = "adverse_from_severity";
            return Err(PolicyError::Setting { setting });
        }
        match days.into_iter().find(|(_, days)| *days > MAX_DAYS) {
            Some((setting, _)) => Err(PolicyError::Setting { setting }),
            None => Ok(()),
        }
    }
}
