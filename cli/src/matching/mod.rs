//! From names to candidate ids: what a person might confirm, never what a machine decides
//! (specs/screening.md §4).
//!
//! Pure and deterministic: no floats, no network. The index is made anew in memory from a replica;
//! no name is written anywhere by it.

mod index;
mod name;
mod score;

pub(crate) use index::NAMING_KINDS;
pub use index::{Candidate, Index, Known, Source};
pub use name::CompanyName;
pub use score::{Asked, MatchState, Score, Why};
