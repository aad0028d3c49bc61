//! Bundles that somebody was given, beside the log as it is.

use super::Audit;
use super::index::coded;
use super::index_log::IndexLog;
use super::log::one_line;
use crate::error::CliError;
use fairtrail::bundle::{Bundle, LogPart};
use fairtrail::client::SyncError;
use fairtrail::files::read_bounded;
use fairtrail::fraud::{ShownLeaf, contradictions};
use fairtrail::index::{Answer, IndexHead};
use fairtrail::limits::BUNDLE_BYTES;
use fairtrail::log::SignedCheckpoint;
use fairtrail::reason::Reason;
use fairtrail::replica::Replica;
use std::path::Path;

impl Audit<'_> {
    /// Compares what a bundle tells of this log with its leaves and its index.
    pub(super) fn check_bundle(
        &mut self,
        file: &Path,
        index: &IndexLog,
        replica: &Replica,
    ) -> Result<(), CliError> {
        let bytes = read_bounded(file, u64::try_from(BUNDLE_BYTES).unwrap_or(u64::MAX))?;
        let bundle = Bundle::parse(&bytes)?;
        let of_it = |part: &&LogPart| {
            let answer = Answer::parse(&part.answer.0).ok();
            answer.is_some_and(|answer| answer.origin().is_ok_and(|log| log == *replica.origin()))
        };
        let Some(part) = bundle.logs.iter().find(of_it) else {
            let text = format!("{} tells nothing of {}", file.display(), replica.origin());
            return Err(CliError::coded(Reason::OriginMismatch, text));
        };
        let told = SignedCheckpoint::open(&part.note.0, &index.key).map_err(SyncError::from)?;
        self.check_told(index, &told)?;
        let answer = Answer::parse(&part.answer.0).map_err(|error| coded(&error.into()))?;
        let head = IndexHead::parse(&answer.head.0).map_err(|error| coded(&error.into()))?;
        let shown = || {
            let leaf = ShownLeaf {
                index: told.checkpoint().size().get().saturating_sub(1),
                path: part.path.clone(),
                data: answer.head.clone(),
            };
            Ok((one_line(told.note(), &index.key)?, leaf))
        };
        let name = format!("the head in {}", file.display());
        if !self.head_of_log(&name, &head, shown, replica)? {
            return Ok(());
        }
        for fraud in contradictions(part, &index.key, replica)? {
            self.accuse(fraud)?;
        }
        Ok(())
    }
}
