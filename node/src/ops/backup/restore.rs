//! `restore`: a backup becomes a data directory again, which signs nothing before it has recovered
//! what was signed after the backup was made.

use std::path::{Path, PathBuf};

use fairtrail::files::read_bounded;
use fairtrail::index::EDITION;
use fairtrail::log::Origin;
use serde::Serialize;

use super::copy::copy;
use super::survey::verify;
use super::{BackupError, DATA, KEYS};
use super::{CopiedFile, Manifest};
use crate::config::{CHARTER_NAME, ConfigText, FILE_NAME};
use crate::core::head::Head;
use crate::ledger::LedgerError;
use crate::ops::NodeError;
use crate::ops::init::{absolute, sibling};
use crate::ops::keys::read_keys;
use crate::store::disk;
use crate::store::guard::{Guard, GuardError};
use crate::store::layout::Layout;
use crate::store::lock::DirectoryLock;
use crate::store::records::Records;

/// There until a data directory is restored; then it is renamed to `VERSION`.
const RESTORING: &str = "restoring";
/// All there is when even that was interrupted.
const BEGINNING: &str = "restoring.tmp";
const LOCK: &str = "LOCK";
const WITNESSED: &str = "witnessed";

/// What to restore, and where.
#[derive(Debug, Clone)]
pub struct Restore {
    /// The backup.
    pub backup: PathBuf,
    /// The data directory, which holds nothing or an unfinished restoration.
    pub data_dir: PathBuf,
    /// The guard; `<data-dir>.guard` unless given. One that is there is kept.
    pub guard_dir: Option<PathBuf>,
    /// The keys; `<data-dir>.keys` unless given. Those that are there are kept.
    pub keys_dir: Option<PathBuf>,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The configuration.
    pub config: PathBuf,
    /// Folder of the keys.
    pub keys_dir: PathBuf,
    /// Folder of the guard.
    pub guard_dir: PathBuf,
    /// Leaves that are back.
    pub entries: u64,
    /// The largest tree known to be signed.
    pub signed: u64,
    /// Whether the guard of the log was there, so that nothing about what was signed is lost.
    pub guard_kept: bool,
    /// Whether the keys are there.
    pub keys: bool,
    /// Logs that are cosigned no more: what was signed for them is not known.
    pub witness_given_up: Vec<String>,
}

/// Restores a backup.
///
/// # Errors
/// [`NodeError`]; a directory that is left unfinished is no data directory, and restoring into it
/// again begins anew.
pub fn restore(plan: &Restore) -> Result<Restored, NodeError> {
    let manifest = verify(&plan.backup)?;
    let origin = manifest.origin.parse().map_err(NodeError::Log)?;
    let data_dir = absolute(&plan.data_dir)?;
    let beside = |given: &Option<PathBuf>, suffix| match given {
        Some(path) => absolute(path),
        None => Ok(sibling(&data_dir, suffix)),
    };
    let guard_dir = beside(&plan.guard_dir, "guard")?;
    let keys_dir = beside(&plan.keys_dir, "keys")?;
    disk::create_dir(&data_dir).map_err(BackupError::from)?;
    let _lock = DirectoryLock::acquire(&data_dir.join(LOCK)).map_err(LedgerError::from)?;
    begin(&data_dir, &plan.backup)?;
    restore_keys(&plan.backup, &manifest, &keys_dir)?;
    // The guard comes before anything that could be run.
    let guard_kept = keep_guard(&guard_dir, &data_dir, &manifest)?;
    let records = Records::new(&guard_dir, &origin);
    let keys = read_keys(&keys_dir, &origin).ok();
    if !guard_kept {
        let lost = keys.as_ref().map(|keys| {
            let keys = std::iter::once(&keys.witness).chain(&keys.index_witness);
            keys.map(|key| key.verifier().to_string())
                .collect::<Vec<_>>()
        });
        for key in lost.unwrap_or_default() {
            records.give_up(&key)?;
        }
    }
    for file in &manifest.files {
        restore_file(file, &plan.backup, &data_dir, guard_kept)?;
    }
    write_config(&plan.backup, &data_dir, &keys_dir, &guard_dir)?;
    disk::rename(&data_dir.join(RESTORING), &data_dir.join("VERSION"))
        .map_err(BackupError::from)?;
    disk::sync_dir(&data_dir).map_err(BackupError::from)?;
    disk::sync_dir(disk::parent(&data_dir)).map_err(BackupError::from)?;
    Layout::open(&data_dir).map_err(LedgerError::from)?;
    let given_up = if guard_kept {
        Vec::new()
    } else {
        manifest.witnessing.clone()
    };
    Ok(Restored {
        config: data_dir.join(FILE_NAME),
        keys_dir,
        guard_dir,
        entries: manifest.tree.size,
        signed: manifest.signed.size,
        guard_kept,
        keys: keys.is_some(),
        witness_given_up: given_up,
    })
}

