//! What a policy says about one note: signed by a known log, cosigned by whom, and when.

use super::policy::{Member, Quorum, What};
use super::{Checkpoint, LogError, Origin, TlogPolicy};
use crate::note::{KeyType, Note, NoteError, NoteVerifier, VerifiedLine};
use crate::time::Timestamp;

/// The stamps of one operator on one note. With one witness both are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorStamps {
    /// The operator's name in the policy.
    pub operator: String,
    /// Its smallest stamp.
    pub earliest: Timestamp,
    /// Its largest stamp.
    pub latest: Timestamp,
}

/// A checkpoint signed by a trusted log, with what trusted witnesses said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignedCheckpoint {
    checkpoint: Checkpoint,
    stamps: Vec<OperatorStamps>,
    own_stamp: Option<Timestamp>,
    /// Whether it is met; `None` under `quorum none`.
    quorum: Option<bool>,
    // Lines nobody verified stay in it: the bytes of an archived note are frozen.
    note: Note,
}

impl TlogPolicy {
    /// Opens a note: a trusted log signed it and the quorum is met.
    ///
    /// # Errors
    /// As [`Self::read`], and [`LogError::QuorumMissing`].
    pub fn open(&self, note: &[u8]) -> Result<CosignedCheckpoint, LogError> {
        let cosigned = self.read(note)?;
        if cosigned.meets_quorum() {
            return Ok(cosigned);
        }
        Err(LogError::QuorumMissing {
            found: cosigned.stamps.len(),
        })
    }

    /// Reads a note that a trusted log signed, with however many cosignatures.
    ///
    /// # Errors
    /// [`LogError::Note`] when the note or a signature of a trusted key is refused, the format
    /// errors of [`Checkpoint`], [`LogError::OriginUnknown`] for a log the policy does not name.
    pub fn read(&self, note: &[u8]) -> Result<CosignedCheckpoint, LogError> {
        let note = Note::parse(note)?;
        let checkpoint: Checkpoint = note.text().parse()?;
        let origin = checkpoint.origin();
        let trusted = self.trusted_for(origin)?;
        let lines = note.verify(&trusted)?;
        // Of the keys that sign plainly, only this log's are among the trusted. Its name would not
        // do: a witness may bear the same.
        if !lines
            .iter()
            .any(|line| line.verifier.key_type() == KeyType::Ed25519)
        {
            return Err(NoteError::Unsigned.into());
        }
        let count = Count {
            policy: self,
            origin,
            lines: &lines,
        };
        let operators = self.operator_indices();
        let stamps = operators
            .iter()
            .filter_map(|at| count.stamps(*at))
            .collect();
        let own_stamp = lines
            .iter()
            .filter(|line| is_own(line.verifier, origin))
            .find_map(stamp);
        let quorum = match self.quorum {
            Quorum::Member(at) => Some(count.met(at)),
            Quorum::None => None,
        };
        Ok(CosignedCheckpoint {
            checkpoint,
            stamps,
            own_stamp,
            quorum,
            note,
        })
    }

    /// The keys whose lines are verified: this log's, and every witness's.
    fn trusted_for(&self, origin: &Origin) -> Result<Vec<NoteVerifier>, LogError> {
        let logs = self.logs().iter().filter(|log| log.origin() == origin);
        let mut keys: Vec<_> = logs.map(|log| log.key().clone()).collect();
        if keys.is_empty() {
            return Err(LogError::OriginUnknown {
                found: origin.clone(),
            });
        }
        keys.extend(self.witnesses().map(|(_, witness)| witness.key().clone()));
        Ok(keys)
    }
}

impl CosignedCheckpoint {
    /// What was signed.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, with all its lines, also those nobody verified.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// The stamps of the operators whose cosignatures count, in the policy's order.
    pub fn stamps(&self) -> &[OperatorStamps] {
        &self.stamps
    }

    /// The stamp of the log operator's own witness. It never counts towards the quorum.
    pub const fn own_stamp(&self) -> Option<Timestamp> {
        self.own_stamp
    }

    /// Is the policy's quorum met? Always true under `quorum none`.
    pub fn meets_quorum(&self) -> bool {
        self.quorum.unwrap_or(true)
    }

    /// T(note), the instant by which everything in the tree existed if at most `f` operators lie:
    /// the (f+1)-th smallest stamp, one per operator. Under `quorum none` it is the log operator's
    /// own stamp, which is its word alone. `None` with too few stamps.
    pub fn not_after(&self, f: usize) -> Option<Timestamp> {
        if self.quorum.is_none() {
            return self.own_stamp;
        }
        let mut stamps: Vec<_> = self.stamps.iter().map(|stamps| stamps.earliest).collect();
        stamps.sort_unstable();
        stamps.get(f).copied()
    }

    /// The instant after which something that names this note was made if at most `f` operators
    /// lie: the (f+1)-th largest stamp, one per operator; else as [`Self::not_after`].
    pub fn not_before(&self, f: usize) -> Option<Timestamp> {
        if self.quorum.is_none() {
            return self.own_stamp;
        }
        let mut stamps: Vec<_> = self.stamps.iter().map(|stamps| stamps.latest).collect();
        stamps.sort_unstable_by(|a, b| b.cmp(a));
        stamps.get(f).copied()
    }
}

/// One note's verified lines, counted for one log.
struct Count<'a> {
    policy: &'a TlogPolicy,
    origin: &'a Origin,
    lines: &'a [VerifiedLine<'a>],
}

impl Count<'_> {
    /// Did the witness cosign, or enough members of the group? Groups are made of members above
    /// them, and of each at most once, so this ends and visits each member once.
    fn met(&self, at: usize) -> bool {
        match self.policy.members.get(at) {
            Some(Member {
                what: What::Group { threshold, members },
                ..
            }) => members.iter().filter(|member| self.met(**member)).count() >= *threshold,
            _ => self.cosigned_at(at).is_some(),
        }
    }

    fn stamps(&self, at: usize) -> Option<OperatorStamps> {
        let operator = self.policy.members.get(at)?.name.clone();
        let stamps = self.all(at);
        let (earliest, latest) = (stamps.iter().min()?, stamps.iter().max()?);
        let stamps = OperatorStamps {
            operator,
            earliest: *earliest,
            latest: *latest,
        };
        self.met(at).then_some(stamps)
    }

    /// Every stamp at or below a member.
    fn all(&self, at: usize) -> Vec<Timestamp> {
        match self.policy.members.get(at) {
            Some(Member {
                what: What::Group { members, .. },
                ..
            }) => members
                .iter()
                .flat_map(|member| self.all(*member))
                .collect(),
            _ => self.cosigned_at(at).into_iter().collect(),
        }
    }

    fn cosigned_at(&self, at: usize) -> Option<Timestamp> {
        let What::Witness(witness) = &self.policy.members.get(at)?.what else {
            return None;
        };
        let line = self
            .lines
            .iter()
            .find(|line| *line.verifier == witness.key)?;
        if is_own(&witness.key, self.origin) {
            None
        } else {
            stamp(line)
        }
    }
}

/// Is the key run by whoever runs the log? By convention their names begin alike.
fn is_own(key: &NoteVerifier, origin: &Origin) -> bool {
    key.name().as_str().starts_with(origin.operator_prefix())
}

/// The stamp, unless it lies beyond year 9999: such a cosignature does not count.
fn stamp(line: &VerifiedLine<'_>) -> Option<Timestamp> {
    line.stamp.and_then(Timestamp::new)
}
