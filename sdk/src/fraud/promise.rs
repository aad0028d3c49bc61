//! Promises that a log did not keep.

use super::charge::{Charge, Kind};
use super::leaf::hashes;
use super::{FraudError, Keys};
use crate::index::Embedded;
use crate::log::{Checkpoint, LogError, SignedPromise};
use crate::merkle::{Hash, LeafIndex, verify};

int_map! {
    /// Another leaf at a promised index, or a checkpoint that came too late.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct BrokenPromise {
        /// The promise, with its one line.
        1 => promise: Embedded,
        /// A checkpoint of the log: with the log's line alone where a leaf was replaced, else with
        /// those of the witnesses that say when it was made.
        2 => note: Embedded,
        /// The leaf that was promised, and the one that stands there.
        3 ? replaced: Option<Replaced>,
    }
}

int_map! {
    /// Two leaves at one index.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Replaced {
        /// The position in the batch that was promised, from 0.
        1 => position: u64,
        /// Leaf hash of the entry promised there.
        2 => promised: [u8; 32],
        /// Its path in the batch.
        3 ? batch_path: Vec<[u8; 32]>,
        /// Leaf hash that the log has at the promised index.
        4 => found: [u8; 32],
        /// Its path in the log.
        5 ? path: Vec<[u8; 32]>,
    }
}

impl BrokenPromise {
    /// Checks that the log broke its promise.
    ///
    /// # Errors
    /// [`FraudError`]: what is wrong with the file, or that it proves nothing.
    pub fn verify(&self, keys: &Keys<'_>) -> Result<Charge, FraudError> {
        let (promise, key) = keys.promise(&self.promise.0)?;
        let origin = promise.promise().origin().clone();
        let charge = Charge::against(Kind::BrokenPromise, origin, key);
        let Some(replaced) = &self.replaced else {
            return self.overdue(&promise, keys, charge);
        };
        let (checkpoint, log_key) = keys.checkpoint(&self.note.0)?;
        let leaf = replaced.judge(&promise, &checkpoint)?;
        Ok(charge
            .with("leaf", leaf)
            .with("promised_hash", Hash::from_bytes(replaced.promised))
            .with("found_hash", Hash::from_bytes(replaced.found))
            .with("log_size", checkpoint.size())
            .with("log_key", log_key))
    }

    fn overdue(
        &self,
        promise: &SignedPromise,
        keys: &Keys<'_>,
        charge: Charge,
    ) -> Result<Charge, FraudError> {
        let (cosigned, after) = keys.dated(&self.note.0)?;
        let (promised, checkpoint) = (promise.promise(), cosigned.checkpoint());
        same_log(promise, checkpoint)?;
        if !promised.is_overdue(checkpoint.size(), after) {
            return Err(FraudError::NotProven {
                what: "the checkpoint covers the promised leaves or was not made too late",
            });
        }
        Ok(charge
            .with("promised_leaves", promised.count())
            .with("first_leaf", promised.first())
            .with("include_by", promised.include_by())
            .with("log_size", checkpoint.size())
            .with("log_made_after", after))
    }
}

impl Replaced {
    pub(super) fn judge(
        &self,
        promise: &SignedPromise,
        checkpoint: &Checkpoint,
    ) -> Result<LeafIndex, FraudError> {
        same_log(promise, checkpoint)?;
        let (promised, found) = (
            Hash::from_bytes(self.promised),
            Hash::from_bytes(self.found),
        );
        let leaf = promise.covers(promised, self.position, &hashes(&self.batch_path))?;
        let (size, root) = (checkpoint.size(), checkpoint.root());
        verify::inclusion(found, leaf, size, &hashes(&self.path), root)?;
        if promised == found {
            return Err(FraudError::NotProven {
                what: "the promised leaf stands where it was promised",
            });
        }
        Ok(leaf)
    }
}

fn same_log(promise: &SignedPromise, checkpoint: &Checkpoint) -> Result<(), FraudError> {
    let (expected, found) = (promise.promise().origin(), checkpoint.origin());
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (expected.clone(), found.clone());
    Err(LogError::OriginMismatch { expected, found }.into())
}
