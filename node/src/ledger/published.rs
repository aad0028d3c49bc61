//! What verifiers are shown.

use fairtrail::log::{Checkpoint, LogError};
use fairtrail::merkle::TreeSize;
use fairtrail::time::Timestamp;

use crate::core::publish::Publication;

/// A published checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    checkpoint: Checkpoint,
    note: Vec<u8>,
    signed_at: Timestamp,
}

impl Published {
    /// Puts one together; nothing is verified here.
    pub fn new(checkpoint: Checkpoint, note: Vec<u8>, signed_at: Timestamp) -> Self {
        Self {
            checkpoint,
            note,
            signed_at,
        }
    }

    pub(super) fn of(publication: &Publication) -> Result<Self, LogError> {
        let note = &publication.note;
        let checkpoint = note.text().parse()?;
        let signed_at = publication.intent.stamp;
        Ok(Self::new(
            checkpoint,
            note.to_string().into_bytes(),
            signed_at,
        ))
    }

    /// Origin, size and root.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Leaves of the tree.
    pub const fn size(&self) -> TreeSize {
        self.checkpoint.size()
    }

    /// The signed and cosigned note, as served.
    pub fn note(&self) -> &[u8] {
        &self.note
    }

    /// When it was signed.
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }
}
