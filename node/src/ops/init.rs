//! `init`: a new log, its keys, its guard, its configuration.

use std::path::{Path, PathBuf};

use fairtrail::charter::Charter;
use fairtrail::files::{FileError, create_dir, create_new};
use fairtrail::id::NetworkId;
use fairtrail::log::Origin;
use serde::Serialize;

use super::NodeError;
use super::keys::{PublicKeys, existing_key, write_keys};
use crate::config::{CHARTER_NAME, Config, FILE_NAME};
use crate::ledger;

/// What a log is made of.
#[derive(Debug, Clone)]
pub struct Init {
    /// The data directory, which must not hold anything.
    pub data_dir: PathBuf,
    /// The network's charter.
    pub charter: Charter,
    /// The log's identity.
    pub origin: Origin,
    /// Where the guard goes; `<data-dir>.guard` unless given.
    pub guard_dir: Option<PathBuf>,
    /// Where the keys go; `<data-dir>.keys` unless given.
    pub keys_dir: Option<PathBuf>,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Initialised {
    /// The configuration.
    pub config: PathBuf,
    /// Folder of the keys.
    pub keys_dir: PathBuf,
    /// Folder of the guard.
    pub guard_dir: PathBuf,
    /// The network.
    pub network: NetworkId,
    /// What others know it by.
    pub vkeys: PublicKeys,
}

/// Makes a new log. The configuration is written last: without it nothing runs.
///
/// # Errors
/// [`NodeError`]; `file-exists` when the directory, the guard or a key is there already.
pub fn init(plan: Init) -> Result<Initialised, NodeError> {
    let data_dir = absolute(&plan.data_dir)?;
    let beside = |suffix| sibling(&data_dir, suffix);
    let given = |path: Option<PathBuf>, suffix| {
        path.map_or_else(|| Ok(beside(suffix)), |path| absolute(&path))
    };
    let guard_dir = given(plan.guard_dir, "guard")?;
    let keys_dir = given(plan.keys_dir, "keys")?;
    if let Some(path) = existing_key(&keys_dir) {
        return Err(FileError::Exists { path }.into());
    }
    ledger::create(&data_dir, &guard_dir, &plan.origin)?;
    create_dir(&keys_dir)?;
    write_keys(&keys_dir)?;
    let vkeys = PublicKeys::read(&keys_dir, &plan.origin)?;
    create_new(&data_dir.join(CHARTER_NAME), plan.charter.bytes())?;
    let config = data_dir.join(FILE_NAME);
    let charter = Path::new(CHARTER_NAME);
    let text = Config::text(plan.origin.as_str(), charter, &keys_dir, &guard_dir);
    create_new(&config, text.as_bytes())?;
    Ok(Initialised {
        config,
        keys_dir,
        guard_dir,
        network: plan.charter.network(),
        vkeys,
    })
}

/// `<dir>.<suffix>`, beside the directory and not in it.
pub(super) fn sibling(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(suffix);
    dir.with_file_name(name)
}

pub(super) fn absolute(path: &Path) -> Result<PathBuf, NodeError> {
    std::path::absolute(path).map_err(|error| {
        NodeError::File(FileError::Io {
            action: "resolve",
            path: path.to_path_buf(),
            kind: error.kind(),
        })
    })
}
