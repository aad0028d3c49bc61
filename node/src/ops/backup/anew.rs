//! `restore --new-origin`: leaves that were signed are lost for good, so the log is given up; what
//! the backup holds goes into a log of the next epoch, under new keys (specs/log.md §10).

use std::path::{Path, PathBuf};

use fairtrail::api::Submission;
use fairtrail::entry::{Body, SignedEntry};
use fairtrail::log::Origin;
use serde::Serialize;

use super::survey::{Survey, verify};
use super::{BackupError, DATA, Restore};
use crate::clock;
use crate::config::{CHARTER_NAME, Overrides, Settings};
use crate::core::sequence::Offered;
use crate::ledger::frame::{Content, GroupEntry, decode};
use crate::ledger::{LedgerError, Recovering, SubmitError};
use crate::ops::recover::setup;
use crate::ops::{Init, Initialised, NodeError, init, read_charter, read_keys};
use crate::store::bodies::{self, BodyPlace, BodyReader, Content as Stored};
use crate::store::journal::{Location, reader_until};

/// Entries taken up at once.
const BATCH: usize = 256;

/// A log that took the place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Renewed {
    /// The new log.
    #[serde(flatten)]
    pub made: Initialised,
    /// Entries it took over.
    pub entries: u64,
}

/// Makes a log of another identity that holds what the backup holds.
///
/// # Errors
/// [`NodeError`]; `file-exists` when something is at the places of the new log.
pub fn restore_anew(plan: &Restore, origin: Origin) -> Result<Renewed, NodeError> {
    let manifest = verify(&plan.backup)?;
    if origin.as_str() == manifest.origin {
        let path: PathBuf = plan.backup.clone();
        return Err(BackupError::SameOrigin { path, origin }.into());
    }
    let data = plan.backup.join(DATA);
    let made = init(Init {
        data_dir: plan.data_dir.clone(),
        charter: read_charter(&data.join(CHARTER_NAME))?,
        origin,
        guard_dir: plan.guard_dir.clone(),
        keys_dir: plan.keys_dir.clone(),
    })?;
    let settings = Settings::load(&plan.data_dir, Overrides::default())?;
    let keys = read_keys(&settings.keys_dir, &settings.origin)?;
    let log = Recovering::open(setup(&settings, keys)?)?;
    take_over(&data, manifest.journal_end(), &log)?;
    let head = log.finish(clock::system()())?;
    let entries = head.size.get();
    Ok(Renewed { made, entries })
}

fn take_over(data: &Path, end: Location, log: &Recovering) -> Result<(), NodeError> {
    let journal = reader_until(&data.join("journal"), end);
    let end = Survey::of(&journal)?.bodies_end;
    let bodies = bodies::reader_until(&data.join("bodies"), &data.join("documents"), end);
    let built = tokio::runtime::Builder::new_multi_thread().build();
    let runtime = built.map_err(|error| NodeError::Runtime { kind: error.kind() })?;
    for stored in journal.frames(Location::START) {
        let stored = stored.map_err(LedgerError::from)?;
        let at = stored.at;
        let group = match decode(&stored).ok_or(LedgerError::Frame { at })? {
            Content::Group(group) => group,
            Content::Late(frame) => {
                let late = frame.bodies.iter();
                let late = late.filter_map(|late| Some((late.part, body_at(late.place, &bodies)?)));
                let filled = runtime.block_on(log.access().fill(late.collect()));
                filled.map_err(|error| LedgerError::Leaf {
                    leaf: frame.bodies.first().map_or(0, |late| late.leaf),
                    reason: error.code(),
                })?;
                continue;
            }
            _ => continue,
        };
        for run in group.entries.chunks(BATCH) {
            let run: Option<Vec<_>> = run.iter().map(|entry| submission(entry, &bodies)).collect();
            let run = run.ok_or(LedgerError::Frame { at })?;
            let taken = runtime.block_on(log.access().submit(Offered::new(run), false));
            let refused = |error: SubmitError| LedgerError::Leaf {
                leaf: group.first.get(),
                reason: error.code(),
            };
            taken.map_err(refused)?;
        }
    }
    Ok(())
}

/// An entry with the bodies that are here.
fn submission(stored: &GroupEntry<'_>, bodies: &BodyReader) -> Option<Submission> {
    let entry = SignedEntry::parse(stored.bytes).ok()?;
    let held = stored.held.iter();
    let bodies = held.filter_map(|(_, place)| body_at(*place, bodies));
    let bodies = bodies.collect();
    Some(Submission { entry, bodies })
}

/// A body, unless it is erased or was refused.
fn body_at(place: BodyPlace, bodies: &BodyReader) -> Option<Body> {
    match bodies.read(place).ok()?.content {
        Stored::Live { salt, bytes } => Some(Body { salt, bytes }),
        Stored::Erased => None,
    }
}
