//! The importer's secret, and row ids that tell nothing without it.

use super::name::OrgName;
use fairtrail::id::{from_base32, to_base32};
use std::fmt;
use std::str::FromStr;

/// What row ids and references are made with. Whoever has it can test names against ids.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Takes 32 random bytes.
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// The id of the row that carries `name`: the same for the same secret, else unrelated.
    pub fn row(&self, name: &OrgName) -> RowId {
        self.row_of(name.as_str())
    }

    /// The id of the row that stands for the importer's own `key`.
    pub fn row_of(&self, key: &str) -> RowId {
        let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.keyed(b"row", key);
        RowId(id)
    }

    /// 32 bytes that stand for the importer's own key of a statement, so that a retry can be
    /// recognised as the same statement and nothing of the key can be guessed.
    pub fn reference(&self, external_key: &str) -> [u8; 32] {
        self.keyed(b"reference", external_key)
    }

    fn keyed(&self, purpose: &[u8], text: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(purpose).update(&[0]).update(text.as_bytes());
        *hasher.finalize().as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl serde::Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_base32(&self.0))
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = from_base32(&text).ok_or_else(|| {
            serde::de::Error::custom("expected a secret of 52 characters of base32")
        })?;
        Ok(Self(bytes))
    }
}

/// The opaque name of one row of the register: 16 bytes, printed as 26 characters of base32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId([u8; 16]);

impl RowId {
    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Characters of a row id.
const ROW_ID_CHARS: usize = 26;

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_base32(&self.0))
    }
}

/// The text is not a row id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 26 characters of base32")]
pub struct RowIdError;

impl FromStr for RowId {
    type Err = RowIdError;

    fn from_str(text: &str) -> Result<Self, RowIdError> {
        if text.len() != ROW_ID_CHARS {
            return Err(RowIdError);
        }
        // Half of a 32-byte text: what follows the id is zero.
        let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            from_base32(&format!("{text}{}", "a".repeat(ROW_ID_CHARS))).ok_or(RowIdError)?;
        let id = Self(id);
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(RowIdError)
        }
    }
}

impl serde::Serialize for RowId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_repeat_under_one_secret_and_differ_under_another() {
        let name = OrgName::parse("example foods").unwrap();
        let other = OrgName::parse("example foods 2").unwrap();
        let secret = Secret::new([1; 32]);
        assert_eq!(secret.row(&name), secret.clone().row(&name));
        assert_ne!(secret.row(&name), secret.row(&other));
        assert_ne!(secret.row(&name), Secret::new([2; 32]).row(&name));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn row_ids_have_one_text() {
        let id = Secret::new([1; 32]).row(&OrgName::parse("a").unwrap());
        let text = id.to_string();
        assert_eq!(text.len(), ROW_ID_CHARS);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.to_uppercase().parse::<RowId>(), Err(RowIdError));
        assert_eq!(
            format!("{}b", "a".repeat(25)).parse::<RowId>(),
            Err(RowIdError)
        );
        assert_eq!("a".parse::<RowId>(), Err(RowIdError));
    }
}
