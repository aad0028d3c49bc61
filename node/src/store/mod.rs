//! Durable storage: the journal and the bodies are the truth, everything else is derived.
//!
//! Blocking file I/O only; who runs it on which thread is the caller's matter. It knows bytes,
//! 32-byte digests and places, not what an entry means. [`layout`] says what lies where, what of it
//! is trusted and what its loss costs; `specs/decisions/0004` why.

pub mod accusations;
pub mod archive;
pub mod bodies;
pub(crate) mod bytes;
pub mod disk;
pub mod guard;
pub mod head;
pub mod index_records;
pub mod journal;
pub mod layout;
pub mod lock;
pub mod lookup;
pub mod mirrored;
pub mod positions;
pub mod records;
mod segment;
pub mod tiles;
pub mod updates;
pub mod withheld;
pub mod witnessed;
