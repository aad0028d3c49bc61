//! Fairtrail: a provenance ledger for labour risk in supply chains.
//!
//! This crate is the bottom of the workspace: types, encodings, feeds, admission, the Merkle log,
//! claims, rules and verdicts. It is pure: no clock, no randomness and no I/O unless passed in.
//! Feature `files` adds key and state files, feature `client` adds HTTP.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

#[macro_use]
pub mod cbor;

pub mod admission;
pub mod api;
pub mod bundle;
pub mod chain;
pub mod charter;
pub mod claim;
#[cfg(feature = "client")]
pub mod client;
pub mod contexts;
pub mod diligence;
pub mod door;
pub mod entry;
pub mod feed;
#[cfg(feature = "files")]
pub mod files;
pub mod fraud;
pub mod history;
pub mod id;
pub mod index;
pub mod key;
pub mod limits;
pub mod log;
pub mod merkle;
pub mod messages;
pub mod note;
pub mod policy;
pub mod privacy;
pub mod reason;
pub mod replica;
pub mod rules;
#[cfg(feature = "schema")]
pub mod schema;
pub mod statement;
pub mod subject;
pub mod time;
pub mod trie;
