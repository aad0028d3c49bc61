//! Bundles: the evidence about some subjects in one file, checked offline (specs/bundle.md).
//!
//! [`open`] checks every binding of a bundle to index heads that the verifier's policy trusts: class
//! maps, whole posting lists, entries, feed values and archived notes, and that of every author of an
//! entry everything is there that its standing depends on. What comes out, [`Evidence`], is proved
//! to be in the logs and to be all of it. Out of scope here: what it means, which is for
//! [`crate::history`], and fetching. Whoever holds a bundle asks for what came since and puts it to
//! that ([`Question::since`], [`complete`]); what comes of it is opened as any other.

mod at_hand;
mod base;
mod build;
mod complete;
mod delta;
mod earlier;
mod error;
mod evidence;
mod feeds;
mod format;
mod history;
mod inquiry;
mod leaves;
mod making;
mod merge;
mod named;
mod notes;
mod open;
mod question;

pub use build::{BuildError, BundleSource, IndexNote, build};
pub use delta::{DeltaError, complete};
pub use earlier::Earlier;
pub use error::BundleError;
pub use evidence::{Evidence, LogEvidence};
pub use format::{Bundle, LogPart, OldNote, OutsideLists, SubjectList, VERSION};
pub use history::Uncovered;
pub use inquiry::{Inquired, Inquiry, InquiryError};
pub use merge::merge;
pub use named::split;
pub use open::{Trust, open};
pub use question::{FeedWanted, Question, QuestionError};

use crate::merkle::Hash;

fn hashes(path: &[[u8; 32]]) -> Vec<Hash> {
    path.iter().map(|hash| Hash::from_bytes(*hash)).collect()
}
