//! What the journal of a copy holds.

use std::path::Path;

use fairtrail::merkle::{CompactRange, leaf_hash};

use super::copy::hash;
use super::manifest::{Manifest, Tree};
use super::{BackupError, DATA};
use crate::core::head::Head;
use crate::ledger::LedgerError;
use crate::ledger::frame::{Content, decode};
use crate::store::bodies::BodiesEnd;
use crate::store::journal::{JournalReader, Location, reader_until};

/// The end of a journal: its tree, its last signature, its bodies.
#[derive(Debug)]
pub(super) struct Survey {
    range: CompactRange,
    signed: Head,
    pub(super) bodies_end: BodiesEnd,
}

impl Survey {
    /// Reads every frame. What is signed has the root that its leaves give.
    pub(super) fn of(journal: &JournalReader) -> Result<Self, BackupError> {
        let mut survey = Self {
            range: CompactRange::new(),
            signed: Head::empty(),
            bodies_end: BodiesEnd::START,
        };
        for stored in journal.frames(Location::START) {
            let stored = stored.map_err(LedgerError::from)?;
            let at = stored.at;
            match decode(&stored).ok_or(LedgerError::Frame { at })? {
                Content::Group(group) => {
                    for entry in &group.entries {
                        let leaf = leaf_hash(entry.bytes);
                        survey.range.append(leaf).map_err(LedgerError::from)?;
                    }
                    survey.bodies_end = group.bodies_end;
                }
                Content::Late(frame) => survey.bodies_end = frame.bodies_end,
                Content::Signed(signed) => survey.signed = signed.intent.head,
                Content::Intent(_) | Content::Published(_) => {}
            }
        }
        Ok(survey)
    }

    pub(super) fn tree(&self) -> Tree {
        Tree::of(Head::of(&self.range))
    }

    pub(super) fn signed(&self) -> Tree {
        Tree::of(self.signed)
    }
}

/// Reads a whole backup: every file is the one that was written, and the journal holds what the
/// manifest states.
///
/// # Errors
/// [`BackupError`].
pub fn verify(dir: &Path) -> Result<Manifest, BackupError> {
    let manifest = Manifest::read(dir)?;
    check(dir, &manifest)?;
    Ok(manifest)
}

/// Reads every file back.
pub(super) fn check(dir: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    for file in &manifest.files {
        let path = dir.join(&file.path);
        let (bytes, found) = hash(&path)?;
        if bytes != file.bytes || found.to_hex().as_str() != file.blake3 {
            return Err(BackupError::Changed { path });
        }
    }
    let journal = reader_until(&dir.join(DATA).join("journal"), manifest.journal_end());
    let survey = Survey::of(&journal)?;
    if survey.tree() != manifest.tree || survey.signed() != manifest.signed {
        let path = dir.to_path_buf();
        return Err(BackupError::Journal { path });
    }
    Ok(())
}
