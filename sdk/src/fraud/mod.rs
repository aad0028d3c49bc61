//! Fraud files: what proves to anybody, offline, that a log cheated (specs/follow.md §7).
//!
//! A file carries everything but the key of who is accused; that has to be known already, from a
//! policy or a configuration.

mod error;
mod split_view;

pub use error::FraudError;
pub use split_view::SplitView;
