//! What was told: the state file of a watch.
//!
//! It holds ids and no names. It proves nothing: a wrong one makes a wrong remark on what is new, and
//! never another verdict.

use crate::error::CliError;
use fairtrail::files::{FileError, read_bounded};
use fairtrail::id::{EntryId, NetworkId};
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::rules::Snapshot;
use fairtrail::subject::SubjectId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;

/// Bytes of a state file.
const STATE_BYTES: u64 = 256 * 1_024 * 1_024;
const VERSION: u8 = 1;

/// What was told of everybody.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    version: u8,
    network: NetworkId,
    /// By the ids of a supplier, with spaces between.
    suppliers: BTreeMap<String, Known>,
}

/// What was told of one supplier.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    /// The verdict.
    pub(super) verdict: Snapshot,
    /// The entries of its history.
    pub(super) entries: BTreeSet<EntryId>,
}

impl Memory {
    /// Reads a state file; nothing was told before the first run.
    ///
    /// # Errors
    /// It is damaged, or of another network.
    pub(super) fn open(path: &Path, policy: &Policy) -> Result<Self, CliError> {
        let bytes = match read_bounded(path, STATE_BYTES) {
            Err(FileError::Io {
                kind: ErrorKind::NotFound,
                ..
            }) => {
                return Ok(Self {
                    version: VERSION,
                    network: policy.network(),
                    suppliers: BTreeMap::new(),
                });
            }
            other => other?,
        };
        let memory = serde_json::from_slice::<Self>(&bytes).ok();
        let memory = memory.filter(|memory| memory.version == VERSION);
        let memory = memory.ok_or_else(|| {
            let message = format!("{} is no state of a watch", path.display());
            CliError::coded(Reason::StateFileMalformed, message)
                .hint("move it away: the next run then tells everything as seen for the first time")
        })?;
        if memory.network == policy.network() {
            return Ok(memory);
        }
        let message = format!(
            "the state is of {}, the policy of {}",
            memory.network,
            policy.network()
        );
        Err(CliError::coded(Reason::NetworkMismatch, message)
            .only_hint("keep a state file for each network"))
    }

    /// What was told of a supplier.
    pub(super) fn of(&self, subjects: &[SubjectId]) -> Option<&Known> {
        self.suppliers.get(&key(subjects))
    }

    /// Keeps what was told.
    pub(super) fn remember(&mut self, subjects: &[SubjectId], known: Known) {
        self.suppliers.insert(key(subjects), known);
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
