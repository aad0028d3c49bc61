//! Proof that a log signed two roots for one size.

use std::fmt;

use super::checkpoint::check_key_name;
use super::numbers::decimal;
use super::{Checkpoint, LogError};
use crate::contexts::SPLIT_VIEW_HEADER;
use crate::merkle::Root;
use crate::note::{Note, NoteVerifier};

/// Two checkpoints of one log and size with different roots, each signed by the same key of the log.
/// Whoever holds it can show it to anybody: no honest log signs two.
///
/// The text form is one for one pair: header, key, length of the first note, both notes, each with
/// the log's line alone, the smaller root first. Whose key it is, the reader has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitView {
    key: NoteVerifier,
    checkpoint: Checkpoint,
    notes: [Note; 2],
}

impl SplitView {
    /// Puts the proof together, if it is one under `key`.
    ///
    /// # Errors
    /// [`LogError::Note`] when a note is not signed by `key`, the format errors of [`Checkpoint`],
    /// [`LogError::KeyNameMismatch`], and [`LogError::NoSplitView`] when the two do not contradict
    /// each other.
    pub fn new(key: &NoteVerifier, one: &Note, other: &Note) -> Result<Self, LogError> {
        let (one, first) = signed_alone(key, one)?;
        let (other, second) = signed_alone(key, other)?;
        if !first.contradicts(&second) {
            return Err(LogError::NoSplitView);
        }
        let (checkpoint, notes) = if first.root() < second.root() {
            (first, [one, other])
        } else {
            (second, [other, one])
        };
        Ok(Self {
            key: key.clone(),
            checkpoint,
            notes,
        })
    }

    /// Reads a file in its one form, and verifies it under the key it names.
    ///
    /// # Errors
    /// [`LogError::SplitViewMalformed`], and those of [`Self::new`].
    pub fn parse(bytes: &[u8]) -> Result<Self, LogError> {
        let malformed = LogError::SplitViewMalformed;
        let text = str::from_utf8(bytes).map_err(|_| malformed.clone())?;
        let mut lines = text.splitn(4, '\n');
        let header = lines.next();
        let key: NoteVerifier = lines.next().ok_or(malformed.clone())?.parse()?;
        let length = lines.next().and_then(decimal);
        let length = length.and_then(|length| usize::try_from(length).ok());
        let notes = lines.next().zip(length);
        let notes = notes.and_then(|(notes, length)| notes.split_at_checked(length));
        let (one, other) = notes.ok_or(malformed.clone())?;
        let one = Note::parse(one.as_bytes())?;
        let other = Note::parse(other.as_bytes())?;
        let read = Self::new(&key, &one, &other)?;
        if header == Some(SPLIT_VIEW_HEADER) && read.to_string() == text {
            Ok(read)
        } else {
            Err(malformed)
        }
    }

    /// The key that signed both.
    pub const fn key(&self) -> &NoteVerifier {
        &self.key
    }

    /// Origin and size, with the smaller of the two roots.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Both notes, the one with the smaller root first.
    pub const fn notes(&self) -> &[Note; 2] {
        &self.notes
    }

    /// The two roots, rising.
    ///
    /// # Errors
    /// None in fact: both notes were read when this was made.
    pub fn roots(&self) -> Result<[Root; 2], LogError> {
        let [one, other] = &self.notes;
        let root = |note: &Note| Ok::<_, LogError>(note.text().parse::<Checkpoint>()?.root());
        Ok([root(one)?, root(other)?])
    }
}

impl fmt::Display for SplitView {
    /// The file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = self.notes.each_ref().map(ToString::to_string);
        let (key, length) = (&self.key, one.len());
        write!(f, "{SPLIT_VIEW_HEADER}\n{key}\n{length}\n{one}{other}")
    }
}

/// The note with the log's line alone, and what it states.
fn signed_alone(key: &NoteVerifier, note: &Note) -> Result<(Note, Checkpoint), LogError> {
    let alone = note.keep_verified(std::slice::from_ref(key))?;
    let checkpoint: Checkpoint = alone.text().parse()?;
    check_key_name(checkpoint.origin(), key)?;
    Ok((alone, checkpoint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use crate::merkle::TreeSize;
    use crate::note::{Cosigner, NoteError, NoteSigner};

    const ORIGIN: &str = "ledger.example/coast/e1";

    fn log(seed: u8) -> NoteSigner {
        NoteSigner::new(ORIGIN.parse().unwrap(), SecretKey::from_seed([seed; 32]))
    }

    fn note(size: u64, root: u8) -> Note {
        let size = TreeSize::new(size).unwrap();
        let checkpoint =
            Checkpoint::new(ORIGIN.parse().unwrap(), size, Root::from_bytes([root; 32]));
        checkpoint.unwrap().sign(&log(1)).unwrap()
    }

    #[test]
    fn two_roots_for_one_size_are_proof_in_one_form_whoever_cosigned_them() {
        let witness = Cosigner::new(
            "w.example/w/witness".parse().unwrap(),
            SecretKey::from_seed([9; 32]),
        );
        let (one, other) = (note(7, 1), note(7, 2));
        let line = witness.cosign(other.text(), 5).unwrap();
        let cosigned = other.with(line).unwrap();
        let proof = SplitView::new(log(1).verifier(), &cosigned, &one).unwrap();
        assert_eq!(
            SplitView::new(log(1).verifier(), &one, &other),
            Ok(proof.clone())
        );
        let text = proof.to_string();
        assert_eq!(SplitView::parse(text.as_bytes()), Ok(proof.clone()));
        assert_eq!(
            proof.roots().unwrap(),
            [Root::from_bytes([1; 32]), Root::from_bytes([2; 32])]
        );
        assert!(!text.contains("w.example"));
        let swapped = [other.to_string(), one.to_string()].concat();
        let head: String = text.split_inclusive('\n').take(3).collect();
        let swapped = SplitView::parse((head + &swapped).as_bytes());
        assert_eq!(swapped, Err(LogError::SplitViewMalformed));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert!(SplitView::parse(&bytes).is_err(), "byte {at}");
            assert!(SplitView::parse(&text.as_bytes()[..at]).is_err());
        }
    }

    #[test]
    fn what_an_honest_log_signs_is_no_proof() {
        let split = |one: &Note, other: &Note| SplitView::new(log(1).verifier(), one, other);
        assert_eq!(split(&note(7, 1), &note(7, 1)), Err(LogError::NoSplitView));
        assert_eq!(split(&note(7, 1), &note(8, 2)), Err(LogError::NoSplitView));
        let foreign = SplitView::new(log(2).verifier(), &note(7, 1), &note(7, 2));
        assert_eq!(foreign, Err(LogError::Note(NoteError::Unsigned)));
    }
}
