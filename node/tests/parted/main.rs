//! Nodes as processes that reach each other over libp2p alone, on ways that are cut and healed: tcp
//! and quic. Nothing is lost, and whoever signs two histories is caught by all.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails is a test that fails"
)]

mod datagrams;
mod liars;
#[path = "../../../tests/tests/partitions/link.rs"]
#[allow(dead_code, reason = "shared by tests, of which none uses all")]
mod link;
mod minority;
#[path = "../operation/peer.rs"]
mod peer;
mod rejoining;
#[path = "../support/mod.rs"]
mod support;
mod ways;
