//! A copy of a log on disk.
//!
//! `<home>/replicas/<origin>/` holds three files that only grow (leaves, parts, archived notes),
//! the charter, what the gateway says of parts it does not serve, and the state that says how much
//! of them counts; the state is replaced whole, after what it counts was synced. `<home>/seen/`
//! remembers the newest checkpoint of each log and key, `<home>/evidence/` what contradicts it;
//! `<home>/set-aside/` is what somebody decided to begin anew from (specs/verify.md). Everything is verified again when it is read: the
//! leaves give the checkpoint's root, the parts their digests. Only signatures are not checked
//! twice by one version under one root.

mod append;
mod error;
mod memory;
mod records;
mod restore;
mod seen;
mod state;
mod withheld;

pub use error::StoreError;
pub use seen::Seen;

use crate::api::WithheldView;
use crate::charter::Charter;
use crate::entry::Body;
use crate::files::{FileError, create_dir, lock_dir, read_bounded, replace};
use crate::fraud::SplitView;
use crate::id::{NetworkId, PartDigest};
use crate::limits::CHARTER_BYTES;
use crate::log::{CosignedCheckpoint, LogError, Origin, PolicyLog, SignedCheckpoint};
use crate::merkle::TreeSize;
use crate::note::Note;
use crate::policy::Policy;
use crate::reason::Reason;
use append::AppendFile;
use memory::Memory;
use records::{ERASED, Place, whole_leaves, write_note, write_part};
use state::State;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use withheld::Withheld;

const STATE: &str = "state";
const CHARTER: &str = "charter";
const LEAVES: &str = "leaves";
const PARTS: &str = "parts";
const NOTES: &str = "notes";
const WITHHELD: &str = "withheld";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The copy of one log, held by this process alone.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    log: PolicyLog,
    state: State,
    memory: Memory,
    leaves: AppendFile,
    parts: AppendFile,
    notes: AppendFile,
    held_parts: HashMap<PartDigest, Place>,
    held_notes: BTreeSet<TreeSize>,
    withheld: Withheld,
    overwritten: usize,
    _lock: fs_err::File,
}

impl Store {
    /// Opens the copy of `log` below the directory `home`, or makes an empty one. Nothing in it is
    /// verified yet.
    ///
    /// # Errors
    /// [`StoreError::File`] with `Locked` when another process has it; [`StoreError::Damaged`],
    /// [`StoreError::Key`], [`StoreError::Network`]; [`StoreError::Forked`] when it was proved before
    /// that the log signed two histories.
    pub fn open(home: &Path, network: NetworkId, log: &PolicyLog) -> Result<Self, StoreError> {
        let dir = home.join("replicas").join(file_name(log.origin()));
        create_dir(&dir)?;
        let lock = lock_dir(&dir)?;
        let memory = Memory::new(home, log.clone());
        memory.check_innocent()?;
        let state = State::read(&dir.join(STATE))?;
        let vkey = log.key().to_string();
        let state = state.unwrap_or_else(|| State::new(network, vkey.clone()));
        if state.vkey != vkey {
            return Err(StoreError::Key {
                origin: log.origin().clone(),
                expected: state.vkey,
                found: vkey,
            });
        }
        if state.network != network {
            return Err(StoreError::Network {
                expected: state.network,
                found: network,
            });
        }
        let leaves = AppendFile::open(&dir.join(LEAVES), state.leaves)?;
        let withheld = Withheld::read(&dir.join(WITHHELD))?;
        let mut parts = AppendFile::open(&dir.join(PARTS), state.parts)?;
        let mut notes = AppendFile::open(&dir.join(NOTES), state.notes)?;
        // Leaves that were downloaded in vain are compared with hashes before they are used again;
        // what is torn elsewhere is fetched again.
        parts.cut(state.parts)?;
        notes.cut(state.notes)?;
        Ok(Self {
            memory,
            log: log.clone(),
            dir,
            state,
            leaves,
            parts,
            notes,
            held_parts: HashMap::new(),
            held_notes: BTreeSet::new(),
            withheld,
            overwritten: 0,
            _lock: lock,
        })
    }

