//! Shared helpers of the cross-crate tests.

pub mod artefacts;
pub mod sources;
pub mod vectors;
