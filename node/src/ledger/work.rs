//! What the writer has under way.

use fairtrail::api::Receipt;
use fairtrail::merkle::LeafIndex;
use tokio::sync::oneshot;

use super::admitted::FreshSubjects;
use super::submit::SubmitError;
use super::writer::Append;
use crate::core::sequence::{Group, Ticket};
use crate::store::bodies::BodyPlace;
use crate::store::journal::Span;

/// Somebody who waits for the group.
pub(super) struct Asked {
    pub(super) ticket: Ticket,
    /// Whether the log's promise is wanted, as authors do.
    pub(super) promise: bool,
    pub(super) reply: oneshot::Sender<Result<Receipt, SubmitError>>,
}

/// A group in the making.
pub(super) struct Work {
    pub(super) group: Group,
    pub(super) fresh: FreshSubjects,
    pub(super) asked: Vec<Asked>,
    pub(super) appends: Vec<Append>,
    pub(super) rebuild: bool,
}

impl Work {
    pub(super) fn new(first: LeafIndex) -> Self {
        Self {
            group: Group::new(first),
            fresh: FreshSubjects::default(),
            asked: Vec::new(),
            appends: Vec::new(),
            rebuild: false,
        }
    }
}

/// Where a group was stored.
pub(super) struct Stored {
    pub(super) held: Vec<Vec<(u8, BodyPlace)>>,
    pub(super) spans: Vec<Span>,
}