    /// Forgets a log below `home`: the copy, the newest checkpoint seen and any proof against it are
    /// moved aside, not deleted. Whoever decides to take up another history of the log calls this
    /// before it is read again. Where to, or `None` when nothing was known of it.
    ///
    /// # Errors
    /// [`StoreError::File`]: another process reads the log, or the disk refused.
    pub fn set_aside(home: &Path, log: &PolicyLog) -> Result<Option<PathBuf>, StoreError> {
        let dir = home.join("replicas").join(file_name(log.origin()));
        let _lock = dir.exists().then(|| lock_dir(&dir)).transpose()?;
        memory::set_aside(home, log)
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        self.log.origin()
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.state.network
    }

    /// Where the copy lies.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Opens a note of this log by a policy, and by the very key this copy was made under.
    pub(super) fn open_note(
        &self,
        policy: &Policy,
        note: &Note,
    ) -> Result<CosignedCheckpoint, LogError> {
        self.bound(policy.logs().open(note.to_string().as_bytes())?)
    }

    /// As [`Self::open_note`], however many cosigned.
    pub(super) fn read_note(
        &self,
        policy: &Policy,
        note: &Note,
    ) -> Result<CosignedCheckpoint, LogError> {
        self.bound(policy.logs().read(note.to_string().as_bytes())?)
    }

    fn bound(&self, cosigned: CosignedCheckpoint) -> Result<CosignedCheckpoint, LogError> {
        let found = cosigned.checkpoint().origin();
        if found != self.log.origin() {
            return Err(LogError::OriginMismatch {
                expected: self.log.origin().clone(),
                found: found.clone(),
            });
        }
        cosigned
            .note()
            .verify(std::slice::from_ref(self.log.key()))?;
        Ok(cosigned)
    }

    /// The charter, if it was kept.
    pub(super) fn charter(&self) -> Result<Option<Charter>, StoreError> {
        let path = self.dir.join(CHARTER);
        let max = u64::try_from(CHARTER_BYTES).unwrap_or(u64::MAX);
        let bytes = match read_bounded(&path, max) {
            Err(FileError::Io {
                kind: io::ErrorKind::NotFound,
                ..
            }) => return Ok(None),
            other => other?,
        };
        let charter = Charter::parse(&bytes).ok();
        let charter = charter.filter(|charter| charter.network() == self.state.network);
        charter
            .map(Some)
            .ok_or_else(|| self.damaged(CHARTER, "is not the charter of the network"))
    }

    pub(super) fn keep_charter(&self, charter: &Charter) -> Result<(), StoreError> {
        Ok(replace(&self.dir.join(CHARTER), charter.bytes())?)
    }

    /// The newest checkpoint ever seen of this log.
    pub(super) fn seen(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        self.memory.seen()
    }

    /// The newest checkpoint that an index was compared with.
    pub(super) fn seen_by_index(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        self.memory.seen_by_index()
    }

    /// The newest checkpoint whose leaves are held.
    pub(super) fn held_checkpoint(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        let Some(note) = &self.state.checkpoint else {
            return Ok(None);
        };
        let opened = SignedCheckpoint::open(note.as_bytes(), self.log.key());
        let opened = opened.map_err(|_| self.damaged(STATE, "holds a note the log did not sign"));
        opened.map(Some)
    }

    pub(super) fn keep_step_back(&self, seen: &Note, found: &Note) -> Result<PathBuf, StoreError> {
        self.memory
            .keep_pair(Reason::RollbackSuspected, seen, found)
    }

    /// Keeps the proof that the log signed two histories: the error to end with.
    pub(super) fn convict(&self, view: &SplitView) -> Result<StoreError, StoreError> {
        self.memory.convict(view)
    }

    /// A note that the key of this very log signed, whoever cosigned it.
    pub(super) fn signed(&self, note: &Note) -> Result<SignedCheckpoint, LogError> {
        SignedCheckpoint::open(note.to_string().as_bytes(), self.log.key())
    }

