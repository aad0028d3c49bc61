//! Entries: the signed header, its parts and references (specs/entry.md).

mod codes;

pub use codes::{Audience, Basis, PartRole, RefType, Role};
