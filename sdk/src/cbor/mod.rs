//! Strict deterministic CBOR (specs/entry.md).
