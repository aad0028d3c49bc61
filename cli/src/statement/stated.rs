//! What an author has stated, by its own keys: a statement file submitted twice makes one statement.

use crate::error::CliError;
use fairtrail::api::Submission;
use fairtrail::claim::{Claim, ExternalRef};
use fairtrail::entry::{Draft, Kind, PartRole};
use fairtrail::files::{AuthorDir, FileError, create_dir, create_new, read_bounded};
use fairtrail::id::EntryId;
use fairtrail::reason::Reason;
use std::path::PathBuf;

/// The memory of one author: a file per reference, holding the entry's id.
#[derive(Debug)]
pub struct Stated(PathBuf);

/// Bytes of an entry id as text, and some.
const ID_BYTES: u64 = 128;

impl Stated {
    /// The memory of the author whose directory this is.
    pub fn of(dir: &AuthorDir) -> Self {
        Self(dir.path().join("stated"))
    }

    /// Remembers a batch that was signed; before it counts as sent.
    ///
    /// # Errors
    /// The disk refused.
    pub fn remember(&self, batch: &[Submission]) -> Result<(), CliError> {
        for submission in batch {
            let Some(reference) = reference_of(submission) else {
                continue;
            };
            create_dir(&self.0)?;
            let id = submission.entry.id().to_string();
            match create_new(&self.path(reference), id.as_bytes()) {
                Ok(()) | Err(FileError::Exists { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Refuses drafts of which one was stated before.
    ///
    /// # Errors
    /// Names the entry that says it already.
    pub fn refuse_known(&self, drafts: &[Draft]) -> Result<(), CliError> {
        for draft in drafts {
            let body = draft.parts.first().map(|part| &*part.body.bytes);
            let reference = body.and_then(|bytes| reference_in(&draft.kind, bytes));
            if let Some(entry) = reference.and_then(|reference| self.known(reference)) {
                let message = format!("this was stated before, by {entry}");
                return Err(CliError::coded(Reason::StatedBefore, message).hint(
                    "to change it, write a new own_key and refs = [{ type = \"supersedes\", … }]",
                ));
            }
        }
        Ok(())
    }

    fn known(&self, reference: ExternalRef) -> Option<EntryId> {
        let bytes = read_bounded(&self.path(reference), ID_BYTES).ok()?;
        std::str::from_utf8(&bytes).ok()?.parse().ok()
    }

    fn path(&self, reference: ExternalRef) -> PathBuf {
        self.0.join(reference.to_string())
    }
}

fn reference_of(submission: &Submission) -> Option<ExternalRef> {
    let header = submission.entry.header();
    let part = header
        .parts
        .iter()
        .find(|part| part.role == PartRole::Claim)?;
    let body = submission.bodies.iter().find(|body| body.matches(part))?;
    reference_in(&header.kind, &body.bytes)
}

fn reference_in(kind: &Kind, claim: &[u8]) -> Option<ExternalRef> {
    Claim::decode(kind.as_str(), claim)
        .ok()?
        .common()
        .external_ref
}
