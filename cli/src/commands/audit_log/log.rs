//! The log: tree, admission, archived notes, and what its leaves show against it.

use super::{Audit, failed};
use crate::error::CliError;
use fairtrail::client::{
    Gateway, Missing, Progress, Store, StoreError, SyncError, duplicate_leaf, inadmissible_leaf,
    sync,
};
use fairtrail::id::EntryId;
use fairtrail::index::Embedded;
use fairtrail::note::Note;
use fairtrail::replica::{Replica, ReplicaError};

/// The log as it was read.
pub(super) struct LogRead {
    /// Nothing when the log cannot be judged further.
    pub(super) replica: Option<Replica>,
    pub(super) before: u64,
}

impl Audit<'_> {
    /// Downloads what is new and recomputes everything.
    pub(super) fn read_log(&mut self, gateway: &Gateway) -> Result<LogRead, CliError> {
        let policy = self.trust.policy.clone();
        let mut store = match Store::open(&self.dir, policy.network(), &self.trust.log) {
            Ok(store) => store,
            Err(error) => return self.refused(error.into(), gateway, 0),
        };
        let before = store
            .load(&policy)
            .map_or(0, |replica| replica.size().get());
        let bar = self.bar.clone();
        let mut progress = |progress: Progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            bar.set_message(progress.stage.to_string());
        };
        match sync(gateway, &mut store, &policy, Missing::Recent, &mut progress) {
            Ok(replica) => Ok(LogRead {
                replica: Some(replica),
                before,
            }),
            Err(error) => self.refused(error, gateway, before),
        }
    }

    /// What is proved by why the log was refused.
    fn refused(
        &mut self,
        error: SyncError,
        gateway: &Gateway,
        before: u64,
    ) -> Result<LogRead, CliError> {
        match &error {
            SyncError::Store(StoreError::Forked {
                origin, evidence, ..
            }) => {
                self.convicted(origin.to_string(), evidence);
            }
            SyncError::RolledBack { .. } => self.wrong.push(error.to_string()),
            SyncError::Replica(ReplicaError::Duplicate { leaf, id }) => {
                self.duplicate(gateway, *leaf, *id)?;
            }
            SyncError::Replica(ReplicaError::Inadmissible { leaf, reason }) => {
                self.wrong
                    .push(format!("leaf {leaf} is not admissible: {reason}"));
                self.inadmissible(gateway, *leaf)?;
            }
            _ => return Err(failed(error.into(), "the log")),
        }
        Ok(LogRead {
            replica: None,
            before,
        })
    }

    fn inadmissible(&mut self, gateway: &Gateway, leaf: usize) -> Result<(), CliError> {
        let (key, network) = (self.trust.log.key(), self.trust.policy.network());
        let leaf = u64::try_from(leaf).unwrap_or(u64::MAX);
        match inadmissible_leaf(gateway, key, network, leaf)? {
            Some(fraud) => self.accuse(fraud),
            // It rests on other entries: whoever reads the log sees it, no single file shows it.
            None => Ok(()),
        }
    }

    fn duplicate(&mut self, gateway: &Gateway, leaf: usize, id: EntryId) -> Result<(), CliError> {
        let at = u64::try_from(leaf).unwrap_or(u64::MAX);
        if let Some(fraud) = duplicate_leaf(gateway, self.trust.log.key(), id, at)? {
            return self.accuse(fraud);
        }
        let text = format!("leaf {leaf} repeats entry {id}, which was not found before it");
        self.wrong.push(text);
        Ok(())
    }
}

/// A note with the line of one key alone, as fraud files hold it.
pub(super) fn one_line(
    note: &Note,
    key: &fairtrail::note::NoteVerifier,
) -> Result<Embedded, CliError> {
    let kept = note.keep_verified(std::slice::from_ref(key))?;
    Ok(Embedded(kept.to_string().into_bytes()))
}
