//! One stored body: `[state u8][len u32][digest 32][salt 16][role u8][audience u8][crc32c of the
//! header u32][bytes][crc32c of the bytes u32]`, little-endian.

use crate::store::bytes::{take, take_u8, take_u32};

/// Bytes before a body's own.
pub(super) const HEAD_LEN: usize = 59;
/// Bytes after a body's own.
pub(super) const TRAILER_LEN: usize = 4;
const STATE_LIVE: u8 = 1;
const STATE_ERASED: u8 = 2;

/// A part to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The digest the entry's header names it by.
    pub digest: [u8; 32],
    /// The salt the digest was made with.
    pub salt: [u8; 16],
    /// The part's role; [`super::ROLE_DOCUMENT`] gets a file of its own.
    pub role: u8,
    /// The part's audience.
    pub audience: u8,
    /// 1 to [`super::MAX_BODY_BYTES`] bytes.
    pub bytes: &'a [u8],
}

/// A body read back, its checksums verified; whether the bytes give the digest, the caller asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBody {
    /// The digest the entry's header names it by.
    pub digest: [u8; 32],
    /// The part's role.
    pub role: u8,
    /// The part's audience.
    pub audience: u8,
    /// What is left of it.
    pub content: Content,
}

/// The content of a stored body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// It was erased: salt and bytes are zeros on the disk.
    Erased,
    /// It is there.
    Live {
        /// The salt the digest was made with.
        salt: [u8; 16],
        /// The part's bytes.
        bytes: Vec<u8>,
    },
}

/// A body's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) erased: bool,
    pub(super) len: u32,
    pub(super) digest: [u8; 32],
    pub(super) salt: [u8; 16],
    pub(super) role: u8,
    pub(super) audience: u8,
}

impl Head {
    pub(super) fn of(part: &Part<'_>, len: u32) -> Self {
        let Part {
            digest,
            salt,
            role,
            audience,
            ..
        } = *part;
        Self {
            erased: false,
            len,
            digest,
            salt,
            role,
            audience,
        }
    }

    /// Bytes of the whole stored body.
    pub(super) fn whole(self) -> u64 {
        (HEAD_LEN + TRAILER_LEN) as u64 + u64::from(self.len)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD_LEN);
        bytes.push(if self.erased {
            STATE_ERASED
        } else {
            STATE_LIVE
        });
        bytes.extend(self.len.to_le_bytes());
        bytes.extend(self.digest);
        bytes.extend(self.salt);
        bytes.extend([self.role, self.audience]);
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    pub(super) fn decode(bytes: &[u8; HEAD_LEN]) -> Option<Self> {
        let (content, crc) = bytes.split_last_chunk::<4>()?;
        if u32::from_le_bytes(*crc) != crc32c::crc32c(content) {
            return None;
        }
        let mut rest = content;
        let erased = match take_u8(&mut rest)? {
            STATE_LIVE => false,
            STATE_ERASED => true,
            _ => return None,
        };
        Some(Self {
            erased,
            len: take_u32(&mut rest)?,
            digest: take(&mut rest)?,
            salt: take(&mut rest)?,
            role: take_u8(&mut rest)?,
            audience: take_u8(&mut rest)?,
        })
    }

    /// The header of what is left after erasure.
    pub(super) fn erase(self) -> Self {
        Self {
            erased: true,
            salt: [0; 16],
            ..self
        }
    }

    /// The stored body, if `tail` (bytes and trailer) passes its checksum.
    pub(super) fn body(self, mut tail: Vec<u8>) -> Option<StoredBody> {
        let Self {
            digest,
            role,
            audience,
            salt,
            ..
        } = self;
        let content = if self.erased {
            Content::Erased
        } else {
            let (bytes, crc) = tail.split_last_chunk::<TRAILER_LEN>()?;
            if u32::from_le_bytes(*crc) != crc32c::crc32c(bytes) {
                return None;
            }
            tail.truncate(tail.len().saturating_sub(TRAILER_LEN));
            Content::Live { salt, bytes: tail }
        };
        Some(StoredBody {
            digest,
            role,
            audience,
            content,
        })
    }
}

/// Appends a whole stored body.
pub(super) fn encode(out: &mut Vec<u8>, head: Head, bytes: &[u8]) {
    out.extend(head.encode());
    out.extend(bytes);
    out.extend(crc32c::crc32c(bytes).to_le_bytes());
}
