//! Verified history: what a replica or a bundle proved about a set of subjects.

mod revocations;
mod times;

pub use revocations::{Revocations, Status};
pub use times::{NoteTimes, Times};
