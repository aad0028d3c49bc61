//! Public keys that may be enrolled, and strict verification.

use crate::contexts::{NEXT_KEY, derive};
use crate::id::{KeyId, NextKeyDigest};
use crate::reason::Reason;
use ed25519_dalek::{Signature, VerifyingKey};
use std::fmt;

/// Why a key or a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not the canonical encoding of a point, of small order, or with a torsion component.
    #[error("key {key} is not canonical, is weak or has a torsion component")]
    Unacceptable {
        /// The key as received.
        key: KeyId,
    },
    /// The signature does not verify strictly under the key.
    #[error("signature does not verify under {key}")]
    Signature {
        /// The key.
        key: KeyId,
    },
}

impl KeyError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Unacceptable { .. } => Reason::KeyUnacceptable,
            Self::Signature { .. } => Reason::SignatureInvalid,
        }
    }
}

/// An Ed25519 public key that may sign: canonical, not weak, torsion-free.
///
/// Enrolment refuses everything on which Ed25519 libraries disagree, so that a signature accepted
/// here is accepted by all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Takes a key for signing.
    ///
    /// # Errors
    /// [`KeyError::Unacceptable`] when the bytes are not such a key.
    ///
    /// ```
    /// use fairtrail::id::KeyId;
    /// use fairtrail::key::{PublicKey, SecretKey};
    /// let key = SecretKey::from_seed([7; 32]).public().id();
    /// assert!(PublicKey::enrol(key).is_ok());
    /// // The identity point: every library accepts forgeries under it, or none does.
    /// let mut weak = [0; 32];
    /// weak[0] = 1;
    /// assert!(PublicKey::enrol(KeyId::new(weak)).is_err());
    /// ```
    pub fn enrol(key: KeyId) -> Result<Self, KeyError> {
        let refused = KeyError::Unacceptable { key };
        let point = VerifyingKey::from_bytes(key.as_bytes()).map_err(|_| refused)?;
        let edwards = point.to_edwards();
        let canonical = edwards.compress().as_bytes() == key.as_bytes();
        if canonical && !point.is_weak() && edwards.is_torsion_free() {
            Ok(Self(point))
        } else {
            Err(refused)
        }
    }

    /// The key's bytes.
    pub fn id(&self) -> KeyId {
        KeyId::new(self.0.to_bytes())
    }

    /// Verifies strictly (RFC 8032 with canonical points and no small-order components).
    ///
    /// # Errors
    /// [`KeyError::Signature`] when it does not verify.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), KeyError> {
        let signature = Signature::from_bytes(signature);
        let verified = self.0.verify_strict(message, &signature);
        verified.map_err(|_| KeyError::Signature { key: self.id() })
    }

    /// The commitment under which this key may sign the next rotation.
    pub fn next_digest(&self) -> NextKeyDigest {
        next_digest(self.id())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id().fmt(f)
    }
}

/// The commitment to a rotation key: the hash of its `COSE_Key`.
pub(crate) fn next_digest(key: KeyId) -> NextKeyDigest {
    // {1: 1 (OKP), 3: -8 (EdDSA), -1: 6 (Ed25519), -2: key}
    const HEAD: [u8; 10] = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
    NextKeyDigest::new(derive(NEXT_KEY, &[&HEAD, key.as_bytes()]))
}
