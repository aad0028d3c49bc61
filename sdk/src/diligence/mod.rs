//! Acts of diligence: what could have been known when, what was done, and acknowledgements that
//! are kept private until their author shows one (specs/diligence.md).
//!
//! Pure: records and proofs are bytes, times are passed in. [`crate::files`] keeps a private log on
//! a disk.

mod anchor;
mod private;
mod proof;
mod timeline;

pub use anchor::{ANCHOR_MEDIA_TYPE, AnchorText};
pub use private::{Noted, PrivateAck, PrivateError, PrivateLog, RECORD_BYTES};
pub use proof::{PROOF_BYTES, PrivateProof, Proved};
pub use timeline::{Acknowledgement, Act, Deed, DiligenceTimeline, KnownLine, Lateness};
