//! Bringing a copy up to date: only what is new is downloaded, and nothing counts before it was
//! verified.
//!
//! The new checkpoint is opened by the policy and must continue the newest one ever seen; new
//! leaves are compared one by one with hash tiles of that checkpoint, then the whole tree is
//! recomputed and every entry admitted; then parts and archived notes are fetched. Requests name
//! runs of leaves, never a subject: no gateway learns whom a verifier asks about.

mod continuity;
mod error;
mod heads;
mod leaves;
mod notes;
mod parts;

pub use continuity::{Mirror, compare};
pub use error::SyncError;
pub use heads::follow_index;

use super::erasure::Erasure;
use super::{Gateway, Store};
use crate::charter::Charter;
use crate::log::{CosignedCheckpoint, VerifiedTiles};
use crate::note::Note;
use crate::policy::Policy;
use crate::replica::Replica;

/// Which parts that were missing before are asked for again. The rest stays withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// All of them.
    All,
    /// Those of the last 1,024 leaves asked for.
    #[default]
    Recent,
}

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being fetched.
    pub stage: Stage,
    /// How many leaves or notes of this stage are done.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

/// What is being fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Entries; counted in leaves.
    Entries,
    /// Parts; counted in leaves.
    Parts,
    /// Archived notes.
    Notes,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Entries => "entries",
            Self::Parts => "parts",
            Self::Notes => "notes",
        })
    }
}

/// Brings the copy in `store` up to date and returns the log as a replica.
///
/// What an interrupted run downloaded is not downloaded again. An error leaves the copy as it was
/// or, once entries were verified, ahead by them; evidence of a fork is kept beside it.
///
/// # Errors
/// [`SyncError`]; [`crate::client::StoreError::Forked`] in it and [`SyncError::RolledBack`] are facts
/// about the log, not about the connection.
pub fn sync(
    gateway: &Gateway,
    store: &mut Store,
    policy: &Policy,
    missing: Missing,
    progress: &mut dyn FnMut(Progress),
) -> Result<Replica, SyncError> {
    let (expected, found) = (store.network(), policy.network());
    if expected != found {
        return Err(SyncError::Network { expected, found });
    }
    let mut session = Session {
        gateway,
        store,
        policy,
        progress,
        tells_why: true,
    };
    let charter = session.charter()?;
    let mut replica = session.store.restore(charter, policy)?;
    session.fetch_leaves(&mut replica)?;
    session.erase(&replica)?;
    session.fetch_parts(&mut replica, missing)?;
    session.fetch_notes(&mut replica)?;
    Ok(replica)
}

struct Session<'a> {
    gateway: &'a Gateway,
    store: &'a mut Store,
    policy: &'a Policy,
    progress: &'a mut dyn FnMut(Progress),
    /// Whether the gateway answers what parts are withheld for.
    tells_why: bool,
}

impl Session<'_> {
    fn charter(&self) -> Result<Charter, SyncError> {
        if let Some(charter) = self.store.charter()? {
            return Ok(charter);
        }
        let charter = self.gateway.charter(self.store.network())?;
        self.store.keep_charter(&charter)?;
        Ok(charter)
    }

    fn fetch_leaves(&mut self, replica: &mut Replica) -> Result<(), SyncError> {
        let note = self.gateway.checkpoint()?;
        let cosigned = self.store.open_note(self.policy, &note)?;
        let checkpoint = cosigned.checkpoint().clone();
        let found = self.store.signed(&note)?;
        let known = self.known()?;
        for seen in &known {
            self.check_size(seen, &found, replica)?;
        }
        if checkpoint.size() == replica.size() {
            return self.freshen(cosigned, &note, replica);
        }
        let tiles = VerifiedTiles::open(self.gateway, &checkpoint)?;
        for seen in &known {
            continuity::check_growth(self.store, seen, &found, &tiles)?;
        }
        let leaves = self.download(&tiles, replica.size(), checkpoint.size())?;
        replica.extend(cosigned, &leaves)?;
        Ok(self.store.commit_leaves(&note)?)
    }

    /// The tree did not grow: its newest note counts, unless it is the older one.
    fn freshen(
        &mut self,
        cosigned: CosignedCheckpoint,
        note: &Note,
        replica: &mut Replica,
    ) -> Result<(), SyncError> {
        let f = self.policy.f();
        let held = replica.newest();
        let same = held.is_some_and(|held| held.note() == note);
        let older = held
            .is_some_and(|held| held.meets_quorum() && held.not_before(f) > cosigned.not_before(f));
        if same || older {
            return Ok(());
        }
        replica.extend(cosigned, &[[0_u8; 0]; 0])?;
        self.store.cut_leaves(0)?;
        Ok(self.store.commit_leaves(note)?)
    }

    /// Overwrites held parts that the log says are erased.
    fn erase(&mut self, replica: &Replica) -> Result<(), SyncError> {
        for digest in Erasure::of(replica).gone() {
            self.store.erase_part(digest)?;
        }
        Ok(())
    }

    fn report(&mut self, stage: Stage, done: u64, total: u64) {
        (self.progress)(Progress { stage, done, total });
    }
}
