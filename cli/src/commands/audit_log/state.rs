//! What earlier audits of a log checked, so that a later one does what is new.

use super::trust::Trust;
use crate::error::CliError;
use data_encoding::BASE64;
use fairtrail::files::{FileError, read_bounded, replace};
use fairtrail::reason::Reason;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;

const VERSION: u8 = 1;
const STATE: &str = "audit.json";
const HEADS: &str = "heads";
/// Bytes of the state, and of the heads: a million of these.
const STATE_BYTES: u64 = 1_024 * 1_024;
const HEAD_BYTES: u64 = 512 * 1_024 * 1_024;

/// What was checked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    version: u8,
    /// The keys it was checked under; others are not believed later.
    keys: Vec<String>,
    /// The newest index checkpoint whose heads were downloaded, as signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) index_note: Option<String>,
    /// Index heads, from the first on, that followed from the leaves.
    pub(super) heads_right: usize,
    /// Archived notes of the index that were compared with its tree, by their size.
    pub(super) index_archive: u64,
    /// The heads downloaded, in a file of their own.
    #[serde(skip)]
    pub(super) heads: Vec<Vec<u8>>,
}

impl State {
    /// Reads what is kept in a directory; nothing before the first run.
    ///
    /// # Errors
    /// It is damaged, or was made under other keys.
    pub(super) fn open(dir: &Path, trust: &Trust) -> Result<Self, CliError> {
        let keys: Vec<_> = trust.keys.iter().map(ToString::to_string).collect();
        let Some(bytes) = read(&dir.join(STATE), STATE_BYTES)? else {
            return Ok(Self {
                version: VERSION,
                keys,
                index_note: None,
                heads_right: 0,
                index_archive: 0,
                heads: Vec::new(),
            });
        };
        let read_state = serde_json::from_slice::<Self>(&bytes).ok();
        let state = read_state.filter(|state| state.version == VERSION);
        let mut state = state.ok_or_else(|| damaged(dir))?;
        let named = |vkey: &str| vkey.split('+').next().unwrap_or_default().to_owned();
        for key in &keys {
            let before = state.keys.iter().find(|before| named(before) == named(key));
            if let Some(before) = before.filter(|before| *before != key) {
                let message = format!("the node was audited under {before}, now it is {key}");
                return Err(CliError::coded(Reason::LogKeyChanged, message)
                    .hint("ask the operator by other means; name a new --state to begin anew"));
            }
        }
        state.keys = keys;
        let text = read(&dir.join(HEADS), HEAD_BYTES)?.unwrap_or_default();
        let text = String::from_utf8(text).map_err(|_| damaged(dir))?;
        let heads = text.lines().map(|line| BASE64.decode(line.as_bytes()));
        state.heads = heads.collect::<Result<_, _>>().map_err(|_| damaged(dir))?;
        if state.heads_right > state.heads.len() {
            return Err(damaged(dir));
        }
        Ok(state)
    }

    /// Keeps everything; the heads first, which count for nothing without the state.
    ///
    /// # Errors
    /// The disk refused.
    pub(super) fn save(&self, dir: &Path) -> Result<(), CliError> {
        let mut heads = String::new();
        for head in &self.heads {
            heads.push_str(&BASE64.encode(head));
            heads.push('\n');
        }
        replace(&dir.join(HEADS), heads.as_bytes())?;
        let state = serde_json::to_vec_pretty(self).map_err(CliError::internal)?;
        Ok(replace(&dir.join(STATE), &state)?)
    }
}

fn read(path: &Path, max: u64) -> Result<Option<Vec<u8>>, CliError> {
    match read_bounded(path, max) {
        Err(FileError::Io {
            kind: ErrorKind::NotFound,
            ..
        }) => Ok(None),
        other => Ok(Some(other?)),
    }
}

fn damaged(dir: &Path) -> CliError {
    let message = format!("what earlier audits left in {} is damaged", dir.display());
    CliError::coded(Reason::StateDamaged, message)
        .hint("remove the directory: the next audit reads everything again")
}
