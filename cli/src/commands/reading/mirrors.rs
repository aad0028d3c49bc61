//! One log from several gateways: read from one, compared with all.

use super::gateways::Source;
use fairtrail::client::{Mirror, Missing, Progress, Store, SyncError, compare, sync};
use fairtrail::policy::Policy;
use fairtrail::replica::Replica;
use indicatif::ProgressBar;
use std::cmp::Reverse;

/// How one log is read.
pub(super) struct Mirrors<'a> {
    pub(super) store: &'a mut Store,
    pub(super) policy: &'a Policy,
    pub(super) missing: Missing,
    pub(super) bar: &'a ProgressBar,
    /// What a person should know of gateways that were passed over.
    pub(super) notes: Vec<String>,
}

impl Mirrors<'_> {
    /// Brings the copy up to date from the gateway that shows most, or the next one if that fails,
    /// and compares it with what the others show. `None` without a gateway.
    ///
    /// # Errors
    /// What is proved against the log, whichever gateway shows it; or why none of them could be
    /// read.
    pub(super) fn read(&mut self, mut sources: Vec<Source>) -> Result<Option<Replica>, SyncError> {
        sources.sort_by_key(|source| Reverse(source.stated()));
        let mut failed = None;
        let mut read = None;
        for (at, source) in sources.iter().enumerate() {
            match self.sync(source) {
                Ok(replica) => {
                    read = Some((at, replica));
                    break;
                }
                // Somebody shows more and cannot be read: this one is merely behind.
                Err(SyncError::RolledBack { .. }) if failed.is_some() => {}
                Err(error) if is_final(&error) => return Err(error),
                Err(error) => {
                    self.pass_over(&sources, source, &error);
                    failed.get_or_insert(error);
                }
            }
        }
        let Some((at, replica)) = read else {
            return failed.map_or(Ok(None), Err);
        };
        let others = sources.iter().enumerate().filter(|(other, _)| *other != at);
        for (_, source) in others {
            self.compare(source, &replica)?;
        }
        Ok(Some(replica))
    }

    fn sync(&mut self, source: &Source) -> Result<Replica, SyncError> {
        if let Err(error) = &source.shown {
            return Err(error.clone().into());
        }
        let bar = self.bar;
        let mut progress = |progress: Progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            bar.set_message(progress.stage.to_string());
        };
        sync(
            &source.gateway,
            self.store,
            self.policy,
            self.missing,
            &mut progress,
        )
    }

    fn compare(&mut self, source: &Source, replica: &Replica) -> Result<(), SyncError> {
        let Ok(note) = &source.shown else {
            return Ok(());
        };
        let url = &source.url;
        let note = match compare(&source.gateway, note, self.store, self.policy, replica) {
            Ok(Mirror::Same | Mirror::Ahead { .. }) => return Ok(()),
            Ok(Mirror::Behind { size }) => format!(
                "{url} shows {size} of {} leaves of the same history",
                replica.size()
            ),
            Err(error) if is_final(&error) => return Err(error),
            Err(error) => format!("{url} could not be compared: {}: {error}", error.code()),
        };
        self.notes.push(note);
        Ok(())
    }

    fn pass_over(&mut self, sources: &[Source], source: &Source, error: &SyncError) {
        if sources.len() > 1 {
            let (url, code) = (&source.url, error.code());
            let note = format!("{url} was left out: {code}: {error}");
            self.notes.push(note);
        }
    }
}

/// What no other gateway of the log can mend.
const fn is_final(error: &SyncError) -> bool {
    matches!(
        error,
        SyncError::Store(_)
            | SyncError::Replica(_)
            | SyncError::RolledBack { .. }
            | SyncError::Network { .. }
    )
}
