//! What was seen of a log, beside the copies: it outlives a copy that is deleted.
//!
//! Keyed by origin and log key, both the verifier's own, so that no gateway chooses where its
//! history is remembered.

use super::{StoreError, file_name};
use crate::files::{FileError, create_dir, read_bounded, replace};
use crate::limits::NOTE_BYTES;
use crate::log::{PolicyLog, SignedCheckpoint, note_digest};
use crate::note::Note;
use crate::reason::Reason;
use std::io;
use std::path::{Path, PathBuf};

/// Characters of a digest in the name of an evidence file.
const NAME_CHARS: usize = 16;

/// The newest checkpoint seen of one log, and the evidence against it.
#[derive(Debug)]
pub(super) struct Memory {
    seen: PathBuf,
    evidence: PathBuf,
    log: PolicyLog,
}

/// The file that shows two signed histories, or the step back from one.
#[derive(serde::Serialize)]
struct Evidence<'a> {
    version: u8,
    reason: Reason,
    origin: &'a str,
    vkey: String,
    seen: String,
    found: String,
}

impl Memory {
    pub(super) fn new(home: &Path, log: PolicyLog) -> Self {
        let name = format!("{}+{}", file_name(log.origin()), log.key().id());
        Self {
            seen: home.join("seen").join(name),
            evidence: home.join("evidence"),
            log,
        }
    }

    /// The newest checkpoint seen; `None` before the first.
    pub(super) fn seen(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        let max = u64::try_from(NOTE_BYTES).unwrap_or(u64::MAX);
        let bytes = match read_bounded(&self.seen, max) {
            Err(FileError::Io {
                kind: io::ErrorKind::NotFound,
                ..
            }) => return Ok(None),
            other => other?,
        };
        let damaged = |_| StoreError::Damaged {
            path: self.seen.clone(),
            what: "is not the note that was seen",
            remove: self.seen.clone(),
        };
        SignedCheckpoint::open(&bytes, self.log.key())
            .map(Some)
            .map_err(damaged)
    }

    /// Remembers a checkpoint whose leaves are held, unless a larger one is remembered.
    pub(super) fn remember(&self, note: &Note) -> Result<(), StoreError> {
        let bytes = note.to_string().into_bytes();
        let new = SignedCheckpoint::open(&bytes, self.log.key())?;
        let size = |seen: &SignedCheckpoint| seen.checkpoint().size();
        if self.seen()?.is_some_and(|seen| size(&seen) >= size(&new)) {
            return Ok(());
        }
        create_dir(self.seen.parent().unwrap_or(&self.seen))?;
        Ok(replace(&self.seen, &bytes)?)
    }

    /// Keeps two notes that contradict each other, whole, and returns where.
    pub(super) fn keep(
        &self,
        reason: Reason,
        seen: &Note,
        found: &Note,
    ) -> Result<PathBuf, StoreError> {
        let evidence = Evidence {
            version: 1,
            reason,
            origin: self.log.origin().as_str(),
            vkey: self.log.key().to_string(),
            seen: seen.to_string(),
            found: found.to_string(),
        };
        // Texts only, so this cannot fail.
        let bytes = serde_json::to_vec_pretty(&evidence).unwrap_or_default();
        let digest = data_encoding::HEXLOWER.encode(&note_digest(&bytes));
        let short = digest.get(..NAME_CHARS).unwrap_or(&digest);
        let name = format!("{reason}-{}-{short}.json", file_name(self.log.origin()));
        create_dir(&self.evidence)?;
        let path = self.evidence.join(name);
        replace(&path, &bytes)?;
        Ok(path)
    }
}
