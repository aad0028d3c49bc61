//! Promises that lie in the home directory.

use super::Audit;
use super::log::one_line;
use crate::context::Context;
use crate::error::CliError;
use fairtrail::files::read_bounded;
use fairtrail::fraud::{BrokenPromise, LogFraud, Replaced};
use fairtrail::index::Embedded;
use fairtrail::limits::NOTE_BYTES;
use fairtrail::log::SignedPromise;
use fairtrail::merkle::{LeafIndex, Tree, leaf_hash};
use fairtrail::note::NoteVerifier;
use fairtrail::replica::Replica;
use serde::Serialize;

/// How many promises were looked at.
#[derive(Debug, Default, Serialize)]
pub(super) struct Checked {
    /// Promises of this log at hand.
    pub(super) at_hand: usize,
    /// Those whose leaves are where they were promised.
    pub(super) kept: usize,
    /// Those that are not due.
    pub(super) pending: usize,
}

impl Audit<'_> {
    /// Compares each promise of this log with the leaves.
    pub(super) fn check_promises(
        &mut self,
        context: &Context<'_>,
        replica: &Replica,
    ) -> Result<Checked, CliError> {
        let mut checked = Checked::default();
        let name = self.trust.log.origin().promise_key_name()?;
        let key = self
            .trust
            .keys
            .iter()
            .find(|key| *key.name() == name)
            .cloned();
        let dir = context.home.path().join("promises");
        let (Some(key), Ok(files)) = (key, fs_err::read_dir(dir)) else {
            return Ok(checked);
        };
        let max = u64::try_from(NOTE_BYTES).unwrap_or(u64::MAX);
        let mut paths: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            let bytes = read_bounded(&path, max)?;
            if let Ok(promise) = SignedPromise::open(&bytes, &key) {
                checked.at_hand = checked.at_hand.saturating_add(1);
                self.check_promise(&promise, replica, &mut checked)?;
            }
        }
        Ok(checked)
    }

    fn check_promise(
        &mut self,
        signed: &SignedPromise,
        replica: &Replica,
        checked: &mut Checked,
    ) -> Result<(), CliError> {
        let promise = signed.promise();
        let first = usize::try_from(promise.first().get()).unwrap_or(usize::MAX);
        let count = usize::try_from(promise.count()).unwrap_or(usize::MAX);
        let leaves = first
            .checked_add(count)
            .and_then(|end| replica.entries().get(first..end));
        let Some(leaves) = leaves else {
            return self.overdue(signed, replica, checked);
        };
        let batch = leaves.iter().map(|entry| leaf_hash(entry.bytes()));
        let batch = Tree::from_leaves(batch).map_err(CliError::internal)?;
        if batch.root() == promise.root() {
            checked.kept = checked.kept.saturating_add(1);
            return Ok(());
        }
        // A batch of one is its own root; of a larger one the promise does not tell the leaves.
        if let ([found], Some(newest)) = (leaves, replica.newest()) {
            let index = LeafIndex::new(promise.first().get()).map_err(CliError::internal)?;
            let path = replica.inclusion(index, replica.size())?;
            let replaced = Replaced {
                position: 0,
                promised: *promise.root().as_bytes(),
                batch_path: Vec::new(),
                found: *leaf_hash(found.bytes()).as_bytes(),
                path: path.iter().map(|hash| *hash.as_bytes()).collect(),
            };
            let note = one_line(newest.note(), self.trust.log.key())?;
            return self.broken(signed, note, Some(replaced));
        }
        let last = first.saturating_add(count).saturating_sub(1);
        self.wrong.push(format!(
            "leaves {first} to {last} are not those that were promised: with the path from the receipt the promise proves it"
        ));
        Ok(())
    }

    fn overdue(
        &mut self,
        signed: &SignedPromise,
        replica: &Replica,
        checked: &mut Checked,
    ) -> Result<(), CliError> {
        let promise = signed.promise();
        let f = self.trust.policy.f();
        let newest = replica.newest();
        let after = newest.and_then(|newest| newest.not_before(f));
        match (newest, after) {
            (Some(newest), Some(after)) if promise.is_overdue(replica.size(), after) => {
                let logs = self.trust.policy.logs();
                let mut keys: Vec<NoteVerifier> = vec![self.trust.log.key().clone()];
                keys.extend(logs.witnesses().map(|(_, witness)| witness.key().clone()));
                let note = newest.note().keep_verified(&keys)?;
                let note = Embedded(note.to_string().into_bytes());
                self.broken(signed, note, None)
            }
            _ if promise.include_by() < self.now => {
                let (first, by) = (promise.first(), promise.include_by());
                self.open.push(format!(
                    "leaf {first} was promised by {by} and is not there; nobody independent says yet that the checkpoint is newer"
                ));
                Ok(())
            }
            _ => {
                checked.pending = checked.pending.saturating_add(1);
                Ok(())
            }
        }
    }

    fn broken(
        &mut self,
        signed: &SignedPromise,
        note: Embedded,
        replaced: Option<Replaced>,
    ) -> Result<(), CliError> {
        let promise = Embedded(signed.note().to_string().into_bytes());
        self.accuse(LogFraud::BrokenPromise(BrokenPromise {
            promise,
            note,
            replaced,
        }))
    }
}
