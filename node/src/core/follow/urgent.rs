//! Entries that do not wait for their turn.

use fairtrail::entry::{NetworkClaim, SignedEntry};

/// Reads an entry that somebody pushes past the order of any log: only an erasure, a revocation or a
/// rotation may be, because others are harmed while it waits.
///
/// It is offered to admission at once and, once admitted, passed on; what is early is dropped
/// without a mark and comes with the log it stands in. Nothing is passed on unverified.
pub fn urgent(bytes: &[u8]) -> Option<SignedEntry> {
    let entry = SignedEntry::parse(bytes).ok()?;
    let claim = entry.network_claim()?;
    let overtakes = matches!(
        claim,
        NetworkClaim::Erase(_) | NetworkClaim::Revoke(_) | NetworkClaim::Rotate(_)
    );
    overtakes.then_some(entry)
}