    /// Leaves downloaded by an attempt that came to nothing, in no way verified.
    pub(super) fn leftover_leaves(&mut self) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(whole_leaves(&self.leaves.read_tail()?))
    }

    /// Keeps the leaves of the first `bytes` of what is left over, and forgets what follows.
    pub(super) fn cut_leaves(&mut self, bytes: u64) -> Result<(), StoreError> {
        let end = self.leaves.committed().saturating_add(bytes);
        self.leaves.cut(end)
    }

    pub(super) fn append_leaves(&mut self, encoded: &[u8]) -> Result<(), StoreError> {
        self.leaves.append(encoded)
    }

    /// Takes over a checkpoint whose leaves were appended and verified.
    pub(super) fn commit_leaves(&mut self, note: &Note) -> Result<(), StoreError> {
        self.state.leaves = self.leaves.commit()?;
        self.state.checkpoint = Some(note.to_string());
        self.state.verified_by = Some(VERSION.to_owned());
        self.save()?;
        self.memory.remember(note)
    }

    /// The leaves before this one were asked for their parts.
    pub(super) const fn asked(&self) -> u64 {
        self.state.asked
    }

    pub(super) fn holds_part(&self, digest: PartDigest) -> bool {
        self.held_parts.contains_key(&digest)
    }

    pub(super) fn append_part(&mut self, body: &Body) -> Result<(), StoreError> {
        let (bytes, place) = write_part(body, self.parts.end());
        self.parts.append(&bytes)?;
        self.held_parts.insert(body.digest(), place);
        Ok(())
    }

    pub(super) fn commit_parts(&mut self, asked: u64) -> Result<(), StoreError> {
        self.withheld.save(&self.dir.join(WITHHELD))?;
        if self.parts.end() == self.state.parts && asked <= self.state.asked {
            return Ok(());
        }
        self.state.parts = self.parts.commit()?;
        self.state.asked = self.state.asked.max(asked);
        self.save()
    }

    /// Takes what the gateway says of those of `named` that it does not serve, in the place of what
    /// it said before; what of it is kept.
    pub(super) fn keep_withheld(
        &mut self,
        named: &HashSet<PartDigest>,
        said: Vec<WithheldView>,
    ) -> Vec<WithheldView> {
        self.withheld.put(named, said)
    }

    /// How many parts this process overwrote in this copy, because the log says they are erased.
    pub const fn overwritten(&self) -> usize {
        self.overwritten
    }

    /// Overwrites a part that the log says is erased.
    pub(super) fn erase_part(&mut self, digest: PartDigest) -> Result<(), StoreError> {
        let Some(place) = self.held_parts.remove(&digest) else {
            return Ok(());
        };
        self.overwrite(place)
    }

    fn overwrite(&mut self, place: Place) -> Result<(), StoreError> {
        self.overwritten = self.overwritten.saturating_add(1);
        // The flag first: half a body under a living flag would count as damage.
        self.parts.overwrite(place.flag, &[ERASED])?;
        let zeros = vec![0; usize::try_from(place.len).unwrap_or(0)];
        self.parts.overwrite(place.body(), &zeros)
    }

    pub(super) fn holds_note(&self, size: TreeSize) -> bool {
        self.held_notes.contains(&size)
    }

    pub(super) fn append_note(&mut self, size: TreeSize, note: &Note) -> Result<(), StoreError> {
        self.notes
            .append(&write_note(note.to_string().as_bytes()))?;
        self.held_notes.insert(size);
        Ok(())
    }

    pub(super) fn commit_notes(&mut self) -> Result<(), StoreError> {
        self.state.notes = self.notes.commit()?;
        self.save()
    }

    fn save(&self) -> Result<(), StoreError> {
        self.state.write(&self.dir.join(STATE))
    }

    fn damaged(&self, file: &str, what: &'static str) -> StoreError {
        StoreError::Damaged {
            path: self.dir.join(file),
            what,
            remove: self.dir.clone(),
        }
    }
}

/// An origin as a file name: neither `~` nor `@` stands in an origin, so two never share one.
fn file_name(origin: &Origin) -> String {
    origin.as_str().replace('/', "~").replace(':', "@")
}
