//! Entries that do not wait for their turn.

use fairtrail::entry::{NetworkClaim, SignedEntry};

/// Reads an entry that somebody pushes past the order of any log: only an erasure, a revocation or a
/// rotation may be, because others are harmed while it waits.
///
/// It is offered to admission at once and, once admitted, passed on; what is early is dropped
/// without a mark and comes with the log it stands in. Nothing is passed on unverified.
pub fn urgent(bytes: &[u8]) -> Option<SignedEntry> {
    let entry = SignedEntry::parse(bytes).ok()?;
    overtakes(&entry).then_some(entry)
}

/// Whether an entry does not wait for its turn.
pub fn overtakes(entry: &SignedEntry) -> bool {
    matches!(
        entry.network_claim(),
        Some(NetworkClaim::Erase(_) | NetworkClaim::Revoke(_) | NetworkClaim::Rotate(_))
    )
}
