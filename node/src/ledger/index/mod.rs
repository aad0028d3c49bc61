//! The index log: `<origin>/index/1`, whose leaves are index heads (specs/index.md).
//!
//! It has a journal of its own, in which each head stands before anything that is signed about it;
//! everything else of it is derived. It is published as the log is, by the same state machine and
//! the same thread, after the log's checkpoint is shown: an index head never covers a leaf that
//! the log has not shown.
//!
//! ```text
//! 2 intent, 3 signed, 4 published    as in the log's journal, of the index log
//! 6 head                             the bytes of an index head
//! ```
//! Index witnesses are asked after a head is shown, beside all this ([`vouched`]).
//!
//! Whatever is wrong with the index stops the index, never the log: what was shown of it stays
//! shown, and nothing more is signed.

mod access;
mod begin;
mod check;
mod files;
mod press;
mod proving;
mod replay;
mod vouched;

pub use access::{Full, IndexAccess, IndexReader};
pub(super) use begin::OpenedIndex;
pub use check::{IndexFindings, IndexPlace, check_index};
pub(crate) use files::index_origin;
pub(super) use press::{IndexKeys, IndexPress};
pub(super) use replay::IndexReplay;

/// The kind of a frame that holds an index head.
const HEAD: u8 = 6;
