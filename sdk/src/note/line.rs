//! One signature line of a note.

use std::fmt;

use data_encoding::BASE64;

use super::{KeyName, NoteKeyId};

const DASH: &str = "\u{2014} ";
const KEY_ID_BYTES: usize = 4;

/// A signature line as it stands in a note: whose it says it is, and bytes. Nothing is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    name: KeyName,
    id: NoteKeyId,
    signature: Vec<u8>,
}

impl SignatureLine {
    /// Puts a line together. `signature` must not be empty.
    pub(super) const fn new(name: KeyName, id: NoteKeyId, signature: Vec<u8>) -> Self {
        Self {
            name,
            id,
            signature,
        }
    }

    /// Reads a line without its line feed; `None` unless it is the one form of what it says.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, base64) = text.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = BASE64.decode(base64.as_bytes()).ok()?;
        let (id, signature) = bytes.split_first_chunk::<KEY_ID_BYTES>()?;
        if signature.is_empty() {
            return None;
        }
        let line = Self::new(
            name.parse().ok()?,
            NoteKeyId::from_bytes(*id),
            signature.to_vec(),
        );
        (line.to_string() == text).then_some(line)
    }

    /// Name of the key the line claims to be by.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Id of the key the line claims to be by.
    pub const fn id(&self) -> NoteKeyId {
        self.id
    }

    /// The bytes after the key id.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

impl fmt::Display for SignatureLine {
    /// The line without its line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.to_bytes()[..], &self.signature].concat();
        write!(f, "{DASH}{} {}", self.name, BASE64.encode(&bytes))
    }
}
