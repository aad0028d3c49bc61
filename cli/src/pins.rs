//! The keys of logs as they were when a log was first used here: a gateway that later names others
//! is not believed. And the promises a log made: evidence, should one be broken.

use crate::error::CliError;
use fairtrail::api::LogInfo;
use fairtrail::files::{FileError, Home, create_dir, create_new, read_bounded};
use fairtrail::log::SignedPromise;
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The keys a log had when it was first used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    origin: String,
    vkey: String,
    promise_vkey: String,
}

/// Bytes of a pin file.
const PIN_BYTES: u64 = 4 * 1_024;

/// The promise key of the log, pinned at first use.
///
/// # Errors
/// Another key than the one pinned; the disk refused.
pub fn promise_key(home: &Home, log: &LogInfo) -> Result<NoteVerifier, CliError> {
    let stated = Pin {
        origin: log.origin.clone(),
        vkey: log.vkey.clone(),
        promise_vkey: log.promise_vkey.clone(),
    };
    let path = home
        .path()
        .join("logs")
        .join(file_name(&log.origin, "json"));
    create_dir(&home.path().join("logs"))?;
    let bytes = serde_json::to_vec_pretty(&stated).map_err(CliError::internal)?;
    let pinned = match create_new(&path, &bytes) {
        Ok(()) => stated.clone(),
        Err(FileError::Exists { .. }) => read(&path)?,
        Err(error) => return Err(error.into()),
    };
    if pinned == stated {
        return Ok(pinned.promise_vkey.parse()?);
    }
    let message = format!(
        "the gateway names other keys for log {} than when it was first used here",
        log.origin
    );
    let hint = format!(
        "ask the operator by other means; if the change is rightful, remove {}",
        path.display()
    );
    Err(CliError::coded(Reason::GatewayAnswer, message).only_hint(hint))
}

fn read(path: &Path) -> Result<Pin, CliError> {
    let bytes = read_bounded(path, PIN_BYTES)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!("{} holds no pinned keys", path.display());
        CliError::coded(Reason::StateDamaged, error).while_doing(message)
    })
}

/// Keeps a promise.
///
/// # Errors
/// The disk refused.
pub fn keep_promise(home: &Home, signed: &SignedPromise) -> Result<(), CliError> {
    let promise = signed.promise();
    let place = format!(
        "{} {} {}",
        promise.origin(),
        promise.first(),
        promise.count()
    );
    let dir = home.path().join("promises");
    create_dir(&dir)?;
    let note = signed.note().to_string();
    match create_new(&dir.join(file_name(&place, "note")), note.as_bytes()) {
        Ok(()) | Err(FileError::Exists { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn file_name(text: &str, extension: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
            c
        } else {
            '_'
        }
    };
    let name: String = text.chars().take(160).map(plain).collect();
    format!("_{name}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_the_directory() {
        assert_eq!(file_name("../a/b", "json"), "_.._a_b.json");
        assert!(!file_name("..", "json").starts_with('.'));
    }
}