/// Empties an unfinished restoration; anything else that holds something is not touched.
fn begin(data_dir: &Path, backup: &Path) -> Result<(), BackupError> {
    let names = disk::names(data_dir)?;
    let unfinished = names.iter().any(|name| name == RESTORING);
    let foreign = names.iter().any(|name| name != LOCK && name != BEGINNING);
    if foreign && !unfinished {
        let path = data_dir.to_path_buf();
        return Err(BackupError::NotEmpty { path });
    }
    let version = disk::read_if_exists(&backup.join(DATA).join("VERSION"))?;
    disk::write_atomic(&data_dir.join(RESTORING), &version.unwrap_or_default())?;
    for name in names
        .iter()
        .filter(|name| *name != LOCK && *name != RESTORING)
    {
        let path = data_dir.join(name);
        if path.is_dir() {
            disk::remove_dir_all(&path)?;
        } else {
            disk::remove_file(&path)?;
        }
    }
    Ok(())
}

fn restore_keys(backup: &Path, manifest: &Manifest, keys_dir: &Path) -> Result<(), BackupError> {
    if !manifest.keys {
        return Ok(());
    }
    disk::create_dir(keys_dir)?;
    let files = manifest.files.iter();
    for name in files.filter_map(|file| file.path.strip_prefix("keys/")) {
        let (from, to) = (backup.join(KEYS).join(name), keys_dir.join(name));
        match disk::read_if_exists(&to)? {
            None => {
                // Whole or not at all: what is there is never overwritten.
                let bytes = disk::read_if_exists(&from)?.unwrap_or_default();
                disk::write_atomic(&to, &bytes)?;
            }
            there if disk::read_if_exists(&from)? == there => {}
            Some(_) => return Err(BackupError::OtherKey { path: to }),
        }
    }
    Ok(())
}

/// Keeps the guard that is there; makes one that lets nothing be signed if there is none. Whether
/// one was there that this log signed under.
fn keep_guard(guard_dir: &Path, data_dir: &Path, manifest: &Manifest) -> Result<bool, NodeError> {
    let origin = manifest.origin.as_str();
    match Guard::look(guard_dir, origin) {
        Ok((_, restored)) => Ok(!restored),
        Err(GuardError::Missing { .. }) => {
            let heads = [&manifest.signed, &manifest.guard].map(super::Tree::head);
            let high = heads.into_iter().flatten().max_by_key(|head| head.size);
            let high = high.unwrap_or_else(Head::empty).stored();
            // What was signed of the index since the backup nobody can tell any more.
            let index = manifest.origin.parse::<Origin>().map_err(NodeError::Log)?;
            let index = index.index(EDITION).filter(|index| {
                let looked = Guard::look(guard_dir, index.as_str());
                matches!(looked, Err(GuardError::Missing { .. }))
            });
            if let Some(index) = index {
                let first = Head::empty().stored();
                Guard::create_restored(guard_dir, data_dir, index.as_str(), first)
                    .map_err(LedgerError::from)?;
            }
            let made = Guard::create_restored(guard_dir, data_dir, origin, high);
            made.map_err(LedgerError::from)?;
            Ok(false)
        }
        Err(error) => Err(LedgerError::from(error).into()),
    }
}

fn restore_file(
    file: &CopiedFile,
    backup: &Path,
    data_dir: &Path,
    guard_kept: bool,
) -> Result<(), BackupError> {
    let Some(name) = file.path.strip_prefix("data/") else {
        return Ok(());
    };
    // The list of logs to cosign for is worth nothing without what was cosigned.
    let skipped = name == FILE_NAME || name == "VERSION" || name == WITNESSED && !guard_kept;
    if skipped {
        return Ok(());
    }
    let (bytes, hash) = copy(&backup.join(&file.path), &data_dir.join(name), u64::MAX)?;
    if bytes == file.bytes && hash.to_hex().as_str() == file.blake3 {
        return Ok(());
    }
    let path = backup.join(&file.path);
    Err(BackupError::Changed { path })
}

/// Writes the configuration with the places where things are now.
fn write_config(
    backup: &Path,
    data_dir: &Path,
    keys_dir: &Path,
    guard_dir: &Path,
) -> Result<(), NodeError> {
    let bytes = read_bounded(&backup.join(DATA).join(FILE_NAME), 64 << 10)?;
    let text = String::from_utf8_lossy(&bytes);
    let path = data_dir.join(FILE_NAME);
    let moved = ConfigText(&text).moved(&path, Path::new(CHARTER_NAME), keys_dir, guard_dir)?;
    disk::write_atomic(&path, moved.as_bytes()).map_err(BackupError::from)?;
    for folder in [
        "documents",
        "archive/index",
        "archive/log",
        "tiles",
        "bodies",
    ] {
        disk::create_dir(&data_dir.join(folder)).map_err(BackupError::from)?;
    }
    Ok(())
}
