//! What counts of the files of a copy: one small file, replaced whole.

use super::StoreError;
use crate::files::{FileError, read_bounded, replace};
use crate::id::NetworkId;
use crate::limits::NOTE_BYTES;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// A note as JSON text, and the rest.
const MAX_BYTES: usize = 4 * NOTE_BYTES;
const VERSION: u8 = 1;

/// The state of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    version: u8,
    /// The network.
    pub(super) network: NetworkId,
    /// The log's key.
    pub(super) vkey: String,
    /// The newest checkpoint note whose leaves are held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) checkpoint: Option<String>,
    /// Bytes of the leaves.
    pub(super) leaves: u64,
    /// Bytes of the parts.
    pub(super) parts: u64,
    /// Bytes of the archived notes.
    pub(super) notes: u64,
    /// The leaves before this one were asked for their parts.
    pub(super) asked: u64,
    /// The version that checked every signature below the checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) verified_by: Option<String>,
}

impl State {
    pub(super) const fn new(network: NetworkId, vkey: String) -> Self {
        Self {
            version: VERSION,
            network,
            vkey,
            checkpoint: None,
            leaves: 0,
            parts: 0,
            notes: 0,
            asked: 0,
            verified_by: None,
        }
    }

    /// Reads the file: JSON on one line and its BLAKE3 on the next; `None` when it is not there.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, StoreError> {
        let max = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
        let bytes = match read_bounded(path, max) {
            Err(FileError::Io {
                kind: io::ErrorKind::NotFound,
                ..
            }) => return Ok(None),
            other => other?,
        };
        let state = parse(&bytes).ok_or_else(|| StoreError::Damaged {
            path: path.to_path_buf(),
            what: "is not what was written, or another version wrote it",
            remove: path.parent().unwrap_or(path).to_path_buf(),
        })?;
        Ok(Some(state))
    }

    /// Puts the state in the place of the one before.
    pub(super) fn write(&self, path: &Path) -> Result<(), StoreError> {
        // Every field is a text or a number, so this cannot fail; an empty line would be refused
        // as damaged.
        let json = serde_json::to_string(self).unwrap_or_default();
        let digest = blake3::hash(json.as_bytes()).to_hex();
        Ok(replace(path, format!("{json}\n{digest}\n").as_bytes())?)
    }
}

fn parse(bytes: &[u8]) -> Option<State> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (json, digest) = text.strip_suffix('\n')?.split_once('\n')?;
    if *blake3::hash(json.as_bytes()).to_hex() != *digest {
        return None;
    }
    let state: State = serde_json::from_str(json).ok()?;
    (state.version == VERSION).then_some(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_byte_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        assert_eq!(State::read(&path), Ok(None));
        let mut state = State::new(NetworkId::new([1; 32]), "key".into());
        state.checkpoint = Some("a\n\n— b\n".into());
        state.write(&path).unwrap();
        assert_eq!(State::read(&path), Ok(Some(state)));
        let bytes = fs_err::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs_err::write(&path, &changed).unwrap();
            assert!(State::read(&path).is_err(), "byte {at}");
            fs_err::write(&path, &bytes[..at]).unwrap();
            assert!(State::read(&path).is_err(), "cut at {at}");
        }
    }
}
