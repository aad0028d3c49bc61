//! Secret keys: never printed, wiped when dropped.

use super::PublicKey;
use crate::id::{from_base32, to_base32};
use crate::reason::Reason;
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt;
use zeroize::Zeroizing;

crate::code_enum! {
    /// What a key is for. One key serves one purpose; its file says which.
    pub enum KeyPurpose: "key purpose" {
        /// Signs entries.
        Signing = 0 "signing",
        /// Signs one `author.rotate`, then is destroyed.
        Rotation = 1 "rotation",
        /// Signs checkpoints.
        Log = 2 "log",
        /// Signs promises.
        Promise = 3 "promise",
        /// Cosigns checkpoints.
        Witness = 4 "witness",
        /// Shows other nodes that a connection is this node's.
        Node = 5 "node",
        /// Signs checkpoints of an index log.
        Index = 6 "index",
        /// Cosigns checkpoints of index logs.
        IndexWitness = 7 "index-witness",
    }
}

/// An Ed25519 secret key.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key of a 32-byte seed; the caller draws the seed from the system's randomness.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&Zeroizing::new(seed)))
    }

    /// The public half.
    #[expect(
        clippy::expect_used,
        reason = "a point derived from a seed is a multiple of the base"
    )]
    pub fn public(&self) -> PublicKey {
        let key = crate::id::KeyId::new(self.0.verifying_key().to_bytes());
        PublicKey::enrol(key).expect("multiples of the base point are canonical and torsion-free")
    }

    /// Signs `message`; deterministic (RFC 8032).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// The seed, for a library that signs by itself.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The text of a key file: a version, the purpose and the seed.
    pub fn to_file_text(&self, purpose: KeyPurpose) -> Zeroizing<String> {
        let seed = Zeroizing::new(to_base32(self.0.as_bytes()));
        Zeroizing::new(format!("{HEADER} {purpose} {}\n", *seed))
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    /// [`KeyFileError`] when it is no key file or its key is for another purpose.
    pub fn from_file_text(text: &str, purpose: KeyPurpose) -> Result<Self, KeyFileError> {
        let line = text.strip_suffix('\n').ok_or(KeyFileError::Malformed)?;
        let mut words = line.split(' ');
        let (header, found, seed) = (words.next(), words.next(), words.next());
        if header != Some(HEADER) || words.next().is_some() {
            return Err(KeyFileError::Malformed);
        }
        let found: KeyPurpose = found
            .and_then(|word| word.parse().ok())
            .ok_or(KeyFileError::Malformed)?;
        if found != purpose {
            return Err(KeyFileError::Purpose {
                expected: purpose,
                found,
            });
        }
        seed.and_then(from_base32)
            .map(Self::from_seed)
            .ok_or(KeyFileError::Malformed)
    }
}

const HEADER: &str = "fairtrail-key-1";

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public().id())
    }
}

/// Why a text is not the key file that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Not a version word, a purpose and a seed on one line.
    #[error("not a key file")]
    Malformed,
    /// A key for something else.
    #[error("expected a key for {expected}, found one for {found}")]
    Purpose {
        /// What the key was to be used for.
        expected: KeyPurpose,
        /// What its file says.
        found: KeyPurpose,
    },
}

impl KeyFileError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        Reason::KeyFileMalformed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_text_round_trips_and_binds_the_purpose() {
        let key = SecretKey::from_seed([3; 32]);
        let text = key.to_file_text(KeyPurpose::Log);
        let read = SecretKey::from_file_text(&text, KeyPurpose::Log).unwrap();
        assert_eq!(read.public(), key.public());
        let expected = KeyFileError::Purpose {
            expected: KeyPurpose::Signing,
            found: KeyPurpose::Log,
        };
        assert_eq!(
            SecretKey::from_file_text(&text, KeyPurpose::Signing).unwrap_err(),
            expected
        );
        for bad in ["", "fairtrail-key-1 log\n", &text.replace('\n', "")] {
            assert_eq!(
                SecretKey::from_file_text(bad, KeyPurpose::Log).unwrap_err(),
                KeyFileError::Malformed
            );
        }
    }

    #[test]
    fn debug_output_holds_no_seed() {
        let key = SecretKey::from_seed([3; 32]);
        assert!(!format!("{key:?}").contains(&to_base32(&[3; 32])));
    }
}
