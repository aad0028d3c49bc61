//! A Fairtrail node: an imperative shell around sans-io state machines in [`core`].

pub mod clock;
pub mod core;
pub mod demo;
pub mod http;
pub mod ledger;
pub mod service;
pub mod store;
