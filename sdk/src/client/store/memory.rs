//! What was seen of a log, beside the copies: it outlives a copy that is deleted.
//!
//! Keyed by origin and log key, both the verifier's own, so that no gateway chooses where its
//! history is remembered.

use super::{StoreError, file_name};
use crate::files::{FileError, create_dir, read_bounded, rename, replace};
use crate::fraud::SplitView;
use crate::limits::NOTE_BYTES;
use crate::log::{PolicyLog, SignedCheckpoint, note_digest};
use crate::note::Note;
use crate::reason::Reason;
use std::io;
use std::path::{Path, PathBuf};

/// Characters of a digest in the name of an evidence file.
const NAME_CHARS: usize = 16;
/// Bytes of a split-view file: two notes, and what binds them.
const PROOF_BYTES: usize = 3 * NOTE_BYTES;
const SPLIT_VIEW: &str = "split-view";

/// The newest checkpoint seen of one log, and the evidence against it.
#[derive(Debug)]
pub(super) struct Memory {
    seen: PathBuf,
    /// The same of whoever read the log's index and not its leaves.
    seen_by_index: PathBuf,
    evidence: PathBuf,
    /// The proof that the log signed two histories, once there is one.
    proof: PathBuf,
    log: PolicyLog,
}

/// The file that shows what does not go together and is no proof by itself: the step back from a tree
/// that was seen, since an old copy at a mirror looks the same; or an index that covers another one.
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
        let evidence = home.join("evidence");
        Self {
            proof: evidence.join(format!("{name}.{SPLIT_VIEW}")),
            seen_by_index: home.join("seen").join(format!("{name}.index")),
            seen: home.join("seen").join(name),
            evidence,
            log,
        }
    }

    /// Refuses a log that was proved to have signed two histories.
    pub(super) fn check_innocent(&self) -> Result<(), StoreError> {
        let max = u64::try_from(PROOF_BYTES).unwrap_or(u64::MAX);
        let bytes = match read_bounded(&self.proof, max) {
            Err(FileError::Io {
                kind: io::ErrorKind::NotFound,
                ..
            }) => return Ok(()),
            other => other?,
        };
        let view = std::str::from_utf8(&bytes).ok();
        let view = view.and_then(|text| text.parse::<SplitView>().ok());
        let proved = view.and_then(|view| view.verify(self.log.key()).ok());
        let (older, newer) = proved.ok_or_else(|| StoreError::Damaged {
            path: self.proof.clone(),
            what: "is not the proof that was kept",
            remove: self.proof.clone(),
        })?;
        Err(self.forked(older.size().get(), newer.size().get()))
    }

    /// Keeps the proof that the log signed two histories; one is enough. From then on the log is
    /// refused, whatever it shows.
    ///
    /// # Errors
    /// [`StoreError::Fraud`] when it proves nothing; the disk refused.
    pub(super) fn convict(&self, view: &SplitView) -> Result<StoreError, StoreError> {
        let (older, newer) = view.verify(self.log.key())?;
        if !self.proof.exists() {
            create_dir(&self.evidence)?;
            replace(&self.proof, view.to_string().as_bytes())?;
        }
        Ok(self.forked(older.size().get(), newer.size().get()))
    }

    fn forked(&self, older: u64, newer: u64) -> StoreError {
        StoreError::Forked {
            origin: self.log.origin().clone(),
            older,
            newer,
            evidence: self.proof.clone(),
        }
    }

    /// The newest checkpoint whose leaves were read; `None` before the first.
    pub(super) fn seen(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        self.read(&self.seen)
    }

    /// The newest checkpoint that an index was compared with.
    pub(super) fn seen_by_index(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        self.read(&self.seen_by_index)
    }

    fn read(&self, path: &Path) -> Result<Option<SignedCheckpoint>, StoreError> {
        let max = u64::try_from(NOTE_BYTES).unwrap_or(u64::MAX);
        let bytes = match read_bounded(path, max) {
            Err(FileError::Io {
                kind: io::ErrorKind::NotFound,
                ..
            }) => return Ok(None),
            other => other?,
        };
        let damaged = |_| StoreError::Damaged {
            path: path.to_path_buf(),
            what: "is not the note that was seen",
            remove: path.to_path_buf(),
        };
        SignedCheckpoint::open(&bytes, self.log.key())
            .map(Some)
            .map_err(damaged)
    }

    /// Remembers a checkpoint whose leaves are held, unless a larger one is remembered.
    pub(super) fn remember(&self, note: &Note) -> Result<(), StoreError> {
        self.write(&self.seen, note)
    }

    /// Remembers a checkpoint that an index was compared with, unless a larger one is remembered.
    pub(super) fn remember_by_index(&self, note: &Note) -> Result<(), StoreError> {
        self.write(&self.seen_by_index, note)
    }

    fn write(&self, path: &Path, note: &Note) -> Result<(), StoreError> {
        let bytes = note.to_string().into_bytes();
        let new = SignedCheckpoint::open(&bytes, self.log.key())?;
        let size = |seen: &SignedCheckpoint| seen.checkpoint().size();
        let seen = self.read(path)?;
        if seen.is_some_and(|seen| size(&seen) >= size(&new)) {
            return Ok(());
        }
        create_dir(path.parent().unwrap_or(path))?;
        Ok(replace(path, &bytes)?)
    }

    /// Keeps the note seen and the one found, whole, and returns where.
    pub(super) fn keep_pair(
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

/// Moves everything that is remembered of an origin, under whatever key, out of the way: where to,
/// or `None` when there was nothing.
pub(super) fn set_aside(home: &Path, log: &PolicyLog) -> Result<Option<PathBuf>, StoreError> {
    let origin = file_name(log.origin());
    let mut moved = vec![home.join("replicas").join(&origin)];
    moved.retain(|path| path.exists());
    for dir in ["seen", "evidence"] {
        let Ok(items) = fs_err::read_dir(home.join(dir)) else {
            continue;
        };
        let of_log = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            let rest = name.and_then(|name| name.strip_prefix(&origin)?.strip_prefix('+'));
            rest.is_some()
        };
        moved.extend(items.flatten().map(|item| item.path()).filter(of_log));
    }
    if moved.is_empty() {
        return Ok(None);
    }
    let aside = home.join("set-aside");
    let places = (1_u64..).map(|number| aside.join(format!("{origin}-{number}")));
    let place = places.into_iter().find(|place| !place.exists());
    let place = place.unwrap_or(aside);
    create_dir(&place)?;
    for path in moved {
        let kind = path.parent().and_then(Path::file_name).unwrap_or_default();
        create_dir(&place.join(kind))?;
        rename(
            &path,
            &place.join(kind).join(path.file_name().unwrap_or_default()),
        )?;
    }
    Ok(Some(place))
}
