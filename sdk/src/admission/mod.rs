//! Admission: the network-wide door whose answer depends on admitted bytes alone (specs/feed.md §3).
//!
//! The admitted set is a least fixpoint: whatever the order of arrival, what was offered and kept
//! on offer ends as one set. So admission never looks at revocation, expiry, the clock, claims,
//! quotas or the version of the software; those are judged when an entry is used.

mod check;
mod early;
mod error;
mod excerpt;
mod grants;
mod network;
mod state;

pub use early::{EarlyBuffer, Offered};
pub use error::AdmissionError;
pub use grants::{CharterAuthor, CharterSort, GrantFact, Granter};
pub use state::{AdmittedSet, Answer, Fact, KeyState};

#[cfg(test)]
pub(crate) mod tests;
