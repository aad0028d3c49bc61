//! The checks, cheap first, the signature last.

use super::{AdmissionError, AdmittedSet, Fact, GrantFact, KeyState};
use crate::entry::{Begin, NetworkClaim, Rotate, SignedEntry};
use crate::id::{ActId, AuthorId, EntryId, GrantId, KeyId};
use crate::key::{PublicKey, next_digest};

/// What admitting an entry changes.
pub(super) struct Change {
    pub(super) fact: Fact,
    pub(super) key: Option<KeyState>,
    pub(super) effect: Effect,
}

/// What an entry does beyond standing in its feed.
pub(super) enum Effect {
    None,
    /// A grant that takes effect at once.
    Grant(GrantId, GrantFact),
    /// One root's part in a threshold act.
    Act {
        act: ActId,
        root: KeyId,
    },
}

impl AdmittedSet {
    /// Everything admission asks of an entry whose id is not known.
    pub(super) fn check(&self, entry: &SignedEntry) -> Result<Change, AdmissionError> {
        let (expected, found) = (self.charter.network(), entry.header().network);
        if expected != found {
            return Err(AdmissionError::Network { expected, found });
        }
        match entry.header().prev {
            None => self.check_begin(entry),
            Some(prev) => self.check_next(entry, prev),
        }
    }

    /// A begin is looked up by its id, so no signature of an unknown key is ever checked.
    fn check_begin(&self, entry: &SignedEntry) -> Result<Change, AdmissionError> {
        let author = entry.author();
        let in_charter = self.charter_authors.contains_key(&author);
        // Charter authors alone begin at the charter's time, so that theirs can be computed.
        let granted = self.granted.contains_key(&author)
            && entry.protected().issued_at != self.charter.terms().created;
        let Some(NetworkClaim::Begin(Begin { next })) = entry.network_claim() else {
            return Err(AdmissionError::EarlyBegin { author });
        };
        if !in_charter && !granted {
            return Err(AdmissionError::EarlyBegin { author });
        }
        let key = PublicKey::enrol(entry.protected().key)?;
        entry.authenticate(&key)?;
        let id = entry.id();
        let fact = Fact {
            feed: author,
            seq: 0,
            prev: id,
            grant: None,
            key_state: id,
        };
        let key = KeyState {
            key,
            next: *next,
            rotated_by: None,
            before: None,
        };
        Ok(Change {
            fact,
            key: Some(key),
            effect: Effect::None,
        })
    }

    fn check_next(&self, entry: &SignedEntry, prev: EntryId) -> Result<Change, AdmissionError> {
        let (feed, seq) = (entry.author(), entry.header().seq);
        let set_by = self.key_before(entry, prev)?;
        let state = self.keys.get(&set_by);
        let state = state.ok_or(AdmissionError::EarlyPrev { prev })?;
        let rotate = match entry.network_claim() {
            Some(NetworkClaim::Rotate(rotate)) => Some(rotate),
            _ => None,
        };
        check_key(entry, state, rotate.is_some())?;
        let effect = self.check_standing(entry)?;
        let (signer, key) = match rotate {
            None => (state.key, None),
            Some(rotate) => {
                let (signer, next) = self.check_rotation(entry, rotate, set_by)?;
                (signer, Some(next))
            }
        };
        entry.authenticate(&signer)?;
        let key_state = if key.is_some() { entry.id() } else { set_by };
        let fact = Fact {
            feed,
            seq,
            prev,
            grant: entry.header().grant,
            key_state,
        };
        Ok(Change { fact, key, effect })
    }

    /// What set the key that signs an entry, which has to follow `prev`.
    fn key_before(&self, entry: &SignedEntry, prev: EntryId) -> Result<EntryId, AdmissionError> {
        let (feed, seq) = (entry.author(), entry.header().seq);
        let Some(before) = self.facts.get(&prev) else {
            let known = self.excerpt_key(feed, seq);
            return known.ok_or(AdmissionError::EarlyPrev { prev });
        };
        if before.feed != feed || before.seq.checked_add(1) != Some(seq) {
            return Err(AdmissionError::PrevMismatch { prev, seq });
        }
        Ok(before.key_state)
    }

    /// The grant cited, and what a network kind needs beyond it.
    fn check_standing(&self, entry: &SignedEntry) -> Result<Effect, AdmissionError> {
        let author = entry.author();
        let in_charter = self.charter_authors.contains_key(&author);
        let under = match (entry.header().grant, in_charter) {
            (Some(_), true) => return Err(AdmissionError::GrantUnexpected { author }),
            (None, false) => return Err(AdmissionError::GrantMissing { author }),
            (None, true) => None,
            (Some(grant), false) => Some(self.check_cited(grant, author)?),
        };
        self.check_network(entry, under)
    }

    fn check_cited(
        &self,
        grant: GrantId,
        author: AuthorId,
    ) -> Result<(GrantId, &GrantFact), AdmissionError> {
        let Some(fact) = self.grants.get(&grant) else {
            // An admitted entry that is no grant in effect will never be one.
            let entry = self.facts.contains_key(&EntryId::new(*grant.as_bytes()));
            return Err(if entry {
                AdmissionError::GrantMismatch { grant, author }
            } else {
                AdmissionError::EarlyGrant { grant }
            });
        };
        if fact.grant.to != author {
            return Err(AdmissionError::GrantMismatch { grant, author });
        }
        Ok((grant, fact))
    }

    /// Enrols the rotation key and the new signing key.
    fn check_rotation(
        &self,
        entry: &SignedEntry,
        rotate: &Rotate,
        before: EntryId,
    ) -> Result<(PublicKey, KeyState), AdmissionError> {
        let signer = entry.protected().key;
        for key in [signer, rotate.key] {
            if self.used_on_branch(key, before) || (key == rotate.key && key == signer) {
                return Err(AdmissionError::KeyReused { key });
            }
        }
        let rotation = PublicKey::enrol(signer)?;
        let key = PublicKey::enrol(rotate.key)?;
        let (next, rotated_by) = (rotate.next, Some(signer));
        Ok((
            rotation,
            KeyState {
                key,
                next,
                rotated_by,
                before: Some(before),
            },
        ))
    }

    fn used_on_branch(&self, key: KeyId, from: EntryId) -> bool {
        let mut at = self.keys.get(&from);
        while let Some(state) = at {
            if state.key.id() == key || state.rotated_by == Some(key) {
                return true;
            }
            at = state.before.and_then(|before| self.keys.get(&before));
        }
        false
    }
}

/// Whether the branch's key state lets this key sign.
fn check_key(entry: &SignedEntry, state: &KeyState, rotates: bool) -> Result<(), AdmissionError> {
    let found = entry.protected().key;
    let expected = state.key.id();
    if rotates && next_digest(found) != state.next {
        return Err(AdmissionError::RotationMismatch { found });
    }
    if !rotates && found != expected {
        return Err(AdmissionError::KeyMismatch { expected, found });
    }
    Ok(())
}
