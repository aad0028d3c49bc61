use fairtrail::reason::Reason;

/// Why a checkpoint was not cosigned, for who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct WitnessRefusal {
    /// The stable code; it decides the HTTP status.
    pub reason: Reason,
    /// What is wrong.
    pub detail: String,
}

impl WitnessRefusal {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        self.reason
    }

    /// What is wrong with the store is for the operator; a client learns which sort it is.
    pub(super) fn store(error: &dyn std::error::Error, reason: Reason) -> Self {
        tracing::error!(%error, %reason, "a witness record cannot be used");
        Self {
            reason,
            detail: reason.meaning().to_owned(),
        }
    }
}
