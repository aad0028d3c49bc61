use fairtrail::reason::Reason;

use super::Table;
use crate::store::disk::IoFault;

/// Why a look-up store does not answer. All but [`LookupError::RowTooLarge`] mean: clear and rebuild
/// from the journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// An earlier operation failed.
    #[error("the look-up store is broken and must be rebuilt")]
    Broken,
    /// Stored bytes do not pass their check.
    #[error("generation {generation} of the look-up store is damaged")]
    Damaged {
        /// The generation's number; 0 stands for the manifest.
        generation: u32,
    },
    /// The engine below failed or panicked.
    #[error("the look-up engine failed to {action}")]
    Engine {
        /// What was asked of it.
        action: &'static str,
    },
    /// A key or value beyond its limit.
    #[error("a row of table {} with a key of {key} and a value of {value} bytes", table.0)]
    RowTooLarge {
        /// The table.
        table: Table,
        /// Bytes of the key, at most [`super::MAX_KEY_BYTES`].
        key: usize,
        /// Bytes of the value, at most [`super::MAX_VALUE_BYTES`].
        value: usize,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] IoFault),
}

impl LookupError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Broken | Self::Damaged { .. } | Self::Engine { .. } => Reason::StoreDamaged,
            Self::RowTooLarge { .. } => Reason::TooLarge,
            Self::Io(fault) => fault.code(),
        }
    }
}
