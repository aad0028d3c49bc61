//! A Fairtrail node: an imperative shell around sans-io state machines in [`core`].

pub mod args;
pub mod asking;
pub mod boot;
pub mod clock;
pub mod commands;
pub mod config;
pub mod core;
pub mod demo;
pub mod devnet;
pub mod follow;
pub mod gossip;
pub mod http;
pub mod ledger;
pub mod metrics;
pub mod ops;
pub mod p2p;
pub mod service;
pub mod shutdown;
pub mod store;
pub mod telemetry;
pub mod witness;

// Tests inside and outside of the crate share one small network, which names the crate.
#[cfg(test)]
extern crate self as fairtrail_node;
