//! The HTTP API as plain values, shared by node and client (specs/gateway.md). No I/O.

mod answers;
mod changes;
mod messages;
mod problem;

pub use answers::{
    CheckAnswer, EntryView, FeedView, FraudLine, FraudList, HistoryItem, HistoryPage, IndexInfo,
    LogInfo, Problem as DraftProblem, Receipt, ReceiptEntry, SeenCheckpoints, WithheldPage,
    WithheldView, WitnessInfo,
};
pub use changes::{
    CHANGES, ChangesQuestion, ChangesQuestionError, HaltedNotice, LeafNotice, LogNotice, Notice,
    SizeNotice, leaf_number,
};
pub use messages::{Batch, DraftMessage, MessageError, PartsPage, Submission};
pub use problem::ProblemDetails;

/// Media type of a [`Batch`].
pub const BATCH: &str = "application/vnd.fairtrail.batch+cbor";
/// Media type of a [`DraftMessage`].
pub const DRAFT: &str = "application/vnd.fairtrail.draft+cbor";
/// Media type of a [`PartsPage`].
pub const PARTS: &str = "application/vnd.fairtrail.parts+cbor";
/// Where the list of archived notes lies among files; `/archive` is their folder there.
pub const ARCHIVE_LIST_FILE: &str = "archive/list";
/// Media type of one body.
pub const BODY: &str = "application/vnd.fairtrail.part+cbor";
/// Media type of an entry's exact bytes.
pub const ENTRY: &str = "application/cose";
/// Media type of a charter.
pub const CHARTER: &str = "application/vnd.fairtrail.charter+cbor";
/// A bundle (specs/bundle.md).
pub const BUNDLE: &str = "application/vnd.fairtrail.bundle+cbor";
/// Media type of errors (RFC 9457).
pub const PROBLEM: &str = "application/problem+json";
