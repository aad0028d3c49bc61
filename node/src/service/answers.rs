//! Values the service answers with that are not JSON by themselves.

use fairtrail::api::Receipt;
use fairtrail::entry::SignedEntry;
use fairtrail::merkle::LeafIndex;
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;

/// An accepted submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// What the author is told.
    pub receipt: Receipt,
    /// How far it has come.
    pub acknowledged: Acknowledged,
}

/// How far a submission has come when it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledged {
    /// Every entry was there before (200).
    Known,
    /// New entries are durable and promised (202).
    Promised,
    /// A checkpoint covers all entries; the receipt holds a proof for each (201).
    Published,
}

/// An entry read back; its bytes hash to its leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The entry.
    pub entry: SignedEntry,
    /// Where it stands.
    pub leaf_index: LeafIndex,
}

/// How the log is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Entries admitted, published or not.
    pub admitted: u64,
    /// Leaves published.
    pub published: u64,
    /// When the last published checkpoint was signed.
    pub published_at: Timestamp,
    /// Why nothing is signed at present.
    pub halted: Option<Reason>,
    /// Leaves that the index covers, at the head that is shown; nothing where none can be answered
    /// from.
    pub index: Option<u64>,
    /// Why nothing of the index is signed any more.
    pub index_halted: Option<Reason>,
    /// Whether the log has ended; the process ends then.
    pub stopped: bool,
    /// Indexes of other logs in which a head was signed that does not follow.
    pub refused_indexes: u64,
}
