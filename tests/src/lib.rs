//! Shared helpers of the cross-crate tests.

pub mod artefacts;
pub mod binaries;
pub mod guide;
pub mod sources;
pub mod vectors;
