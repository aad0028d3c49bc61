//! Keys that sign notes. One key per use: a log key, a promise key and a witness key are three.

use std::fmt;

use super::vkey::cosigned_message;
use super::{KeyName, KeyType, NoteError, NoteVerifier, SignatureLine};
use crate::key::SecretKey;
use crate::limits::STAMP;

/// Signs the text of notes (type 0x01): the key of a log or of its promises.
pub struct NoteSigner {
    key: SecretKey,
    verifier: NoteVerifier,
}

impl NoteSigner {
    /// Takes a signing key under a name.
    pub fn new(name: KeyName, key: SecretKey) -> Self {
        let verifier = NoteVerifier::new(name, KeyType::Ed25519, key.public());
        Self { key, verifier }
    }

    /// The public half.
    pub const fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// Signs a text. Whether it may stand in a note, [`super::Note::new`] checks.
    pub fn sign(&self, text: &str) -> SignatureLine {
        let signature = self.key.sign(text.as_bytes()).to_vec();
        SignatureLine::new(self.verifier.name().clone(), self.verifier.id(), signature)
    }
}

/// Cosigns checkpoints with a time stamp (type 0x04): the key of a witness.
pub struct Cosigner {
    key: SecretKey,
    verifier: NoteVerifier,
}

impl Cosigner {
    /// Takes a signing key under a name. The signature does not cover the name: never use one key
    /// under two.
    pub fn new(name: KeyName, key: SecretKey) -> Self {
        let verifier = NoteVerifier::new(name, KeyType::Cosignature, key.public());
        Self { key, verifier }
    }

    /// The public half.
    pub const fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// Cosigns the text of a checkpoint at `stamp`, seconds since 1970.
    ///
    /// # Errors
    /// [`NoteError::StampTooLarge`] above 2^63 − 1.
    pub fn cosign(&self, text: &str, stamp: u64) -> Result<SignatureLine, NoteError> {
        if stamp > STAMP {
            return Err(NoteError::StampTooLarge {
                found: stamp,
                max: STAMP,
            });
        }
        let signature = self.key.sign(cosigned_message(text, stamp).as_bytes());
        let bytes = [&stamp.to_be_bytes()[..], &signature].concat();
        Ok(SignatureLine::new(
            self.verifier.name().clone(),
            self.verifier.id(),
            bytes,
        ))
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.verifier)
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({})", self.verifier)
    }
}
