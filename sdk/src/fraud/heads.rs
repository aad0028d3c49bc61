//! Index heads that contradict each other, or the log they are of.

use super::charge::{Charge, Kind};
use super::leaf::hashes;
use super::{FraudError, Keys, ShownLeaf};
use crate::index::{Embedded, IndexHead};
use crate::log::Checkpoint;
use crate::merkle::{Root, TreeSize, verify};

int_map! {
    /// Two heads of one index log, the later of which covers no more of the log, or is older.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct HeadOrder {
        /// A checkpoint of the index log, with its line alone.
        1 => note: Embedded,
        /// The earlier head.
        2 => one: ShownLeaf,
        /// The later head.
        3 => other: ShownLeaf,
    }
}

int_map! {
    /// A head over another tree than the one the log itself signed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct HeadSplit {
        /// A checkpoint of the index log, with its line alone.
        1 => note: Embedded,
        /// The head.
        2 => head: ShownLeaf,
        /// A checkpoint of the log, with the log's line alone.
        3 => log: Embedded,
        /// Where their sizes differ: the root of the larger tree over as many leaves as the
        /// smaller one has.
        4 ? prefix: Option<[u8; 32]>,
        /// The consistency proof from there to the larger root.
        5 ? path: Vec<[u8; 32]>,
    }
}

impl HeadOrder {
    /// Checks that the index signed two heads of which the later one does not continue the earlier.
    ///
    /// # Errors
    /// [`FraudError`]: what is wrong with the file, or that it proves nothing.
    pub fn verify(&self, keys: &Keys<'_>) -> Result<Charge, FraudError> {
        let (checkpoint, key) = keys.checkpoint(&self.note.0)?;
        let (one, other) = self.judge(&checkpoint)?;
        let charge = Charge::new(Kind::HeadOrder, &checkpoint, key);
        Ok(charge
            .with("one_leaf", self.one.index)
            .with("one_head", of(&one))
            .with("other_leaf", self.other.index)
            .with("other_head", of(&other)))
    }

    pub(super) fn judge(
        &self,
        checkpoint: &Checkpoint,
    ) -> Result<(IndexHead, IndexHead), FraudError> {
        let (one, other) = (self.one.head(checkpoint)?, self.other.head(checkpoint)?);
        if self.one.index >= self.other.index {
            return Err(FraudError::Malformed);
        }
        if other.size <= one.size || other.time < one.time {
            return Ok((one, other));
        }
        Err(FraudError::NotProven {
            what: "the later head covers more of the log and is no older",
        })
    }
}

fn of(head: &IndexHead) -> String {
    format!(
        "{} leaves, subjects {}, feeds {}, log time {}",
        head.size,
        head.subjects,
        head.feeds,
        head.time.seconds()
    )
}

impl HeadSplit {
    /// Checks that the index stands on another tree than the log signed.
    ///
    /// # Errors
    /// [`FraudError`]: what is wrong with the file, or that it proves nothing.
    pub fn verify(&self, keys: &Keys<'_>) -> Result<Charge, FraudError> {
        let (checkpoint, key) = keys.checkpoint(&self.note.0)?;
        let (log, log_key) = keys.checkpoint(&self.log.0)?;
        let head = self.judge(&checkpoint, &log)?;
        let charge = Charge::new(Kind::HeadSplit, &checkpoint, key);
        Ok(charge
            .with("index_leaf", self.head.index)
            .with("head", format!("{} leaves, root {}", head.size, head.root))
            .with("log", format!("{} leaves, root {}", log.size(), log.root()))
            .with("log_key", log_key))
    }

    pub(super) fn judge(
        &self,
        index: &Checkpoint,
        log: &Checkpoint,
    ) -> Result<IndexHead, FraudError> {
        let head = self.head.head(index)?;
        if head.origin != *log.origin() {
            return Err(FraudError::NotProven {
                what: "the head is of another log than the checkpoint",
            });
        }
        let (own, signed) = ((head.size, head.root), (log.size(), log.root()));
        let (older, newer) = if own.0 <= signed.0 {
            (own, signed)
        } else {
            (signed, own)
        };
        if self.prefix(older.0, newer)? == older.1 {
            return Err(FraudError::NotProven {
                what: "the head and the checkpoint are of one tree",
            });
        }
        Ok(head)
    }

    /// The root of the larger tree over as many leaves as the smaller one has.
    fn prefix(&self, old: TreeSize, newer: (TreeSize, Root)) -> Result<Root, FraudError> {
        let (size, root) = newer;
        match self.prefix {
            None if old == size && self.path.is_empty() => Ok(root),
            Some(prefix) if old < size => {
                let prefix = Root::from_bytes(prefix);
                verify::consistency(old, prefix, size, root, &hashes(&self.path))?;
                Ok(prefix)
            }
            _ => Err(FraudError::Malformed),
        }
    }
}
