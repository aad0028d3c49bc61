//! Identifiers as distinct types: 32 bytes that cannot be mistaken for one another.
