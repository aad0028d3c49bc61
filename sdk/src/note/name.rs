//! Names and ids of note keys.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::NoteError;
use crate::id::KeyId;
use crate::limits::KEY_NAME_BYTES;

/// Name of a note key: 1 to 255 bytes of UTF-8 without Unicode space, plus or control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let allowed = |c: char| !(c.is_whitespace() || c.is_control() || c == '+');
        if text.is_empty() || text.len() > KEY_NAME_BYTES || !text.chars().all(allowed) {
            return Err(NoteError::NameMalformed);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Short id of a note key. It tells keys of one name apart; it is no fingerprint to trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoteKeyId([u8; 4]);

impl NoteKeyId {
    /// Takes the four bytes of a signature line or verifier key.
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    pub const fn to_bytes(self) -> [u8; 4] {
        self.0
    }

    /// The id of a key: first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
    pub(super) fn derive(name: &KeyName, key_type: u8, key: KeyId) -> Self {
        let digest = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', key_type])
            .chain_update(key.as_bytes())
            .finalize();
        let mut id = [0; 4];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(id)
    }
}

impl FromStr for NoteKeyId {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let bytes = HEXLOWER
            .decode(text.as_bytes())
            .map_err(|_| NoteError::VkeyMalformed)?;
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| NoteError::VkeyMalformed)
    }
}

impl fmt::Display for NoteKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}
