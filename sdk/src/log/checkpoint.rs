//! Checkpoints: what a log signs about its tree.

use std::fmt;
use std::str::FromStr;

use super::numbers::decimal;
use super::{LogError, Origin};
use crate::merkle::{Hash, Root, TreeSize, verify};
use crate::note::{Note, NoteSigner, NoteVerifier};

/// The claim that the log `origin` has this root at this size. Believed only once opened as a
/// [`SignedCheckpoint`] or [`super::CosignedCheckpoint`].
///
/// ```
/// use fairtrail::log::{Checkpoint, LogError};
/// use fairtrail::merkle::{Root, TreeSize};
///
/// let empty = Checkpoint::new("ledger.example/coast/e1".parse()?, TreeSize::ZERO, Root::empty())?;
/// let text = "ledger.example/coast/e1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
/// assert_eq!(empty.to_string(), text);
/// assert_eq!(format!("{text}more\n").parse::<Checkpoint>(), Err(LogError::ExtensionLine));
/// # Ok::<(), LogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: Origin,
    size: TreeSize,
    root: Root,
}

impl Checkpoint {
    /// States a root.
    ///
    /// # Errors
    /// [`LogError::EmptyRootWrong`] when the tree is empty and the root is not that of nothing.
    pub fn new(origin: Origin, size: TreeSize, root: Root) -> Result<Self, LogError> {
        if size == TreeSize::ZERO && root != Root::empty() {
            return Err(LogError::EmptyRootWrong);
        }
        Ok(Self { origin, size, root })
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Number of leaves.
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// Root of the tree.
    pub const fn root(&self) -> Root {
        self.root
    }

    /// Signs it as a note with one signature line.
    ///
    /// # Errors
    /// [`LogError::KeyNameMismatch`] unless the signer's name is the origin.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, LogError> {
        check_key_name(&self.origin, signer.verifier())?;
        let text = self.to_string();
        let line = signer.sign(&text);
        Ok(Note::new(&text, vec![line])?)
    }

    /// Checks that `newer` is the same log grown, by a consistency proof that is empty when
    /// nothing grew or nothing was there.
    ///
    /// # Errors
    /// [`LogError::OriginMismatch`]; [`LogError::Forked`] when one size has two roots;
    /// [`LogError::Merkle`] when the proof does not hold or `newer` is the smaller one.
    pub fn check_growth(&self, newer: &Self, proof: &[Hash]) -> Result<(), LogError> {
        if self.origin != newer.origin {
            let (expected, found) = (self.origin.clone(), newer.origin.clone());
            return Err(LogError::OriginMismatch { expected, found });
        }
        if self.size == newer.size && self.root != newer.root {
            return Err(LogError::Forked {
                origin: self.origin.clone(),
                size: self.size.get(),
            });
        }
        if self.size == TreeSize::ZERO {
            let empty = Root::empty();
            let from_nothing = Hash::from_bytes(*empty.as_bytes());
            return Ok(verify::subtree_consistency(
                0,
                0,
                from_nothing,
                newer.size,
                newer.root,
                proof,
            )?);
        }
        Ok(verify::consistency(
            self.size, self.root, newer.size, newer.root, proof,
        )?)
    }
}

impl FromStr for Checkpoint {
    type Err = LogError;

    /// Reads the text of a checkpoint note.
    fn from_str(text: &str) -> Result<Self, LogError> {
        let malformed = LogError::CheckpointMalformed;
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(malformed.clone())?
            .split('\n');
        let (origin, size, root) = (lines.next(), lines.next(), lines.next());
        if lines.next().is_some() {
            return Err(LogError::ExtensionLine);
        }
        let (origin, size) = origin.zip(size).ok_or(malformed.clone())?;
        let size = TreeSize::new(decimal(size).ok_or(malformed.clone())?)?;
        let root = root.and_then(|root| root.parse().ok()).ok_or(malformed)?;
        Self::new(origin.parse()?, size, root)
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}

/// A checkpoint with the note in which the log signed it. Cosignatures are not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Opens a note with the key of one log.
    ///
    /// # Errors
    /// [`LogError::Note`] when the note or the signature is refused, the format errors of
    /// [`Checkpoint`], [`LogError::KeyNameMismatch`] when the note is about another log.
    pub fn open(bytes: &[u8], log: &NoteVerifier) -> Result<Self, LogError> {
        let note = Note::parse(bytes)?;
        note.verify(std::slice::from_ref(log))?;
        let checkpoint: Checkpoint = note.text().parse()?;
        check_key_name(checkpoint.origin(), log)?;
        Ok(Self { checkpoint, note })
    }

    /// What was signed.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, with all its lines.
    pub const fn note(&self) -> &Note {
        &self.note
    }
}

pub(super) fn check_key_name(origin: &Origin, key: &NoteVerifier) -> Result<(), LogError> {
    let expected = origin.key_name()?;
    if expected == *key.name() {
        return Ok(());
    }
    Err(LogError::KeyNameMismatch {
        expected,
        found: key.name().clone(),
    })
}
