//! Bundles that somebody was given, beside the log as it is.

use super::Audit;
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
use std::path::PathBuf;

/// A bundle, and the file that it was read from.
pub(super) struct Given {
    pub(super) file: PathBuf,
    bundle: Bundle,
}

/// Reads bundles; nothing of them is verified.
///
/// # Errors
/// A file cannot be read, or is no bundle.
pub(super) fn read(files: &[PathBuf]) -> Result<Vec<Given>, CliError> {
    let max = u64::try_from(BUNDLE_BYTES).unwrap_or(u64::MAX);
    let read = |file: &PathBuf| {
        let bundle = Bundle::parse(&read_bounded(file, max)?)?;
        let file = file.clone();
        Ok(Given { file, bundle })
    };
    files.iter().map(read).collect()
}

impl Audit<'_> {
    /// Compares what bundles tell of this log with its leaves and its index; which were compared.
    /// What is wrong with a file keeps nobody from hearing what is wrong with the node.
    pub(super) fn check_bundles(
        &mut self,
        given: &[Given],
        index: &IndexLog,
        replica: &Replica,
    ) -> Result<Vec<PathBuf>, CliError> {
        let mut compared = Vec::new();
        for Given { file, bundle } in given {
            let told = match Told::find(bundle, index, replica) {
                Ok(told) => told,
                Err(error) => {
                    let text = format!("{} proves nothing: {}", file.display(), error.message());
                    self.open.push(text);
                    continue;
                }
            };
            self.check_told(index, &told.note)?;
            self.check_lists(
                &format!("the head in {}", file.display()),
                &told,
                index,
                replica,
            )?;
            compared.push(file.clone());
        }
        Ok(compared)
    }

    fn check_lists(
        &mut self,
        name: &str,
        told: &Told<'_>,
        index: &IndexLog,
        replica: &Replica,
    ) -> Result<(), CliError> {
        let shown = || {
            let leaf = ShownLeaf {
                index: told.note.checkpoint().size().get().saturating_sub(1),
                path: told.part.path.clone(),
                data: told.answer.head.clone(),
            };
            Ok((one_line(told.note.note(), &index.key)?, leaf))
        };
        if self.head_of_log(name, &told.head, shown, replica)? {
            match contradictions(told.part, &index.key, replica) {
                Ok(found) => found.into_iter().try_for_each(|fraud| self.accuse(fraud))?,
                Err(error) => self.open.push(format!("{name} proves nothing: {error}")),
            }
        }
        Ok(())
    }
}

/// What a bundle tells of one log, under a note that the key of its index signed.
struct Told<'a> {
    part: &'a LogPart,
    note: SignedCheckpoint,
    answer: Answer,
    head: IndexHead,
}

impl<'a> Told<'a> {
    fn find(bundle: &'a Bundle, index: &IndexLog, replica: &Replica) -> Result<Self, CliError> {
        for part in &bundle.logs {
            let (answer, head) = part.stated()?;
            if head.origin != *replica.origin() {
                continue;
            }
            let note = SignedCheckpoint::open(&part.note.0, &index.key).map_err(SyncError::from)?;
            return Ok(Self {
                part,
                note,
                answer,
                head,
            });
        }
        let text = format!("it tells nothing of {}", replica.origin());
        Err(CliError::coded(Reason::OriginMismatch, text))
    }
}
