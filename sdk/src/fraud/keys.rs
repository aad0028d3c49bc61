//! What a verifier of fraud files knows beforehand: keys, a network, a policy of time.

use super::FraudError;
use crate::id::NetworkId;
use crate::log::{
    Checkpoint, CosignedCheckpoint, LogError, SignedCheckpoint, SignedPromise, TlogPolicy,
};
use crate::note::{Note, NoteError, NoteVerifier};
use crate::time::Timestamp;

/// The keys that may be the accused's, and what else a file cannot say of itself.
///
/// A key is told by its name: a log's is named after the origin, an index's after that of the
/// index, a promise key `<origin>/promise`.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    known: &'a [NoteVerifier],
    network: Option<NetworkId>,
    time: Option<(&'a TlogPolicy, usize)>,
}

impl<'a> Keys<'a> {
    /// Knows these keys and nothing else.
    pub const fn new(keys: &'a [NoteVerifier]) -> Self {
        Self {
            known: keys,
            network: None,
            time: None,
        }
    }

    /// Knows which network the accused log is of, too.
    #[must_use]
    pub const fn of_network(mut self, network: NetworkId) -> Self {
        self.network = Some(network);
        self
    }

    /// Knows, too, whose stamps count, and how many operators may lie.
    #[must_use]
    pub const fn with_time(mut self, policy: &'a TlogPolicy, f: usize) -> Self {
        self.time = Some((policy, f));
        self
    }

    /// The network of the accused log.
    pub(super) const fn network(&self) -> Option<NetworkId> {
        self.network
    }

    /// The keys.
    pub const fn all(&self) -> &'a [NoteVerifier] {
        self.known
    }

    /// A checkpoint note with one line, and the key that signed it.
    pub(super) fn checkpoint(&self, note: &[u8]) -> Result<(Checkpoint, NoteVerifier), FraudError> {
        self.open(note, |bytes, key| {
            SignedCheckpoint::open(bytes, key).map(|signed| signed.checkpoint().clone())
        })
    }

    /// A promise note with one line, and the key that signed it.
    pub(super) fn promise(&self, note: &[u8]) -> Result<(SignedPromise, NoteVerifier), FraudError> {
        self.open(note, SignedPromise::open)
    }

    /// Tries every key; an answer other than that it did not sign is final.
    fn open<T>(
        &self,
        note: &[u8],
        open: impl Fn(&[u8], &NoteVerifier) -> Result<T, LogError>,
    ) -> Result<(T, NoteVerifier), FraudError> {
        // A second line would be under no signature that this verifier checks.
        if Note::parse(note).map_err(LogError::from)?.lines().len() != 1 {
            return Err(FraudError::Malformed);
        }
        for key in self.known {
            match open(note, key) {
                Ok(opened) => return Ok((opened, key.clone())),
                Err(LogError::Note(NoteError::Unsigned)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(LogError::Note(NoteError::Unsigned).into())
    }

    /// A checkpoint note whose every line is of its log or of a witness that counts, and the
    /// instant it was made after.
    pub(super) fn dated(&self, note: &[u8]) -> Result<(CosignedCheckpoint, Timestamp), FraudError> {
        let what = "a policy that says whose stamps count";
        let (policy, f) = self.time.ok_or(FraudError::Unknown { what })?;
        let cosigned = policy.read(note)?;
        let origin = cosigned.checkpoint().origin();
        let logs = policy.logs().iter().filter(|log| log.origin() == origin);
        let mut trusted: Vec<_> = logs.map(|log| log.key().clone()).collect();
        trusted.extend(policy.witnesses().map(|(_, witness)| witness.key().clone()));
        let note = cosigned.note();
        let verified = note.verify(&trusted).map_err(LogError::from)?;
        if verified.len() != note.lines().len() {
            return Err(FraudError::Malformed);
        }
        let what = "a checkpoint with stamps enough to tell when it was made";
        let after = cosigned.not_before(f).filter(|_| cosigned.meets_quorum());
        let after = after.ok_or(FraudError::Unknown { what })?;
        Ok((cosigned, after))
    }
}
