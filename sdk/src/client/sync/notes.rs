//! Archived notes: the evidence of time.

use super::{Session, Stage, SyncError};
use crate::client::ClientError;
use crate::log::{ArchiveLine, note_digest};
use crate::reason::Reason;
use crate::replica::Replica;

/// Notes after which what was fetched is made to count.
const NOTES_PER_COMMIT: usize = 64;

impl Session<'_> {
    /// Fetches the archived notes of this tree that are not held. The list is the gateway's word:
    /// a note it leaves out can only make times later, never entries fewer.
    pub(super) fn fetch_notes(&mut self, replica: &mut Replica) -> Result<(), SyncError> {
        let list = self.gateway.archive()?;
        let wanted =
            |line: &&ArchiveLine| line.size <= replica.size() && !self.store.holds_note(line.size);
        let wanted: Vec<_> = list.lines().iter().filter(wanted).copied().collect();
        let total = u64::try_from(wanted.len()).unwrap_or(u64::MAX);
        for (done, line) in (1_u64..).zip(&wanted) {
            self.fetch_note(replica, line)?;
            if usize::try_from(done).is_ok_and(|done| done.is_multiple_of(NOTES_PER_COMMIT)) {
                self.store.commit_notes()?;
            }
            self.report(Stage::Notes, done, total);
        }
        if wanted.is_empty() {
            return Ok(());
        }
        Ok(self.store.commit_notes()?)
    }

    fn fetch_note(&mut self, replica: &mut Replica, line: &ArchiveLine) -> Result<(), SyncError> {
        let note = self.gateway.archived(line.size)?;
        let refused = || ClientError::answer("/archive", Reason::ArchiveMalformed);
        if note_digest(note.to_string().as_bytes()) != line.digest {
            return Err(refused().into());
        }
        let cosigned = self.store.read_note(self.policy, &note)?;
        let stated = cosigned.checkpoint();
        if stated.size() != line.size {
            return Err(refused().into());
        }
        if let Some(view) = replica.contradiction(&self.store.signed(&note)?)? {
            return Err(self.store.convict(&view)?.into());
        }
        self.store.append_note(line.size, &note)?;
        // Whether enough witnesses cosigned is the policy's question: a note that does not count
        // today is kept and not asked for again.
        if cosigned.meets_quorum() {
            replica.add_note(cosigned)?;
        }
        Ok(())
    }
}
