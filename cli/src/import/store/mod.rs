//! The state directory: `state.json`, `progress.jsonl` while a plan is being stated, a lock.
//!
//! Directory 0700, files 0600: they hold names, and the secret that ties them to row ids. A state
//! is replaced whole or not at all; what happens to its plan afterwards is noted line by line, so
//! that a crash at any moment leaves one of three answers about every statement: not made, made,
//! or *in flight*. Whether a run in flight was signed, only the author's directory knows; whoever
//! opens the store finds out and calls [`Store::settle`].

mod disk;
mod progress;

pub use progress::InFlight;

use super::knowledge::{Intake as _, Knowledge, Named};
use super::secret::Secret;
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::reason::Reason;
use fs_err as fs;
use progress::Line;
use std::io;
use std::path::{Path, PathBuf};

const STATE: &str = "state.json";
const PROGRESS: &str = "progress.jsonl";
const LOCK: &str = "lock";
const NAMES: &str = "names.csv";
const VERSION: u8 = 1;

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
    /// The statements remembered here are another author's.
    #[error("{} holds the statements of {found}, not of {expected}", path.display())]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// The author to speak as.
        expected: AuthorId,
        /// The author whose directory it is.
        found: AuthorId,
    },
    /// Statements are in flight, and it is not known yet whether they were signed.
    #[error("{count} statements may have been signed; that must be found out first")]
    Unsettled {
        /// How many.
        count: usize,
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
            Self::Foreign { .. } => Reason::StateForeign,
            Self::Unsettled { .. } => Reason::StateUnsettled,
            Self::Disk { .. } => Reason::StoreFailed,
        }
    }
}

/// What a state directory holds, with all that happened since it was saved.
#[derive(Debug)]
pub struct Memory<K> {
    /// Whose statements it remembers.
    pub observer: AuthorId,
    /// The state.
    pub state: K,
    /// Statements of which only the author's directory knows whether they were signed.
    pub in_flight: Option<InFlight>,
    generation: u64,
    /// Whether something happened since it was saved.
    moved: bool,
}

/// A locked state directory and the state in it.
pub struct Store<K: Knowledge> {
    dir: PathBuf,
    memory: Memory<K>,
    /// The plan of the state as it was saved, and how much of it was stated since.
    plan: Vec<K::Statement>,
    done: usize,
    progress: Option<fs::File>,
    _lock: fs::File,
}

impl<K: Knowledge> std::fmt::Debug for Store<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.dir.display())
    }
}

#[derive(serde::Serialize)]
struct Saved<'a, K> {
    version: u8,
    generation: u64,
    observer: AuthorId,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_flight: Option<&'a InFlight>,
    state: &'a K,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Loaded<K> {
    version: u8,
    generation: u64,
    observer: AuthorId,
    #[serde(default)]
    in_flight: Option<InFlight>,
    state: K,
}

/// Reads a state directory and changes nothing in it; `None` when it holds no state.
///
/// # Errors
/// [`StoreError`].
pub fn peek<K: Knowledge>(dir: &Path) -> Result<Option<Memory<K>>, StoreError> {
    let path = dir.join(STATE);
    let Some(bytes) = disk::read(&path)? else {
        return Ok(None);
    };
    disk::check_mode(dir)?;
    let loaded = serde_json::from_slice::<Loaded<K>>(&bytes).ok();
    let loaded = loaded.filter(|loaded| loaded.version == VERSION);
    let loaded = loaded.ok_or(StoreError::Malformed { path })?;
    let mut memory = Memory {
        observer: loaded.observer,
        state: loaded.state,
        in_flight: loaded.in_flight,
        generation: loaded.generation,
        moved: false,
    };
    memory.replay(dir)?;
    Ok(Some(memory))
}

impl<K: Knowledge> Memory<K> {
    /// Takes in what was noted since the state was saved.
    fn replay(&mut self, dir: &Path) -> Result<(), StoreError> {
        let path = dir.join(PROGRESS);
        let Some(bytes) = disk::read(&path)? else {
            return Ok(());
        };
        let malformed = || StoreError::Malformed { path: path.clone() };
        let mut lines = progress::parse(&bytes).ok_or_else(malformed)?.into_iter();
        // Notes on an earlier state are part of this one.
        if !matches!(lines.next(), Some(Line::Generation(of)) if of == self.generation) {
            return Ok(());
        }
        let plan = self.state.pending();
        let mut rest = plan.as_slice();
        for line in lines {
            self.moved = true;
            match (line, self.in_flight.take()) {
                (Line::Signing(run), None) => self.in_flight = Some(run),
                (Line::Stated(false), Some(_)) => {}
                (Line::Stated(true), Some(run)) => {
                    let stated = rest.split_at_checked(run.entries.len());
                    let (stated, after) = stated.ok_or_else(malformed)?;
                    self.mark(stated, &run.entries);
                    rest = after;
                }
                _ => return Err(malformed()),
            }
        }
        Ok(())
    }

    fn mark(&mut self, stated: &[K::Statement], entries: &[EntryId]) {
        for (observation, entry) in stated.iter().zip(entries) {
            self.state.mark(observation, *entry);
        }
    }
}

