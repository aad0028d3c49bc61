//! The state directory: `state.json`, a cursor beside it while a plan is being submitted, a lock.
//!
//! Directory 0700, files 0600: they hold names, and the secret that ties them to row ids. A state
//! is replaced whole or not at all. The cursor says how many statements of the saved state's plan
//! were accepted since; that is all an interrupted import needs, because the plan follows from the
//! state.

use super::observation::Resolution;
use super::secret::Secret;
use super::state::State;
use fairtrail::reason::Reason;
use fs_err as fs;
use fs_err::os::unix::fs::OpenOptionsExt as _;
use std::fs::TryLockError;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

const STATE: &str = "state.json";
const CURSOR: &str = "cursor.json";
const LOCK: &str = "lock";
const NAMES: &str = "names.csv";
const VERSION: u8 = 1;
/// Bits that let anybody but the owner of a file read, change or enter it.
const OTHERS: u32 = 0o077;

/// Why the state directory cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Others may read the directory or the file.
    #[error("others may use {}: mode {mode:03o}", path.display())]
    Lax {
        /// The directory or file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Another process uses the directory.
    #[error("another process uses {}", path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// The file breaks its format.
    #[error("{} is not a state file of this version", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("{}: {kind}", path.display())]
    Disk {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        kind: io::ErrorKind,
    },
}

impl StoreError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Lax { .. } => Reason::StateFileLax,
            Self::Locked { .. } => Reason::StateLocked,
            Self::Malformed { .. } => Reason::StateFileMalformed,
            Self::Disk { .. } => Reason::StoreFailed,
        }
    }
}

/// A locked state directory and the state in it.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    state: State,
    generation: u64,
    _lock: fs::File,
}

#[derive(serde::Serialize)]
struct Saved<'a> {
    version: u8,
    generation: u64,
    state: &'a State,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Loaded {
    version: u8,
    generation: u64,
    state: State,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    generation: u64,
    done: usize,
}

impl Store {
    /// Opens the directory, or makes it with a new state under `secret` (32 random bytes).
    ///
    /// What an interrupted import had done since the last save is taken into the state.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is changed then.
    pub fn open(dir: &Path, secret: impl FnOnce() -> Secret) -> Result<Self, StoreError> {
        make_dir(dir)?;
        let lock = lock(dir)?;
        let loaded = read::<Loaded>(&dir.join(STATE))?;
        let fresh = loaded.is_none();
        let loaded = loaded.unwrap_or_else(|| Loaded {
            version: VERSION,
            generation: 0,
            state: State::new(secret()),
        });
        if loaded.version != VERSION {
            let path = dir.join(STATE);
            return Err(StoreError::Malformed { path });
        }
        let mut store = Self {
            dir: dir.to_owned(),
            state: loaded.state,
            generation: loaded.generation,
            _lock: lock,
        };
        let resumed = store.resume()?;
        if fresh || resumed {
            store.save()?;
        }
        Ok(store)
    }

    /// The state.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The state, to be changed and then saved.
    pub const fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// Saves the state whole; what the cursor said is part of it from now on.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; the state on disk is then the one before or this one.
    pub fn save(&mut self) -> Result<(), StoreError> {
        let generation = self.generation.saturating_add(1);
        let saved = Saved {
            version: VERSION,
            generation,
            state: &self.state,
        };
        replace(&self.dir, STATE, &json(&saved, &self.dir)?)?;
        self.generation = generation;
        // A cursor of an earlier generation means nothing, so it may as well stay.
        fs::remove_file(self.dir.join(CURSOR)).ok();
        Ok(())
    }

    /// Notes that the first `done` statements of the saved state's plan were accepted.
    ///
    /// Call it after each batch, with the state unchanged since [`Self::save`].
    ///
    /// # Errors
    /// [`StoreError::Disk`].
    pub fn advance(&self, done: usize) -> Result<(), StoreError> {
        let generation = self.generation;
        let cursor = json(&Cursor { generation, done }, &self.dir)?;
        replace(&self.dir, CURSOR, &cursor)
    }

    /// Writes `names.csv`: name, row id, and the note of names that are not told apart.
    ///
    /// # Errors
    /// [`StoreError::Disk`].
    pub fn write_names(&self) -> Result<PathBuf, StoreError> {
        let path = self.dir.join(NAMES);
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut rows = self.state.rows();
        let header = csv.write_record(["name", "row", "note"]);
        let written = header.and_then(|()| rows.try_for_each(|row| write_name(&mut csv, row)));
        let bytes = written.map_err(io::Error::from);
        let bytes = bytes.and_then(|()| csv.into_inner().map_err(csv::IntoInnerError::into_error));
        replace(
            &self.dir,
            NAMES,
            &bytes.map_err(|error| disk(&path, &error))?,
        )?;
        Ok(path)
    }

    fn resume(&mut self) -> Result<bool, StoreError> {
        let Some(cursor) = read::<Cursor>(&self.dir.join(CURSOR))? else {
            return Ok(false);
        };
        if cursor.generation != self.generation {
            return Ok(false);
        }
        let mut plan = self.state.pending();
        plan.truncate(cursor.done);
        self.state.mark(&plan);
        Ok(true)
    }
}

fn write_name(
    csv: &mut csv::Writer<Vec<u8>>,
    (name, id, resolution): (&super::OrgName, super::RowId, Resolution),
) -> Result<(), csv::Error> {
    let note = resolution.note().unwrap_or_default();
    csv.write_record([name.as_str(), &id.to_string(), note])
}

fn make_dir(dir: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(dir).map_err(|error| disk(dir, &error))?;
    check_mode(dir)
}

fn lock(dir: &Path) -> Result<fs::File, StoreError> {
    let path = dir.join(LOCK);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&path).map_err(|error| disk(&path, &error))?;
    match file.file().try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            path: dir.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(disk(&path, &error)),
    }
}

fn check_mode(path: &Path) -> Result<(), StoreError> {
    let metadata = fs::metadata(path).map_err(|error| disk(path, &error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let path = path.to_owned();
    Err(StoreError::Lax { path, mode })
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(disk(path, &error)),
    };
    check_mode(path)?;
    let parsed = serde_json::from_slice(&bytes);
    parsed.map(Some).map_err(|_| StoreError::Malformed {
        path: path.to_owned(),
    })
}

fn json<T: serde::Serialize>(value: &T, dir: &Path) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| disk(dir, &error.into()))
}

/// Puts `bytes` in the place of the file: a crash leaves the old file or the new one.
fn replace(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let path = dir.join(name);
    write_beside(dir, name, bytes).map_err(|error| disk(&path, &error))
}

fn write_beside(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = dir.join(format!("{name}.new"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, dir.join(name))?;
    let directory = fs::OpenOptions::new().read(true).open(dir)?;
    directory.sync_all()
}

fn disk(path: &Path, error: &io::Error) -> StoreError {
    let (path, kind) = (path.to_owned(), error.kind());
    StoreError::Disk { path, kind }
}
