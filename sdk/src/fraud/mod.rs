//! Fraud files: what proves to anybody, offline, that a log or an author signed what it must not
//! (specs/fraud.md, specs/fraud-logs.md).
//!
//! A file carries everything but the name of who is accused: a log's key has to be known already,
//! from a policy or a configuration; an author's id vouches for its first key.

mod charge;
mod contradictions;
mod error;
mod evidence;
mod feed_fork;
mod file;
mod heads;
mod keys;
mod leaf;
mod leaves;
mod listed;
mod promise;
mod split_view;
#[cfg(test)]
mod tests;

pub use charge::{Charge, Kind};
pub use contradictions::contradictions;
pub use error::FraudError;
pub use evidence::LogFraud;
pub use feed_fork::{FeedFork, Forked};
pub use file::{Accused, FraudFile, UnknownAccused};
pub use heads::{HeadOrder, HeadSplit};
pub use keys::Keys;
pub use leaf::ShownLeaf;
pub use leaves::{DuplicateLeaf, InadmissibleLeaf, never_admissible};
pub use listed::{ForeignPosting, Listed, Omission};
pub use promise::{BrokenPromise, Replaced};
pub use split_view::SplitView;
