//! Fraud files: what proves to anybody, offline, that a log or an author signed two histories
//! (specs/fraud.md).
//!
//! A file carries everything but the name of who is accused: a log's key has to be known already,
//! from a policy or a configuration; an author's id vouches for its first key.

mod error;
mod feed_fork;
mod file;
mod split_view;

pub use error::FraudError;
pub use feed_fork::{FeedFork, Forked};
pub use file::{Accused, FraudFile, UnknownAccused};
pub use split_view::SplitView;
