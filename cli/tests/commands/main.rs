//! The command line as people type it, against a gateway in memory.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod acks;
mod fraud;
mod gateway;
mod guard;
mod heads;
mod help;
mod lint;
mod matches;
mod network;
mod refusals;
mod stage;
mod statements;
