//! Where an archive ends.

use fairtrail::log::{ArchiveMark, SignedCheckpoint};
use fairtrail::merkle::TreeSize;
use fairtrail::note::{Note, NoteVerifier};
use fairtrail::time::Timestamp;

use super::error::LedgerError;
use crate::store::archive::Archive;

/// What the last archived note says: its size, and its time by the own witness.
pub(super) fn last_mark(
    archive: &Archive,
    log: &NoteVerifier,
    witness: &NoteVerifier,
) -> Result<Option<ArchiveMark>, LedgerError> {
    let Some(size) = archive.sizes().next_back() else {
        return Ok(None);
    };
    let note = archive.note(size)?.unwrap_or_default();
    let signed_at = stamp_of(&note, witness);
    // A note of ours that says no time is not one of ours, or damaged: it is as old as can be, and
    // the next one is archived.
    let signed_at = SignedCheckpoint::open(&note, log)
        .ok()
        .and(signed_at)
        .or_else(|| Timestamp::new(0));
    let size = TreeSize::new(size)?;
    Ok(signed_at.map(|signed_at| ArchiveMark { size, signed_at }))
}

fn stamp_of(note: &[u8], witness: &NoteVerifier) -> Option<Timestamp> {
    let note = Note::parse(note).ok()?;
    let verified = note.verify(std::slice::from_ref(witness)).ok()?;
    Timestamp::new(verified.first()?.stamp?)
}
