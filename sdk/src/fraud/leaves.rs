//! Leaves that no log may hold: one entry twice, and what is no entry of the network.

use super::charge::{Charge, Kind};
use super::{FraudError, Keys, ShownLeaf};
use crate::entry::SignedEntry;
use crate::id::NetworkId;
use crate::index::{Embedded, IndexHead};
use crate::key::PublicKey;
use crate::log::Checkpoint;
use crate::reason::Reason;

int_map! {
    /// One entry id at two leaves of one log.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DuplicateLeaf {
        /// A checkpoint of the log, with the log's line alone.
        1 => note: Embedded,
        /// The leaf that stands before the other.
        2 => one: ShownLeaf,
        /// The other.
        3 => other: ShownLeaf,
    }
}

int_map! {
    /// A leaf that nobody may admit, whatever else is admitted.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct InadmissibleLeaf {
        /// A checkpoint of the log, with the log's line alone.
        1 => note: Embedded,
        /// The leaf.
        2 => leaf: ShownLeaf,
    }
}

impl DuplicateLeaf {
    /// Checks that the log holds one entry twice.
    ///
    /// # Errors
    /// [`FraudError`]: what is wrong with the file, or that it proves nothing.
    pub fn verify(&self, keys: &Keys<'_>) -> Result<Charge, FraudError> {
        let (checkpoint, key) = keys.checkpoint(&self.note.0)?;
        let found = self.judge(&checkpoint)?;
        let charge = Charge::new(Kind::DuplicateLeaf, &checkpoint, key);
        Ok(charge
            .with("entry", found.id())
            .with("one_leaf", self.one.index)
            .with("other_leaf", self.other.index))
    }

    pub(super) fn judge(&self, checkpoint: &Checkpoint) -> Result<SignedEntry, FraudError> {
        let (one, other) = (self.one.check(checkpoint)?, self.other.check(checkpoint)?);
        if one >= other {
            return Err(FraudError::Malformed);
        }
        let entry = |leaf: &ShownLeaf| SignedEntry::parse(&leaf.data.0).ok();
        let (one, other) = entry(&self.one).zip(entry(&self.other)).ok_or(ENTRIES)?;
        if one.id() == other.id() {
            return Ok(one);
        }
        Err(FraudError::NotProven {
            what: "the two leaves are two entries",
        })
    }
}

const ENTRIES: FraudError = FraudError::NotProven {
    what: "a leaf is no entry; that is another accusation",
};

impl InadmissibleLeaf {
    /// Checks that the log holds what no log may hold. That it belongs to another network shows
    /// only to whoever knows the log's.
    ///
    /// # Errors
    /// [`FraudError`]: what is wrong with the file, or that it proves nothing.
    pub fn verify(&self, keys: &Keys<'_>) -> Result<Charge, FraudError> {
        let (checkpoint, key) = keys.checkpoint(&self.note.0)?;
        let why = self.judge(&checkpoint, keys.network())?;
        let charge = Charge::new(Kind::InadmissibleLeaf, &checkpoint, key);
        Ok(charge.with("leaf", self.leaf.index).with("because", why))
    }

    pub(super) fn judge(
        &self,
        checkpoint: &Checkpoint,
        network: Option<NetworkId>,
    ) -> Result<Reason, FraudError> {
        self.leaf.check(checkpoint)?;
        let data = &self.leaf.data.0;
        let refused = if checkpoint.origin().is_index() {
            IndexHead::parse(data).map_or_else(
                |error| Some(error.code()),
                |head| {
                    head.check_index(checkpoint.origin())
                        .err()
                        .map(|error| error.code())
                },
            )
        } else {
            never_admissible(data, network)
        };
        refused.ok_or(FraudError::NotProven {
            what: "nothing in the leaf itself keeps it out of a log",
        })
    }
}

/// Why no log of the network may hold these bytes as a leaf, whatever else it holds. `None` says
/// that nothing in them alone forbids it.
///
/// ```
/// use fairtrail::{fraud::never_admissible, reason::Reason};
/// assert_eq!(never_admissible(b"no entry", None), Some(Reason::FrameInvalid));
/// ```
pub fn never_admissible(leaf: &[u8], network: Option<NetworkId>) -> Option<Reason> {
    let entry = match SignedEntry::parse(leaf) {
        Ok(entry) => entry,
        Err(error) => return Some(error.code()),
    };
    if network.is_some_and(|network| network != entry.header().network) {
        return Some(Reason::NetworkMismatch);
    }
    // Whatever key the feed has by then, it is the one the header names, or the entry is refused.
    let key = match PublicKey::enrol(entry.protected().key) {
        Ok(key) => key,
        Err(error) => return Some(error.code()),
    };
    entry.authenticate(&key).err().map(|error| error.code())
}
