//! The gateway over real connections, in front of a log that does as it is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bounds;
mod changes;
mod client;
mod connections;
mod fake;
mod paths;
mod privacy;
mod refusals;
mod routes;
