//! Feeds: their shape under forks, and the feed value (specs/feed.md).
//!
//! A feed is one author's chain of entries. An author who signs two entries with one sequence
//! number forks it; nothing is removed, and what the feed is worth is a function of the set of its
//! entries alone, so that every node that holds the same entries says the same.

mod lineage;
mod shape;
mod value;

pub(crate) use lineage::rotates;
pub use lineage::{Lineage, LineageError};
pub(crate) use shape::fork_tips;
pub use shape::{FeedShape, Link, Walk};
pub use value::{FeedValue, Fork, ForkSummary, Winner};
