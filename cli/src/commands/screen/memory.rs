//! What was known in an earlier run: the state file beside a report.
//!
//! It holds ids and no names. It proves nothing: it is a note of one's own, and a wrong one makes
//! wrong remarks on changes and never another verdict.

use crate::error::CliError;
use fairtrail::files::read_bounded;
use fairtrail::id::{NetworkId, to_base32};
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::rules::{Snapshot, Verdict};
use fairtrail::subject::SubjectId;
use fairtrail::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Bytes of a state file.
const STATE_BYTES: u64 = 256 * 1_024 * 1_024;
const VERSION: u8 = 1;

/// What one run knew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    version: u8,
    network: NetworkId,
    /// BLAKE3 of the policy file.
    pub(super) policy: String,
    /// When it was made.
    pub(super) asked_at: Timestamp,
    /// The date as of which knowledge was cut off, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) known_at: Option<Date>,
    /// By the ids of a supplier, with spaces between.
    suppliers: BTreeMap<String, Known>,
}

/// What was known of one supplier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// The verdict.
    pub(super) verdict: Snapshot,
    /// State and worst severity of each ILO indicator, by number.
    pub(super) ilo: Vec<(u8, String, Option<u8>)>,
}

impl Memory {
    /// Of a run that begins.
    pub(super) fn new(policy: &Policy, asked_at: Timestamp, known_at: Option<Date>) -> Self {
        Self {
            version: VERSION,
            network: policy.network(),
            policy: to_base32(policy.digest()),
            asked_at,
            known_at,
            suppliers: BTreeMap::new(),
        }
    }

    /// Reads a state file.
    ///
    /// # Errors
    /// It is not there, or not of this version.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let bytes = read_bounded(path, STATE_BYTES)?;
        let memory = serde_json::from_slice::<Self>(&bytes).ok();
        memory
            .filter(|memory| memory.version == VERSION)
            .ok_or_else(|| {
                let message = format!("{} is no state of a screening", path.display());
                CliError::coded(Reason::StateFileMalformed, message)
                    .hint("move it away: the next run then compares with nothing and says so")
            })
    }

    /// Refuses to compare across networks.
    ///
    /// # Errors
    /// The state is of another network.
    pub(super) fn same_network(&self, expected: NetworkId) -> Result<(), CliError> {
        if self.network == expected {
            return Ok(());
        }
        let message = format!(
            "the earlier run was in {}, the policy is of {expected}",
            self.network
        );
        Err(CliError::coded(Reason::NetworkMismatch, message)
            .only_hint("write each network's report to a file of its own, or name --since"))
    }

    /// Keeps what is known of a supplier.
    pub(super) fn remember(&mut self, subjects: &[SubjectId], verdict: &Verdict) -> Known {
        let ilo = verdict.ilo.iter();
        let known = Known {
            verdict: Snapshot::of(verdict),
            ilo: ilo
                .map(|line| {
                    (
                        line.number,
                        line.state.as_str().to_owned(),
                        line.worst_severity,
                    )
                })
                .collect(),
        };
        self.suppliers.insert(key(subjects), known.clone());
        known
    }

    /// What was known of a supplier.
    pub(super) fn of(&self, subjects: &[SubjectId]) -> Option<&Known> {
        self.suppliers.get(&key(subjects))
    }

    /// The file.
    ///
    /// # Errors
    /// A defect.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, CliError> {
        serde_json::to_vec(self).map_err(CliError::internal)
    }
}

fn key(subjects: &[SubjectId]) -> String {
    let subjects: Vec<_> = subjects.iter().map(SubjectId::as_str).collect();
    subjects.join(" ")
}
