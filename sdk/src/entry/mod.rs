//! Entries: the signed header, its parts and references (specs/entry.md).
