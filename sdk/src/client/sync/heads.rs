//! Whether the index of a log covers the log that is shown, and that continues what was seen.

use super::SyncError;
use super::continuity::contradiction;
use crate::bundle::LogEvidence;
use crate::client::{ClientError, Gateway, Seen};
use crate::log::{SignedCheckpoint, VerifiedTiles};
use crate::merkle::CompactRange;
use crate::note::Note;
use crate::policy::Policy;
use crate::reason::Reason;

/// Compares what an index proves of a log with what a gateway shows of it, `shown` being what it
/// showed before, and both with what was seen; then remembers what is shown. It is asked for
/// checkpoints and hash tiles alone.
///
/// # Errors
/// [`crate::client::StoreError::Forked`], with the proof kept, when they are two histories;
/// [`SyncError::RolledBack`]; else what keeps them from being compared.
pub fn follow_index(
    gateway: &Gateway,
    shown: Option<&Note>,
    seen: &Seen,
    policy: &Policy,
    log: &LogEvidence,
) -> Result<(), SyncError> {
    let head = &log.proved.head;
    let found = newest(gateway, shown, seen, log)?;
    let now = found.checkpoint();
    let tiles = VerifiedTiles::open(gateway, now)?;
    let covered = CompactRange::read(&tiles, head.size)?.root();
    if covered != head.root {
        let mut notes = log.notes.iter();
        let note = notes.find(|note| note.checkpoint().size() == head.size);
        let view = match note {
            Some(note) => contradiction(&seen.signed(note.note())?, &found, &tiles)?,
            None => None,
        };
        return Err(match view {
            Some(view) => seen.convict(&view)?.into(),
            None => seen.contradicted(found.note(), log)?.into(),
        });
    }
    for before in seen.all()? {
        if now.size() < before.checkpoint().size() {
            return Err(SyncError::RolledBack {
                origin: now.origin().clone(),
                seen: before.checkpoint().size().get(),
                found: now.size().get(),
                evidence: seen.keep_step_back(before.note(), found.note())?,
            });
        }
        if let Some(view) = contradiction(&before, &found, &tiles)? {
            return Err(seen.convict(&view)?.into());
        }
    }
    // What too few cosigned binds nobody else to have seen it.
    if policy
        .logs()
        .open(found.note().to_string().as_bytes())
        .is_ok()
    {
        seen.remember(found.note())?;
    }
    Ok(())
}

/// What the gateway shows, not smaller than what its index covers and what was seen: the log may have
/// grown since the gateway was asked.
fn newest(
    gateway: &Gateway,
    shown: Option<&Note>,
    seen: &Seen,
    log: &LogEvidence,
) -> Result<SignedCheckpoint, SyncError> {
    let head = log.proved.head.size;
    let before = seen.all()?;
    let before = before.iter().map(|seen| seen.checkpoint().size());
    let wanted = before.max().unwrap_or(head).max(head);
    let shown = shown.map(|note| seen.signed(note)).transpose()?;
    if let Some(found) = shown.filter(|found| found.checkpoint().size() >= wanted) {
        return Ok(found);
    }
    let found = seen.signed(&gateway.checkpoint()?)?;
    if found.checkpoint().size() >= head {
        return Ok(found);
    }
    let why = Reason::RollbackSuspected;
    Err(ClientError::answer("/checkpoint", why).into())
}
