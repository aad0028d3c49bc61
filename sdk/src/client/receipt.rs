//! Receipts: what a gateway acknowledged, checked against the promise it signed.

use super::ClientError;
use crate::api::{self, Batch, ReceiptEntry};
use crate::entry::SignedEntry;
use crate::id::EntryId;
use crate::limits::PATH_HASHES;
use crate::log::{LogError, SignedPromise, TlogPolicy, TlogProof};
use crate::merkle::{Hash, LeafIndex, leaf_hash};
use crate::note::NoteVerifier;
use crate::reason::Reason;

/// The keys a submitter pinned when it joined: a receipt is worth what they sign.
#[derive(Debug, Clone, Copy)]
pub struct Pinned<'a> {
    /// Signs the log's promises.
    pub promise: &'a NoteVerifier,
    /// Opens the checkpoint of a proof, when publication is waited for; without it no proof is
    /// kept.
    pub logs: Option<&'a TlogPolicy>,
}

/// A verified receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The entries of the batch, in order.
    pub entries: Vec<Acknowledged>,
    /// The promise that covers the new ones; `None` when all were known. Keep it: it is the
    /// evidence if it is broken.
    pub promise: Option<SignedPromise>,
}

/// One acknowledged entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The entry.
    pub id: EntryId,
    /// Its leaf.
    pub leaf: LeafIndex,
    /// What the leaf rests on.
    pub standing: Standing,
    /// Shows the entry at its leaf below a checkpoint of the pinned policy.
    pub proof: Option<TlogProof>,
}

/// What an acknowledged leaf rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was there before, says the gateway; only a proof or a replica shows it.
    Known,
    /// The promise covers the entry at this leaf.
    Promised,
}

/// Checks a receipt: the entries are those of the batch, and each new one is covered by the
/// promise at the leaf stated.
pub(super) fn verify(
    path: &str,
    claimed: &api::Receipt,
    batch: &Batch,
    pinned: &Pinned<'_>,
) -> Result<Receipt, ClientError> {
    let refused = |why| ClientError::answer(path, why);
    let fresh = claimed.entries.iter().any(|entry| !entry.known);
    if claimed.entries.len() != batch.0.len() || fresh != claimed.promise.is_some() {
        return Err(refused(Reason::PromiseInvalid));
    }
    let open = |note: &String| SignedPromise::open(note.as_bytes(), pinned.promise);
    let promise = claimed.promise.as_ref().map(open).transpose()?;
    let mut entries = Vec::with_capacity(batch.0.len());
    for (stated, submitted) in claimed.entries.iter().zip(&batch.0) {
        let (entry, promise) = (&submitted.entry, promise.as_ref());
        let known = acknowledge(stated, entry, promise).map_err(|error| match error {
            Unproved::Answer(why) => refused(why),
            Unproved::Log(error) => error.into(),
        })?;
        let proof = prove(stated, entry, pinned)?;
        entries.push(Acknowledged { proof, ..known });
    }
    Ok(Receipt { entries, promise })
}

enum Unproved {
    Answer(Reason),
    Log(LogError),
}

impl From<LogError> for Unproved {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

fn acknowledge(
    stated: &ReceiptEntry,
    entry: &SignedEntry,
    promise: Option<&SignedPromise>,
) -> Result<Acknowledged, Unproved> {
    let leaf = LeafIndex::new(stated.leaf_index).map_err(LogError::from)?;
    let acknowledged = |standing| Acknowledged {
        id: entry.id(),
        leaf,
        standing,
        proof: None,
    };
    let placed = stated.position.is_some() || !stated.path.is_empty();
    if stated.id != entry.id() || stated.known && placed {
        return Err(Unproved::Answer(Reason::PromiseInvalid));
    }
    if stated.known {
        return Ok(acknowledged(Standing::Known));
    }
    let missing = Unproved::Answer(Reason::PromiseInvalid);
    let (Some(promise), Some(position)) = (promise, stated.position) else {
        return Err(missing);
    };
    let path = hashes(&stated.path).ok_or(missing)?;
    let promised = promise.covers(leaf_hash(entry.bytes()), position, &path)?;
    if promised == leaf {
        Ok(acknowledged(Standing::Promised))
    } else {
        Err(Unproved::Answer(Reason::PromiseInvalid))
    }
}

fn hashes(path: &[String]) -> Option<Vec<Hash>> {
    if path.len() > PATH_HASHES {
        return None;
    }
    path.iter().map(|hash| hash.parse().ok()).collect()
}

/// Takes the proof if it holds. That the quorum is not met yet is no fault of anybody's: the
/// promise stands.
fn prove(
    stated: &ReceiptEntry,
    entry: &SignedEntry,
    pinned: &Pinned<'_>,
) -> Result<Option<TlogProof>, LogError> {
    let (Some(text), Some(policy)) = (&stated.proof, pinned.logs) else {
        return Ok(None);
    };
    let proof = TlogProof::parse(text.as_bytes())?;
    if proof.index().get() != stated.leaf_index {
        return Err(LogError::ProofMalformed);
    }
    let cosigned = match proof.verify(leaf_hash(entry.bytes()), policy) {
        Err(LogError::QuorumMissing { .. }) => return Ok(None),
        other => other?,
    };
    let (expected, found) = (
        cosigned.checkpoint().origin().promise_key_name()?,
        pinned.promise.name().clone(),
    );
    if expected == found {
        Ok(Some(proof))
    } else {
        Err(LogError::KeyNameMismatch { expected, found })
    }
}