impl<K: Knowledge> Store<K> {
    /// Opens the directory of `observer`, or makes it with a new state under `secret` (32 random
    /// bytes).
    ///
    /// # Errors
    /// [`StoreError`]; nothing is changed then.
    pub fn open(
        dir: &Path,
        observer: AuthorId,
        secret: impl FnOnce() -> Secret,
    ) -> Result<Self, StoreError> {
        disk::make_dir(dir)?;
        let lock = disk::lock(dir, LOCK)?;
        let memory = peek(dir)?.unwrap_or_else(|| Memory {
            observer,
            state: K::new(secret()),
            in_flight: None,
            generation: 0,
            moved: true,
        });
        if memory.observer != observer {
            return Err(StoreError::Foreign {
                path: dir.to_owned(),
                expected: observer,
                found: memory.observer,
            });
        }
        let mut store = Self {
            dir: dir.to_owned(),
            plan: memory.state.pending(),
            memory,
            done: 0,
            progress: None,
            _lock: lock,
        };
        if store.memory.moved {
            store.save()?;
        }
        Ok(store)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// The state; all that was settled is part of it.
    pub const fn state(&self) -> &K {
        &self.memory.state
    }

    /// What is left to state, in order.
    pub fn plan(&self) -> &[K::Statement] {
        self.plan.get(self.done..).unwrap_or_default()
    }

    /// The first statements of [`Self::plan`], when they may have been signed.
    pub const fn in_flight(&self) -> Option<&InFlight> {
        self.memory.in_flight.as_ref()
    }

    /// Takes in what files show, and keeps it.
    ///
    /// # Errors
    /// [`StoreError::Unsettled`]: the files would change the plan under what is in flight.
    /// [`StoreError::Disk`].
    pub fn take_in(&mut self, files: &[K::File]) -> Result<K::Intake, StoreError> {
        self.settled()?;
        let intake = self.memory.state.take_in(files);
        if intake.changed() {
            self.save()?;
        }
        Ok(intake)
    }

    /// Notes that the next statements of the plan are about to be signed, as these entries.
    ///
    /// # Errors
    /// [`StoreError::Unsettled`]; [`StoreError::Disk`].
    pub fn intend(&mut self, run: InFlight) -> Result<(), StoreError> {
        self.settled()?;
        self.note(&Line::Signing(run.clone()))?;
        self.memory.in_flight = Some(run);
        Ok(())
    }

    /// Notes whether what is in flight was stated. Nothing in flight: nothing happens.
    ///
    /// # Errors
    /// [`StoreError::Disk`].
    pub fn settle(&mut self, stated: bool) -> Result<(), StoreError> {
        if self.memory.in_flight.is_none() {
            return Ok(());
        }
        self.note(&Line::Stated(stated))?;
        let run = self.memory.in_flight.take().filter(|_| stated);
        if let Some(run) = run {
            let until = self.done.saturating_add(run.entries.len());
            let stated = self.plan.get(self.done..until).unwrap_or_default();
            self.memory.mark(stated, &run.entries);
            self.done = until;
        }
        Ok(())
    }

    /// Saves the state whole; what was noted since the last time is part of it from now on.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; the state on disk is then the one before or this one.
    pub fn save(&mut self) -> Result<(), StoreError> {
        let generation = self.memory.generation.saturating_add(1);
        let saved = Saved {
            version: VERSION,
            generation,
            observer: self.memory.observer,
            in_flight: self.memory.in_flight.as_ref(),
            state: &self.memory.state,
        };
        disk::replace(&self.dir, STATE, &json(&saved, &self.dir)?)?;
        self.memory.generation = generation;
        self.plan = self.memory.state.pending();
        self.done = 0;
        self.progress = None;
        // Notes on an earlier generation mean nothing, so they may as well stay.
        fs::remove_file(self.dir.join(PROGRESS)).ok();
        Ok(())
    }

    /// Writes `names.csv`: name, row id, and the note of names that are not told apart.
    ///
    /// # Errors
    /// [`StoreError::Disk`].
    pub fn write_names(&self) -> Result<PathBuf, StoreError> {
        let path = self.dir.join(NAMES);
        let mut csv = csv::Writer::from_writer(Vec::new());
        let rows = self.memory.state.named();
        let header = csv.write_record(["name", "row", "note"]);
        let written =
            header.and_then(|()| rows.iter().try_for_each(|row| write_name(&mut csv, row)));
        let bytes = written.map_err(io::Error::from);
        let bytes = bytes.and_then(|()| csv.into_inner().map_err(csv::IntoInnerError::into_error));
        let bytes = bytes.map_err(|error| disk::disk(&path, &error))?;
        disk::replace(&self.dir, NAMES, &bytes)?;
        Ok(path)
    }

    fn settled(&self) -> Result<(), StoreError> {
        match &self.memory.in_flight {
            None => Ok(()),
            Some(run) => Err(StoreError::Unsettled {
                count: run.entries.len(),
            }),
        }
    }

    fn note(&mut self, line: &Line) -> Result<(), StoreError> {
        let mut bytes = json(line, &self.dir)?;
        bytes.push(b'\n');
        let file = match &mut self.progress {
            Some(file) => file,
            fresh => {
                let mut head = json(&Line::Generation(self.memory.generation), &self.dir)?;
                head.push(b'\n');
                disk::replace(&self.dir, PROGRESS, &head)?;
                fresh.insert(disk::open_to_append(&self.dir.join(PROGRESS))?)
            }
        };
        disk::append(file, &bytes)
    }
}

fn write_name(csv: &mut csv::Writer<Vec<u8>>, named: &Named) -> Result<(), csv::Error> {
    let note = named.note.unwrap_or_default();
    csv.write_record([named.name.as_str(), &named.row.to_string(), note])
}

fn json<T: serde::Serialize>(value: &T, dir: &Path) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| disk::disk(dir, &error.into()))
}
