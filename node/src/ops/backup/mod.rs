//! `backup` and `restore`: the truth of a node in a directory of its own (specs/recovery.md).
//!
//! A backup is a prefix of the journal with the bodies that it names, and the small files beside
//! them; what is derived is left out. It may be made while the node runs. The guard is never part of
//! it: only what the guard said is written down.

mod anew;
mod copy;
mod error;
mod manifest;
mod restore;
mod survey;

use std::path::{Path, PathBuf};

use fairtrail::time::Timestamp;
use serde::Serialize;

pub use self::anew::{Renewed, restore_anew};
use self::copy::Copier;
pub use self::error::BackupError;
pub use self::manifest::{CopiedFile, Manifest, Tree};
pub use self::restore::{Restore, Restored, restore};
use self::survey::Survey;
pub use self::survey::verify;
use super::keys::key_files;
use super::{NodeError, read_charter};
use crate::config::{CHARTER_NAME, FILE_NAME, Settings};
use crate::ledger::LedgerError;
use crate::store::bodies::document_path;
use crate::store::disk;
use crate::store::guard::Guard;
use crate::store::journal::{self, Location};
use crate::store::layout::Layout;
use crate::store::witnessed::Witnessed;

/// There until a backup is whole.
const UNFINISHED: &str = "unfinished";
/// All there is when even that was interrupted.
const BEGINNING: &str = "unfinished.tmp";
/// What was copied, written last.
pub const MANIFEST: &str = "manifest.json";
const DATA: &str = "data";
const KEYS: &str = "keys";

/// What was backed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackedUp {
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    #[serde(flatten)]
    pub manifest: Manifest,
}

/// Copies a node into `dir`, which holds nothing or an unfinished backup, and reads everything back.
///
/// # Errors
/// [`BackupError`]; without a manifest it is no backup, and doing it again begins anew.
pub fn backup(
    settings: &Settings,
    dir: &Path,
    without_keys: bool,
    now: Timestamp,
) -> Result<BackedUp, NodeError> {
    let layout = Layout::open(&settings.data_dir).map_err(LedgerError::from)?;
    let charter = read_charter(&settings.charter)?;
    let witnessed = Witnessed::open(&layout.witnessed())?;
    let mut copier = begin(dir)?;
    // What is archived by now is signed in the journal by now; the journal's end is taken after.
    copy_small(settings, &layout, &mut copier)?;
    if !without_keys {
        for name in key_files() {
            copier.file_if_there(&settings.keys_dir.join(name), &format!("{KEYS}/{name}"))?;
        }
    }
    // The index comes before the log, of which it is never ahead.
    if let Ok(end) = journal::durable_end(&layout.index_journal()) {
        copy_segments(&layout.index_journal(), "index/journal", end, &mut copier)?;
    }
    let end = journal::durable_end(&layout.journal()).map_err(LedgerError::from)?;
    copy_journal(&layout, end, &mut copier)?;
    let copied = dir.join(DATA);
    let survey = Survey::of(&journal::reader_until(&copied.join("journal"), end))?;
    copy_bodies(&layout, &survey, &mut copier)?;
    let origin = settings.origin.as_str();
    let guard = Guard::look(&settings.guard_dir, origin).map_err(LedgerError::from)?;
    let mut witnessing: Vec<_> = witnessed
        .keys()
        .iter()
        .map(|key| key.origin().to_string())
        .collect();
    witnessing.dedup();
    let manifest = Manifest {
        origin: origin.to_owned(),
        network: charter.network(),
        made_at: now,
        tree: survey.tree(),
        signed: survey.signed(),
        guard: Tree::stored(guard.0),
        journal_end: [end.segment, end.offset],
        keys: !without_keys,
        witnessing,
        files: copier.files,
    };
    survey::check(dir, &manifest)?;
    manifest.write(dir)?;
    disk::remove_file(&dir.join(UNFINISHED)).map_err(BackupError::from)?;
    let path = dir.to_path_buf();
    Ok(BackedUp { path, manifest })
}

/// Makes the directory ready: an unfinished backup is begun anew, anything else is not touched.
fn begin(dir: &Path) -> Result<Copier, BackupError> {
    disk::create_dir(dir)?;
    let names = disk::names(dir)?;
    let unfinished = names.iter().any(|name| name == UNFINISHED);
    let foreign = |name: &String| *name == MANIFEST || !unfinished && *name != BEGINNING;
    if names.iter().any(foreign) {
        let path = dir.to_path_buf();
        return Err(BackupError::NotEmpty { path });
    }
    disk::write_atomic(&dir.join(UNFINISHED), b"")?;
    for name in [DATA, KEYS] {
        disk::remove_dir_all(&dir.join(name))?;
    }
    Ok(Copier::new(dir))
}

/// Files that are replaced as a whole, or never change.
fn copy_small(
    settings: &Settings,
    layout: &Layout,
    copier: &mut Copier,
) -> Result<(), BackupError> {
    let root = layout.root();
    copier.file(&settings.charter, &format!("{DATA}/{CHARTER_NAME}"))?;
    for name in [FILE_NAME, "VERSION"] {
        copier.file(&root.join(name), &format!("{DATA}/{name}"))?;
    }
    for name in ["withheld", "witnessed"] {
        copier.file_if_there(&root.join(name), &format!("{DATA}/{name}"))?;
    }
    for folder in ["archive/log", "archive/index", "followed", "fraud"] {
        copier.folder(&root.join(folder), &format!("{DATA}/{folder}"))?;
    }
    Ok(())
}

/// Segments before the last are final; of the last one what is durable.
fn copy_journal(layout: &Layout, end: Location, copier: &mut Copier) -> Result<(), BackupError> {
    copy_segments(&layout.journal(), "journal", end, copier)
}

fn copy_bodies(layout: &Layout, survey: &Survey, copier: &mut Copier) -> Result<(), BackupError> {
    let end = survey.bodies_end;
    copy_segments(&layout.bodies(), "bodies", end.next, copier)?;
    for number in 1..end.next_document {
        let from = document_path(&layout.documents(), number);
        copier.file_if_there(&from, &format!("{DATA}/documents/{number:08}"))?;
    }
    Ok(())
}

fn copy_segments(
    dir: &Path,
    folder: &str,
    end: Location,
    copier: &mut Copier,
) -> Result<(), BackupError> {
    for number in 1..=end.segment {
        let from = journal::segment_path(dir, number);
        let to = format!("{DATA}/{folder}/{number:08}.seg");
        if number == end.segment {
            copier.prefix(&from, &to, u64::from(end.offset))?;
        } else {
            copier.file(&from, &to)?;
        }
    }
    Ok(())
}
