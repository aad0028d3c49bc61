//! Verifier keys: public keys with a name and a use.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;

use super::{KeyName, NoteError, NoteKeyId, SignatureLine};
use crate::id::KeyId;
use crate::key::PublicKey;
use crate::limits::STAMP;

/// What a note key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// 0x04: timestamped cosignatures over checkpoints.
    Cosignature,
    /// 0x01: plain signatures over the text.
    Ed25519,
}

impl KeyType {
    /// The type byte of the note format.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Cosignature => 0x04,
            Self::Ed25519 => 0x01,
        }
    }
}

/// A public key trusted to sign notes under a name. Text form: `<name>+<hex id>+<base64>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: KeyName,
    id: NoteKeyId,
    key_type: KeyType,
    key: PublicKey,
}

impl NoteVerifier {
    /// Takes a public key under a name.
    pub fn new(name: KeyName, key_type: KeyType, key: PublicKey) -> Self {
        let id = NoteKeyId::derive(&name, key_type.byte(), key.id());
        Self {
            name,
            id,
            key_type,
            key,
        }
    }

    /// Name of the key.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Id of the key.
    pub const fn id(&self) -> NoteKeyId {
        self.id
    }

    /// What the key signs.
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The public key. Two verifiers with one public key are one signer, whatever their names.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Does the line claim to be by this key?
    pub fn is_named_by(&self, line: &SignatureLine) -> bool {
        self.id == line.id() && self.name == *line.name()
    }

    /// Checks a line over `text` and returns the time stamp, if the type has one.
    ///
    /// # Errors
    /// [`NoteError::SignatureInvalid`] or [`NoteError::CosignatureInvalid`], also when the line
    /// names another key or its bytes have another length or stamp than the type allows.
    pub fn verify(&self, text: &str, line: &SignatureLine) -> Result<Option<u64>, NoteError> {
        let checked = match self.key_type {
            KeyType::Cosignature => self.verify_cosignature(text, line).map(Some),
            KeyType::Ed25519 => self.verify_plain(text, line).map(|()| None),
        };
        let name = || self.name.clone();
        checked
            .filter(|_| self.is_named_by(line))
            .ok_or_else(|| match self.key_type {
                KeyType::Cosignature => NoteError::CosignatureInvalid { name: name() },
                KeyType::Ed25519 => NoteError::SignatureInvalid { name: name() },
            })
    }

    fn verify_plain(&self, text: &str, line: &SignatureLine) -> Option<()> {
        let signature = line.signature().try_into().ok()?;
        self.key.verify(text.as_bytes(), signature).ok()
    }

    fn verify_cosignature(&self, text: &str, line: &SignatureLine) -> Option<u64> {
        let (stamp, signature) = line.signature().split_first_chunk::<8>()?;
        let stamp = Some(u64::from_be_bytes(*stamp)).filter(|stamp| *stamp <= STAMP)?;
        let message = cosigned_message(text, stamp);
        self.key
            .verify(message.as_bytes(), signature.try_into().ok()?)
            .ok()?;
        Some(stamp)
    }
}

/// What a cosignature signs: two header lines and the whole text of the note.
pub(super) fn cosigned_message(text: &str, stamp: u64) -> String {
    format!(
        "{}\ntime {stamp}\n{text}",
        crate::contexts::COSIGNATURE_HEADER
    )
}

impl FromStr for NoteVerifier {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let malformed = NoteError::VkeyMalformed;
        // The name has no plus, the base64 may have some.
        let (name, rest) = text.split_once('+').ok_or(malformed.clone())?;
        let (id, base64) = rest.split_once('+').ok_or(malformed.clone())?;
        let (name, found) = (name.parse::<KeyName>()?, id.parse::<NoteKeyId>()?);
        let bytes = BASE64
            .decode(base64.as_bytes())
            .map_err(|_| malformed.clone())?;
        let (key_type, key) = bytes.split_first().ok_or(malformed.clone())?;
        let key_type = match key_type {
            0x01 => KeyType::Ed25519,
            0x04 => KeyType::Cosignature,
            other => return Err(NoteError::TypeUnsupported { found: *other }),
        };
        let key: [u8; 32] = key.try_into().map_err(|_| malformed.clone())?;
        let key = PublicKey::enrol(KeyId::new(key)).map_err(|_| NoteError::KeyUnacceptable)?;
        let verifier = Self::new(name, key_type, key);
        if verifier.id != found {
            return Err(NoteError::KeyIdMismatch {
                expected: verifier.id,
                found,
            });
        }
        if verifier.to_string() == text {
            Ok(verifier)
        } else {
            Err(malformed)
        }
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.key_type.byte()][..], self.key.id().as_bytes()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, BASE64.encode(&bytes))
    }
}
