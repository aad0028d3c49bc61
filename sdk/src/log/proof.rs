//! Proof files: an offline proof that a leaf is in a log (C2SP `tlog-proof`).

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;

use super::numbers::decimal;
use super::{Checkpoint, CosignedCheckpoint, LogError, TlogPolicy};
use crate::contexts::TLOG_PROOF_HEADER;
use crate::limits::{NOTE_BYTES, PATH_HASHES, PROOF_EXTRA_BYTES};
use crate::merkle::{Hash, LeafIndex, verify};
use crate::note::Note;

/// Bytes of a proof file: the note, and room for all that stands before it.
const MAX_BYTES: usize = NOTE_BYTES + 2 * PROOF_EXTRA_BYTES;

/// A leaf index, a path and a checkpoint note; file extension `.tlog-proof`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    extra: Vec<u8>,
    index: LeafIndex,
    path: Vec<Hash>,
    note: Note,
}

impl TlogProof {
    /// Puts a proof together. Whether it holds, [`Self::verify`] tells.
    ///
    /// # Errors
    /// [`LogError::ProofMalformed`] with more than 53 hashes or 16 KiB of extra data.
    pub fn new(
        extra: Vec<u8>,
        index: LeafIndex,
        path: Vec<Hash>,
        note: Note,
    ) -> Result<Self, LogError> {
        if path.len() > PATH_HASHES || extra.len() > PROOF_EXTRA_BYTES {
            return Err(LogError::ProofMalformed);
        }
        Ok(Self {
            extra,
            index,
            path,
            note,
        })
    }

    /// Reads a proof file.
    ///
    /// # Errors
    /// [`LogError::ProofMalformed`] unless it is the one form of what it says,
    /// [`LogError::Note`] or [`LogError::CheckpointMalformed`] for the note in it.
    pub fn parse(bytes: &[u8]) -> Result<Self, LogError> {
        let text = (bytes.len() <= MAX_BYTES)
            .then(|| str::from_utf8(bytes).ok())
            .flatten();
        text.ok_or(LogError::ProofMalformed)?.parse()
    }

    /// Additional data. Nothing vouches for it.
    pub fn extra(&self) -> &[u8] {
        &self.extra
    }

    /// Where the leaf stands.
    pub const fn index(&self) -> LeafIndex {
        self.index
    }

    /// The path, from the leaf's sibling up.
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// The checkpoint note, not verified.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Checks that `leaf` is in the tree of the checkpoint, and the checkpoint by a policy.
    ///
    /// # Errors
    /// As [`TlogPolicy::open`], and [`LogError::Merkle`].
    pub fn verify(&self, leaf: Hash, policy: &TlogPolicy) -> Result<CosignedCheckpoint, LogError> {
        let cosigned = policy.open(self.note.to_string().as_bytes())?;
        let checkpoint = cosigned.checkpoint();
        verify::inclusion(
            leaf,
            self.index,
            checkpoint.size(),
            &self.path,
            checkpoint.root(),
        )?;
        Ok(cosigned)
    }
}

impl FromStr for TlogProof {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        let (head, note) = text.split_once("\n\n").ok_or(LogError::ProofMalformed)?;
        let note = Note::parse(note.as_bytes())?;
        note.text().parse::<Checkpoint>()?;
        let (extra, index, path) = parse_head(head).ok_or(LogError::ProofMalformed)?;
        let proof = Self::new(extra, index, path, note)?;
        if proof.to_string() == text {
            Ok(proof)
        } else {
            Err(LogError::ProofMalformed)
        }
    }
}

fn parse_head(head: &str) -> Option<(Vec<u8>, LeafIndex, Vec<Hash>)> {
    let rest = head.strip_prefix(TLOG_PROOF_HEADER)?.strip_prefix('\n')?;
    let mut lines = rest.split('\n').peekable();
    let extra = lines.next_if(|line| line.starts_with("extra "));
    let extra = extra
        .and_then(|line| line.strip_prefix("extra "))
        .unwrap_or_default();
    let extra = BASE64.decode(extra.as_bytes()).ok()?;
    let index = decimal(lines.next()?.strip_prefix("index ")?)?;
    let path = lines.take(PATH_HASHES.saturating_add(1)).map(str::parse);
    Some((
        extra,
        LeafIndex::new(index).ok()?,
        path.collect::<Result<_, _>>().ok()?,
    ))
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TLOG_PROOF_HEADER}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", BASE64.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}
