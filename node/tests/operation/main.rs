//! Nodes that are backed up, lost, restored and recovered, as processes (specs/recovery.md).

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod export;
mod killed;
mod peer;
mod peering;
mod recovery;
mod refused;
mod watching;
mod witnessing;
