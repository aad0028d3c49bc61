//! Signed batches that no gateway has acknowledged yet.

use super::{AuthorError, FeedHead};
use crate::api::Batch;
use crate::files::durable::{remove_if_there, rename};
use crate::files::error::At;
use crate::files::{create_dir, read_bounded, replace};
use crate::limits::WIRE_BYTES;
use std::path::{Path, PathBuf};

/// A signed batch that waits for an acknowledgement. Its bytes never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    batch: Batch,
    path: PathBuf,
}

impl Pending {
    /// What to send; the same bytes each time.
    pub const fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The file that keeps it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Forgets the batch: it was acknowledged.
    pub(super) fn discard(&self) -> Result<(), AuthorError> {
        Ok(remove_if_there(&self.path)?)
    }

    /// The last entry of the batch; `None` never, as batches are not empty.
    pub(super) fn last(&self) -> Option<FeedHead> {
        let entry = &self.batch.0.last()?.entry;
        Some(FeedHead {
            seq: entry.header().seq,
            id: entry.id(),
        })
    }

    /// Whether the batch goes on exactly where `head` ends.
    pub(super) fn follows(&self, head: Option<FeedHead>) -> bool {
        let mut head = head;
        self.batch.0.iter().all(|submission| {
            let (entry, header) = (&submission.entry, submission.entry.header());
            let follows =
                header.seq == FeedHead::seq_after(head) && header.prev == head.map(|head| head.id);
            head = Some(FeedHead {
                seq: header.seq,
                id: entry.id(),
            });
            follows
        })
    }
}

/// The directory of pending batches, one file per batch, named by first sequence number.
#[derive(Debug)]
pub(super) struct Outbox(PathBuf);

impl Outbox {
    pub(super) fn of(author: &Path) -> Self {
        Self(author.join("outbox"))
    }

    /// Keeps a batch durably; only then may its entries leave.
    pub(super) fn keep(&self, batch: Batch) -> Result<Pending, AuthorError> {
        create_dir(&self.0)?;
        let first = batch.0.first().map_or(0, |first| first.entry.header().seq);
        let path = self.0.join(format!("{first:016}.{EXTENSION}"));
        replace(&path, &batch.to_bytes())?;
        Ok(Pending { batch, path })
    }

    /// Every batch, by ascending sequence number.
    pub(super) fn list(&self) -> Result<Vec<Pending>, AuthorError> {
        self.paths()?.into_iter().map(read).collect()
    }

    /// Sets every batch aside, all at once.
    pub(super) fn abandon(&self) -> Result<(), AuthorError> {
        if !self.0.exists() {
            return Ok(());
        }
        let names = (0_u64..).map(|n| self.0.with_file_name(format!("abandoned-{n}")));
        match names.into_iter().find(|name| !name.exists()) {
            Some(aside) => Ok(rename(&self.0, &aside)?),
            None => Ok(()),
        }
    }

    fn paths(&self) -> Result<Vec<PathBuf>, AuthorError> {
        if !self.0.exists() {
            return Ok(Vec::new());
        }
        let mut paths = Vec::new();
        for item in fs_err::read_dir(&self.0).at("read", &self.0)? {
            let path = item.at("read", &self.0)?.path();
            // Half-written files end in `.new`; their entries never left.
            if path.extension().is_some_and(|found| found == EXTENSION) {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths)
    }
}

const EXTENSION: &str = "batch";

fn read(path: PathBuf) -> Result<Pending, AuthorError> {
    let max = u64::try_from(WIRE_BYTES).unwrap_or(u64::MAX);
    let bytes = read_bounded(&path, max)?;
    match Batch::parse(&bytes) {
        Ok(batch) => Ok(Pending { batch, path }),
        Err(_) => Err(AuthorError::Damaged {
            path,
            what: "not a batch of entries",
        }),
    }
}
