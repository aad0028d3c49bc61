//! A Fairtrail node: an imperative shell around sans-io state machines in [`core`].

pub mod core;
pub mod demo;
pub mod http;
pub mod service;
pub mod store;
