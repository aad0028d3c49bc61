//! From files to a replica: everything is verified on the way.

use super::records::{PartRecord, read_notes, read_parts};
use super::{LEAVES, NOTES, PARTS, STATE, Store, StoreError, VERSION};
use crate::charter::Charter;
use crate::client::erasure::Erasure;
use crate::log::{Checkpoint, SignedCheckpoint, decode_entries};
use crate::note::Note;
use crate::policy::Policy;
use crate::replica::{Replica, ReplicaError};

impl Store {
    /// The replica as it was downloaded last, without asking anybody. How old it is, its newest
    /// checkpoint tells.
    ///
    /// # Errors
    /// [`StoreError::Empty`] before the first download; [`StoreError::Behind`] when more of the
    /// log was seen than is held; [`StoreError::Log`] when the policy does not take the checkpoint;
    /// [`StoreError::Damaged`].
    pub fn load(&mut self, policy: &Policy) -> Result<Replica, StoreError> {
        let origin = || self.origin().clone();
        let empty = || StoreError::Empty { origin: origin() };
        let charter = self.charter()?.ok_or_else(empty)?;
        let note = self.checkpoint()?.ok_or_else(empty)?;
        let held = self.open_note(policy, &note)?.checkpoint().size();
        let seen = self.seen()?.map(|seen| seen.checkpoint().size());
        if let Some(seen) = seen.filter(|seen| *seen > held) {
            return Err(StoreError::Behind {
                origin: origin(),
                held: held.get(),
                seen: seen.get(),
            });
        }
        self.restore(charter, policy)
    }

    /// What is held, verified; an empty replica before the first download.
    pub(in crate::client) fn restore(
        &mut self,
        charter: Charter,
        policy: &Policy,
    ) -> Result<Replica, StoreError> {
        let mut replica = Replica::new(charter, self.origin().clone());
        self.restore_leaves(&mut replica, policy)?;
        self.restore_parts(&mut replica)?;
        for view in self.withheld.iter() {
            replica.add_withheld(view.clone());
        }
        self.restore_notes(&mut replica, policy)?;
        Ok(replica)
    }

    /// The checkpoint held, not opened.
    pub(in crate::client) fn checkpoint(&self) -> Result<Option<Note>, StoreError> {
        let note = self.state.checkpoint.as_ref();
        let note = note.map(|note| Note::parse(note.as_bytes())).transpose();
        note.map_err(|_| self.damaged(STATE, "holds no note"))
    }

    fn restore_leaves(&mut self, replica: &mut Replica, policy: &Policy) -> Result<(), StoreError> {
        let Some(note) = self.checkpoint()? else {
            return Ok(());
        };
        let checkpoint = self.read_note(policy, &note);
        let checkpoint =
            checkpoint.map_err(|_| self.damaged(STATE, "holds a note the log did not sign"))?;
        let bytes = self.leaves.read_committed()?;
        let count = usize::try_from(checkpoint.checkpoint().size().get()).ok();
        let leaves = count.and_then(|count| decode_entries(&bytes, count).ok());
        let leaves = leaves.ok_or_else(|| self.damaged(LEAVES, "is not a list of leaves"))?;
        let taken = if self.state.verified_by.as_deref() == Some(VERSION) {
            replica.restore(checkpoint, &leaves)
        } else {
            replica.extend(checkpoint, &leaves)
        };
        taken.map_err(|error| match error {
            ReplicaError::Root { .. } => {
                self.damaged(LEAVES, "does not give the root of the checkpoint")
            }
            other => other.into(),
        })
    }

    fn restore_parts(&mut self, replica: &mut Replica) -> Result<(), StoreError> {
        self.parts.cut(self.state.parts)?;
        let bytes = self.parts.read_committed()?;
        let parts = read_parts(&bytes);
        let parts = parts.ok_or_else(|| self.damaged(PARTS, "holds other parts than written"))?;
        let erasure = Erasure::of(replica);
        self.held_parts.clear();
        for PartRecord {
            digest,
            place,
            body,
            residue,
        } in parts
        {
            match body {
                Some(body) => {
                    self.held_parts.insert(digest, place);
                    replica.add_part(body);
                }
                None if erasure.explains(digest) && residue => self.overwrite(place)?,
                None if erasure.explains(digest) => {}
                None => return Err(self.damaged(PARTS, "lacks a part that nobody erased")),
            }
        }
        Ok(())
    }

    fn restore_notes(&mut self, replica: &mut Replica, policy: &Policy) -> Result<(), StoreError> {
        self.notes.cut(self.state.notes)?;
        let bytes = self.notes.read_committed()?;
        let damaged = || self.damaged(NOTES, "holds other notes than written");
        let mut held = std::collections::BTreeSet::new();
        for bytes in read_notes(&bytes).ok_or_else(damaged)? {
            let note = Note::parse(bytes).map_err(|_| damaged())?;
            let stated: Checkpoint = note.text().parse().map_err(|_| damaged())?;
            SignedCheckpoint::open(bytes, self.log.key()).map_err(|_| damaged())?;
            if replica.root_at(stated.size()).ok() != Some(stated.root()) {
                return Err(damaged());
            }
            held.insert(stated.size());
            // What this policy makes of the witnesses' lines may differ from the last one's.
            if let Ok(cosigned) = self.open_note(policy, &note) {
                replica.add_note(cosigned)?;
            }
        }
        self.held_notes = held;
        Ok(())
    }
}
